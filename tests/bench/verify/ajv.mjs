// Reads a log line by line and validates the properties of each event with ajv, compiled once for each schema.
// Usage: node ajv.mjs LOG SCHEMAS; prints how many events are invalid and the seconds that reading and validating took.

import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(join(process.env.FUNNELC_TOOLS, "npm", "package.json"));
const Ajv = require("ajv/dist/2020").default;
const ajv = new Ajv({ strict: false, validateFormats: true });
require("ajv-formats")(ajv);

const [log, folder] = process.argv.slice(2);
const validators = new Map();
for (const file of readdirSync(folder).filter((name) => name.endsWith(".schema.json"))) {
  const schema = JSON.parse(readFileSync(join(folder, file), "utf8"));
  validators.set(schema["x-wire-name"], ajv.compile(schema));
}

const began = process.hrtime.bigint();
let events = 0;
let invalid = 0;
for await (const line of createInterface({ input: createReadStream(log), crlfDelay: Infinity })) {
  const { event, properties } = JSON.parse(line);
  events += 1;
  if (!validators.get(event)(properties)) invalid += 1;
}
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
console.log(JSON.stringify({ events, invalid, seconds }));
