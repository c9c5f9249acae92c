// The section of one file: its verdict, its tables with the findings beside them, and what is decided.
"use strict";
function Section(item, app) {
  this.item = item;
  this.app = app;
  this.node = el("section", { "class": "file" });
  this.links = {};
  this.at = -1; // the finding that is looked at
  this.render();
}

// ---- what stands there whether it is opened or not

Section.prototype.render = function () {
  var item = this.item, result = item.result, node = empty(this.node);
  node.setAttribute("data-status", result.status);
  node.setAttribute("data-name", item.shown);
  this.drawn = false;
  if (result.error) {
    node.appendChild(el("div", { "class": "head" }, [this.chip(), el("b", { lang: FILE_LANG }, item.shown)]));
    if (item.info.locked) node.appendChild(this.lock());
    else node.appendChild(el("p", { "class": "reason" }, result.error.message));
    return;
  }
  this.pane = el("div", { "class": "pane", lang: FILE_LANG, "data-loading": say("making") });
  this.bar = el("div", { "class": "bar" }, el("span", { "class": "soft" }, say("pick")));
  this.side = el("div", { "class": "side" });
  this.summary = el("summary", { "class": "head" });
  this.actions = el("div", { "class": "actions" });
  this.details = el("details", { ontoggle: () => this.toggled() }, [
    this.summary, this.actions,
    el("div", { "class": "work" }, [el("div", { "class": "left" }, [this.bar, this.pane]), this.side])
  ]);
  this.pane.addEventListener("click", (event) => this.clicked(event));
  this.pane.addEventListener("keydown", (event) => this.keyed(event));
  this.refresh();
  node.appendChild(this.details);
};

// Asks for the password of a file that has one.
Section.prototype.lock = function () {
  var input = el("input", { type: "password", size: "16", autocomplete: "off", "aria-label": say("password") });
  var wrong = el("p", { "class": "bad", role: "alert" }), button, waiting = false;
  var open = async () => {
    if (waiting || !input.value) return input.focus();
    waiting = true;
    wrong.textContent = "";
    button.textContent = say("unlocking");
    wrong.textContent = (await this.app.unlock(this.item, input.value)) || "";
    button.textContent = say("unlock");
    waiting = false;
    input.select();
  };
  button = el("button", { type: "button", "class": "primary", onclick: open }, say("unlock"));
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") open(); });
  return el("div", { "class": "reason lock" }, [el("p", {}, say("locked")),
    el("p", { "class": "line" }, [el("label", {}, [say("password"), input]), " ", button]), wrong]);
};

// Everything that changes with what is decided, but the tables.
Section.prototype.refresh = function () {
  var item = this.item, result = item.result;
  this.node.setAttribute("data-status", result.status);
  var who = result.office || say("noOffice");
  empty(this.summary);
  [this.chip(), el("b", { lang: result.office ? FILE_LANG : null }, who), result.year ? el("span", {}, say("year", result.year)) : null,
    el("span", { "class": "soft path", lang: FILE_LANG }, item.shown), el("span", { "class": "counts" }, counts(result))
  ].forEach((part) => part && this.summary.appendChild(part));
  this.buttons();
  empty(this.side).appendChild(this.list());
  if (this.drawn) this.offer();
};

Section.prototype.chip = function () {
  var kind = verdict(this.item.result);
  return el("span", { "class": "verdict " + kind }, say(kind));
};

function verdict(result) {
  if (result.error) return result.status;
  if (result.summary.errors) return "failed";
  return result.summary.warnings ? "toCheck" : "passed";
}

function counts(result) {
  var s = result.summary, parts = [];
  if (s.errors) parts.push(say("nError", s.errors));
  if (s.warnings) parts.push(say("nWarning", s.warnings));
  if (s.infos) parts.push(say("nInfo", s.infos));
  return parts.join(say("and")) || say("none");
}

