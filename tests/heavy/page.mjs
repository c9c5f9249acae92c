// The browser page as a clerk uses it, in Chromium from disk, against what the program writes for the same bytes.
// node page.mjs GOUJI PAGE WORK [PICTURES]; playwright-core and acorn are looked for in WORK.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { inflateRawSync } from "node:zlib";
import assert from "node:assert/strict";

const [gouji, html, work, pictures] = process.argv.slice(2).map((p) => resolve(p));
const installed = createRequire(join(work, "x.js"));
const { chromium } = installed("playwright-core");
const root = resolve(new URL("../..", import.meta.url).pathname);
const sample = (name) => join(root, "samples", name);
const samples = readdirSync(join(root, "samples")).filter((n) => /^[^.]+\.xlsx$/.test(n)).sort();
const FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-quic"];

// ---- the program

function program(...args) {
  try {
    return execFileSync(gouji, args, { encoding: "utf8", maxBuffer: 1 << 30, stdio: ["ignore", "pipe", "ignore"] });
  } catch (left) {
    return left.stdout; // findings are an exit status
  }
}
const json = (...args) => program(...args, "--format", "jsonl").trim().split("\n").map((line) => JSON.parse(line));
let folders = 0;
const fresh = (name) => {
  const folder = join(work, `${++folders}-${name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
};

// ---- the page

const asked = []; // every request that is no file and no blob of the page's own
async function open(before = "", size = { width: 1366, height: 768 }) {
  const browser = await chromium.launchPersistentContext(fresh("profile"), {
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: FLAGS, viewport: size, acceptDownloads: true,
  });
  browser.on("request", (r) => { if (!/^(file|blob):/.test(r.url())) asked.push(r.url()); });
  const page = browser.pages()[0] || await browser.newPage();
  await page.addInitScript(before);
  page.faults = [];
  page.on("pageerror", (e) => page.faults.push(e.stack || e.message));
  await page.goto("file://" + html);
  return page;
}
const close = async (page) => {
  assert.deepEqual(page.faults, [], "no fault in the page");
  await page.context().close();
};
// Keeps what the workers are asked.
const POSTED = `const post = Worker.prototype.postMessage; window.posted = [];
  Worker.prototype.postMessage = function (message) { window.posted.push(message.question); return post.apply(this, arguments); };`;
const settled = (page) => page.waitForFunction(
  () => document.querySelector("#results section") && !document.body.classList.contains("busy") &&
    (document.querySelectorAll("#results section").length < 2 || !document.getElementById("overview").hidden),
  null, { timeout: 300000 });

// A drop as the system gives it: files and folders by their paths.
async function drop(page, paths) {
  const devtools = await page.context().newCDPSession(page);
  const box = await page.locator("#drop").boundingBox();
  const at = { x: box.x + 20, y: box.y + 10 };
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) await devtools.send("Input.dispatchDragEvent", { type, ...at, data });
  await settled(page);
}

// A drop on one of the slots; the page may take its time.
async function dropOn(page, slot, paths) {
  const devtools = await page.context().newCDPSession(page);
  const box = await page.locator(slot).boundingBox();
  const at = { x: box.x + 20, y: box.y + 10 };
  for (const type of ["dragEnter", "dragOver", "drop"]) await devtools.send("Input.dispatchDragEvent", { type, ...at, data: { items: [], files: paths, dragOperationsMask: 1 } });
}

const section = (page, name) => page.locator(`#results section[data-name="${name}"]`);

// What the page shows of every file: its status and its findings.
const shown = (page) => page.$$eval("#results section.file", (nodes) => nodes.map((n) => ({
  file: n.dataset.name, status: n.dataset.status,
  findings: Array.from(n.querySelectorAll("li[data-code]"), (li) => [li.dataset.code, li.dataset.cells,
    ["error", "warning", "info"].find((s) => li.classList.contains(s)), li.querySelector("p").textContent]),
})));
const told = (result) => ({
  file: result.file, status: result.status,
  findings: result.findings.map((f) => [f.code, f.cells.join(","), f.confirmed ? "info" : f.severity, f.message]),
});

// The marked cells of an opened section, and those that the findings name.
const marked = (node) => node.$$eval("td[data-cell].error, td[data-cell].warning, td[data-cell].info",
  (cells) => cells.map((c) => c.dataset.cell).sort());
const named = (result) => [...new Set(result.findings.flatMap((f) => f.cells))].sort();

async function download(page, link) {
  const [got] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return [got.suggestedFilename(), readFileSync(await got.path())];
}

// Watches the page's own thread; the end of it tells the longest task, in milliseconds of processor, so that what else
// runs on the machine does not count.
async function trace(page) {
  const devtools = await page.context().newCDPSession(page), events = [];
  devtools.on("Tracing.dataCollected", (e) => events.push(...e.value));
  await devtools.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["toplevel"] } });
  return async () => {
    const complete = new Promise((done) => devtools.on("Tracing.tracingComplete", done));
    await devtools.send("Tracing.end");
    await complete;
    const thread = (e) => `${e.pid}/${e.tid}`;
    const main = new Set(events.filter((e) => e.name === "thread_name" && e.args.name === "CrRendererMain").map(thread));
    return Math.max(0, ...events.filter((e) => e.tdur && main.has(thread(e))).map((e) => e.tdur)) / 1000;
  };
}

