#!/usr/bin/env node
// Every snippet, as it is when one presses Enter through it, is a text that the compiler accepts.
// Usage: node tests/editors/vscode/snippets.mjs; FUNNELC is the program.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { FUNNELC, end, root, verdict } from "../../tools/browser.mjs";

const snippets = JSON.parse(readFileSync(join(root, "editors/vscode/snippets/funnel.json"), "utf8"));

/** What the snippets mention, so that each is tried on its own. */
const AROUND = `project lamps { languages en, ar; currency USD }
team shop_team
event page_viewed; event product_viewed; event order_completed; event subscribed { prop first_name string }; event unsubscribed
event test_assigned { prop variant string }
consent newsletter { given subscribed; withdrawn unsubscribed }
funnel store { stage look : top { enter page_viewed }; stage buy : bottom { enter order_completed; converts }; look -> buy rate 5% within 14d }
kpi conversion { value rate(store.look -> store.buy) }
`;
const sequence = (step) => `sequence nudges { start subscribed; stop order_completed; basis consent(newsletter)\n${step}\n}`;

/** Where a snippet that is no declaration of its own belongs. */
const INSIDE = {
  prop: (text) => `event carted {\n${text}\n}`,
  stage: (text) => `funnel other { stage buy : bottom { enter page_viewed; converts }\n${text}\nloyal -> buy rate 5% within 14d\n}`,
  way: (text) => `funnel other { stage look : top { enter page_viewed }; stage buy : bottom { enter order_completed; converts }\n${text}\n}`,
  email: sequence, "wait until": sequence, split: sequence,
  label: (text) => `event carted { ${text} }`,
  allow: (text) => `${text}event carted`,
};
/** The project is one; the snippet of a project stands for it. */
const ALONE = ["project"];

/** The text that stands when every placeholder keeps its words. */
function expanded(body) {
  const kept = new Map();
  const own = (text) => text
    .replace(/\$\{(\d+)\|([^|}]*)\|\}/gu, (_, at, words) => keep(at, words.split(",")[0]))
    .replace(/\$\{(\d+):((?:[^}\\]|\\.)*)\}/gu, (_, at, words) => keep(at, words.replace(/\\([{}$\\])/gu, "$1")))
    .replace(/\$(\d+)/gu, (_, at) => kept.get(at) ?? "");
  const keep = (at, words) => { kept.set(at, words); return words; };
  return own(body.join("\n")).replaceAll("\t", "  ");
}

const prefixes = Object.values(snippets).map((one) => one.prefix);
verdict("each snippet has a word of its own", prefixes.length === new Set(prefixes).size ? "" : "two share one");
for (const [name, { prefix, body, description }] of Object.entries(snippets)) {
  const text = expanded(body);
  const whole = ALONE.includes(prefix) ? text : `${AROUND}\n${(INSIDE[prefix] ?? ((own) => own))(text)}\n`;
  const { status, stdout } = spawnSync(FUNNELC, ["check", "-", "--allow", "warnings", "--format", "concise"], { input: whole, encoding: "utf8" });
  verdict(`snippet ${name}`, status === 0 && description ? "" : `${stdout.trim().split("\n").slice(0, 3).join(" | ")}\n${whole}`);
  const unchanged = spawnSync(FUNNELC, ["fmt", "-", "--check"], { input: text, encoding: "utf8" });
  if (!(prefix in INSIDE)) verdict(`snippet ${name} is in its canonical form`, unchanged.status === 0 ? "" : unchanged.stdout + unchanged.stderr);
}
end();
