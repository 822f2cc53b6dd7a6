#!/usr/bin/env node
// `funnelc serve` as people use it: a page in the browser that follows the spec, whatever happens to it.
// Usage: node tests/tools/serve.mjs; FUNNELC is the program, FUNNELC_TOOLS the folder of tools.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { FUNNELC, end, launched, verdict } from "./browser.mjs";

const SPEC = (label) => `project p "Shop" { languages en }
event seen "Seen" { sent_by web; owner web; status live }
event bought "Bought" { sent_by web; owner web; status live }
funnel shop "${label}" {
  stage see "See" { enter seen }
  stage buy "Buy" { enter bought; converts }
  see -> buy rate 10% within 3d
}
`;

/** Starts the server; where it listens, and what it says. */
function served(...rest) {
  const child = spawn(FUNNELC, ["serve", ...rest], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const address = new Promise((found, failed) => {
    child.stderr.on("data", (bytes) => {
      said += bytes;
      // A line may arrive in pieces.
      const open = said.match(/open (http:\S+)\n/);
      if (open) found(open[1]);
    });
    child.on("exit", (code) => failed(new Error(`ended with ${code}: ${said}`)));
  });
  return { child, address, said: () => said };
}

/** The status of a request that names another host. */
const asked = (address, path, host) => new Promise((done, failed) => {
  request(new URL(path, address), { headers: host ? { host } : {} }, (answer) => { answer.resume(); done(answer.statusCode); }).on("error", failed).end();
});

const status = (page, text) => page.waitForFunction((wanted) => document.getElementById("status").textContent.includes(wanted), text, { timeout: 20_000 });
const heading = (page, text) => page.frameLocator("#page").locator("h2", { hasText: text }).first().waitFor({ timeout: 20_000 });

async function step(name, act) {
  try { await act(); verdict(name, ""); } catch (error) { verdict(name, String(error.message).split("\n")[0]); }
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), "funnelc-"));
  const file = join(folder, "shop.funnel");
  writeFileSync(file, SPEC("Shop one"));
  const first = served(folder, "--port", "0");
  const address = await first.address;
  const port = new URL(address).port;
  const browser = await launched();
  if (browser) {
    const page = await browser.newPage();
    const faults = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => { if (message.type() === "error" && !message.text().includes("ERR_CONNECTION_REFUSED")) faults.push(message.text()); });
    await page.goto(address);
    await step("the dashboard is shown", () => heading(page, "Shop one"));
    await step("an edit is shown", async () => { writeFileSync(file, SPEC("Shop two")); await heading(page, "Shop two"); });
    await step("a fault is shown, and the page of before stays", async () => {
      writeFileSync(file, SPEC("Shop three").replace("enter bought", "enter bougt"));
      await status(page, "how it was before");
      await page.frameLocator("#findings").getByText("bougt").first().waitFor({ timeout: 20_000 });
      await heading(page, "Shop two");
    });
    await step("what is mended is shown", async () => { writeFileSync(file, SPEC("Shop four")); await status(page, "up to date"); await heading(page, "Shop four"); });
    await step("a file that is gone ends nothing", async () => {
      unlinkSync(file);
      await page.waitForFunction(() => document.getElementById("status").classList.contains("bad"), undefined, { timeout: 20_000 });
      writeFileSync(file, SPEC("Shop five"));
      await heading(page, "Shop five");
    });
    await step("other pages are a click away", async () => {
      await page.getByRole("link", { name: "tracking/plan" }).click();
      await page.frameLocator("#page").locator("h1").waitFor({ timeout: 20_000 });
    });
    verdict("nothing goes wrong in the page", faults.join("; "));
    await browser.close();
  }
  const second = served(folder, "--port", port);
  await step("a port that is taken is passed over", async () => {
    const other = await second.address;
    if (new URL(other).port === port || !second.said().includes("is taken")) throw new Error(second.said());
  });
  second.child.kill("SIGINT");
  for (const [path, host, wanted] of [["/", undefined, 200], ["/", "evil.example", 403], ["/", `127.0.0.1.evil.example:${port}`, 403], ["/../../etc/passwd", undefined, 404], ["/%2e%2e/%2e%2e/etc/passwd", undefined, 404]]) {
    const answered = await asked(address, path, host);
    verdict(`${path} as ${host ?? "this machine"}`, answered === wanted ? "" : `answered with ${answered}`);
  }
  first.child.kill("SIGINT");
  const code = await new Promise((done) => first.child.on("exit", done));
  verdict("Ctrl-C ends it", code === 0 ? "" : `exit code ${code}`);
  const gone = served(join(folder, "missing"), "--port", "0");
  await step("a project that is not there is no end", () => gone.address);
  gone.child.kill("SIGINT");
  rmSync(folder, { recursive: true });
  end();
}

await main();
