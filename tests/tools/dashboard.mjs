#!/usr/bin/env node
// Opens dashboards, plans of messages and maps in Chromium, as people do: what they say is what `measure --format json` says, nothing goes wrong in
// silence, everybody can read and reach everything, and hostile specs stay text.
//
//   node tests/tools/dashboard.mjs                 everything; FUNNELC is the program, FUNNELC_TOOLS the folder of tools
//   node tests/tools/dashboard.mjs vendor          bundles the library of charts again
//   node tests/tools/dashboard.mjs pictures FOLDER takes pictures to look at

import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { end, launched, npm, opened, require, root, run, tests, verdict } from "./browser.mjs";

const VENDORED = join(root, "templates/dashboard/echarts.js");

// ---- the library

function bundle() {
  const { buildSync } = require("esbuild");
  const { version } = require("echarts/package.json");
  const made = buildSync({
    entryPoints: [join(tests, "vendor/echarts.mjs")], bundle: true, minify: true, format: "iife", globalName: "echarts",
    target: "es2020", charset: "ascii", legalComments: "none", write: false, nodePaths: [join(npm, "node_modules")],
    banner: { js: `/*! Apache ECharts ${version} (Apache-2.0), with zrender (BSD-3-Clause) and tslib (0BSD); see tests/vendor/echarts.license.txt of funnelc */` },
  });
  return made.outputFiles[0].text.split("\n").map((line) => line.trimEnd()).join("\n");
}

// ---- what pages say

const count = (number) => new Intl.NumberFormat("en", { maximumFractionDigits: 0 }).format(number);
const share = (number) => new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: Math.abs(number) < 0.1 ? 2 : 1 }).format(number);

/** The numbers that the page shows of each funnel, against those of the document. */
function saysTheNumbers(page, measured) {
  return page.evaluate(() => ({
    stages: [...document.querySelectorAll(".stairs .count strong")].map((own) => own.textContent),
    rates: [...document.querySelectorAll("section[aria-labelledby^=ways] tbody tr")].map((own) => own.children[2].firstChild.firstChild.textContent),
    data: DATA.measured,
  })).then(({ stages, rates, data }) => {
    if (!isDeepStrictEqual(data, measured)) return "its data is not what `measure --format json` says";
    const unit = (own) => (own.counts_accounts ? "accounts" : "people");
    const people = measured.funnels.flatMap((own) => own.stages.map((stage) => `${count(stage.people)} ${unit(own)}`));
    if (!isDeepStrictEqual([...stages].sort(), [...people].sort())) return `it shows ${stages}, measured is ${people}`;
    const expected = measured.funnels.flatMap((own) => own.transitions.map((way) => (way.rate === undefined ? "–" : share(way.rate))));
    if (!isDeepStrictEqual([...rates].sort(), [...expected].sort())) return `it shows the rates ${rates}, measured is ${expected}`;
    return "";
  });
}

const AXE = () => readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds against WCAG 2.2 A and AA. */
async function barriers(page) {
  // The page lets nothing in; the checker comes in beside its rules.
  await page.evaluate(AXE());
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return violations.map((own) => `${own.id} (${own.nodes.length}): ${own.nodes[0].target} ${own.nodes[0].failureSummary?.split("\n")[1] ?? ""}`).join("\n  ");
}

/** Whether the page is wider than the screen. */
const overflows = (page) => page.evaluate(() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth > clientWidth ? `is ${scrollWidth} wide on a screen of ${clientWidth}` : "";
});

