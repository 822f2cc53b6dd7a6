#!/usr/bin/env node
// Compiles a JSON Schema with ajv in strict mode and validates files against it.
// Usage: node tests/tools/ajv.mjs SCHEMA [FILE...]

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const tests = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(join(process.env.FUNNELC_TOOLS ?? join(tests, ".cache"), "npm", "package.json"));

const [schemaFile, ...files] = process.argv.slice(2);
const schema = JSON.parse(readFileSync(schemaFile, "utf8"));
const Ajv = require(schema.$schema?.includes("2020-12") ? "ajv/dist/2020" : "ajv").default;
const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictRequired: false, allErrors: true });
require("ajv-formats").default(ajv);
// Our own annotations say what a property is for; they constrain nothing.
const keys = (node) => (node && typeof node === "object" ? Object.entries(node).flatMap(([key, inner]) => [key, ...keys(inner)]) : []);
for (const keyword of new Set(keys(schema).filter((key) => key.startsWith("x-")))) ajv.addKeyword({ keyword });

let failed = 0;
try {
  const validate = ajv.compile(schema);
  for (const file of files) {
    if (validate(JSON.parse(readFileSync(file, "utf8")))) continue;
    failed += 1;
    for (const { instancePath, message } of validate.errors) console.error(`${file}: ${instancePath || "/"} ${message}`);
  }
} catch (error) {
  failed += 1;
  console.error(`${schemaFile}: ${error.message}`);
}
process.exit(failed > 0 ? 1 : 0);