// Whether the page's zip holds what a batch has written.
async function sameAs(page, out) {
  const [, bytes] = await download(page, page.locator("#zip"));
  const files = unzip(bytes);
  assert.deepEqual([...files.keys()].sort(), below(out).sort());
  for (const [name, bytes] of files) assert.ok(bytes.equals(readFileSync(join(out, name))), name);
}

// A Word document of plain paragraphs.
function docx(path, ...paragraphs) {
  const word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main", office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const types = "http://schemas.openxmlformats.org/package/2006/content-types", links = "http://schemas.openxmlformats.org/package/2006/relationships";
  const parts = {
    "[Content_Types].xml": `<Types xmlns="${types}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    "_rels/.rels": `<Relationships xmlns="${links}"><Relationship Id="rId1" Type="${office}/officeDocument" Target="word/document.xml"/></Relationships>`,
    "word/document.xml": `<w:document xmlns:w="${word}"><w:body>${paragraphs.map((p) => `<w:p><w:r><w:t>${p}</w:t></w:r></w:p>`).join("")}</w:body></w:document>`,
  };
  const code = "import json,sys,zipfile\nz=zipfile.ZipFile(sys.argv[1],'w')\nfor n,t in json.load(sys.stdin).items(): z.writestr(n,t)\nz.close()";
  execFileSync("python3", ["-c", code, path], { input: JSON.stringify(parts) });
}

// What the page shows, or tells a screen reader, in Chinese outside of what comes from files.
const chinese = (page) => page.evaluate(() => {
  // Names of fields and sheets are Chinese in any language, and so is what stands in a cell: a table and its block,
  // a row or column in the engine's quotes, a text in plain ones, a cell's address, a law.
  const plain = (text) => text.replace(/表[一二三四]?(（[^）]*）| [^ :]+(?=:))?|“[^”]*”[行列组]?|"[^"]*"|《[^》]*》[^A-Za-z]*/g, "");
  const cells = (text) => text.replace(/[^\s“]+![A-Z]+\d+/g, "");
  const found = [];
  const look = (text, node) => {
    if (node.closest("[lang]").lang === "en" && /[\u2e80-\u9fff\u3000-\u303f\uff00-\uffef]/.test(node.closest(".message") ? plain(cells(text)) : cells(text))) found.push(text);
  };
  for (const node of document.body.querySelectorAll("*")) {
    if (!node.getClientRects().length || /^(SCRIPT|STYLE)$/.test(node.tagName)) continue;
    for (const child of node.childNodes) if (child.nodeType === 3) look(child.data, node);
    for (const name of ["title", "aria-label", "placeholder", "data-loading"]) if (node.hasAttribute(name)) look(node.getAttribute(name), node);
  }
  if (/[\u2e80-\u9fff]/.test(document.title)) found.push(document.title);
  return found;
});

// Members of a zip whose members are stored.
function unzip(bytes) {
  const found = new Map();
  let at = bytes.readUInt32LE(bytes.length - 6);
  for (let n = bytes.readUInt16LE(bytes.length - 12); n; n--) {
    const [size, name, extra, note, head] = [bytes.readUInt32LE(at + 24), bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32), bytes.readUInt32LE(at + 42)];
    const from = head + 30 + bytes.readUInt16LE(head + 26) + bytes.readUInt16LE(head + 28);
    found.set(bytes.toString("utf8", at + 46, at + 46 + name), bytes.subarray(from, from + size));
    at += 46 + name + extra + note;
  }
  return found;
}

function below(folder, path = "") {
  return readdirSync(join(folder, path), { withFileTypes: true }).flatMap((e) =>
    e.name.startsWith(".") ? [] : e.isDirectory() ? below(folder, join(path, e.name)) : [join(path, e.name)]);
}

// Bytes from digits to the base of 85, five for four bytes: those of ASCII from # and ( on that end no script.
function unpacked(text) {
  const digits = [0x23, ...Array.from({ length: 87 }, (_, i) => 0x28 + i)].filter((c) => !"<\\`".includes(String.fromCharCode(c)));
  const four = (five) => [...five].reduce((n, c) => n * 85 + digits.indexOf(c.charCodeAt(0)), 0);
  const bytes = Buffer.alloc((text.length / 5) * 4);
  for (let i = 0; i < text.length / 5; i++) bytes.writeUInt32BE(four(text.slice(i * 5, i * 5 + 5)), i * 4);
  return bytes;
}

// ---- what must hold

const tests = {
  async "the engine keeps to the WebAssembly of 2017 and the page to 4 MB"() {
    const text = readFileSync(html, "utf8");
    assert.ok(statSync(html).size <= 4 << 20);
    const [, length, packed] = /id="engine" data-length="(\d+)">([^<]+)</.exec(text);
    const module = inflateRawSync(unpacked(packed));
    assert.equal(module.length, Number(length));
    writeFileSync(join(work, "engine.wasm"), module);
    // A module that uses a later feature does not pass; the file that names features is not asked.
    const opt = join(root, "target/page/node_modules/.bin/wasm-opt");
    execFileSync(opt, ["--quiet", "--mvp-features", join(work, "engine.wasm"), "-o", join(work, "same.wasm")]);
    const compiled = new WebAssembly.Module(module);
    assert.deepEqual(WebAssembly.Module.customSections(compiled, "target_features"), []);
    assert.ok(WebAssembly.Module.imports(compiled).every((i) => i.kind === "function"));
    assert.match(text, /Content-Security-Policy" content="default-src 'none';[^"]*connect-src 'none'/);
  },

  async "its scripts keep to the syntax of 2017, what refuses old browsers to that of 2009; all of them name the same versions"() {
    const text = readFileSync(html, "utf8");
    const scripts = [...text.matchAll(/<script(?: id="code")?>([^]*?)<\/script>/g)].map((m) => m[1]);
    assert.equal(scripts.length, 3);
    const { parse } = installed("acorn");
    parse(scripts[0], { ecmaVersion: 5 });
    for (const script of scripts.slice(1)) parse(script, { ecmaVersion: 8 });
    // Newer functions of the library that syntax does not show.
    const newer = /\.(at|flat|flatMap|matchAll|replaceAll|trimEnd|trimStart|finally|allSettled|fromEntries|replaceChildren|append|prepend|toggleAttribute|arrayBuffer|text|stream)\(|Promise\.(any|allSettled)|globalThis|structuredClone|queueMicrotask/;
    for (const script of scripts) assert.doesNotMatch(script, newer);
    const readme = readFileSync(join(root, "README.md"), "utf8");
    for (const version of ["Chrome 57", "Firefox 53", "Edge 79"]) {
      assert.ok(scripts[0].includes(version) && readme.includes(version), version);
    }
  },

  async "one file: findings, marks and copies are the program's"() {
    for (const name of ["数字打错一位.xlsx", "上海市政府办公厅2019.xlsx", "宿迁市2024.xlsx"]) {
      const page = await open(), out = fresh("one");
      await drop(page, [sample(name)]);
      const [result] = json("audit", sample(name), "-o", out);
      program("fix", sample(name), "-o", out);
      assert.deepEqual(await shown(page), [told(result)]);
      const node = section(page, name);
      await node.locator("table.sheet").first().waitFor();
      const drawn = await page.$$eval("[data-cell]", (cells) => cells.map((c) => c.dataset.cell));
      assert.deepEqual((await marked(await node.elementHandle())), named(result).filter((c) => drawn.includes(c)));
      assert.ok(named(result).every((c) => drawn.includes(c)));
      for (const kind of ["审核", "更正"]) {
        const [file, bytes] = await download(page, node.locator(`a[download$=".${kind}.xlsx"]`));
        assert.equal(file, name.replace(".xlsx", `.${kind}.xlsx`));
        assert.ok(bytes.equals(readFileSync(join(out, file))), file);
      }
      await close(page);
    }
  },

  async "forty files, each audited once: every finding is the program's, a table is drawn when its section is opened"() {
    const page = await open(POSTED), folder = fresh("forty");
    for (let i = 0; i < 40; i++) cpSync(sample(samples[i % samples.length]), join(folder, `第${i}号${samples[i % samples.length]}`));
    await page.setInputFiles("#files", below(folder).map((n) => join(folder, n)));
    await settled(page);
    const results = json("batch", folder, "--no-write");
    assert.deepEqual(await shown(page), results.map(told));
    assert.equal(await page.locator("#results table").count(), 0);
    assert.equal(await page.evaluate(() => window.posted.filter((q) => q && q.do === "audit").length), 40);
    const node = section(page, results[3].file);
    await node.locator("summary").click();
    await node.locator("table.sheet").first().waitFor();
    assert.deepEqual(await marked(await node.elementHandle()), named(results[3]));
    assert.equal(await page.locator("#overview .offices tbody tr").count(), 40);
    await close(page);
  },

  async "where a browser starts no worker from a page on disk the page does the work itself"() {
    const refusals = ["throw new Error('refused')", "setTimeout(() => this.onerror(new ErrorEvent('error', { cancelable: true })))"];
    for (const refusal of refusals) {
      const page = await open(`window.Worker = function () { this.postMessage = this.terminate = () => {}; ${refusal}; };`);
      const three = samples.slice(0, 3).map(sample);
      await drop(page, three);
      assert.deepEqual(await shown(page), json("audit", "--no-write", ...three).map((r) => told({ ...r, file: r.file.split("/").pop() })));
      await close(page);
    }
  },

  async "a worker that breaks costs the file that it was at; the others go on"() {
    const breaks = `const Real = Worker; let once = true; window.Worker = function (url) {
      const worker = new Real(url), post = worker.postMessage.bind(worker);
      worker.postMessage = function (message) {
        post(message);
        if (!once || !message.question || message.question.shown !== "5.xlsx") return;
        once = false;
        Promise.resolve().then(() => worker.onerror(new ErrorEvent("error", { cancelable: true })));
      };
      return worker;
    };`;
    const page = await open(breaks), folder = fresh("breaks");
    for (let i = 0; i < 12; i++) cpSync(sample(samples[i]), join(folder, `${i}.xlsx`));
    await drop(page, [folder]);
    const seen = await shown(page), broken = seen.filter((f) => f.status === "unreadable");
    assert.equal(broken.length, 1);
    assert.match(await section(page, broken[0].file).innerText(), /程序内部出错/);
    assert.deepEqual(seen.filter((f) => f !== broken[0]), json("batch", folder, "--no-write").map(told).filter((f) => f.file !== broken[0].file));
    await close(page);
  },

  async "a batch that is given up does not hold up what comes after it; an empty folder leaves what is there"() {
    const page = await open(POSTED), folder = fresh("given-up"), name = samples[0];
    for (let i = 0; i < 400; i++) cpSync(sample(name), join(folder, `${i}.xlsx`));
    await dropOn(page, "#drop", [folder]);
    await page.locator("#results section").first().waitFor();
    await page.locator("#clear").click();
    await drop(page, [sample(name)]);
    assert.ok(await page.evaluate(() => window.posted.length) < 300, "what was given up is not audited");
    await dropOn(page, "#drop", [fresh("empty")]);
    await page.getByText("没有可以审核的文件").waitFor();
    assert.deepEqual((await shown(page)).map((f) => f.file), [name]);
    await close(page);
  },

  async "a web page and a Word document with the tables are audited as by the program"() {
    const page = await open(), folder = fresh("documents"), name = "数字打错一位";
    await drop(page, [sample(name + ".xlsx")]);
    await page.locator("table.sheet").waitFor();
    const table = await page.evaluate(() => {
      const copy = document.querySelector("table.sheet").cloneNode(true);
      for (const node of copy.querySelectorAll(".ruler, .corner, .unseen, thead, colgroup")) node.remove();
      return copy.outerHTML;
    });
    writeFileSync(join(folder, name + ".html"), `<meta charset="utf-8"><p>南村镇人民政府2023年政府信息公开工作年度报告</p>${table}`);
    execFileSync("soffice", ["--headless", `-env:UserInstallation=file://${fresh("office")}`, "--convert-to", "docx:MS Word 2007 XML", "--outdir", folder, join(folder, name + ".html")], { stdio: "ignore" });
    for (const kind of ["html", "docx"]) {
      const file = `${name}.${kind}`, out = fresh(kind);
      await page.locator("#clear").click();
      await drop(page, [join(folder, file)]);
      const [result] = json("audit", join(folder, file), "-o", out);
      assert.deepEqual(result.findings.map((f) => f.code), ["A301"]);
      assert.deepEqual(await shown(page), [told(result)]);
      const [saved, bytes] = await download(page, section(page, file).locator(`a[download$=".审核.xlsx"]`));
      assert.ok(bytes.equals(readFileSync(join(out, saved))), saved);
    }
    await close(page);
  },

  async "on paper there are the findings and the table, and no buttons"() {
    const page = await open(), paper = join(fresh("paper"), "page.pdf");
    await drop(page, [sample("填错一列.xlsx")]);
    await page.locator("td.error").first().waitFor();
    const down = () => page.evaluate(() => document.querySelector(".pane").scrollTop), before = await down();
    assert.ok(before > 0, "the table is scrolled to its fault");
    await page.pdf({ path: paper, preferCSSPageSize: true });
    const text = execFileSync("pdftotext", ["-layout", paper, "-"], { encoding: "utf8" });
    for (const said of ["石楼镇人民政府", "A302", "二、主动公开政府信息情况"]) assert.ok(text.includes(said), said);
    assert.equal(await down(), before);
    for (const button of ["采纳", "下载审核表", "选择文件", "撤销"]) assert.ok(!text.includes(button), button);
    await close(page);
  },

  async "a browser that is too old is told in Chinese what to use instead"() {
    const page = await open("delete window.WebAssembly;");
    await page.getByText("这个浏览器版本太旧").waitFor();
    assert.match(await page.locator("#drop").innerText(), /360 安全浏览器.*极速模式.*Chrome 57/);
    assert.equal(await page.locator("#files").count(), 0);
    await page.context().close();
  },

  async "of many files those of one verdict can be looked at alone; what is mended stays in sight"() {
    const page = await open(), name = "数字打错一位.xlsx";
    await drop(page, samples.map(sample));
    const seen = () => page.$$eval("#results section", (nodes) => nodes.filter((n) => n.offsetParent).map((n) => n.dataset.name));
    const results = json("audit", "--no-write", ...samples.map(sample)), failed = results.filter((r) => r.summary.errors).map((r) => r.file.split("/").pop());
    await page.getByRole("button", { name: `不通过 ${failed.length}` }).click();
    assert.deepEqual((await seen()).sort(), failed.sort());
    assert.equal(await page.locator("#overview tbody tr:visible").count(), failed.length);
    await section(page, name).locator("summary").click();
    await section(page, name).locator("button.all").click();
    await page.locator(`section[data-name="${name}"][data-status="clean"]`).waitFor();
    assert.ok((await seen()).includes(name));
    await page.locator("#overview tr", { hasText: name }).getByText("采纳后").waitFor();
    await page.getByRole("button", { name: `全部 ${samples.length}` }).click();
    assert.equal((await seen()).length, samples.length);
    await close(page);
  },

  async "a nested folder with a zip, a broken, an encrypted and a foreign file: the zip holds what a batch writes"() {
    const page = await open(), folder = join(fresh("nested"), "报送"), out = fresh("out");
    mkdirSync(join(folder, "街道/旧"), { recursive: true });
    for (const name of samples.slice(0, 8)) cpSync(sample(name), join(folder, name));
    cpSync(sample("石碁镇2022.xlsx"), join(folder, "街道/旧/石碁镇.xlsx"));
    writeFileSync(join(folder, "街道/坏了.xlsx"), readFileSync(sample("石碁镇2022.xlsx")).subarray(0, 4000));
    cpSync(join(root, "tests/fixtures/encrypted.xlsx"), join(folder, "有密码.xlsx"));
    writeFileSync(join(folder, "照片.png"), Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"));
    writeFileSync(join(folder, "别的表.csv"), "姓名,电话\n张三,1\n");
    writeFileSync(join(work, "名单.csv"), "单位\n宿迁市\n某某局\n");
    await drop(page, [folder]);
    const results = json("batch", folder, "--out", out);
    assert.deepEqual(await shown(page), results.map(told));
    for (const result of results.filter((r) => r.error && r.error.kind !== "encrypted")) {
      assert.ok((await section(page, result.file).innerText()).includes(result.error.message), result.file);
    }
    const kinds = results.map((r) => r.error && r.error.kind);
    assert.ok(["damaged", "encrypted", "no_form"].every((k) => kinds.includes(k)), String(kinds));
    await sameAs(page, out);
    await page.setInputFiles("#roster", join(work, "名单.csv"));
    await page.getByText("名单.csv").waitFor();
    await settled(page);
    assert.equal(await page.locator("#overview tr.gap").count(), 1);
    const listed = fresh("listed");
    program("batch", folder, "--out", listed, "--roster", join(work, "名单.csv"));
    await sameAs(page, listed);
    await page.locator(".roll-up summary").click();
    await page.locator(".roll-up table.sheet").waitFor();
    await close(page);
  },

  async "a correction adopted makes the file clean, can be undone, and is asked for before leaving"() {
    const page = await open(), out = fresh("fix"), name = "数字打错一位.xlsx";
    await drop(page, [sample(name)]);
    program("fix", sample(name), "-o", out);
    const node = section(page, name), cell = node.locator('[data-cell="年报表格!D25"]');
    await cell.waitFor();
    assert.match(await cell.getAttribute("class"), /error/);
    await node.locator("button.adopt").first().click();
    await page.waitForSelector('section[data-status="clean"]');
    await node.locator('[data-cell="年报表格!D25"].mended').waitFor();
    assert.doesNotMatch(await cell.getAttribute("class"), /error/);
    assert.match(await cell.innerText(), /41/);
    const left = page.waitForEvent("dialog");
    const leaving = page.close({ runBeforeUnload: true });
    const dialog = await left;
    assert.equal(dialog.type(), "beforeunload");
    await dialog.dismiss();
    await leaving;
    await node.locator("button.undo").click();
    await page.waitForSelector('section[data-status="findings"]');
    await node.locator("button.all").click();
    await page.waitForSelector('section[data-status="clean"]');
    const [file, bytes] = await download(page, node.locator('a[download$=".更正.xlsx"]'));
    assert.ok(bytes.equals(readFileSync(join(out, file))));
    await close(page);
  },

  async "one of several explanations is chosen by a click"() {
    const page = await open();
    await drop(page, [sample("结转漏填.xlsx")]);
    await page.locator(".choices button.adopt").first().click();
    await page.waitForFunction(() => !document.querySelector("#results li.error"));
    await page.locator("button.undo-last").click();
    await page.waitForSelector("#results li.error");
    await close(page);
  },

  async "with the keyboard alone: from finding to finding, a number changed, the filter"() {
    const page = await open();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.id), "files");
    await page.setInputFiles("#files", sample("数字打错一位.xlsx"));
    await settled(page);
    await page.locator("table.sheet").waitFor();
    await page.keyboard.press("n");
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("data-cell"));
    assert.equal(await focused(), "年报表格!D25");
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(), "年报表格!D26");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page.keyboard.type("４１");
    await page.keyboard.press("Enter");
    await page.waitForSelector('section[data-status="clean"]');
    await page.waitForFunction(() => document.activeElement.getAttribute("data-cell") === "年报表格!D25");
    for (let i = 0; i < 60 && await page.evaluate(() => document.activeElement.className) !== "undo-last"; i++) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForSelector('section[data-status="findings"]');
    await page.locator(".chip.error").focus();
    await page.keyboard.press("Space");
    assert.equal(await page.locator("#results li.error").first().isVisible(), false);
    await close(page);
  },

  async "from cell to finding and back, with a tooltip"() {
    const page = await open();
    await drop(page, [sample("上海市政府办公厅2019.xlsx")]);
    const cell = page.locator("td.error").last();
    await cell.waitFor();
    await cell.click();
    const on = page.locator("li.on");
    assert.ok((await on.getAttribute("data-cells")).split(",").includes(await cell.getAttribute("data-cell")));
    assert.match(await cell.getAttribute("title"), /错误/);
    await page.locator("li.warning").last().click();
    const cells = (await page.locator("li.warning").last().getAttribute("data-cells")).split(",");
    assert.ok(cells.includes(await page.evaluate(() => document.activeElement.getAttribute("data-cell"))));
    await close(page);
  },

  async "at 1366×768 table and findings stand side by side, nothing runs over; English says the same"() {
    const page = await open(), name = "上海市政府办公厅2019.xlsx";
    await drop(page, [sample(name)]);
    await page.locator("td.error").first().waitFor();
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    assert.ok(await fits(), "nothing runs over");
    const [table, list] = [await page.locator(".pane").boundingBox(), await page.locator(".findings").boundingBox()];
    assert.ok(table.x + table.width <= list.x && list.x + list.width <= 1366 && table.y < 400);
    await page.locator("#lang").click();
    await page.waitForFunction(() => document.documentElement.lang === "en");
    await settled(page);
    assert.deepEqual(await shown(page), json("audit", sample(name), "--no-write", "--lang", "en").map(told));
    assert.ok(await page.getByText("Choose files").isVisible());
    assert.ok(await fits(), "English fits as well");
    await close(page);
  },

  async "a password is asked for, a wrong one refused; copies without it are made only when that is said"() {
    const locked = (name) => join(root, "tests/fixtures/locked", name), password = "年报𠮷祥2024", out = fresh("clear");
    const page = await open();
    await drop(page, [locked("agile.xlsx")]);
    const node = section(page, "agile.xlsx");
    assert.equal(await node.getAttribute("data-status"), "unreadable");
    const input = node.locator('input[type="password"]');
    await input.fill("不对");
    await input.press("Enter");
    await node.locator(".bad", { hasText: "密码不对" }).waitFor();
    await input.fill(password);
    await node.locator(".lock button").click();
    await node.locator("table.sheet").first().waitFor();
    const [result] = json("audit", locked("agile.xlsx"), "--password", password, "--allow-clear", "-o", out);
    assert.deepEqual(await shown(page), [told(result)]);
    assert.equal(await node.locator("a[download]").count(), 0);
    await node.getByText("不带密码", { exact: false }).first().waitFor();
    await node.locator(".notice button").click();
    const [file, bytes] = await download(page, node.locator('a[download$=".审核.xlsx"]'));
    assert.ok(bytes.equals(readFileSync(join(out, file))), file);

    // Among many: one password opens all that have it; the zip holds no clear copies until that is said.
    await page.locator("#clear").click();
    const folder = join(fresh("locked"), "报送"), plain = fresh("withheld"), clear = fresh("allowed");
    mkdirSync(folder);
    for (const name of ["agile.xlsx", "libreoffice.xlsx", "cryptoapi.xls"]) cpSync(locked(name), join(folder, name));
    cpSync(sample("宿迁市2024.xlsx"), join(folder, "宿迁市2024.xlsx"));
    await drop(page, [folder]);
    assert.equal(await page.locator(".lock").count(), 3);
    await section(page, "agile.xlsx").locator("input").fill(password);
    await section(page, "agile.xlsx").locator("input").press("Enter");
    await page.waitForFunction(() => !document.querySelector(".lock") && document.querySelector(".withheld"));
    const results = json("batch", folder, "--password", password, "--out", plain);
    assert.deepEqual(await shown(page), results.map(told));
    await sameAs(page, plain);
    await page.locator(".withheld button").click();
    await page.waitForFunction(() => !document.querySelector(".withheld"));
    await settled(page);
    program("batch", folder, "--password", password, "--allow-clear", "--out", clear);
    await sameAs(page, clear);
    await close(page);
  },

  async "last year's file or folder is compared with, as by the program"() {
    const page = await open(), name = "宿迁市2024.xlsx", before = join(fresh("before"), "宿迁市2023.xlsx");
    const code = "import re,sys,zipfile\na=zipfile.ZipFile(sys.argv[1])\nb=zipfile.ZipFile(sys.argv[2],'w')\n" +
      "for n in a.namelist():\n t=a.read(n)\n b.writestr(n,re.sub(rb'(<c r=\"D47\"[^>]*>)<v>[^<]*</v>',rb'\\1<v>90</v>',t) if 'sheet1' in n else t)\nb.close()";
    execFileSync("python3", ["-c", code, sample("宿迁市2023.xlsx"), before]);
    await drop(page, [sample(name)]);
    const alone = await shown(page);
    await page.setInputFiles("#last", before);
    await page.getByText("已对照").waitFor();
    await settled(page);
    const compared = json("audit", sample(name), "--prior", before, "--no-write").map(told);
    assert.deepEqual(await shown(page), compared);
    assert.notDeepEqual(compared, alone);
    await page.locator("#last-drop .without").click();
    await page.locator("#last").waitFor({ state: "attached" });
    await settled(page);
    assert.deepEqual(await shown(page), alone);

    await page.locator("#clear").click();
    const folder = join(fresh("this"), "报送"), last = join(fresh("last"), "上年"), out = fresh("years");
    mkdirSync(folder);
    mkdirSync(join(last, "市"), { recursive: true });
    for (const n of [name, "石碁镇2022.xlsx"]) cpSync(sample(n), join(folder, n));
    cpSync(before, join(last, "市/宿迁市2023.xlsx"));
    cpSync(sample("上海市政府办公厅2019.xlsx"), join(last, "别的.xlsx"));
    await drop(page, [folder]);
    await dropOn(page, "#last-drop", [last]);
    await page.getByText("1 家对上").waitFor();
    await settled(page);
    program("batch", folder, "--prior", last, "--out", out);
    await sameAs(page, out);
    await close(page);
  },

  async "the report's text beside a workbook is compared with it and handed back with comments"() {
    const page = await open(), folder = join(fresh("text"), "报送"), one = fresh("one"), out = fresh("texts"), name = "石碁镇2022.xlsx";
    mkdirSync(join(folder, "市"), { recursive: true });
    cpSync(sample(name), join(folder, name));
    docx(join(folder, "石碁镇报告.docx"), "一、总体情况", "2022年，共收到政府信息公开申请7777件。");
    const [result] = json("audit", join(folder, name), "--narrative", join(folder, "石碁镇报告.docx"), "-o", one);
    assert.ok(result.findings.some((f) => f.code === "N301"));
    const same = async () => {
      assert.deepEqual(await shown(page), [told(result)]);
      for (const file of ["石碁镇2022.审核.xlsx", "石碁镇报告.审核.docx"]) {
        const [, bytes] = await download(page, page.locator(`a[download="${file}"]`));
        assert.ok(bytes.equals(readFileSync(join(one, file))), file);
      }
    };
    // Dropped together they are one, as they are when the text is given afterwards.
    await drop(page, [join(folder, name), join(folder, "石碁镇报告.docx")]);
    await same();
    await page.locator("#narrative-drop .without").click();
    await page.locator("#narrative").waitFor({ state: "attached" });
    await settled(page);
    assert.equal(await page.locator('li[data-code="N301"]').count(), 0);
    await dropOn(page, "#narrative-drop", [join(folder, "石碁镇报告.docx")]);
    await page.locator('li[data-code="N301"]').waitFor();
    await same();

    await page.locator("#clear").click();
    cpSync(sample("宿迁市2024.xlsx"), join(folder, "市/宿迁市2024.xlsx"));
    writeFileSync(join(folder, "市/宿迁市报告.txt"), "2024年，共收到政府信息公开申请8888件。");
    writeFileSync(join(folder, "市/通知.txt"), "请于月底前报送。");
    await drop(page, [folder]);
    const results = json("batch", folder, "--out", out);
    assert.ok(results.some((r) => r.narrative === "宿迁市报告.txt") && results.length === 3);
    assert.deepEqual(await shown(page), results.map(told));
    await sameAs(page, out);
    await close(page);
  },

  async "in English nothing is said in Chinese but what stands in files"() {
    const page = await open(), folder = fresh("english");
    for (const name of samples) cpSync(sample(name), join(folder, name));
    cpSync(join(root, "tests/fixtures/locked/agile.xlsx"), join(folder, "有密码.xlsx"));
    writeFileSync(join(folder, "别的.csv"), "a,b\n1,2\n");
    writeFileSync(join(work, "名单.csv"), "单位\n宿迁市\n某某局\n");
    page.on("dialog", (d) => d.accept());
    await page.locator("#lang").click();
    assert.deepEqual(await chinese(page), []);
    for (const name of samples) {
      await drop(page, [join(folder, name)]);
      await page.locator("table.sheet").first().waitFor();
      assert.deepEqual(await chinese(page), [], name);
      const adopt = page.locator("button.adopt").first();
      if (await adopt.count()) {
        await adopt.click();
        await page.locator(".taken").waitFor();
        assert.deepEqual(await chinese(page), [], name);
      }
      await page.locator("#clear").click();
    }
    await page.setInputFiles("#files", below(folder).map((n) => join(folder, n)));
    await settled(page);
    await page.setInputFiles("#roster", join(work, "名单.csv"));
    await page.locator("tr.gap").waitFor();
    await settled(page);
    await page.setInputFiles("#last", [sample("宿迁市2023.xlsx"), sample("石碁镇2022.xlsx")]);
    await page.getByText("2 read").waitFor();
    await settled(page);
    await section(page, "有密码.xlsx").locator("input").fill("x");
    await section(page, "有密码.xlsx").locator("input").press("Enter");
    await section(page, "有密码.xlsx").locator(".bad", { hasText: "wrong" }).waitFor();
    await page.locator(".roll-up summary").click();
    assert.deepEqual(await chinese(page), []);
    await close(page);
  },

  async "a thousand submissions: within twice the program's time, the page never held up"() {
    const folder = fresh("thousand");
    for (let i = 0; i < 1000; i++) {
      const to = join(folder, `${i}.xlsx`);
      cpSync(sample(samples[i % samples.length]), to);
      utimesSync(to, 1e9 + i, 1e9 + i);
    }
    const timed = async (run) => { const t = Date.now(); await run(); return (Date.now() - t) / 1000; };
    const single = await timed(() => program("batch", folder, "--jobs", "1", "--out", fresh("single")));
    const page = await open();
    const one = await timed(async () => { await drop(page, [sample(samples[0])]); });
    await page.locator("#clear").click();
    const end = await trace(page);
    const whole = await timed(() => drop(page, [folder]));
    const longest = await end();
    assert.equal(await page.locator("#results section").count(), 1000);
    console.log(`   ${whole.toFixed(1)} s for 1,000 (the program on one core ${single.toFixed(1)} s, start-up ${one.toFixed(1)} s); longest task ${longest.toFixed(0)} ms`);
    assert.ok(whole <= 2 * single + one, "the time");
    assert.ok(longest > 0 && longest <= 200, "the longest task");
    await close(page);
  },

  async "nothing leaves: neither the page nor its worker reaches a server on this machine"() {
    let hits = 0;
    const server = createServer((_, response) => { hits += 1; response.end(); });
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${server.address().port}/`;
    const page = await open();
    const tried = await page.evaluate(async (url) => {
      const refused = (promise) => promise.then(() => "reached", () => "refused");
      const image = refused(new Promise((done, failed) => { const i = new Image(); i.onload = done; i.onerror = failed; i.src = url; }));
      const told = (code) => new Promise((done) => {
        const w = new Worker(URL.createObjectURL(new Blob([code])));
        w.onmessage = (e) => done(e.data);
        w.onerror = () => done("refused");
      });
      const worker = told(`fetch(${JSON.stringify(url)}).then(() => postMessage("reached"), () => postMessage("refused"))`);
      const evaluated = told(`postMessage(new Function("return 'reached'")())`);
      return [await refused(fetch(url)), await image, await worker, await evaluated];
    }, url);
    assert.deepEqual(tried, ["refused", "refused", "refused", "refused"]);
    assert.equal(hits, 0);
    server.close();
    await page.context().close();
    assert.deepEqual(asked.filter((u) => u !== url), [], "no request in any of the tests");
  },
};

async function pose(name, files, ready) {
  const page = await open();
  await drop(page, files);
  await ready(page);
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(pictures, name) });
  await page.context().close();
}

let failed = 0;
for (const [name, run] of pictures ? [] : Object.entries(tests)) {
  if (process.env.ONLY && !name.includes(process.env.ONLY)) continue;
  try {
    await run();
    console.log(`ok  ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
}
if (pictures) {
  await pose("page.png", [sample("填错一列.xlsx")], (page) => page.locator("td.error").first().waitFor());
  await pose("page-many.png", samples.map(sample), (page) => page.locator("#overview tbody tr").first().waitFor());
}
process.exit(failed ? 1 : 0);