Section.prototype.buttons = function () {
  var item = this.item, info = item.info;
  this.forget();
  empty(this.actions);
  var sure = info.proposals.length, decided = info.decided.length;
  var corrected = decided ? say("correctedSome", decided) : sure ? say("correctedAll", sure) : say("correctedNone");
  if (info.annotated) {
    this.actions.appendChild(this.link("annotated", say("annotatedTip"), !decided));
    this.actions.appendChild(this.link("corrected", corrected, decided));
  }
  info.documents.forEach((name) => this.actions.appendChild(this.link("documents", say("documentsTip"), false, name)));
  this.actions.appendChild(el("button", { type: "button", onclick: () => this.copy() }, say("copy")));
  this.said = el("span", { "class": "soft", role: "status" });
  this.actions.appendChild(this.said);
  if (info.secret && !item.clear) {
    this.actions.appendChild(el("p", { "class": "notice" }, [say("secret") + " ",
      el("button", { type: "button", onclick: () => this.app.allowClear([item]) }, say("allowClear"))]));
  }
};

// A link whose file is made when it is wanted; the name is known before.
Section.prototype.link = function (kind, tip, primary, path) {
  var name = (path || this.item.info[kind]).split("/").pop(), key = path || kind;
  var link = el("a", { "class": primary ? "button primary" : "button", href: "#", download: name, title: tip }, [
    say(kind), el("small", {}, tip)]);
  link.addEventListener("click", (event) => {
    if (link.made) {
      if (kind === "corrected") this.item.dirty = false;
      return;
    }
    event.preventDefault();
    this.make(kind, true, path).then((made) => made && link.click());
  });
  this.links[key] = link;
  return link;
};

Section.prototype.make = async function (kind, urgent, path) {
  var link = this.links[path || kind];
  if (!link) return false;
  var answer = await this.app.ask(this.item, kind, urgent);
  if (this.links[path || kind] !== link) return false; // something else was decided meanwhile
  var names = answer.names || [answer.name], n = path ? names.indexOf(path) : 0;
  if (answer.why || n < 0 || !names[n]) {
    this.said.textContent = say("cannot", answer.why || "");
    return false;
  }
  if (!link.made) {
    link.made = URL.createObjectURL(new Blob([answer.files[n]], { type: "application/octet-stream" }));
    link.href = link.made;
    link.download = names[n].split("/").pop();
  }
  return true;
};

Section.prototype.forget = function () {
  Object.keys(this.links).forEach((kind) => this.links[kind].made && URL.revokeObjectURL(this.links[kind].made));
  this.links = {};
};

Section.prototype.copy = async function () {
  var answer = await this.app.ask(this.item, "text", true);
  if (answer.text === undefined) return;
  var area = el("textarea", { "class": "unseen" }, answer.text);
  document.body.appendChild(area);
  area.select();
  document.execCommand("copy");
  document.body.removeChild(area);
  this.said.textContent = say("copied");
};

// ---- findings

Section.prototype.list = function () {
  var findings = this.item.result.findings;
  var list = el("ol", { "class": "findings" }, findings.map((f, i) => this.finding(f, i)));
  var nothing = this.item.info.decided.length ? say("all") : say("noFindings");
  return el("div", {}, [el("h3", {}, say("findings", findings.length)), findings.length ? list : el("p", { "class": "good" }, nothing)]);
};

Section.prototype.finding = function (f, i) {
  var severity = f.confirmed ? "info" : f.severity;
  var where = f.cells.length > 3 ? f.cells.slice(0, 3).join(say("and")) + " … " + f.cells.length : f.cells.join(say("and"));
  var head = [el("span", { "class": "tag" }, say(f.severity)), el("span", { "class": "where", lang: FILE_LANG }, where), el("code", {}, f.code)];
  if (f.state) head.push(el("span", { "class": "soft" }, say(f.state === "new" ? "isNew" : "remaining")));
  var node = el("li", { "class": severity, "data-code": f.code, "data-cells": f.cells.join(","), tabindex: "0" }, [
    el("div", { "class": "line" }, head), el("p", { "class": "message" }, f.message),
    f.advice && f.message.indexOf(f.advice) < 0 ? el("p", { "class": "soft message" }, f.advice) : null,
    f.confirmed ? el("p", { "class": "soft" }, [say("explained"), el("span", { lang: FILE_LANG }, f.confirmed)]) : null
  ]);
  node.addEventListener("click", () => this.look(i, true));
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === node) this.look(i, true);
  });
  return node;
};

