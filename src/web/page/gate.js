// Runs in any browser: says in plain words that it is too old, before newer syntax stops the rest; and where the
// browser knows a narrower permission for WebAssembly, takes the wider one for older browsers back.
(function () {
  var version = function (name) {
    var found = new RegExp(name + "/(\\d+)").exec(navigator.userAgent);
    return found ? Number(found[1]) : 0;
  };
  var narrow = version("Chrome") >= 97 || version("Firefox") >= 102;
  var policy = document.querySelector("meta[http-equiv]");
  if (narrow && policy) {
    var strict = document.createElement("meta");
    strict.httpEquiv = "Content-Security-Policy";
    strict.content = policy.content.replace(" 'unsafe-eval'", "");
    document.head.appendChild(strict);
  }
  var able = typeof WebAssembly === "object" && typeof Promise === "function" && typeof TextDecoder === "function" &&
    typeof Symbol === "function" && typeof Worker === "function" && "from" in Array && "assign" in Object &&
    typeof document.createElement("details").open === "boolean";
  document.addEventListener("DOMContentLoaded", function () {
    if (able && window.gouji) return;
    var drop = document.getElementById("drop");
    drop.className = "notice";
    drop.innerHTML = "";
    drop.appendChild(document.createTextNode("这个浏览器版本太旧，打不开本页的审核功能。请换用较新的浏览器：" +
      "360 安全浏览器 10 以上或 360 极速浏览器 11 以上（都要切换到“极速模式”）、奇安信可信浏览器、Chrome 57 以上、Firefox 53 以上、Edge 79 以上。" +
      "Windows 7 可装 Chrome 109 或 Firefox 115。也可以使用 gouji 程序。（This browser is too old for this page.）"));
  });
})();
