// The page: takes files in, has them audited, shows each as it is done.
"use strict";
window.gouji = (function () {
  var app = { items: [], known: new Map(), password: null };
  var engine = byId("engine"), results = byId("results"), bar = byId("progress"), done = byId("done"), drop = byId("drop");
  var most = Math.max(1, Math.min(4, navigator.hardwareConcurrency || 2));
  app.pool = new Pool(byId("code").textContent, engine.textContent, Number(engine.getAttribute("data-length")), most);
  app.pool.ready.catch(function (why) { app.notice(say("broken", why)); });
  var overview = new Overview(app), beside = app.beside = new Beside(app), round = 0;

  app.notice = function (text) {
    byId("notice").textContent = text || "";
    byId("notice").hidden = !text;
  };

  // ---- asking

  function question(item, what, more) {
    return Object.assign({ do: what, shown: item.shown, lang: lang, copy: item.many ? item.copy : null,
      adopted: item.adopted, aggregate: item.aggregate, allow_clear: item.clear, beside: beside.named(item) }, more || {});
  }

  function files(item) {
    var members = item.aggregate ? app.items.filter((i) => i.small && !i.aggregate && !isOwn(i)).map((i) => i.small) : [];
    return [item.file].concat(members, beside.files(item));
  }

  // What is known of a copy of gouji's on which nobody has worked.
  function ownOf(item) { return item.info && (item.info.own || (item.info.formless && item.info.formless.own)) || null; }

  function isOwn(item) { return Boolean(ownOf(item)); }

  app.own = function () { return Array.from(app.known.values()).map(ownOf).filter(Boolean); };

  // Why there is no answer, or what the answer says against what was asked.
  app.why = function (message) {
    if (message.answer) return message.answer.failed[lang];
    if (message.io) return say("io", message.io);
    if (message.fault === "timeout") return say("timeout");
    return message.failed ? message.failed[lang] : say("fault");
  };

  // Asks about one file; where there is no answer, `why` says it.
  app.ask = async function (item, what, urgent, more, wanted) {
    var message = await app.pool.ask(question(item, what, more), files(item), urgent, wanted);
    return message.answer && !message.answer.failed ? message.answer : { why: app.why(message) };
  };

  // Audits a file and keeps what came of it; a decision that fails leaves the earlier result, and so does an answer
  // that is not wanted any more.
  app.audit = async function (item, urgent, wanted) {
    var message = await app.pool.ask(question(item, "audit"), files(item), urgent, wanted);
    if (wanted && !wanted()) return false;
    var answer = message.answer;
    if (!answer || answer.failed) {
      if (item.adopted.length) {
        app.notice(app.why(message));
        return false;
      }
      fail(item, app.why(message), message.io);
      return true;
    }
    var result = JSON.parse(new TextDecoder().decode(answer.files[0]));
    if (!item.adopted.length) {
      item.line = answer.files[0];
      item.small = answer.files[1];
    }
    delete answer.files;
    delete result.fields;
    item.result = result;
    item.info = answer;
    return true;
  };

  // What stands in the place of a result that the engine could not give.
  function fail(item, text, io) {
    item.result = { file: item.shown, sha256: "", format: null, form: null, office: null, year: null, status: "unreadable",
      error: { kind: io ? "io" : "damaged", message: text }, fields: {}, findings: [],
      repair: { status: "none", changes: [], certainty: null, alternatives: [] }, summary: { errors: 0, warnings: 0, infos: 0 } };
    item.info = { own: null, edited: false, locked: false, secret: false, annotated: null, corrected: null, documents: [], formless: null,
      fixable: false, proposals: [], likely: [], choices: [], decided: [] };
    item.line = new TextEncoder().encode(JSON.stringify(item.result));
    item.small = new TextEncoder().encode(JSON.stringify({
      entry: { file: item.shown, sha256: "", form: null, office: null, year: null, status: "unreadable", error: text,
        broken: [], numbers: "NoForm", unproved: false },
      details: { values: "", findings: [] }
    }));
  }

  // ---- taking files in

  app.take = async function (given) {
    app.notice(given.unread.length ? say("unread", given.unread.join("、")) : "");
    var found = await app.unzip(given.files);
    if (!found.length) {
      if (!given.unread.length) app.notice(say("nothing"));
      return;
    }
    var mine = ++round;
    found.forEach(function (item) { app.known.set(item.key, item); });
    if (beside.narrative && app.known.size > 1) { // among many each text is found by whose it is
      app.known.set(beside.narrative.path, fresh(beside.narrative.file, beside.narrative.path, beside.narrative.path, 0));
      beside.narrative = null;
    }
    var all = Array.from(app.known.values());
    // One file that was named is audited whatever it is called; among many, what cannot be a submission is left out.
    if (all.length > 1) all = await app.planned(all);
    if (mine !== round) return;
    var many = all.length > 1, skipped = app.known.size - all.length;
    all.forEach(function (item) {
      if (item.many !== many) forget(item);
      item.many = many;
    });
    app.items = all;
    await run(skipped);
  };

  app.planned = async function (all) {
    var message = await app.pool.ask({ do: "plan", items: all.map((i) => [i.path, i.modified]) }, [], true);
    return message.answer.items.map(function (p) {
      var item = all[p[0]];
      item.shown = p[1];
      item.copy = p[2];
      item.aggregate = p[3];
      return item;
    });
  };

  function fresh(file, shown, key, modified) {
    return { key: key, path: shown, shown: shown, file: file, modified: modified, copy: shown, many: null, aggregate: false, line: null, small: null,
      result: null, info: null, adopted: [], history: [], dirty: false, section: null, last: [], text: null, password: null, clear: false };
  }

  app.unzip = async function (given) {
    var found = [];
    for (var i = 0; i < given.length; i++) {
      var g = given[i], key = g.root + "/" + g.path, seconds = Math.floor((g.file.lastModified || 0) / 1000);
      if (!/\.zip$/i.test(g.path)) {
        found.push(fresh(g.file, g.path, key, seconds));
        continue;
      }
      var message = await app.pool.ask({ do: "members" }, [g.file], true), answer = message.answer;
      if (!answer || answer.failed) {
        found.push(Object.assign(fresh(g.file, g.path, key, seconds), { broken: answer ? answer.failed : null }));
        continue;
      }
      answer.members.forEach(function (m) {
        found.push(fresh({ zip: g.file, place: m[0] }, g.path + "/" + m[1], key + "/" + m[1], m[2]));
      });
    }
    return found;
  };

  // ---- auditing all that is not audited yet, and showing each in its place

  app.run = run;
  async function run(skipped) {
    var mine = ++round, many = app.items.length > 1, all = app.items;
    document.body.classList.add("busy");
    document.body.classList.toggle("many", many);
    overview.hide();
    drop.classList.add("small");
    byId("invite").textContent = say("more");
    byId("tools").hidden = byId("beside").hidden = false;
    beside.draw();
    var sums = all.filter((i) => i.aggregate), others = all.filter((i) => !i.aggregate);
    sums.forEach(forget);
    await each(others, mine);
    await each(sums, mine);
    if (mine !== round) return;
    var laid = await beside.lay(all.filter((i) => !isOwn(i)));
    if (mine !== round) return;
    app.items = all.filter((i) => !(many && isOwn(i)) && !laid.taken.has(i));
    if (many && app.items.length === 1 && laid.taken.size === 1) return alone(app.items[0], Array.from(laid.taken)[0], skipped);
    if (laid.changed.length) laid.changed.concat(sums).forEach(forget);
    await each(laid.changed.filter((i) => !i.aggregate), mine);
    await each(sums, mine);
    if (mine !== round) return;
    await lay(mine);
    if (mine !== round) return;
    document.body.classList.remove("busy");
    beside.draw();
    done.textContent = many ? say("finished", app.items.length) : say("oneDone");
    skipped += all.length - app.items.length - laid.taken.size;
    if (skipped > 0) app.notice(say("skipped", skipped));
    if (many && app.items.length) await overview.show();
  }

  // Of two files one is the other's text: then there is but one.
  function alone(item, text, skipped) {
    beside.narrative = { path: text.shown.split("/").pop(), file: text.file };
    app.known.delete(text.key);
    item.many = false;
    forget(item);
    return run(skipped);
  }

  // Lets an item be audited anew, and shown anew.
  function forget(item) {
    item.line = item.small = null;
    hide(item);
  }

  function hide(item) {
    if (shows(item)) results.removeChild(item.section.node);
    item.section = null;
  }

  app.working = function (ready, total) {
    bar.value = ready / total;
    done.textContent = say("working", ready, total);
  };

  async function each(items, mine) {
    if (!items.length) return;
    var coming = arrivals(items.length, mine);
    await Promise.all(items.map(async function (item) {
      if (!item.line) await first(item, () => mine === round);
      if (mine === round) coming.add(item);
    }));
    await coming.end();
  }

  // Shows what has come in a few times a second, not file by file: each time costs a drawing of the whole page.
  function arrivals(total, mine) {
    var BEAT = 250, pile = [], ready = 0, timer = null, shown = Promise.resolve();

    function flush() {
      timer = null;
      if (mine !== round) return;
      app.working(ready, total);
      var now = pile.splice(0);
      shown = shown.then(() => show(now, mine));
    }

    return {
      add: function (item) {
        ready += 1;
        if (!shows(item) || !item.many) pile.push(item);
        if (timer === null) timer = setTimeout(flush, BEAT);
      },
      end: function () {
        clearTimeout(timer);
        flush();
        return shown;
      }
    };
  }

  async function first(item, wanted) {
    if (item.broken) {
      fail(item, item.broken[lang], null);
      return;
    }
    var adopted = item.adopted;
    item.adopted = []; // what is said of all together is said of what was sent
    await app.audit(item, false, wanted);
    item.adopted = adopted;
    if (adopted.length) await app.audit(item, false, wanted);
  }

  function shows(item) { return item.section && item.section.node.parentNode === results; }

  // Makes the sections, and puts them into the page all at once.
  async function show(items, mine) {
    var made = document.createDocumentFragment();
    await sliced(items, function (item) {
      if (mine !== round || (item.many && isOwn(item))) return;
      if (!item.section) item.section = new Section(item, app);
      if (!shows(item)) made.appendChild(item.section.node);
      if (!item.many) item.section.open();
    });
    if (mine === round) results.appendChild(made);
  }

  // Puts the sections into the order of the files, and takes away those of files that are no longer there.
  async function lay(mine) {
    var wanted = new Set(app.items.map((i) => i.section && i.section.node));
    Array.from(results.children).forEach(function (node) { if (!wanted.has(node)) results.removeChild(node); });
    var next = results.firstChild;
    await sliced(app.items, function (item) {
      if (!item.section || mine !== round) return;
      if (item.section.node === next) next = next.nextSibling;
      else results.insertBefore(item.section.node, next);
    });
  }

  // Audits everything anew, in another language or with another roster; what is open stays open.
  app.again = async function () {
    if (!app.items.length) return;
    var mine = ++round, opened = app.items.filter((i) => i.section && i.section.details && i.section.details.open);
    app.items = Array.from(app.known.values());
    if (app.items.length > 1) app.items = await app.planned(app.items);
    if (mine !== round) return;
    app.notice("");
    app.items.forEach(forget);
    await run(0);
    opened.forEach((i) => i.section && i.section.open());
  };

  // ---- passwords

  // Tries a password; says what is wrong if it does not open the file, which then stays as it was.
  app.unlock = async function (item, password) {
    var wrong = await tried(item, password);
    if (wrong) return wrong;
    app.password = password; // for what else has the same
    await Promise.all(app.items.filter((i) => i.info.locked).map((other) => tried(other, password)));
    await run(0);
    if (item.section) app.reveal(item);
    return null;
  };

  async function tried(item, password) {
    var before = { result: item.result, info: item.info, line: item.line, small: item.small, password: null };
    item.password = password;
    await app.audit(item, true);
    var wrong = item.info.locked ? item.result.error.message : null;
    if (wrong) Object.assign(item, before);
    else hide(item);
    return wrong;
  }

  // Copies without a password of files that have one: made only when it was said that they shall.
  app.allowClear = async function (items) {
    items.forEach(function (item) {
      item.clear = true;
      forget(item);
    });
    await run(0);
    if (items.length === 1) app.reveal(items[0]);
  };

  app.changed = function (item) { overview.update(item); };

  app.reveal = function (item) {
    item.section.open();
    item.section.node.scrollIntoView();
    var head = item.section.node.querySelector("summary");
    if (head) head.focus({ preventScroll: true });
  };

  // ---- drops and choices

  window.addEventListener("dragover", function (event) {
    event.preventDefault();
    document.body.classList.add("over");
  });
  window.addEventListener("dragleave", function (event) {
    if (!event.relatedTarget) document.body.classList.remove("over");
  });
  window.addEventListener("drop", function (event) {
    event.preventDefault();
    document.body.classList.remove("over");
    var slow = setTimeout(() => app.notice(say("reading")), 400);
    Drop.ofTransfer(event.dataTransfer).then(function (given) {
      clearTimeout(slow);
      return app.take(given);
    });
  });
  ["files", "folder"].forEach(function (id) {
    byId(id).addEventListener("change", function () {
      var given = Drop.ofInput(this);
      this.value = "";
      app.take(given);
    });
  });

  // ---- tools

  byId("tools").addEventListener("click", function (event) {
    var chip = event.target.closest("[data-hide]");
    if (!chip) return;
    chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    var hidden = Array.from(document.querySelectorAll('[data-hide][aria-pressed="false"]'));
    results.setAttribute("data-without", hidden.map((c) => c.getAttribute("data-hide")).join(" "));
  });

  byId("clear").addEventListener("click", function () {
    if (app.items.some((i) => i.dirty) && !window.confirm(say("clearAsk"))) return;
    round += 1;
    app.items.forEach((i) => i.section && i.section.forget());
    app.items = [];
    app.known.clear();
    app.password = beside.last = beside.narrative = beside.roster = null;
    overview.hide();
    empty(results);
    byId("tools").hidden = byId("beside").hidden = true;
    drop.classList.remove("small");
    document.body.classList.remove("many", "busy");
    app.notice("");
    byId("invite").textContent = say("invite");
  });

  // The file that is worked on: the one in focus, else the topmost that is open.
  function current() {
    var focused = document.activeElement && document.activeElement.closest(".file");
    var open = app.items.filter((i) => i.section && i.section.view && i.section.details.open);
    return open.filter((i) => i.section.node === focused)[0] || open.filter((i) => i.section.node.getBoundingClientRect().bottom > 100)[0] || null;
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || /^(text|password)$/.test(event.target.type)) return;
    var by = { n: 1, N: 1, F8: event.shiftKey ? -1 : 1, p: -1, P: -1 }[event.key], item = by && current();
    if (!item) return;
    event.preventDefault();
    item.section.step(by);
  });

  window.addEventListener("beforeunload", function (event) {
    if (!app.items.some((i) => i.dirty)) return;
    event.preventDefault();
    event.returnValue = say("leave");
  });

  // ---- languages

  function speak() {
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    document.title = say("title");
    document.querySelectorAll("[data-say]").forEach((n) => { n.textContent = say(n.getAttribute("data-say")); });
    document.querySelectorAll("[data-label]").forEach((n) => n.setAttribute("aria-label", say(n.getAttribute("data-label"))));
    byId("lang").textContent = lang === "zh" ? "English" : "中文";
    byId("lang").lang = lang === "zh" ? "en" : "zh-CN";
    if (app.items.length) byId("invite").textContent = say("more");
  }

  byId("lang").addEventListener("click", async function () {
    lang = lang === "zh" ? "en" : "zh";
    speak();
    await app.again();
  });
  speak();
  return app;
})();