// Shows a finding: its cells, and itself among the others.
Section.prototype.look = function (i, move) {
  var nodes = this.node.querySelectorAll("li[data-code]"), finding = this.item.result.findings[i];
  if (!finding || !this.view) return;
  this.at = i;
  nodes.forEach((n, k) => n.classList.toggle("on", k === i));
  this.lit(finding.cells);
  (move ? into : within)(nodes[i], this.side);
  var first = finding.cells.map((c) => this.view.cells.get(c)).filter(Boolean)[0];
  if (!first) return;
  this.show(first);
  if (move) {
    into(first, this.pane);
    first.focus({ preventScroll: true });
  }
};

Section.prototype.lit = function (cells) {
  this.pane.querySelectorAll(".on").forEach((n) => n.classList.remove("on"));
  cells.forEach((c) => { var n = this.view.cells.get(c); if (n) n.classList.add("on"); });
};

// The next finding in a direction that is not filtered out.
Section.prototype.step = function (by) {
  var nodes = this.node.querySelectorAll("li[data-code]"), n = nodes.length;
  for (var k = 1; k <= n; k++) {
    var i = (this.at + by * k + n * (k + 1)) % n;
    if (this.at < 0 && by < 0) i = (n - k) % n;
    if (nodes[i].offsetParent) return this.look(i, true);
  }
};

// Scrolls a box into sight of its pane.
function within(node, pane) {
  var a = node.getBoundingClientRect(), b = pane.getBoundingClientRect();
  var seen = b.top < window.innerHeight ? Math.min(b.bottom, window.innerHeight) : b.bottom;
  if (a.top < b.top + 30 || a.bottom > seen) pane.scrollTop += a.top - b.top - (seen - b.top) / 3;
  if (a.left < b.left + 40 || a.right > b.right) pane.scrollLeft += a.left - b.left - b.width / 3;
}

// Scrolls a box into sight of its pane, and the page no more than it must.
function into(node, pane) {
  within(node, pane);
  var c = node.getBoundingClientRect();
  if (c.top < 0 || c.bottom > window.innerHeight) node.scrollIntoView({ block: "center" });
}

// ---- cells

Section.prototype.toggled = function () {
  if (!this.details.open || this.drawn) return;
  this.offer();
  this.draw();
};

// What can be adopted, above the findings.
Section.prototype.offer = function () { this.side.insertBefore(this.mending(), this.side.firstChild); };

Section.prototype.open = function () {
  if (this.details) this.details.open = true;
};

Section.prototype.draw = async function () {
  this.drawn = true;
  var answer = await this.app.ask(this.item, "draw", true);
  if (!answer.sheets) {
    empty(this.pane).appendChild(el("p", { "class": "reason" }, answer.why));
    return;
  }
  var decided = new Map(this.item.info.decided.map((d) => [d.cell, d]));
  var findings = this.item.result.findings;
  this.view = { findings: findings, marks: Table.marks(findings), decided: decided };
  var scroll = [this.pane.scrollLeft, this.pane.scrollTop];
  Table.draw(this.pane, answer.sheets, this.view);
  this.pane.removeAttribute("data-loading");
  this.pane.scrollLeft = scroll[0];
  this.pane.scrollTop = scroll[1];
  if (!this.seen) this.first();
  this.make("annotated", false);
  this.make("corrected", false);
};

// Opened for the first time: the first finding in sight, the focus where it was.
Section.prototype.first = function () {
  this.seen = true;
  if (!this.item.result.findings.length) return;
  this.look(0, false);
  var cell = this.item.result.findings[0].cells.map((c) => this.view.cells.get(c)).filter(Boolean)[0];
  if (cell) within(cell, this.pane);
  this.side.scrollTop = 0;
};

Section.prototype.clicked = function (event) {
  var cell = event.target.closest("[data-cell]");
  if (!cell) return;
  cell.focus({ preventScroll: true });
  var mark = this.markOf(cell);
  if (mark) this.look(mark.findings[0], false);
  else this.lit([cell.getAttribute("data-cell")]);
  this.show(cell);
};

