// Puts the extension together in a folder and packs it: nothing is in the package but what is listed here.
// Usage: node build.mjs [FOLDER]; the package is FOLDER/funnelc.vsix.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const out = resolve(process.argv[2] ?? join(here, "dist"));
const stage = join(out, "stage");
/// The moment that every file of the package has, so that the same sources make the same bytes.
const EPOCH = "1767225600";

const COPIED = ["package.nls.json", "package.nls.ar.json", "language-configuration.json", "README.md", "icons", "l10n", "snippets", "syntaxes"];

async function bundled() {
  const common = { bundle: true, write: true, metafile: true, minify: true, keepNames: true, sourcemap: false, legalComments: "none", logLevel: "warning", absWorkingDir: here, target: "es2022" };
  const esbuild = require("esbuild");
  const results = [
    await esbuild.build({ ...common, entryPoints: ["src/extension.ts"], outfile: join(stage, "dist/extension.js"), platform: "node", format: "cjs", external: ["vscode"], mainFields: ["module", "main"] }),
    await esbuild.build({ ...common, entryPoints: ["src/bridge.ts"], outfile: join(stage, "dist/bridge.js"), platform: "browser", format: "iife" }),
  ];
  return results.flatMap((own) => Object.keys(own.metafile.inputs));
}

/// The libraries that a bundle holds, by the folders its files come from.
function libraries(inputs) {
  const folders = inputs.map((own) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//u.exec(own)?.[1]).filter((own) => own !== undefined);
  return [...new Set(folders)].map((own) => join(here, own)).sort();
}

/// The licences of the libraries in the bundle, as they ask for.
function notices(folders) {
  const own = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((one) => /^licen[cs]e/iu.test(one));
    if (file === undefined || license === undefined) throw new Error(`${name} comes without a licence`);
    return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").replaceAll("\r", "").trim()}\n`;
  });
  return `dist/extension.js contains these libraries.\n\n${[...new Set(own)].sort().join(`\n${"-".repeat(80)}\n\n`)}`;
}

/// The manifest without what only its development needs.
function manifest() {
  const { scripts: _, devDependencies: __, private: ___, ...own } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
  return `${JSON.stringify({ ...own, files: ["**"] }, null, 2)}\n`;
}

rmSync(stage, { recursive: true, force: true });
mkdirSync(join(stage, "dist"), { recursive: true });
for (const own of COPIED) cpSync(join(here, own), join(stage, own), { recursive: true });
writeFileSync(join(stage, "package.json"), manifest());
writeFileSync(join(stage, "THIRD_PARTY.txt"), notices(libraries(await bundled())));
const licences = ["LICENSE-MIT", "LICENSE-APACHE"].map((own) => readFileSync(join(here, "../..", own), "utf8"));
writeFileSync(join(stage, "LICENSE.txt"), `Either of these, as you like.\n\n${licences.join(`\n${"-".repeat(80)}\n\n`)}`);
const vsce = join(dirname(require.resolve("@vscode/vsce/package.json")), "vsce");
const file = join(out, "funnelc.vsix");
execFileSync(process.execPath, [vsce, "package", "--no-dependencies", "--skip-license", "--out", file], { cwd: stage, stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, SOURCE_DATE_EPOCH: EPOCH } });
console.log(file);
