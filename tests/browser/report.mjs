// Opens HTML reports in a headless Chromium of the system, as somebody does who got one by mail, and fails when
// anything is requested, said on the console, hard to use, or missing on paper.
//
//   node tests/browser/report.mjs TOOLS OUT REPORT.html...
//
// TOOLS is the folder that holds node_modules; OUT takes screenshots and a PDF of each report. CHROMIUM names the
// browser, /usr/bin/chromium without it.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [tools, out, ...reports] = process.argv.slice(2).map((path) => resolve(path));
const require = createRequire(join(tools, "package.json"));
const puppeteer = (await import(pathToFileURL(require.resolve("puppeteer-core")))).default;
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const WIDTHS = [390, 1280, 1920];
const SECTIONS = ["decide", "call", "matrix", "flow", "exposures", "transfers", "advice", "method"];
// 210 by 297 mm less the margins of the style sheet, at 96 px an inch.
const SHEET = { width: Math.floor((182 / 25.4) * 96), height: Math.floor((271 / 25.4) * 96) };
const BYTES_MAX = 2_000_000;
const OPEN_MS_MAX = 1000;
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const failures = [];
function check(holds, what) {
  if (!holds) failures.push(what);
}

async function open(browser, report, { width, scheme = "light", permits = false }) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const name = basename(report);
  page.on("console", (message) => failures.push(`${name}: console: ${message.text()}`));
  page.on("pageerror", (error) => failures.push(`${name}: error: ${error}`));
  page.on("dialog", (dialog) => { failures.push(`${name}: dialog: ${dialog.message()}`); dialog.dismiss(); });
  const url = pathToFileURL(report).href;
  page.on("request", (request) => check(request.url().split("#")[0] === url, `${name}: request: ${request.url()}`));
  if (permits) await page.setBypassCSP(true);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" }]);
  await page.setViewport({ width, height: width < 500 ? 844 : 1000 });
  const started = performance.now();
  await page.goto(url, { waitUntil: "load" });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return { page, ms: performance.now() - started, close: () => context.close() };
}

async function looks(browser, report, stem) {
  for (const width of WIDTHS) {
    for (const scheme of ["light", "dark"]) {
      const { page, close } = await open(browser, report, { width, scheme });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      check(wide <= 0, `${stem}: ${width} px: the page is ${wide} px wider than the screen`);
      await page.screenshot({ path: `${stem}-${width}-${scheme}-top.png` });
      await page.screenshot({ path: `${stem}-${width}-${scheme}.png`, fullPage: true });
      await close();
    }
  }
}

async function language(page, name) {
  const state = () => page.evaluate(() => {
    const shown = (it) => it.getClientRects().length > 0;
    const visible = (lang) => [...document.querySelectorAll(`body [lang=${lang}]`)].filter(shown).length;
    return { lang: document.documentElement.lang, title: document.title, de: visible("de"), en: visible("en") };
  });
  const before = await state();
  const other = before.lang === "de" ? "en" : "de";
  check(before[other] === 0 && before[before.lang] > 50, `${name}: both languages show at once ${JSON.stringify(before)}`);
  await page.focus(`button[data-lang=${other}]`);
  await page.keyboard.press("Enter");
  const after = await state();
  check(after.lang === other && after[before.lang] === 0 && after[other] > 50, `${name}: language switch ${JSON.stringify(after)}`);
  check(after.title !== before.title, `${name}: the title stays ${after.title}`);
}

async function keyboard(page, name) {
  await page.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement.className);
  check(first === "skip", `${name}: the first stop of the keyboard is ${first}`);
  const filters = await page.$$eval("button.copy", (all) => all.map((one) => one.dataset.copy));
  if (filters.length > 0) {
    // Evidence is folded: the keyboard unfolds it, and then reaches the button.
    await page.focus("#exposures .proofs summary");
    await page.keyboard.press("Enter");
    check(await page.$eval("#exposures .proofs", (it) => it.open), `${name}: evidence does not unfold`);
    await page.focus("#exposures .proofs button.copy");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.getElementById("spoken").textContent !== "", { timeout: 2000 });
  }
}

