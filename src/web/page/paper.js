// Printing: a box that is scrolled would be printed from there on, so all are printed from their beginning.
"use strict";
(function () {
  var scrolled = [];

  window.addEventListener("beforeprint", function () {
    scrolled = Array.from(document.querySelectorAll(".pane, .side, .offices")).map((n) => [n, n.scrollLeft, n.scrollTop]);
    scrolled.forEach(function (s) { s[0].scrollLeft = s[0].scrollTop = 0; });
  });

  window.addEventListener("afterprint", function () {
    scrolled.forEach(function (s) {
      s[0].scrollLeft = s[1];
      s[0].scrollTop = s[2];
    });
    scrolled = [];
  });
})();
