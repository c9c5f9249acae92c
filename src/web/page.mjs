// Puts the page together: one HTML file with its style, its scripts, and the engine as text.
// node page.mjs ENGINE.wasm PAGE.html
import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";

const [engine, out] = process.argv.slice(2);
const part = (name) => readFileSync(new URL("page/" + name, import.meta.url), "utf8");
const version = /^version = "(.*)"/m.exec(readFileSync(new URL("../../Cargo.toml", import.meta.url), "utf8"))[1];
const numbered = (text) => text.split("{{version}}").join(version);

const style = part("page.css");
const gate = part("gate.js");
const worker = part("inflate.js") + "\n" + part("engine.js");
const names = ["words.js", "dom.js", "pool.js", "drop.js", "zip.js", "table.js", "file.js", "beside.js", "many.js", "paper.js", "main.js"];
const script = numbered(names.map(part).join("\n"));

const hash = (text) => "'sha256-" + createHash("sha256").update(text, "utf8").digest("base64") + "'";
// The worker is a blob of this page and is held to the same policy. `unsafe-eval` is for browsers that know no
// narrower word for WebAssembly; gate.js takes it back in all others.
const policy = [
  "default-src 'none'",
  "script-src " + [gate, worker, script].map(hash).join(" ") + " 'wasm-unsafe-eval' 'unsafe-eval'",
  "style-src " + hash(style),
  "child-src blob:", "worker-src blob:", "connect-src 'none'", "img-src 'none'", "form-action 'none'", "base-uri 'none'",
].join("; ");

// Four bytes as five digits to the base of 85, a quarter more and not a third as base64; none of them ends a script.
function digits(bytes) {
  const all = "#()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~";
  const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  const five = (number) => [52200625, 614125, 7225, 85, 1].map((unit) => all[Math.floor(number / unit) % 85]).join("");
  return Array.from({ length: padded.length / 4 }, (_, i) => five(padded.readUInt32BE(i * 4))).join("");
}

const module = readFileSync(engine);
const packed = digits(deflateRawSync(module, { level: 9, memLevel: 9 }));
const parts = { policy, style, gate, worker, script, version, length: module.length, engine: packed };
// By a function: `$` in a script means nothing here.
const html = part("page.html").replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
if (/<\/script/i.test(gate + worker + script)) throw new Error("a script would end early");
const size = Buffer.byteLength(html);
if (size > 4 * 1024 * 1024) throw new Error("the page has " + size + " bytes, more than 4 MB");
writeFileSync(out + ".part", html);
renameSync(out + ".part", out);
console.log(out + ": " + size + " bytes");