async function accessible(browser, report, name) {
  for (const [width, scheme] of [[390, "light"], [1280, "light"], [1280, "dark"]]) {
    // The rules are put into the page by the tester, past its own policy.
    const { page, close } = await open(browser, report, { width, scheme, permits: true });
    await page.evaluate(() => document.querySelectorAll("details").forEach((it) => { it.open = true; }));
    await page.evaluate(axe);
    for (const lang of ["de", "en"]) {
      await page.click(`button[data-lang=${lang}]`);
      const found = await page.evaluate((rules) => globalThis.axe.run(document, { runOnly: rules }), RULES);
      for (const it of found.violations) {
        const where = it.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any.map((one) => one.message).join("; ")}`);
        failures.push(`${name}: ${width} ${scheme} ${lang}: ${it.id} (${it.nodes.length}): ${it.help}\n    ${where.join("\n    ")}`);
      }
    }
    await close();
  }
}

async function paper(browser, report, stem) {
  const { page, close } = await open(browser, report, { width: 1280 });
  const headings = await page.$$eval("h1, h2", (all) => all.filter((it) => it.getClientRects().length > 0).length);
  await page.emulateMediaType("print");
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  // A page of another kind names its sections itself.
  const sections = await page.evaluate((ids) => document.body.dataset.sections?.split(" ") ?? ids, SECTIONS);
  const seen = await page.evaluate((ids) => ids.filter((id) => document.getElementById(id)?.getClientRects().length > 0), sections);
  check(seen.length === sections.length, `${stem}: on paper there is only ${seen}`);
  const shown = await page.$$eval("h1, h2", (all) => all.filter((it) => it.getClientRects().length > 0).length);
  check(shown === headings, `${stem}: ${headings} headings on screen, ${shown} on paper`);
  // The page to decide by is one sheet: A4 without its margins, in CSS pixels.
  await page.setViewport({ width: SHEET.width, height: SHEET.height });
  for (const lang of sections.includes("decide") ? ["de", "en"] : []) {
    await page.evaluate((it) => { document.documentElement.lang = it; }, lang);
    const height = await page.$eval("#decide", (it) => it.getBoundingClientRect().height);
    check(height <= SHEET.height, `${stem}: ${lang}: page one is ${Math.round(height)} px high on paper, a sheet has ${SHEET.height}`);
  }
  const folded = await page.$$eval("details", (all) => all.filter((it) => !it.open).length);
  check(folded === 0, `${stem}: ${folded} parts are folded on paper`);
  const pdf = await page.pdf({ path: `${stem}.pdf`, preferCSSPageSize: true, printBackground: true, tagged: true, outline: true });
  check(pdf.length > 20_000, `${stem}: the PDF has ${pdf.length} bytes`);
  await close();
}

async function report(browser, path) {
  const name = basename(path, ".html");
  const stem = join(out, name);
  const size = statSync(path).size;
  check(size < BYTES_MAX, `${name}: ${size} bytes`);
  const { page, ms, close } = await open(browser, path, { width: 1280 });
  check(ms < OPEN_MS_MAX, `${name}: opens in ${ms.toFixed(0)} ms`);
  const active = await page.evaluate(() => ({
    scripts: document.scripts.length,
    handlers: [...document.querySelectorAll("*")].flatMap((it) => it.getAttributeNames().filter((at) => /^on|^style$|^src$/i.test(at))),
    links: [...document.querySelectorAll("[href]")].map((it) => it.getAttribute("href")).filter((to) => !to.startsWith("#")),
    dead: [...document.querySelectorAll("a[href]")].map((it) => it.getAttribute("href")).filter((to) => !document.getElementById(to.slice(1))),
  }));
  check(active.scripts === 1 && active.handlers.length + active.links.length + active.dead.length === 0, `${name}: active ${JSON.stringify(active)}`);
  await keyboard(page, name);
  await language(page, name);
  await close();
  await accessible(browser, path, name);
  await looks(browser, path, stem);
  await paper(browser, path, stem);
  return { name, size, ms: Math.round(ms) };
}

mkdirSync(out, { recursive: true });
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none"],
});
const summary = [];
for (const path of reports) summary.push(await report(browser, path));
await browser.close();
writeFileSync(join(out, "summary.json"), JSON.stringify({ summary, failures }, null, 2));
for (const { name, size, ms } of summary) console.log(`${name}: ${size} bytes, open after ${ms} ms`);
for (const failure of failures) console.error(`FAILED ${failure}`);
process.exit(failures.length === 0 && reports.length > 0 ? 0 : 1);
