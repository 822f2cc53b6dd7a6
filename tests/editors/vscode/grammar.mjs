#!/usr/bin/env node
// The TextMate grammar, read by the library that VS Code reads it with.
//
// - it is what editors/vscode/grammar.mjs makes of the compiler's words
// - each text in tests/editors/vscode/grammar has the scopes that stand beside it; FUNNELC_BLESS=1 writes them
// - the compiler accepts those texts, so that what they show is the language
// - no file of the repository that the compiler can read has an `invalid` scope, and none with a foreign sign lacks one
// - lines that are made to be slow are not
//
// Usage: node tests/editors/vscode/grammar.mjs; FUNNELC is the program, FUNNELC_TOOLS the folder of tools.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { AFTER_NAMES, BEFORE_NAMES, grammar, vocabulary } from "../../../editors/vscode/grammar.mjs";
import { FUNNELC, end, root, tests, verdict } from "../../tools/browser.mjs";

const tools = process.env.FUNNELC_TOOLS ?? join(tests, ".cache");
const require = createRequire(join(tools, "vscode/package.json"));
const oniguruma = require("vscode-oniguruma");
const { INITIAL, Registry, parseRawGrammar } = require("vscode-textmate");

const committed = join(root, "editors/vscode/syntaxes/funnel.tmLanguage.json");
const fixtures = fileURLToPath(new URL("grammar", import.meta.url));
const blesses = process.env.FUNNELC_BLESS !== undefined;
const made = `${JSON.stringify(grammar(), null, 1)}\n`;
/// How long a line may take, in milliseconds; VS Code gives up on lines above 20,000 characters by itself.
const PATIENCE = 1500;

async function loaded() {
  const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const onigLib = Promise.resolve({ createOnigScanner: (own) => new oniguruma.OnigScanner(own), createOnigString: (own) => new oniguruma.OnigString(own) });
  const registry = new Registry({ onigLib, loadGrammar: async () => parseRawGrammar(made, committed) });
  return registry.loadGrammar("source.funnel");
}

const textmate = await loaded();

/** The tokens of a text, line by line: `[from, to, scopes]`. */
function tokens(text) {
  let stack = INITIAL;
  return text.split("\n").map((line) => {
    const read = textmate.tokenizeLine(line, stack);
    stack = read.ruleStack;
    return { line, tokens: read.tokens.map((own) => [own.startIndex, Math.min(own.endIndex, line.length), own.scopes.slice(1)]) };
  });
}

/** The scopes that colours are chosen by; `meta` ones only say where something stands. */
const told = (scopes) => scopes.filter((own) => !own.startsWith("meta.")).map((own) => own.replace(/\.funnel$/u, "")).join(" ");
const isShown = ([from, to, scopes], line) => told(scopes) !== "" && line.slice(from, to).trim() !== "";

/** What a text looks like, for people: each line, and below it its tokens with their scopes, innermost last. */
function shown(text) {
  const lines = tokens(text).map(({ line, tokens: own }) => {
    const rows = own.filter((token) => isShown(token, line)).map(([from, to, scopes]) => `    ${line.slice(from, to).trim()}  ⟨${told(scopes)}⟩`);
    return [line, ...rows].join("\n");
  });
  return `${lines.join("\n")}\n`;
}

function fixture(file) {
  const path = join(fixtures, file);
  const text = readFileSync(path, "utf8");
  const expected = path.replace(/\.funnel$/u, ".scopes");
  const own = shown(text);
  if (blesses) writeFileSync(expected, own);
  verdict(`scopes of ${file}`, existsSync(expected) && readFileSync(expected, "utf8") === own ? "" : "are not as committed; FUNNELC_BLESS=1 writes them");
  const checked = spawnSync(FUNNELC, ["check", path, "--allow", "warnings"], { encoding: "utf8" });
  const isFaulty = file.startsWith("faulty");
  verdict(`the compiler reads ${file}`, (checked.status === 0) !== isFaulty ? "" : checked.stderr.slice(0, 2000) + checked.stdout.slice(0, 2000));
  return text;
}

/** Every scope that a word has anywhere in some texts. */
function scopesOf(texts) {
  const found = new Map();
  for (const { line, tokens: own } of texts.flatMap(tokens)) {
    for (const [from, to, scopes] of own) {
      const word = line.slice(from, to).trim();
      found.set(word, [...(found.get(word) ?? []), scopes.at(-1) ?? ""]);
    }
  }
  return (word, scope) => (found.get(word) ?? []).some((own) => own.startsWith(scope));
}