/** With the Tab key alone: every control is reached, and each shows that it has the focus. */
async function keyboard(page) {
  const wanted = await page.evaluate(() => [...document.querySelectorAll("a[href], select, summary, [tabindex='0']")].filter((own) => own.checkVisibility()).length);
  const reached = new Set();
  for (let step = 0; step < wanted + 5; step += 1) {
    await page.keyboard.press("Tab");
    const own = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return undefined;
      element.dataset.reached ??= String(document.querySelectorAll("[data-reached]").length + 1);
      const { outlineStyle } = getComputedStyle(element);
      return { id: element.dataset.reached, isSeen: outlineStyle !== "none", what: element.outerHTML.slice(0, 80) };
    });
    if (!own) continue;
    if (!own.isSeen) return `the focus is not seen on ${own.what}`;
    reached.add(own.id);
  }
  return reached.size >= wanted - 1 ? "" : `${reached.size} of ${wanted} controls are reached`;
}

const SCREENS = {
  wide: { viewport: { width: 1440, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: "light", hasTouch: true, deviceScaleFactor: 2 },
};

const htmlOf = (folder, target = "dashboard") => readdirSync(join(folder, target)).filter((name) => name.endsWith(".html")).sort().map((name) => join(folder, target, name));

async function isGood(browser, name, file) {
  for (const [screen, options] of Object.entries(SCREENS)) {
    const { faults, found } = await opened(browser, file, async (page) => [await barriers(page), await overflows(page)], { ...options, hash: "#board=*" });
    verdict(`${name} ${screen}: console`, faults.join("; "));
    verdict(`${name} ${screen}: axe`, found[0]);
    verdict(`${name} ${screen}: width`, found[1]);
  }
}

// ---- examples

async function example(browser, project, folder) {
  const name = project.split("/").pop();
  const [sample, plan, real] = ["sample", "plan", "real"].map((own) => join(folder, name, own));
  run("sample", project, "-n", "6000", "-o", sample);
  const logs = ["--events", join(sample, "events.parquet"), ...(existsSync(join(sample, "spend.parquet")) ? ["--spend", join(sample, "spend.parquet")] : [])];
  run("build", project, "--target", "dashboard,email,maps", "-o", plan);
  run("build", project, "--target", "dashboard", "-o", real, ...logs);
  for (const file of htmlOf(plan)) await isGood(browser, `${name} plan ${file.split("/").pop()}`, file);
  for (const target of ["email", "maps"]) {
    for (const file of htmlOf(plan, target)) await isGood(browser, `${name} ${target} ${file.split("/").pop()}`, file);
  }
  const story = join(project, "stories/layla.yaml");
  if (existsSync(story)) {
    for (const [lang, ...what] of [["en", "--story", story], ["ar", "--story", story], ["en", "--crowd", "500"]]) {
      const file = join(folder, name, `simulated${what[0]}.${lang}.html`);
      run("simulate", project, ...what, "--lang", lang, "--format", "html", "--output-file", file);
      await isGood(browser, `${name} simulated ${what[0]} ${lang}`, file);
    }
  }
  for (const file of htmlOf(real)) {
    await isGood(browser, `${name} ${file.split("/").pop()}`, file);
    verdict(`${name}: size`, statSync(file).size < 1_500_000 ? "" : `${statSync(file).size} bytes`);
  }
  const again = join(folder, name, "again");
  writeFileSync(`${again}.json`, run("measure", project, ...logs, "--by", "channel,segment,month", "--combined", "--format", "json"));
  run("build", project, "--target", "dashboard", "-o", again, "--measured", `${again}.json`);
  const [first] = htmlOf(real);
  const english = htmlOf(real).find((file) => readFileSync(file, "utf8").includes('<html lang="en"'));
  verdict(`${name}: the same from --events and --measured`, readFileSync(first, "utf8") === readFileSync(htmlOf(again)[0], "utf8") ? "" : "they differ");
  const measured = JSON.parse(readFileSync(`${again}.json`, "utf8"));
  if (english) {
    const { found } = await opened(browser, english, (page) => saysTheNumbers(page, measured), { hash: "#board=*" });
    verdict(`${name}: says what was measured`, found);
  }
  const { found } = await opened(browser, first, keyboard);
  verdict(`${name}: keyboard`, found);
  return { first, measured };
}

/** A choice is kept in the address, acts, and survives a reload. */
async function choosing(browser, file) {
  const { faults, found } = await opened(browser, file, async (page) => {
    const select = page.locator("#channel");
    if (!(await select.count())) return "there is no choice of channels";
    const before = await page.locator(".stairs .count strong").first().textContent();
    await select.selectOption({ index: 1 });
    await page.waitForFunction(() => location.hash.includes("channel="));
    const after = await page.locator(".stairs .count strong").first().textContent();
    if (before === after) return "a channel changes nothing";
    await page.reload();
    const again = await page.locator(".stairs .count strong").first().textContent();
    return again === after ? "" : `after a reload it shows ${again}, not ${after}`;
  });
  verdict("a choice is kept in the address", [...faults, found].filter(Boolean).join("; "));
}

// ---- hostile and large specs

const HOSTILE = '</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>"\'`{{x}} ${y} \\u003c';

function hostileSpec() {
  const text = JSON.stringify(HOSTILE).replaceAll("{", "\\{");
  const long = "Long label ".repeat(454).slice(0, 4990);
  return `
project hostile ${text} { languages en, ar; currency USD }
event seen ${text} {} event bought "Bought" {} event again {}
channel ads ${text} : paid { match utm_medium == "paid"; brings 10 people / month to shop.see }
segment few ${text} { where did bought within 9d }
kpi rate_of ${text} { value rate(shop.see -> shop.buy); target >= 5%; by channel }
kpi nothing { value count(bought) / count(again) }
goal more ${text} { kpi rate_of; from 1% to 5%; between 2026-01-01 .. 2026-12-31 }
funnel shop ${text} {
  stage see ${text} { enter seen }
  stage look { label { en ${JSON.stringify(long)}; ar "مرحلة mixed (v2.0) اتجاهين <b>" }; enter seen; optional }
  stage buy "1. شراء & buy" { enter bought; converts }
  stage never "" { enter again }
  see -> look rate 50% within 2d
  look -> buy rate 10% within 3d
  buy -> never rate 0% within 3d
}
dashboard board ${text} { funnel shop by channel; kpi rate_of, nothing; goal more; time shop.see -> shop.buy }
`;
}

async function hostile(browser, folder) {
  const own = join(folder, "hostile");
  mkdirSync(own);
  writeFileSync(join(own, "hostile.funnel"), hostileSpec());
  const nobody = join(own, "nobody.csv");
  const one = join(own, "one.csv");
  writeFileSync(nobody, "user_id,time,event\n");
  writeFileSync(one, "user_id,time,event\nu1,2026-03-01T00:00:00Z,seen\n");
  for (const [name, extra] of [["plan", []], ["nobody", ["--events", nobody]], ["one", ["--events", one]]]) {
    const out = join(own, name);
    run("build", join(own, "hostile.funnel"), "--target", "dashboard", "-o", out, ...extra);
    for (const file of htmlOf(out)) {
      const title = `hostile ${name} ${file.split("/").pop()}`;
      await isGood(browser, title, file);
      const { found } = await opened(browser, file, (page) => page.evaluate(() => ({ hacked: window.hacked, scripts: document.scripts.length, images: document.images.length })));
      verdict(`${title}: stays text`, found.hacked || found.images || found.scripts !== 7 ? JSON.stringify(found) : "");
    }
  }
}

function largeSpec(stages, channels) {
  const stage = (at) => `  stage s${at} "Stage ${at}" : middle { enter e${at % 50}${at === stages - 1 ? "; converts" : ""} }`;
  const way = (at) => `  s${at} -> s${at + 1} rate 70% within 5d`;
  const all = (size, make) => Array.from({ length: size }, (_, at) => make(at)).join("\n");
  return `project large "Large" { currency USD }
${all(50, (at) => `event e${at} {}`)}
${all(channels, (at) => `channel c${at} "Channel ${at}" : paid { match utm_source == "c${at}"; brings ${100 + at} people / month to f.s0 }`)}
kpi conversion { value rate(f.s0 -> f.s${stages - 1}); by channel }
funnel f "Funnel" {
${all(stages, stage)}
${all(stages - 1, way)}
}
`;
}

/** Scrolls through the page and says how long frames take; the figures are a note, only standing still fails. */
async function large(browser, folder) {
  const own = join(folder, "large");
  mkdirSync(own);
  writeFileSync(join(own, "large.funnel"), largeSpec(200, 40));
  const header = "user_id,time,event,utm_source\n";
  const rows = Array.from({ length: 20_000 }, (_, at) => `u${at % 2000},2026-01-${String(1 + (at % 28)).padStart(2, "0")}T0${at % 9}:00:00Z,e${Math.floor(at / 2000)},c${at % 40}`);
  writeFileSync(join(own, "log.csv"), header + rows.join("\n"));
  run("build", join(own, "large.funnel"), "--target", "dashboard", "-o", join(own, "out"), "--events", join(own, "log.csv"));
  const [file] = htmlOf(join(own, "out"));
  const { faults, found } = await opened(browser, file, async (page) => {
    const ready = await page.evaluate(() => performance.now());
    const frames = await page.evaluate(() => new Promise((done) => {
      const times = [];
      let last = performance.now();
      const step = (now) => {
        times.push(now - last); last = now;
        scrollBy(0, 120);
        if (times.length < 150) requestAnimationFrame(step); else done(times.slice(5).sort((a, b) => a - b));
      };
      requestAnimationFrame(step);
    }));
    const at = (part) => Math.round(frames[Math.floor(frames.length * part)]);
    return { ready: Math.round(ready), median: at(0.5), p95: at(0.95) };
  });
  console.log(`NOTE: 200 stages and 40 channels: there after ${found.ready} ms, a frame takes ${found.median} ms (median), ${found.p95} ms (95%)`);
  verdict("200 stages and 40 channels", faults.join("; ") || (found.median > 200 ? `a frame takes ${found.median} ms` : ""));
}

// ---- pictures

async function pictures(folder) {
  const browser = await launched();
  const made = mkdtempSync(join(tmpdir(), "funnelc-"));
  mkdirSync(folder, { recursive: true });
  const project = "specs/examples/peepers";
  run("sample", project, "-n", "60000", "-o", join(made, "sample"));
  run("build", project, "--target", "dashboard", "-o", join(made, "out"), "--events", join(made, "sample/events.parquet"), "--spend", join(made, "sample/spend.parquet"));
  for (const file of htmlOf(join(made, "out"))) {
    for (const [screen, options] of Object.entries(SCREENS)) {
      const path = join(folder, `${file.split("/").pop().replace(".html", "")}-${screen}.png`);
      await opened(browser, file, (page) => page.screenshot({ path, fullPage: true }), options);
    }
    await opened(browser, file, (page) => page.pdf({ path: join(folder, `${file.split("/").pop().replace(".html", "")}.pdf`), format: "A4" }));
  }
  await browser.close();
  rmSync(made, { recursive: true });
}

async function main() {
  const [verb, folder] = process.argv.slice(2);
  if (verb === "vendor") return writeFileSync(VENDORED, bundle());
  if (verb === "pictures") return pictures(folder);
  verdict("the library of charts is what npm has", readFileSync(VENDORED, "utf8") === bundle() ? "" : `${relative(root, VENDORED)} differs: node tests/tools/dashboard.mjs vendor`);
  const browser = await launched();
  if (browser) {
    const made = mkdtempSync(join(tmpdir(), "funnelc-"));
    const projects = readdirSync(join(root, "specs/examples")).sort().map((name) => `specs/examples/${name}`);
    for (const project of projects) {
      const { first } = await example(browser, project, made);
      if (project.endsWith("peepers")) await choosing(browser, first);
    }
    await hostile(browser, made);
    await large(browser, made);
    await browser.close();
    rmSync(made, { recursive: true });
  }
  end();
}

await main();
