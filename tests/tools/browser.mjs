// What the tests share that open pages in Chromium.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const tests = dirname(dirname(fileURLToPath(import.meta.url)));
export const root = dirname(tests);
export const npm = join(process.env.FUNNELC_TOOLS ?? join(tests, ".cache"), "npm");
export const require = createRequire(join(npm, "package.json"));
export const FUNNELC = process.env.FUNNELC ?? join(root, "target/debug/funnelc");

let passed = 0;
let failed = 0;
/** Counts one check; `fault` is empty where it passed. */
export function verdict(name, fault) {
  if (fault) { failed += 1; console.log(`FAIL ${name}: ${fault}`); } else passed += 1;
}

/** Runs the program; what it prints. */
export const run = (...command) => execFileSync(FUNNELC, command, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28 });

function chromium() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const folders = (process.env.PATH ?? "").split(":");
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
}

export async function launched() {
  const executablePath = process.env.CHROMIUM ?? chromium();
  if (!executablePath) {
    console.log("NOTE: Chromium is not installed; no dashboard is opened");
    if (process.env.CI === "true") verdict("chromium", "not installed");
    return undefined;
  }
  return require("playwright-core").chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"] });
}

/** Opens a page, collects what it complains about, and lets `look` look. */
export async function opened(browser, file, look, options = {}) {
  const { hash = "", ...context } = options;
  const session = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...context });
  const page = await session.newPage();
  const faults = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) faults.push(message.text()); });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith("file:")) faults.push(`asks for ${request.url()}`); });
  await page.goto(pathToFileURL(file).href + hash);
  const found = await look(page);
  await session.close();
  return { faults, found };
}

/** Says how much passed. */
export function end() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}
