// What is said of many files together: offices with verdicts, the roll-up, the roster, and everything as one zip.
"use strict";
function Overview(app) {
  this.app = app;
  this.node = byId("overview");
  this.cells = new Map(); // of each item: its row and what changes in it
}

Overview.prototype.hide = function () {
  if (!this.node.hidden) this.only(null);
  this.node.hidden = true;
  empty(this.node);
};

// Asks anew what all are together. With copies that were made their paths are known, else they are foreseen.
Overview.prototype.ask = async function (copies) {
  var items = this.app.items.filter(function (i) { return i.line; }), roster = this.app.beside.roster;
  var question = {
    do: "summary", lang: lang, beside: { roster: roster && roster.name }, own: this.app.own(),
    items: items.map(function (item) {
      var made = copies ? copies.get(item) || {} : foreseen(item);
      return { annotated: made.annotated || null, corrected: made.corrected || null,
        edited: item.info.edited, modified: item.modified, aggregate: item.aggregate };
    })
  };
  var files = items.map(function (i) { return i.small; }).concat(roster ? [roster] : []);
  var message = await this.app.pool.ask(question, files, true);
  return message.answer && !message.answer.failed ? message.answer : { why: this.app.why(message) };
};

function foreseen(item) {
  if (!item.info.annotated) return {};
  return { annotated: "annotated/" + item.info.annotated, corrected: item.info.fixable ? "corrected/" + item.info.corrected : null };
}

Overview.prototype.show = async function () {
  var answer = await this.ask(null);
  if (answer.why) return this.app.notice(answer.why);
  this.answer = answer;
  var node = empty(this.node);
  node.hidden = false;
  node.appendChild(el("h2", { id: "overview-head" }, say("overview")));
  node.appendChild(el("p", { "class": "sentence" }, answer.verdict));
  node.appendChild(this.downloads());
  node.appendChild(this.withheld());
  node.appendChild(this.choices = el("p", { "class": "only", role: "group", "aria-label": say("onlyThese") }));
  node.appendChild(this.list());
  node.appendChild(this.rollUp());
  this.choose();
  await this.fill(answer.offices);
};

Overview.prototype.downloads = function () {
  var book = new Blob([this.answer.files[0]], { type: "application/octet-stream" });
  var page = new Blob([this.answer.files[1]], { type: "text/html" });
  this.packing = el("span", { "class": "soft", role: "status" });
  var pack = el("button", { type: "button", id: "zip", "class": "primary", onclick: () => this.pack() }, say("zip"));
  return el("div", { "class": "actions" }, [pack, blobLink(say("summaryBook"), "汇总.xlsx", book),
    blobLink(say("report"), "report.html", page), this.packing]);
};

// Files with a password have no copies until somebody says that they shall.
Overview.prototype.withheld = function () {
  var secret = this.app.items.filter(function (i) { return i.info.secret && !i.clear; });
  if (!secret.length) return el("span");
  return el("p", { "class": "notice withheld" }, [say("withheld", secret.length) + " ",
    el("button", { type: "button", onclick: () => this.app.allowClear(secret) }, say("allowClear"))]);
};

function blobLink(text, name, blob) {
  return el("a", { "class": "button", download: name, href: URL.createObjectURL(blob) }, text);
}

// ---- the offices

Overview.prototype.list = function () {
  var heads = ["office", "verdict", "errors", "warnings", "state", "role", "file"], number = ["errors", "warnings"];
  this.rows = el("tbody");
  return el("div", { "class": "offices", tabindex: "0", role: "region", "aria-label": say("offices") },
    el("table", {}, [el("thead", {}, el("tr", {}, heads.map(function (h) { return el("th", { scope: "col", "class": number.indexOf(h) < 0 ? null : "number" }, say(h)); }))), this.rows]));
};

Overview.prototype.fill = async function (offices) {
  var by = new Map(this.app.items.map(function (i) { return [i.shown, i]; })), rows = this.rows, lines = [];
  offices.forEach(function (office) {
    if (!office.files.length) lines.push([office, null]);
    office.files.forEach(function (file) { lines.push([office, file]); });
  });
  this.cells = new Map();
  await sliced(lines, (line) => {
    var office = line[0], file = line[1], item = file && by.get(file.shown);
    if (file && !item) return;
    rows.appendChild(item ? this.row(office, file, item) : this.gap(office));
  });
};

Overview.prototype.gap = function (office) {
  return el("tr", { "class": "gap" }, [el("th", { scope: "row", lang: FILE_LANG }, office.name), el("td"), el("td"), el("td"),
    el("td", {}, el("span", { "class": "verdict failed" }, office.state)), el("td"), el("td")]);
};

Overview.prototype.row = function (office, file, item) {
  var cells = { verdict: el("td"), errors: el("td", { "class": "number" }), warnings: el("td", { "class": "number" }) };
  this.cells.set(item, cells);
  this.update(item);
  var title = lang === "zh" ? office.differences.join("\n") || null : null;
  return cells.row = el("tr", { title: title }, [el("th", { scope: "row", lang: FILE_LANG }, office.name),
    cells.verdict, cells.errors, cells.warnings, el("td", {}, office.state), el("td", { "class": "soft" }, file.role),
    el("td", {}, el("button", { type: "button", "class": "plain", lang: FILE_LANG, onclick: () => this.app.reveal(item) }, item.shown))]);
};

