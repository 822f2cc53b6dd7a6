#!/usr/bin/env node
// Parses Mermaid files with Mermaid's own parser, and checks that each has as many nodes and edges as it should.
// Usage: node tests/tools/mermaid.mjs FILE...
//
// Mermaid and the page that it wants around it come from pinned npm packages; `bash tests/run tools` installs them.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const tests = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(process.env.FUNNELC_TOOLS ?? join(tests, ".cache"), "npm");
const require = createRequire(join(cache, "package.json"));

const { JSDOM } = require("jsdom");
const { window } = new JSDOM("<!doctype html><body></body>", { pretendToBeVisual: true });
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import(pathToFileURL(join(cache, "node_modules/mermaid/dist/mermaid.core.mjs")));
mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });

let failed = 0;
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8");
  try {
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    if (/^gantt$/m.test(text)) {
      const written = text.split("\n").filter((line) => / :m\d+_\d+, /.test(line)).length;
      const tasks = db.getTasks().length;
      if (tasks !== written) throw new Error(`${written} tasks written, ${tasks} read`);
      continue;
    }
    const edges = text.split("\n").filter((line) => / (-->|==>|-\.->)/.test(line)).length;
    const nodes = text.split("\n").filter((line) => /^ +[sc]\d+(_\d+)?[[({]/.test(line)).length;
    const found = [db.getVertices().size, db.getEdges().length];
    if (found[0] !== nodes || found[1] !== edges) throw new Error(`${nodes}, ${edges} written, ${found} read`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${file}: ${error.message ?? error}`);
  }
}
process.exit(failed > 0 ? 1 : 0);