Section.prototype.markOf = function (cell) {
  var found = null;
  this.view.marks.forEach((mark, address) => { if (this.view.cells.get(address) === cell && !found) found = mark; });
  return found;
};

Section.prototype.keyed = function (event) {
  var cell = event.target.closest("[data-cell]");
  if (!cell || event.ctrlKey || event.altKey || event.metaKey) return;
  var moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  if (moves[event.key]) {
    var next = Table.beside(cell, moves[event.key][0], moves[event.key][1]);
    event.preventDefault();
    if (!next) return;
    next.focus({ preventScroll: true });
    into(next, this.pane);
    this.lit([next.getAttribute("data-cell")]);
    this.show(next);
  } else if (event.key === "Enter" || event.key === "F2") {
    var input = this.bar.querySelector("input");
    if (input) {
      event.preventDefault();
      input.focus();
      input.select();
    }
  }
};

// The bar above the table: what the cell is, what stands in it, what it may be changed to.
Section.prototype.show = function (node) {
  var cell = node.boxed, address = node.getAttribute("data-cell");
  this.pane.querySelectorAll('[tabindex="0"]').forEach((n) => { n.tabIndex = -1; });
  node.tabIndex = 0;
  empty(this.bar).appendChild(el("output", { lang: FILE_LANG }, address));
  if (!cell.field) {
    this.bar.appendChild(el("span", { "class": "name", lang: FILE_LANG }, cell.text || ""));
    return;
  }
  this.bar.appendChild(el("span", { "class": "name", lang: FILE_LANG }, cell.field[1]));
  if (cell.formula) {
    this.bar.appendChild(el("span", { "class": "soft" }, "=" + cell.formula + " · " + say("formulaCell")));
    return;
  }
  this.editor(cell, node);
};

Section.prototype.editor = function (cell, node) {
  var input = el("input", { type: "text", inputmode: "decimal", size: "9", value: cell.text || "", "aria-label": say("value") });
  var wrong = el("span", { "class": "bad", role: "alert" });
  var take = () => {
    var number = plain(input.value);
    wrong.textContent = number === null ? say("notNumber") : "";
    if (number !== null) this.adopt([{ field: cell.field[0], to: number, proposed: false }]);
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") take();
    if (event.key === "Escape") node.focus();
  });
  this.bar.appendChild(el("label", {}, [say("value") + " ", input]));
  this.bar.appendChild(el("button", { type: "button", onclick: take }, say("setValue")));
  this.bar.appendChild(wrong);
};

// A number as typed, with full-width digits and separators; null if it is none.
function plain(text) {
  var half = text.replace(/[\uff01-\uff5e]/g, function (c) { return String.fromCharCode(c.charCodeAt(0) - 0xfee0); });
  half = half.replace(/[\s,]/g, "");
  return /^-?\d{1,15}(\.\d{1,6})?$/.test(half) ? half : null;
}

// ---- decisions

Section.prototype.mending = function () {
  var info = this.item.info, parts = el("div", { "class": "mending" });
  if (info.proposals.length) {
    parts.appendChild(el("h3", {}, [say("mend", info.proposals.length), this.all(info.proposals, "primary all")]));
    parts.appendChild(this.steps(info.proposals));
  }
  if (info.likely.length) {
    parts.appendChild(el("h3", {}, [say("likely"), info.likely.length > 1 ? this.all(info.likely, "all") : null]));
    parts.appendChild(this.steps(info.likely));
  }
  if (info.choices.length) parts.appendChild(this.choices(info.choices));
  if (this.item.adopted.length) parts.appendChild(this.taken());
  return parts;
};

Section.prototype.all = function (steps, look) {
  return el("button", { type: "button", "class": look, onclick: () => this.adopt(steps.map(proposed)) }, say("adoptAll"));
};

function proposed(step) { return { field: step.field, to: step.to, proposed: true }; }

function arrow(step) {
  return el("span", { "class": "change" }, [el("del", {}, step.from === null ? say("blank") : step.from), " → ", el("ins", {}, step.to)]);
}