Overview.prototype.update = function (item) {
  var cells = this.cells && this.cells.get(item);
  if (!cells) return;
  var summary = item.result.summary, kind = verdict(item.result);
  empty(cells.verdict).appendChild(el("span", { "class": "verdict " + kind }, say(kind)));
  if (item.adopted.length) cells.verdict.appendChild(el("span", { "class": "soft" }, " " + say("afterwards")));
  cells.errors.textContent = summary.errors || "";
  cells.warnings.textContent = summary.warnings || "";
};

// ---- of which verdict those are that are shown

Overview.prototype.choose = function () {
  var kinds = this.app.items.map(function (i) { return verdict(i.result); });
  var choice = (kind, count) => el("button", { type: "button", value: kind, "aria-pressed": String(!kind), onclick: () => this.only(kind) },
    say(kind || "everything") + " " + count);
  this.choices.appendChild(choice("", kinds.length));
  ["failed", "toCheck", "passed", "unreadable", "unmapped"].forEach((kind) => {
    var count = kinds.filter(function (k) { return k === kind; }).length;
    if (count) this.choices.appendChild(choice(kind, count));
  });
};

// What is mended meanwhile stays in sight until the next choice.
Overview.prototype.only = function (kind) {
  this.app.items.forEach((item) => {
    var away = Boolean(kind) && verdict(item.result) !== kind, cells = this.cells.get(item);
    if (item.section) item.section.node.hidden = away;
    if (cells) cells.row.hidden = away;
  });
  this.rows.querySelectorAll(".gap").forEach(function (row) { row.hidden = Boolean(kind); });
  this.choices.querySelectorAll("button").forEach(function (b) { b.setAttribute("aria-pressed", String(b.value === (kind || ""))); });
};

// ---- the roll-up: 汇总.xlsx, drawn as any submission

Overview.prototype.rollUp = function () {
  var pane = el("div", { "class": "pane", lang: FILE_LANG }), drawn = false, answer = this.answer, app = this.app;
  return el("details", { "class": "roll-up", ontoggle: async function () {
    if (drawn || !this.open) return;
    drawn = true;
    var message = await app.pool.ask({ do: "draw", shown: "汇总.xlsx", lang: lang }, [answer.files[0]], true);
    Table.draw(pane, (message.answer && message.answer.sheets) || [], { marks: new Map(), decided: new Map(), findings: [] });
  } }, [el("summary", {}, say("rollUp")), pane]);
};

// ---- everything as one zip, laid out as the command line lays out its folder

Overview.prototype.pack = async function () {
  var zip = new Zip(), copies = new Map(), app = this.app, all = app.items, wanted = () => app.items === all;
  var items = all.filter(function (i) { return i.info.annotated; }), done = 0, wanting = [];
  var one = async (item) => {
    var made = {};
    copies.set(item, made);
    if (item.info.documents.length) made.documents = await app.ask(item, "documents", false, null, wanted);
    var kinds = ["annotated", "corrected"];
    for (var k = 0; k < kinds.length; k++) {
      var answer = await app.ask(item, kinds[k], false, { in_batch: true }, wanted);
      if (answer.why && wanting.indexOf(item) < 0) wanting.push(item);
      if (!answer.name) continue;
      made[kinds[k]] = kinds[k] + "/" + answer.name;
      made[kinds[k] + "Bytes"] = answer.files[0];
    }
    this.packing.textContent = say("packing", ++done, items.length);
  };
  await Promise.all(items.map(one));
  if (!wanted()) return;
  var answer = await this.ask(copies);
  if (answer.why) return app.notice(answer.why);
  var aside = new Map(), written = new Map();
  answer.offices.forEach((o) => o.files.forEach((f) => aside.set(f.shown, f.aside)));
  await sliced(items, function (item) {
    var made = copies.get(item), above = aside.get(item.shown), paths = [];
    var add = function (path, bytes) {
      if (above) path = path.replace("/", "/" + above + "/");
      paths.push(path);
      zip.add(path, bytes);
    };
    ["annotated", "corrected"].forEach(function (kind) {
      if (made[kind]) add(made[kind], made[kind + "Bytes"]);
      delete made[kind + "Bytes"];
    });
    var documents = made.documents || {};
    (documents.names || []).forEach(function (name, n) { add("annotated/" + name, documents.files[n]); });
    if (paths.length) written.set(item, paths);
  });
  answer.names.forEach(function (name, i) { zip.add(name, answer.files[i]); });
  zip.add("results.jsonl", lines(app.items, written));
  save(say("zipName"), zip.blob());
  this.packing.textContent = wanting.length ? say("wanting", wanting.map((i) => i.shown).join("、")) : "";
  app.items.forEach(function (item) { item.dirty = false; });
};

// The results, each with the copies that are packed of it.
function lines(items, written) {
  var parts = [], encoder = new TextEncoder();
  items.filter(function (i) { return i.line; }).forEach(function (item) {
    var paths = written.get(item), line = item.line;
    if (paths) {
      parts.push(line.subarray(0, line.length - 1), encoder.encode(",\"written\":" + JSON.stringify(paths) + "}\n"));
    } else {
      parts.push(line, encoder.encode("\n"));
    }
  });
  var all = new Uint8Array(parts.reduce(function (n, p) { return n + p.length; }, 0)), at = 0;
  parts.forEach(function (part) {
    all.set(part, at);
    at += part.length;
  });
  return all;
}