function words(texts) {
  const has = scopesOf(texts);
  const missing = [];
  const want = (word, ...scopes) => { if (!scopes.some((scope) => has(word, scope))) missing.push(`${word} as ${scopes[0]}`); };
  for (const own of [...BEFORE_NAMES, ...AFTER_NAMES.flatMap((one) => one.split(" "))]) want(own, "keyword.other");
  for (const kind of vocabulary.kinds) {
    const begins = kind.top_level || vocabulary.kinds.some((outer) => outer.children.includes(kind.word));
    if (begins) want(kind.word, `storage.type.${kind.word}`);
    for (const own of kind.classes) want(own, "storage.modifier.class");
    for (const own of kind.fields.filter((one) => one.word !== "points")) want(own.word, "support.type.property-name");
    const shapes = [kind.head, ...kind.fields.map((own) => own.holds)];
    for (const own of shapes.flatMap((one) => one.joining ?? [])) want(own, "keyword.other");
    for (const own of shapes.flatMap((one) => one.chosen ?? [])) want(own, "constant.other.choice", "variable.other.key");
  }
  for (const own of vocabulary.types) want(own, "support.type");
  for (const own of vocabulary.functions) want(own, "support.function");
  for (const own of vocabulary.weekdays) want(own, "constant.other.choice");
  for (const own of vocabulary.known_on_events) want(own, "support.variable");
  verdict("every word of the language is shown", missing.length ? `no fixture shows ${[...new Set(missing)].join(", ")}` : "");
}

/** Reads a text as VS Code does, which keeps no names of scopes; how long it took. */
function timed(text) {
  const began = performance.now();
  let stack = INITIAL;
  for (const line of text.split("\n")) stack = textmate.tokenizeLine2(line, stack).ruleStack;
  return performance.now() - began;
}

/** Every spec of the repository, in any of its folders. */
function specs() {
  const tracked = execFileSync("git", ["ls-files", "-z", "*.funnel"], { cwd: root, encoding: "utf8" });
  return tracked.split("\0").filter(Boolean);
}

/** The codes of what is wrong with the writing of a file; faults of meaning say nothing about it. */
function faultsOf(path) {
  const { stdout } = spawnSync(FUNNELC, ["check", path, "--format", "json", "--allow", "warnings"], { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  const ours = (own) => own.places?.some((place) => join(root, path).endsWith(place.file) || place.file === path) ?? true;
  return JSON.parse(stdout).diagnostics.filter((own) => own.code < "FN0100" && ours(own)).map((own) => own.code);
}

function repository() {
  let count = 0;
  for (const path of specs()) {
    const text = readFileSync(join(root, path), "utf8");
    const bad = tokens(text).flatMap(({ line, tokens: own }, at) => own.filter((token) => token[2].some((scope) => scope.startsWith("invalid"))).map(([from, to]) => `${at + 1}: ${line.slice(from, to)}`));
    const took = timed(text);
    if (took > PATIENCE) verdict(path, `took ${Math.round(took)} ms`);
    if (bad.length && !faultsOf(path).length) verdict(path, `is written well, but marked: ${bad[0]}`);
    count += 1;
  }
  verdict("every spec of the repository", count > 200 ? "" : `only ${count}`);
}

function pathological() {
  const n = 20_000;
  const lines = {
    quotes: '"'.repeat(n), escapes: `"${"\\\\".repeat(n / 2)}`, braces: "{".repeat(n), closers: "}".repeat(n), parens: "(".repeat(n), spaces: `a${" ".repeat(n)}b`,
    marks: "\u200F".repeat(n), commas: "a, ".repeat(n / 3), arrows: "->".repeat(n / 2), dots: "a.".repeat(n / 2), digits: "9".repeat(n), underscores: `${"1_".repeat(n / 2)}x`,
    templates: `"${"{{a|".repeat(n / 4)}"`, classes: `prop a string matching "${"[".repeat(n)}"`, words: "event ".repeat(n / 6), arabic: "متجر ".repeat(n / 5), slashes: "/".repeat(n), ands: "and ".repeat(n / 4), percent: "5%".repeat(n / 2), semicolons: "a;".repeat(n / 2),
  };
  for (const [name, line] of Object.entries(lines)) {
    const took = timed(`funnel shop {\n${line}\n}\n`);
    verdict(`a line of ${name}`, took < PATIENCE ? "" : `took ${Math.round(took)} ms`);
  }
}

if (blesses) writeFileSync(committed, made);
verdict("the grammar is made of the words of the language", readFileSync(committed, "utf8") === made ? "" : `${relative(root, committed)} is out of date; FUNNELC_BLESS=1 writes it`);
const texts = readdirSync(fixtures).filter((own) => own.endsWith(".funnel")).sort().map(fixture);
words([...texts, ...specs().map((path) => readFileSync(join(root, path), "utf8"))]);
repository();
pathological();
end();
