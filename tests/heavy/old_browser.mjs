// The page in a Chromium of 2017, from disk and with no driver but the browser's own protocol: it starts, audits a file
// that is chosen as the program does, adopts its correction, and makes the workbooks.
// node --experimental-websocket old_browser.mjs CHROMIUM GOUJI PAGE WORK; the browser may be packed with Brotli.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import assert from "node:assert/strict";

const [packed, gouji, html, work] = process.argv.slice(2).map((p) => resolve(p));
const root = resolve(new URL("../..", import.meta.url).pathname), name = "数字打错一位.xlsx", file = join(root, "samples", name);
mkdirSync(work, { recursive: true });
const chromium = packed.endsWith(".br") ? join(work, "chromium") : packed;
if (chromium !== packed) writeFileSync(chromium, brotliDecompressSync(readFileSync(packed)), { mode: 0o755 });

const browser = spawn(chromium, ["--headless", "--no-sandbox", "--disable-gpu", "--single-process", "--no-zygote", "--no-first-run", "--remote-debugging-port=0",
  `--user-data-dir=${join(work, "profile")}`, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
const port = await new Promise((done, failed) => {
  let said = "";
  browser.stderr.on("data", (text) => {
    said += text;
    const found = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(said);
    if (found) done(found[1]);
  });
  browser.on("exit", () => failed(new Error(said)));
});
const [target] = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
const socket = new WebSocket(target.webSocketDebuggerUrl);
await new Promise((done) => { socket.onopen = done; });
let last = 0;
const waiting = new Map(), faults = [];
socket.onmessage = ({ data }) => {
  const said = JSON.parse(data);
  if (said.method === "Runtime.exceptionThrown") faults.push(said.params.exceptionDetails.text);
  if (waiting.has(said.id)) waiting.get(said.id)(said.result || said.error);
};
const ask = (method, params = {}) => new Promise((done) => {
  waiting.set(++last, done);
  socket.send(JSON.stringify({ id: last, method, params }));
});
const run = async (expression) => (await ask("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true })).result.value;
async function until(expression) {
  for (let i = 0; i < 600; i++) {
    if (await run(expression)) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("never: " + expression + "\n" + await run("document.body.innerText") + faults);
}

try {
  for (const domain of ["Page", "Runtime", "DOM"]) await ask(domain + ".enable");
  await ask("Page.navigate", { url: "file://" + html });
  await until("document.readyState === 'complete' && !!window.gouji");
  const { root: document } = await ask("DOM.getDocument");
  const { nodeId } = await ask("DOM.querySelector", { nodeId: document.nodeId, selector: "#files" });
  await ask("DOM.setFileInputFiles", { nodeId, files: [file] });
  await until("!!document.querySelector('#results section table.sheet')");
  const list = `Array.from(document.querySelectorAll("li[data-code]"), (li) => [li.getAttribute("data-code"), li.getAttribute("data-cells"), li.querySelector("p").textContent])`;
  let said;
  try {
    said = execFileSync(gouji, ["audit", file, "--no-write", "--format", "json"], { encoding: "utf8" });
  } catch (left) {
    said = left.stdout; // findings are an exit status
  }
  assert.deepEqual(await run(list), JSON.parse(said)[0].findings.map((f) => [f.code, f.cells.join(","), f.message]));
  await run("document.querySelector('button.all').click()");
  await until("document.querySelector('#results section').getAttribute('data-status') === 'clean'");
  await until("Array.from(document.querySelectorAll('a[download]')).every((a) => a.href.indexOf('blob:') === 0)");
  assert.deepEqual(faults, []);
  console.log("ok  the page in " + (await ask("Browser.getVersion")).product);
} finally {
  browser.kill();
}
process.exit(0);
