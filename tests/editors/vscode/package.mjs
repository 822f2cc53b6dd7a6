#!/usr/bin/env node
// The extension as it is packed: types, contents, licences, words in both languages, the same bytes twice.
// Usage: node tests/editors/vscode/package.mjs FOLDER; FUNNELC_TOOLS is the folder of tools. Leaves FOLDER/funnelc.vsix.

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { end, root, tests, verdict } from "../../tools/browser.mjs";

const tools = process.env.FUNNELC_TOOLS ?? join(tests, ".cache");
const work = process.argv[2];
const own = join(work, "editors/vscode");

/** The sources on their own, with the pinned libraries beside them, as on a machine that has nothing else. */
function gather() {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  const tracked = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "editors/vscode", "LICENSE-MIT", "LICENSE-APACHE"], { cwd: root, encoding: "utf8" });
  for (const path of tracked.split("\0").filter(Boolean)) cpSync(join(root, path), join(work, path));
  symlinkSync(join(tools, "vscode/node_modules"), join(own, "node_modules"));
}

function ran(name, command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: own, encoding: "utf8" });
  verdict(name, status === 0 ? "" : `${stdout}${stderr}`.slice(0, 3000));
}

const EXPECTED = `[Content_Types].xml
extension.vsixmanifest
extension/LICENSE.txt
extension/THIRD_PARTY.txt
extension/dist/bridge.js
extension/dist/extension.js
extension/icons/funnel-dark.svg
extension/icons/funnel-light.svg
extension/l10n/bundle.l10n.ar.json
extension/language-configuration.json
extension/package.json
extension/package.nls.ar.json
extension/package.nls.json
extension/readme.md
extension/snippets/funnel.json
extension/syntaxes/funnel.tmLanguage.json`;

/** The names and texts of the files in an archive, by Python's own reader. */
function unpacked(file) {
  const program = "import sys,zipfile,json;z=zipfile.ZipFile(sys.argv[1]);print(json.dumps({n:z.read(n).decode() for n in z.namelist()}))";
  return JSON.parse(execFileSync("python3", ["-c", program, file], { encoding: "utf8", maxBuffer: 1 << 28 }));
}

function contents(files) {
  verdict("the package holds what it should", Object.keys(files).sort().join("\n") === EXPECTED ? "" : Object.keys(files).sort().join(" "));
  const bundles = ["dist/extension.js", "dist/bridge.js"].map((one) => files[`extension/${one}`]);
  const leaks = [work, tools, root, process.env.HOME, "sourceMappingURL", '"node_modules/'].filter((path) => path && bundles.some((text) => text.includes(path)));
  verdict("the bundles say nothing of this machine", leaks.join(", "));
  const notices = files["extension/THIRD_PARTY.txt"];
  for (const name of ["vscode-languageclient", "vscode-languageserver-protocol", "vscode-jsonrpc", "semver", "minimatch"]) verdict(`the licence of ${name}`, new RegExp(`^${name} \\d`, "mu").test(notices) ? "" : "is missing");
  const licences = [...notices.matchAll(/^\S+ \d\S* \((.+)\)$/gmu)].map(([, licence]) => licence);
  verdict("licences are free ones", licences.filter((licence) => !["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "Apache-2.0"].includes(licence)).join(", "));
  const manifest = JSON.parse(files["extension/package.json"]);
  verdict("the manifest asks for nothing to be installed", manifest.dependencies ?? manifest.devDependencies ?? manifest.scripts ? "it does" : "");
}

/** Every sentence is there in both languages, with the same places for words. */
function sentences(files) {
  const [nls, arabic] = ["package.nls.json", "package.nls.ar.json"].map((one) => JSON.parse(files[`extension/${one}`]));
  verdict("the manifest is said in both languages", Object.keys(nls).sort().join() === Object.keys(arabic).sort().join() ? "" : "keys differ");
  const used = [...files["extension/package.json"].matchAll(/"%([\w.]+)%"/gu)].map(([, key]) => key);
  verdict("every word of the manifest is used and there", [...used.filter((key) => !(key in nls)), ...Object.keys(nls).filter((key) => !used.includes(key))].join(", "));
  const source = readdirSync(join(own, "src")).map((file) => readFileSync(join(own, "src", file), "utf8")).join("\n");
  const said = [...source.matchAll(/l10n\.t\("((?:[^"\\]|\\.)*)"/gu)].map(([, text]) => JSON.parse(`"${text}"`));
  const bundle = JSON.parse(files["extension/l10n/bundle.l10n.ar.json"]);
  const places = (text) => [...text.matchAll(/\{\d+\}/gu)].map(([own_]) => own_).sort().join();
  const missing = said.filter((text) => bundle[text] === undefined || places(bundle[text]) !== places(text));
  const dead = Object.keys(bundle).filter((text) => !said.includes(text));
  verdict("every sentence is there in Arabic", [...missing, ...dead].join("; "));
}

gather();
ran("types", process.execPath, join(tools, "vscode/node_modules/typescript/bin/tsc"), "--noEmit");
ran("packing", process.execPath, "build.mjs", join(work, "first"));
ran("packing again", process.execPath, "build.mjs", join(work, "second"));
const [first, second] = ["first", "second"].map((one) => readFileSync(join(work, one, "funnelc.vsix")));
verdict("the same bytes twice", first.equals(second) ? "" : "they differ");
const files = unpacked(join(work, "first/funnelc.vsix"));
contents(files);
sentences(files);
cpSync(join(work, "first/funnelc.vsix"), join(work, "funnelc.vsix"));
end();
