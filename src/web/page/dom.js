// Elements made in one call: `el("li", {class: "x", onclick: f}, [child, "text"])`.
"use strict";
function el(tag, attributes, children) {
  var node = document.createElement(tag);
  Object.keys(attributes || {}).forEach(function (key) {
    var value = attributes[key];
    if (value === null || value === undefined || value === false) return;
    if (key.slice(0, 2) === "on") node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  });
  [].concat(children || []).forEach(function (child) {
    if (child === null || child === undefined) return;
    node.appendChild(typeof child === "object" ? child : document.createTextNode(child));
  });
  return node;
}

function empty(node) {
  while (node.firstChild) node.removeChild(node.firstChild);
  return node;
}

function byId(id) { return document.getElementById(id); }

// Lets the browser breathe between slices of work.
function pause() { return new Promise(function (done) { setTimeout(done, 0); }); }

// Does work for each in slices that no one notices.
async function sliced(list, work) {
  var began = Date.now();
  for (var i = 0; i < list.length; i++) {
    work(list[i], i);
    if (Date.now() - began > 24) {
      await pause();
      began = Date.now();
    }
  }
}

// Saves bytes under a name, as a click on a link does.
function save(name, blob) {
  var url = URL.createObjectURL(blob);
  var link = el("a", { href: url, download: name, hidden: true });
  document.body.appendChild(link);
  link.click();
  document.body.removeChild(link);
  setTimeout(function () { URL.revokeObjectURL(url); }, 60000);
}
