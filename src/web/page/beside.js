// What the files are compared with, all of it optional: last year's reports, the report's text, the roster.
"use strict";
function Beside(app) {
  this.app = app;
  this.last = null; // { name, count, named, reports: [{ path, file, last }] }
  this.narrative = null; // { path, file }, of a single file; among many each has the text that lies beside it
  this.roster = null; // a File
  this.slots = ["last", "narrative", "roster"].map((kind) => this.slot(kind));
}

// ---- the slots: what lies in each, and how something is put there

Beside.prototype.slot = function (kind) {
  var node = byId(kind + "-drop");
  node.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    document.body.classList.remove("over");
    Drop.ofTransfer(event.dataTransfer).then((given) => this.put(kind, given));
  });
  return { kind: kind, node: node };
};

Beside.prototype.draw = function () {
  this.slots.forEach((slot) => {
    var kind = slot.kind, given = this[kind], focused = slot.node.contains(document.activeElement);
    empty(slot.node);
    slot.node.appendChild(el("b", {}, say(kind)));
    slot.node.appendChild(given ? el("span", { "class": "given", lang: given.name || given.path ? FILE_LANG : null }, given.name || given.path || say("nFiles", given.count)) : el("span", { "class": "soft" }, say(kind + "Hint")));
    if (given && given.reports) slot.node.appendChild(el("span", { "class": "soft", role: "status" }, this.matched()));
    if (given) slot.node.appendChild(el("button", { type: "button", "class": "without", onclick: () => this.put(kind, null) }, say("without")));
    else this.choosers(kind).forEach((button) => slot.node.appendChild(button));
    if (focused) (slot.node.querySelector("button, input") || slot.node).focus();
  });
};

Beside.prototype.choosers = function (kind) {
  var chooser = (id, more, word) => {
    var input = el("input", Object.assign({ id: id, type: "file", "aria-label": say(kind) + " · " + say(word) }, more));
    input.addEventListener("change", () => this.put(kind, Drop.ofInput(input)));
    return el("label", { "class": "button" }, [input, el("span", {}, say(word))]);
  };
  var all = [chooser(kind, { multiple: kind === "last" }, kind === "last" ? "chooseFiles" : "chooseOne")];
  if (kind === "last") all.push(chooser("last-folder", { webkitdirectory: true, multiple: true }, "chooseFolder"));
  return all;
};

// How many files of this year have found theirs of last year.
Beside.prototype.matched = function () {
  var found = this.app.items.filter((i) => i.last.length).length;
  return this.app.items.length > 1 ? say("lastMany", this.last.reports.length, found) : found ? say("lastFound") : say("lastNone");
};

// Puts something into a slot, or takes it out; what cannot be used is said, and what lay there before stays.
Beside.prototype.put = async function (kind, given) {
  var before = this[kind], app = this.app;
  if (given && !given.files.length) return app.notice(given.unread.length ? say("unread", given.unread.join("、")) : "");
  app.notice("");
  var wrong = given ? await this["read_" + kind](given) : null;
  if (!given) this[kind] = null;
  if (wrong) {
    this[kind] = before;
    this.draw();
    return app.notice(wrong);
  }
  await (kind === "roster" ? app.again() : app.run(0));
};

Beside.prototype.read_narrative = function (given) {
  this.narrative = { path: given.files[0].path.split("/").pop(), file: given.files[0].file };
  return this.tried({ narrative: this.narrative.path }, this.narrative.file);
};

Beside.prototype.read_roster = function (given) {
  this.roster = given.files[0].file;
  return this.tried({ roster: this.roster.name }, this.roster);
};

// What the engine says against a file; nothing if it can be used.
Beside.prototype.tried = async function (beside, file) {
  var question = { do: "summary", items: [], beside: Object.assign({ password: this.app.password }, beside) };
  var message = await this.app.pool.ask(question, [file], true);
  return message.answer && !message.answer.failed ? null : this.app.why(message);
};

Beside.prototype.read_last = async function (given) {
  var app = this.app, found = await app.planned(await app.unzip(given.files)), reports = [], done = 0, only = given.files.length === 1;
  await Promise.all(found.map(async (item) => {
    var question = { do: "last", shown: item.shown, beside: { password: app.password } };
    var message = await app.pool.ask(question, [item.file], false);
    item.lying = message.answer && message.answer.last;
    app.working(++done, found.length);
  }));
  found.forEach((item) => { if (item.lying) reports.push({ path: item.shown, file: item.file, last: item.lying }); });
  if (!reports.length) return say("lastNothing");
  var named = only && !given.files[0].root;
  this.last = { name: given.files[0].root || (only ? given.files[0].path : null), count: given.files.length, named: named, reports: reports };
  return null;
};

// ---- what lies beside each file

// What an item is audited with, by name, and the files themselves in the order in which they are asked for.
Beside.prototype.named = function (item) {
  return { last: item.last.map((r) => r.path), narrative: item.text && item.text.path, roster: this.roster && this.roster.name,
    password: item.password || this.app.password };
};

Beside.prototype.files = function (item) {
  return item.last.map((r) => r.file).concat(item.text ? [item.text.file] : [], this.roster ? [this.roster] : []);
};

// Gives each audited item its report of last year and its text; says which have changed by it, and which are nothing
// but the text of another.
Beside.prototype.lay = async function (items) {
  var many = items.length > 1, isText = (i) => i.info.formless && i.info.formless.text;
  var answer = { texts: [], last: [] }, taken = new Set();
  if (this.last || items.some(isText)) {
    var message = await this.app.pool.ask({
      do: "beside", named: this.last ? this.last.named : false, last: this.last ? this.last.reports.map((r) => r.last) : [],
      beside: { roster: this.roster && this.roster.name },
      items: items.map((i) => ({ shown: i.shown, office: i.result.office, year: i.result.year, text: isText(i) || null }))
    }, this.roster ? [this.roster] : [], true);
    if (message.answer && !message.answer.failed) answer = message.answer;
  }
  var changed = items.filter((item, n) => {
    var beside = many && items[answer.texts[n]] || null;
    if (beside) taken.add(beside);
    var text = many ? beside && { path: beside.copy, file: beside.file } : this.narrative;
    var last = (answer.last[n] || []).map((r) => this.last.reports[r]);
    var same = (item.text && item.text.file) === (text && text.file) && last.length === item.last.length && last.every((r, k) => r === item.last[k]);
    item.text = text || null;
    item.last = last;
    return !same;
  });
  return { changed: changed, taken: taken };
};
