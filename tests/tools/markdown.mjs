#!/usr/bin/env node
// Renders Markdown pages with markdown-it and checks that what was meant as a table, a heading or a link became one.
// Usage: node tests/tools/markdown.mjs FILE...

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const tests = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(join(process.env.FUNNELC_TOOLS ?? join(tests, ".cache"), "npm", "package.json"));
const module = require("markdown-it");
const markdown = new (module.default ?? module)({ html: false });

/** Every line outside code that begins with `|` is a row of a table. */
function* tableFaults(text, tokens) {
  const inside = new Set();
  for (const { type, map } of tokens) {
    if (!map || !["table_open", "fence", "code_block"].includes(type)) continue;
    for (let line = map[0]; line < map[1]; line += 1) inside.add(line);
  }
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trimStart().startsWith("|") && !inside.has(index)) yield `${index + 1}: a row outside of any table`;
  }
}

/** A row with more cells than its head loses the rest silently. */
function* cellFaults(text, tokens) {
  const lines = text.split("\n");
  for (const { type, map } of tokens.filter(({ type }) => type === "table_open")) {
    const cells = (line) => line.replace(/\\\|/g, "").split("|").length;
    const head = cells(lines[map[0]]);
    for (let line = map[0]; line < map[1]; line += 1) {
      if (cells(lines[line]) !== head) yield `${line + 1}: not as many cells as the head of its ${type.slice(0, 5)}`;
    }
  }
}

/** Links to files lead to files, links to headings to headings. */
function* linkFaults(file, tokens) {
  const inline = tokens.flatMap((token) => token.children ?? []);
  const slug = (words) => words.trim().toLowerCase().replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
  const headings = new Set();
  for (const [index, token] of tokens.entries()) {
    if (token.type === "heading_open") headings.add(slug(tokens[index + 1].children.map(({ content }) => content).join("")));
  }
  const anchors = readFileSync(file, "utf8").matchAll(/<a id="([^"]+)"/g);
  for (const [, id] of anchors) headings.add(id);
  for (const link of inline.filter(({ type }) => type === "link_open")) {
    const target = decodeURI(link.attrGet("href"));
    if (/^[a-z]+:/.test(target)) continue;
    const [path, anchor] = target.split("#");
    if (path && !existsSync(join(dirname(file), path))) yield `\`${target}\` leads nowhere`;
    if (!path && anchor && !headings.has(anchor)) yield `\`${target}\` is no heading`;
  }
}

let failed = 0;
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8");
  const tokens = markdown.parse(text, {});
  const faults = [...tableFaults(text, tokens), ...cellFaults(text, tokens), ...linkFaults(file, tokens)];
  if (!tokens.some(({ type }) => type === "heading_open")) faults.push("no heading");
  if (!markdown.render(text).includes("<h1>")) faults.push("no title");
  for (const fault of faults) console.error(`${file}: ${fault}`);
  failed += faults.length > 0 ? 1 : 0;
}
process.exit(failed > 0 ? 1 : 0);
