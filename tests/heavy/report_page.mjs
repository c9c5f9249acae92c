// report.html in headless Chromium: search, filters, links, keyboard, print to PDF; takes its picture.
//
//     MODULES=DIR node report_page.mjs CHROMIUM OUT [PICTURE]
//
// OUT is the output folder of a batch; DIR holds node_modules with playwright-core. Exits 1 where anything differs.
import { createRequire } from "node:module";
import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [browserPath, out, picture] = process.argv.slice(2);
const { chromium } = createRequire(resolve(process.env.MODULES) + "/")("playwright-core");
let failed = 0;
function check(what, ok, more = "") {
  console.log(`  ${ok ? "ok " : "NOT"} ${what} ${ok ? "" : more}`);
  failed += ok ? 0 : 1;
}

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1366, height: 900 } });
const complaints = [];
const requests = [];
page.on("console", (m) => m.type() === "error" && complaints.push(m.text()));
page.on("pageerror", (e) => complaints.push(String(e)));
page.on("request", (r) => requests.push(r.url()));
const address = pathToFileURL(resolve(out, "report.html")).href;
await page.goto(address);

const results = readFileSync(resolve(out, "results.jsonl"), "utf8").trim().split("\n").map((l) => JSON.parse(l));
const findings = results.flatMap((r) => r.findings.map((f) => ({ ...f, file: r.file })));
const failures = results.filter((r) => r.error).length;
const shown = () => page.locator("#findings tbody tr:visible").count();
const all = findings.length + failures;
check("every finding has its row", (await shown()) === all, `${await shown()} of ${all}`);

// Every finding can be reached by searching for its file and choosing its rule.
const step = Math.max(1, Math.floor(findings.length / 25));
let reached = true;
for (let i = 0; i < findings.length; i += step) {
  const finding = findings[i];
  await page.fill("#search", finding.file.split("/").pop());
  await page.selectOption("#rule", finding.code);
  const text = await page.locator("#findings tbody tr:visible").allInnerTexts();
  reached &&= text.some((t) => t.includes(finding.message.slice(0, 12)));
}
check("every finding is reached by search and filter", reached);
await page.fill("#search", "");
await page.selectOption("#rule", "");
await page.selectOption("#grade", "error");
const errors = findings.filter((f) => f.severity === "error").length;
check("a filter by severity", (await shown()) === errors, `${await shown()} of ${errors}`);
await page.selectOption("#grade", "");
await page.fill("#search", "没有这样的单位");
check("a search for nothing says so", (await shown()) === 0 && (await page.innerText("#shown")).startsWith("0"));
await page.fill("#search", "");

const heat = page.locator(".heat td button").first();
const [office, code] = [await heat.getAttribute("data-office"), await heat.getAttribute("data-code")];
await heat.focus();
await page.keyboard.press("Enter");
const chosen = await page.locator("#findings tbody tr:visible").allInnerTexts();
check("the heat map leads to its findings, by keyboard", chosen.length > 0 && chosen.every((t) => t.includes(office) && t.includes(code)));
await page.fill("#search", "");
await page.selectOption("#rule", "");

const links = await page.locator("#findings a").evaluateAll((all) => all.map((a) => a.href));
const dead = links.filter((l) => !existsSync(new URL(l)));
check(`${new Set(links).size} links lead to marked workbooks`, links.length > 0 && dead.length === 0, dead.slice(0, 2).join(" "));
check("charts are drawn", (await page.locator("svg.bars rect").count()) > 0);
check("nothing is asked of the network", requests.every((r) => r === address), requests.slice(0, 3).join(" "));
check("the browser has no complaint", complaints.length === 0, complaints.slice(0, 2).join(" "));

const paper = resolve(out, "..", "report.pdf");
await page.pdf({ path: paper, preferCSSPageSize: true, printBackground: true });
const pdf = readFileSync(paper, "latin1");
check("it prints on A4 across", statSync(paper).size > 10000 && /MediaBox\s*\[\s*0 0 84[12](\.\d+)? 59[456]/.test(pdf));
const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
check("nothing is cut off at 1366 pixels", !wide);
if (picture) {
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.setViewportSize({ width: 1200, height: 1150 });
  await page.screenshot({ path: picture });
}
await browser.close();
process.exit(failed ? 1 : 0);
