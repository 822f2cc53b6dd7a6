#!/usr/bin/env node
// The page of the preview outside of VS Code: what the extension makes of a page, opened in Chromium with a double of the
// interface that VS Code gives to it. Light and dark, from left to right and from right to left, wide and narrow.
// Usage: node tests/editors/vscode/preview.mjs; FUNNELC is the program, FUNNELC_TOOLS the folder of tools.
// PICTURES names a folder that pictures are written to.

import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import { end, launched, npm, root, run, tests, verdict } from "../../tools/browser.mjs";

const tools = process.env.FUNNELC_TOOLS ?? join(tests, ".cache");
const require = createRequire(join(tools, "vscode/package.json"));
const work = mkdtempSync(join(tmpdir(), "funnelc-preview-"));
const axe = readFileSync(join(npm, "node_modules/axe-core/axe.min.js"), "utf8");

/** The two parts of the extension that know nothing of VS Code. */
async function parts() {
  const esbuild = require("esbuild");
  const source = join(root, "editors/vscode/src");
  await esbuild.build({ entryPoints: [join(source, "page.ts")], outfile: join(work, "page.mjs"), format: "esm" });
  const bridge = await esbuild.build({ entryPoints: [join(source, "bridge.ts")], bundle: true, write: false, format: "iife" });
  return { ...(await import(join(work, "page.mjs"))), script: bridge.outputFiles[0].text };
}

const arabic = JSON.parse(readFileSync(join(root, "editors/vscode/l10n/bundle.l10n.ar.json"), "utf8"));
const english = {
  bar: "Preview", page: "Page", follow: "Follow the cursor", browser: "Open in Browser", current: "up to date", stale: "the text has errors; this is how it was before",
  ended: "funnelc serve has ended; close the preview and open it again", elsewhere: "not on this page",
};
const wordsIn = (isArabic) => Object.fromEntries(Object.entries(english).map(([key, text]) => [key, isArabic ? (arabic[text] ?? text) : text]));

/** What VS Code gives to a page, and what it does to one: classes on its body and messages. */
const DOUBLE = `window.vscodeHeard = []; window.vscodeKept = undefined;
window.acquireVsCodeApi = () => ({ postMessage: (own) => window.vscodeHeard.push(own), getState: () => window.vscodeKept, setState: (own) => { window.vscodeKept = own; } });`;

function pages(folder) {
  return readdirSync(folder, { recursive: true }).map(String).filter((own) => own.endsWith(".html")).map((own) => relative(folder, join(folder, own)).replaceAll("\\", "/")).sort();
}

/** A page as the extension would show it, served like a webview: by itself. */
async function served(made) {
  const server = createServer((_, answer) => answer.setHeader("content-type", "text/html; charset=utf-8").end(made.html));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { server, address: `http://127.0.0.1:${server.address().port}/` };
}

async function shown(browser, { framed, script }, folder, page, look, { isArabic = false, scheme = "light", width = 700 } = {}) {
  const told = { pages: pages(folder), page, follows: true, direction: isArabic ? "rtl" : "ltr", scheme, words: wordsIn(isArabic) };
  const made = { html: framed(readFileSync(join(folder, page), "utf8"), script, "0123456789abcdef", told) };
  const { server, address } = await served(made);
  const session = await browser.newContext({ viewport: { width, height: 900 } });
  await session.addInitScript(DOUBLE);
  const own = await session.newPage();
  const faults = [];
  own.on("pageerror", (error) => faults.push(String(error)));
  own.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  await own.goto(address);
  await own.waitForFunction(() => window.vscodeHeard.some((one) => one.type === "ready"));
  const send = (heard) => own.evaluate((message) => window.postMessage(message, "*"), heard);
  await send({ type: "status", word: "current", detail: "" });
  try { await look(own, send); } catch (error) { faults.push(String(error.message).split("\n")[0]); }
  if (process.env.PICTURES) await own.screenshot({ path: join(process.env.PICTURES, `${page.replaceAll("/", "-")}-${scheme}-${width}-${isArabic ? "ar" : "en"}.png`) });
  await session.close();
  server.close();
  verdict(`${page}, ${scheme}, ${width} wide, ${isArabic ? "in Arabic" : "in English"}`, faults.join("; "));
}

const marked = (own, selector) => own.locator(`${selector}.funnelc-here`).first().waitFor({ timeout: 10_000 });
const said = (own, type) => own.waitForFunction((wanted) => window.vscodeHeard.findLast((one) => one.type === wanted), type, { timeout: 10_000 }).then((found) => found.jsonValue());
const check = (holds, words) => { if (!holds) throw new Error(words); };