Section.prototype.goTo = function (cell) {
  return el("button", { type: "button", "class": "plain", lang: FILE_LANG, onclick: () => {
    var node = this.view && this.view.cells.get(cell);
    if (!node) return;
    this.lit([cell]);
    this.show(node);
    into(node, this.pane);
    node.focus({ preventScroll: true });
  } }, cell);
};

Section.prototype.steps = function (steps) {
  return el("ul", { "class": "steps" }, steps.map((step) => el("li", {}, [
    el("div", { "class": "line" }, [this.goTo(step.cell), arrow(step),
      el("button", { type: "button", "class": "adopt", "aria-label": say("adopt") + " " + step.cell + " → " + step.to,
        onclick: () => this.adopt([proposed(step)]) }, say("adopt"))]),
    el("p", { "class": "soft" }, [el("span", { lang: FILE_LANG }, step.name), step.why ? say("then") + step.why : null])
  ])));
};

Section.prototype.choices = function (choices) {
  var SHOWN = 6;
  var one = (set) => el("li", {}, [
    el("div", { "class": "line" }, [
      el("div", {}, set.map((s) => el("div", {}, [this.goTo(s.cell), arrow(s)]))),
      el("button", { type: "button", "class": "adopt", onclick: () => this.adopt(set.map(proposed)) }, say("choose"))]),
    el("p", { "class": "soft", lang: FILE_LANG }, set.map((s) => s.name).join("；"))
  ]);
  var list = el("ul", { "class": "steps choices" }, choices.slice(0, SHOWN).map(one));
  if (choices.length > SHOWN) {
    var rest = el("li", {}, el("button", { type: "button", "class": "plain", onclick: () => {
      list.removeChild(rest);
      choices.slice(SHOWN).forEach((set) => list.appendChild(one(set)));
    } }, say("moreChoices", choices.length - SHOWN)));
    list.appendChild(rest);
  }
  return el("div", {}, [el("h3", {}, say("choices")), list]);
};

Section.prototype.taken = function () {
  var item = this.item;
  return el("div", { "class": "taken" }, [
    el("h3", {}, [say("adopted", item.info.decided.length),
      el("button", { type: "button", "class": "undo-last", onclick: () => this.undo() }, say("undoLast"))]),
    el("ul", { "class": "steps" }, item.info.decided.map((step) => el("li", {}, el("div", { "class": "line" }, [
      this.goTo(step.cell), arrow(step),
      el("button", { type: "button", "class": "undo", "aria-label": say("undo") + " " + step.cell,
        onclick: () => this.decide((adopted) => adopted.filter((a) => a.field !== step.field)) }, say("undo"))]))))
  ]);
};

Section.prototype.adopt = function (values) {
  var fields = values.map((v) => v.field);
  return this.decide((adopted) => adopted.filter((a) => fields.indexOf(a.field) < 0).concat(values));
};

Section.prototype.undo = function () {
  if (this.item.history.length) this.decide(() => this.item.history.pop(), true);
};

// One decision after another, each on what the one before has left.
Section.prototype.decide = function (change, back) {
  this.turn = (this.turn || Promise.resolve()).then(() => this.settle(change, back));
  return this.turn;
};

// Checks again with what is decided, and shows what is left; a failure leaves everything as it was.
Section.prototype.settle = async function (change, back) {
  var item = this.item, before = item.adopted;
  item.adopted = change(before);
  if (!(await this.app.audit(item, true))) {
    item.adopted = before;
    return;
  }
  if (!back) item.history.push(before);
  var kept = item.info.decided.map((d) => d.field);
  item.adopted = item.adopted.filter((a) => kept.indexOf(a.field) >= 0);
  item.dirty = item.adopted.length > 0;
  var focused = document.activeElement && document.activeElement.getAttribute("data-cell");
  var bar = this.bar.querySelector("output"), shown = focused || (bar && bar.textContent);
  this.at = -1;
  this.refresh();
  await this.draw();
  var node = shown && this.view && this.view.cells.get(shown);
  if (node) {
    this.lit([shown]);
    this.show(node);
    node.focus({ preventScroll: true });
  }
  this.app.changed(item);
};
