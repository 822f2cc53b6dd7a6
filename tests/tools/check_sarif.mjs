#!/usr/bin/env node
// Checks SARIF files against the published JSON schema of SARIF 2.1.0 and against rules the schema cannot state.
// Usage: node tests/tools/check_sarif.mjs FILE...
//
// The schema comes from a pinned npm package; `bash tests/run tools` installs it into tests/.cache/npm.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const tests = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(process.env.FUNNELC_TOOLS ?? join(tests, ".cache"), "npm");

function validator() {
  const require = createRequire(join(cache, "package.json"));
  const Ajv = require("ajv6");
  const ajv = new Ajv({ schemaId: "auto", allErrors: true, format: "full", unknownFormats: "ignore" });
  ajv.addMetaSchema(require("ajv6/lib/refs/json-schema-draft-04.json"));
  return ajv.compile(require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"));
}

/** What the schema cannot say: rule indices agree, regions do not run backwards, fingerprints are unique. */
function* faults(run) {
  const prints = new Set();
  for (const [index, result] of run.results.entries()) {
    const at = `results/${index}`;
    if (run.tool.driver.rules[result.ruleIndex]?.id !== result.ruleId) yield `${at}: ruleIndex is of another rule`;
    for (const { physicalLocation } of [...result.locations, ...(result.relatedLocations ?? [])]) {
      const { startLine, startColumn, endLine, endColumn } = physicalLocation.region;
      if (endLine < startLine || (endLine === startLine && endColumn < startColumn)) yield `${at}: region runs backwards`;
    }
    for (const print of Object.values(result.partialFingerprints)) {
      if (prints.has(print)) yield `${at}: fingerprint is not unique`;
      prints.add(print);
    }
  }
}

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: check_sarif.mjs FILE...");
  process.exit(2);
}
const validate = validator();
let failed = 0;
for (const file of files) {
  const log = JSON.parse(readFileSync(file, "utf8"));
  const errors = validate(log)
    ? log.runs.flatMap((run) => [...faults(run)])
    : validate.errors.map(({ dataPath, message }) => `${dataPath || "log"}: ${message}`);
  for (const error of errors) console.error(`${file}: ${error}`);
  failed += errors.length > 0 ? 1 : 0;
}
console.log(`${files.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