async function board(own, send) {
  await send({ type: "seek", sought: [{ path: "store.nothing" }, { path: "store.consideration", kind: "stage" }, { path: "store", kind: "funnel" }] });
  await marked(own, "[data-stage='store.consideration']");
  await own.locator("[data-stage='store.loyal']").first().click();
  check((await said(own, "reveal")).paths[0] === "store.loyal", "the click on a stage leads elsewhere");
  await send({ type: "seek", sought: [{ path: "store.purchase -> store.loyal", kind: "transition" }] });
  await marked(own, "[data-way='store.purchase -> store.loyal']");
  // The board draws itself anew when its address changes; the mark comes back.
  await own.evaluate(() => { location.hash = "board=*"; });
  await marked(own, "[data-way='store.purchase -> store.loyal']");
}

async function plan(own, send) {
  await send({ type: "seek", sought: [{ path: "unsubscribed", kind: "event" }] });
  await marked(own, "#event-unsubscribed");
  await own.locator("#event-unsubscribed h3").click();
  check((await said(own, "reveal")).paths.includes("unsubscribed"), "the click on an event leads elsewhere");
  await send({ type: "seek", sought: [{ path: "article_read.seconds", kind: "prop" }, { path: "article_read", kind: "event" }] });
  await marked(own, "[id='event-article_read:seconds']");
  await own.locator("a[hreflang=ar]").click();
  check((await said(own, "open")).page === "tracking/plan.ar.html", "the link to Arabic leads elsewhere");
}

async function messages(own, send) {
  await send({ type: "seek", sought: [{ path: "welcome.hello", kind: "email" }] });
  await marked(own, "#welcome-hello");
  await send({ type: "seek", sought: [{ path: "is.nowhere", kind: "email" }] });
  await said(own, "missing");
}

/** The bar: its words, its direction, its controls, and whether everybody can use it. */
async function bar(own, isArabic, scheme) {
  const host = own.locator("#funnelc-bar");
  const box = await host.boundingBox();
  check(box.x === 0 && box.width >= 300, "the bar is not at the edge");
  const overflow = await own.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
  check(!overflow, "the page is wider than the window");
  check(await own.evaluate((wanted) => getComputedStyle(document.documentElement).colorScheme === wanted, scheme), `the page is not ${scheme}`);
  await own.evaluate(axe);
  const violations = await own.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa"] }).then((result) => result.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 90)}`)));
  check(violations.length === 0, violations.join("; "));
}

/** What comes from others does not drive the page, and nothing in it becomes a script. */
async function hostile(browser, { allowing, framed }) {
  verdict("one script more is let in", allowing("default-src 'none'; script-src 'sha256-a'", "n") === "default-src 'none'; script-src 'sha256-a' 'nonce-n'" ? "" : allowing("default-src 'none'; script-src 'sha256-a'", "n"));
  verdict("a policy without scripts gets one", allowing("default-src 'none'", "n") === "default-src 'none'; script-src 'nonce-n'" ? "" : "it does not");
  const told = { pages: ['"><script>window.hit=1</script>'], page: "</script><script>window.hit=1</script>", follows: true, direction: "ltr", scheme: "light", words: { ...english, bar: '<img src=x onerror="window.hit=1">' } };
  const page = "<!doctype html><html><head><title>t</title></head><body><script>window.hit = 1</script><img src=x onerror='window.hit = 1'></body></html>";
  const { server, address } = await served({ html: framed(page, "window.began = document.currentScript.dataset.told; // </script><script>window.hit=1</script>", "n0nce", told) });
  const own = await browser.newPage();
  await own.goto(address);
  const [hit, began] = await own.evaluate(() => [window.hit, window.began]);
  verdict("nothing in a page becomes a script", hit === undefined && JSON.parse(began).page === told.page ? "" : `${hit} ${began}`);
  await own.close();
  server.close();
}

const own = await parts();
const browser = await launched();
const folder = join(work, "peepers");
run("build", "specs/examples/peepers", "-o", folder, "--allow", "warnings");
if (browser) {
  const looks = [["dashboard/index", board], ["tracking/plan", plan], ["email/plan", messages]];
  for (const [stem, look] of looks) await shown(browser, own, folder, `${stem}.html`, look);
  for (const isArabic of [false, true]) for (const scheme of ["light", "dark"]) for (const width of [340, 1100]) {
    for (const [stem] of looks) await shown(browser, own, folder, `${stem}${isArabic ? ".ar" : ""}.html`, (page) => bar(page, isArabic, scheme), { isArabic, scheme, width });
  }
  await hostile(browser, own);
  await browser.close();
}
rmSync(work, { recursive: true, force: true });
end();
