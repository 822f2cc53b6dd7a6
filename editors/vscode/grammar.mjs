// Makes the TextMate grammar from the words of the language (book/src/language/vocabulary.json, which the compiler writes
// from its own tables), so that the colours of an editor know every kind, field and word, and no other.
// Usage: node grammar.mjs > syntaxes/funnel.tmLanguage.json

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const read = (path) => JSON.parse(readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8"));
export const vocabulary = read("../../book/src/language/vocabulary.json");

// ---- what tokens look like, as in grammar/funnel.pest

/// Space, with the marks of direction that count as such.
const BLANK = "[\\t \\x{00A0}\\x{200E}\\x{200F}\\x{061C}\\x{FEFF}]";
const FOLLOW = "[\\p{XID_Continue}]";
const NAME = `[\\p{XID_Start}_]${FOLLOW}*(?:[.-]${FOLLOW}+)*`;
/// Where a word ends: `from..` does, `from-x` and `from.x` do not.
const END = `(?!${FOLLOW}|[.-]${FOLLOW})`;
const BEGIN = `(?<!${FOLLOW})(?<!${FOLLOW}[.-])`;
/// Where a statement begins.
const START = `(?:^|(?<=[{};]))${BLANK}*`;
/// A statement ends with its line, at `;` or `}`, or after its block; `->` goes on after the block of a text.
const STOP = `(?<=\\})(?!${BLANK}*->)|(?=[;}])|$`;
const LANGUAGE_TAG = "[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*";

const escaped = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const oneOf = (words) => `(?:${[...words].map(escaped).sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).join("|")})`;
const name = (scope) => ({ name: `${scope}.funnel` });
const match = (regexp, scope, captures) => ({ match: regexp, ...(scope && name(scope)), ...(captures && { captures: scopes(captures) }) });
const scopes = (own) => Object.fromEntries(Object.entries(own).map(([at, scope]) => [at, name(scope)]));
const include = (...names) => names.map((own) => ({ include: `#${own}` }));
const word = (words, scope) => (words.length ? [match(`${BEGIN}${oneOf(words)}${END}`, scope)] : []);

// ---- expressions

/// Words of conditions and triggers that stand before a name, and those that stand after one. They have no table in the
/// compiler; tests/editors/vscode/grammar shows each of them in a text that it accepts.
export const BEFORE_NAMES = ["did", "enters", "finished", "leaves", "manual", "no", "score", "trait"];
export const AFTER_NAMES = ["after", "before", "by", "for", "of cycle", "people", "times", "within"];

const { reserved, types, units, functions, per, known_on_events: known } = vocabulary;
const AMOUNT = "[+-]?[0-9][0-9_]*+(?:\\.[0-9]++)?+";

const NUMBERS = [
  match(`${BEGIN}(?:[٠-٩۰-۹][٠-٩۰-۹0-9٫.]*+[٪%]?|[0-9][0-9.]*+[٫٪][0-9]*+)|[،؛]`, "invalid.illegal.foreign-sign"),
  match(`${BEGIN}[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?${END}`, "constant.numeric.date"),
  match(`${BEGIN}[0-9]{1,2}:[0-9]{2}${END}`, "constant.numeric.time"),
  match(`${BEGIN}(${AMOUNT})(${oneOf(units)})${END}`, "meta.duration", { 1: "constant.numeric", 2: "keyword.other.unit" }),
  match(`${BEGIN}(${AMOUNT})(%)`, "meta.share", { 1: "constant.numeric", 2: "keyword.other.unit" }),
  match(`${BEGIN}(${AMOUNT})${BLANK}+([A-Z]{3})${END}`, "meta.money", { 1: "constant.numeric", 2: "keyword.other.unit.currency" }),
  match(`${BEGIN}${AMOUNT}${END}`, "constant.numeric"),
];

const OPERATORS = [
  match("->", "keyword.operator.arrow"),
  match("\\.\\.", "keyword.operator.range"),
  match("==|!=|>=|<=|[<>]", "keyword.operator.comparison"),
  match("=", "keyword.operator.assignment"),
  match("[-+*|]|/(?!/)", "keyword.operator.arithmetic"),
  match(":", "punctuation.separator.class"),
  match(",", "punctuation.separator.comma"),
  match(";", "punctuation.terminator"),
];

const literals = reserved.filter((own) => ["true", "false"].includes(own));
const joiners = reserved.filter((own) => !literals.includes(own));

const expression = [
  ...include("comments", "strings", "continuation", "brackets"),
  ...NUMBERS,
  match(`(/)${BLANK}*(${oneOf(per)})${END}`, undefined, { 1: "keyword.operator.arithmetic", 2: "keyword.other.unit.per" }),
  ...OPERATORS,
  ...word(joiners, "keyword.operator.word"),
  ...word(literals, "constant.language"),
  match(`${BEGIN}${oneOf(functions)}(?=${BLANK}*\\()`, "support.function"),
  match(`${BEGIN}${oneOf(BEFORE_NAMES)}(?=${BLANK}+[\\p{XID_Start}_])`, "keyword.other.expression"),
  match(`${BEGIN}(?:${oneOf(AFTER_NAMES.filter((own) => !own.includes(" ")))}|of(?=${BLANK}+cycle)|(?<=of )cycle)${END}`, "keyword.other.expression"),
  match(`${BEGIN}${oneOf(known)}${END}`, "support.variable"),
  match(`${BEGIN}std(?:\\.${FOLLOW}+)+`, "support.module"),
  match(NAME, "variable.other"),
];

// ---- texts and comments

const ESCAPES = [
  match('\\\\["\\\\n{]', "constant.character.escape"),
  match("(\\{\\{)([^{}|\"]*)(?:(\\|)([^{}\"]*))?(\\}\\})", "meta.template", {
    1: "punctuation.definition.template.begin", 2: "variable.other.template", 3: "keyword.operator.fallback", 4: "string.unquoted.fallback",
    5: "punctuation.definition.template.end",
  }),
  match(`\\{(?:[0-9]+|${NAME})\\}`, "constant.other.placeholder"),
];
const REGEXP = [
  match("\\\\\\\\.|\\\\.", "constant.character.escape"),
  match("\\[\\^?\\]?(?:\\\\\\\\.|\\\\.|[^\\]\"\\\\])*\\]", "constant.other.character-class"),
  match("[*+?]\\??|\\{[0-9]+(?:,[0-9]*)?\\}", "keyword.operator.quantifier"),
  match("\\^|\\$", "keyword.control.anchor"),
  match("\\||\\(\\?:|[()]", "keyword.operator.group"),
];

const quoted = (scope, patterns) => ({
  begin: '"(?=[^"\\\\\\n]*(?:\\\\.[^"\\\\\\n]*)*")', end: '"', ...name(scope), patterns,
  beginCaptures: scopes({ 0: "punctuation.definition.string.begin" }), endCaptures: scopes({ 0: "punctuation.definition.string.end" }),
});

const strings = [
  {
    begin: '"""', end: '"""', ...name("string.quoted.triple"), patterns: ESCAPES,
    beginCaptures: scopes({ 0: "punctuation.definition.string.begin" }), endCaptures: scopes({ 0: "punctuation.definition.string.end" }),
  },
  quoted("string.quoted.double", ESCAPES),
  match('"[^\\n]*$', "invalid.illegal.unclosed-string"),
];

const comments = [
  {
    begin: "(//)[ \\t]*(funnelc)(:)", end: "$", ...name("comment.line.double-slash.directive"),
    beginCaptures: scopes({ 1: "punctuation.definition.comment", 2: "keyword.control.directive", 3: "punctuation.separator.directive" }),
    patterns: [
      match(`(allow)(\\()([^)]*)(\\))`, undefined, { 1: "keyword.control.directive", 2: "punctuation.section.group.begin", 3: "constant.other.lint", 4: "punctuation.section.group.end" }),
      match("--", "keyword.operator.reason"),
    ],
  },
  {
    begin: "///(?!/)", end: "$", ...name("comment.line.documentation"),
    beginCaptures: scopes({ 0: "punctuation.definition.comment" }), patterns: [match("`[^`]*`", "markup.inline.raw")],
  },
  { begin: "//", end: "$", ...name("comment.line.double-slash"), beginCaptures: scopes({ 0: "punctuation.definition.comment" }) },
];

/// What ends a line and lets the statement run on over it: the next line begins no statement.
const continuation = {
  begin: `(,)${BLANK}*(?=//|$)|(->|\\.\\.|[=!<>]=|[-<>=*+:|]|/(?!/))${BLANK}*(?=//|$)|${BEGIN}(and|or)${END}${BLANK}*(?=//|$)`,
  beginCaptures: scopes({ 1: "punctuation.separator.comma", 2: "keyword.operator", 3: "keyword.operator.word" }),
  end: `(?!//)(?=[^\\s\\x{200E}\\x{200F}\\x{061C}\\x{FEFF}])`,
  patterns: include("comments"),
};

const bracket = (open, close, scope) => ({
  begin: `\\${open}`, end: `(\\${close})|(?=[{};])`, ...name(scope), patterns: include("expression"),
  beginCaptures: scopes({ 0: "punctuation.section.brackets.begin" }), endCaptures: scopes({ 1: "punctuation.section.brackets.end" }),
});

// ---- declarations, from the table of kinds

const kinds = new Map(vocabulary.kinds.map((own) => [own.word, own]));
const block = (patterns) => ({
  begin: "\\{", end: "\\}", ...name("meta.block"), patterns,
  beginCaptures: scopes({ 0: "punctuation.section.block.begin" }), endCaptures: scopes({ 0: "punctuation.section.block.end" }),
});

/// The words of a shape; weekdays and periods are sorts of values that are words.
function wordsOf({ joining = [], chosen = [], values = [] }) {
  const listed = [...(values.includes("weekday") ? vocabulary.weekdays : []), ...(values.includes("per") ? per : [])];
  const waits = [...(values.includes("until") ? ["until", "at_most"] : []), ...(values.includes("workdays") ? ["workday", "workdays"] : [])];
  const typed = values.includes("type") ? [match(`${BEGIN}(?:enum|list)(?=${BLANK}*\\()`, "support.type"), ...word(types, "support.type")] : [];
  const own = [...word([...joining, ...waits], "keyword.other"), ...word([...chosen, ...listed], "constant.other.choice")];
  // Some of them stand in round brackets: `pii(contact)`.
  const inside = own.length ? [{ ...bracket("(", ")", "meta.group"), patterns: [...own, ...include("expression")] }] : [];
  return [...(joining.includes("matching") ? [pattern()] : []), ...typed, ...own, ...inside];
}

/// The regular expression of a property.
function pattern() {
  const own = quoted("string.regexp", REGEXP);
  return { ...own, begin: `${BEGIN}(matching)${BLANK}+(${own.begin.slice(0, 1)})${own.begin.slice(1)}`, beginCaptures: scopes({ 1: "keyword.other", 2: "punctuation.definition.string.begin" }) };
}

/// A kind that begins with its word: name, label, class, `extends`, the words of its head, its block.
function declaration(kind) {
  const named = kind.named ? `(?:${BLANK}+(${NAME}))?` : "";
  return {
    begin: `${START}(${kind.word})${END}${named}`, end: STOP, ...name(`meta.declaration.${kind.word}`),
    beginCaptures: scopes({ 1: `storage.type.${kind.word}`, 2: `entity.name.type.${kind.word}` }),
    patterns: head(kind),
  };
}

function head(kind) {
  const classes = kind.classes.length ? [match(`(:)${BLANK}*(${oneOf(kind.classes)})${END}`, undefined, { 1: "punctuation.separator.class", 2: "storage.modifier.class" })] : [];
  const extended = match(`${BEGIN}extends${END}`, "keyword.other.extends");
  return [...include(`block-${kind.word}`), ...classes, ...(kind.named ? [extended] : []), ...wordsOf(kind.head), ...include("expression")];
}

/// A row of a block, which begins with its own name or number.
function row(kind) {
  const [start, captures] = kind.named ? [`(${NAME})`, { 1: `entity.name.type.${kind.word}` }] : ["(?=[+-]?[0-9])", {}];
  return { begin: `${START}${start}`, end: STOP, ...name(`meta.declaration.${kind.word}`), beginCaptures: scopes(captures), patterns: head(kind) };
}

/// Fields that hold the same words are told apart by nothing but their own.
function fields(kind) {
  const alike = new Map();
  for (const { word: own, holds } of kind.fields) {
    const key = JSON.stringify(wordsOf(holds));
    alike.set(key, { holds, words: [...(alike.get(key)?.words ?? []), own] });
  }
  return [...alike.values()].map(({ words, holds }) => field(words, holds));
}

function field(words, holds) {
  return {
    begin: `${START}(${oneOf(words)})${END}`, end: STOP, ...name("meta.field"),
    beginCaptures: scopes({ 1: "support.type.property-name" }),
    patterns: [...include("rows"), ...wordsOf(holds), ...include("expression")],
  };
}

/// A field whose rows begin with their signed number.
function points(own) {
  return { begin: `${START}(?=[+-][0-9])`, end: STOP, ...name("meta.field"), patterns: [...wordsOf(own.holds), ...include("expression")] };
}

const shapeOfWays = kinds.get("transition").head;
/// A way from stage to stage; its clauses may begin the next lines.
const transition = {
  begin: `${START}(?=${NAME}${BLANK}*->)`, end: STOP, ...name("meta.declaration.transition"),
  patterns: [...include("rows"), ...wordsOf(shapeOfWays), ...include("expression")],
};
const clause = {
  begin: `${START}(${oneOf(shapeOfWays.joining)})${END}`, end: STOP, ...name("meta.clause"), beginCaptures: scopes({ 1: "keyword.other" }),
  patterns: [...include("rows"), ...wordsOf(shapeOfWays), ...include("expression")],
};

/// A text per language, and rows of other fields.
const rows = block([
  match(`${START}(${LANGUAGE_TAG})(?=${BLANK}*")`, undefined, { 1: "entity.other.attribute-name.language" }),
  match(`${START}(${NAME})`, undefined, { 1: "variable.other.key" }),
  ...include("rows", "expression"),
]);

function content(kind) {
  const children = kind.children.map((own) => `kind-${own}`);
  const ways = kind.word === "funnel" || kind.children.includes("handover") ? include("transition", "clause") : [];
  const signed = kind.fields.filter((one) => one.word === "points").map(points);
  return [
    ...include("comments", ...children), ...(kind.word === "funnel" ? include("transition") : []), ...fields(kind), ...signed,
    ...(kind.rows ? [row(kinds.get(kind.rows))] : []), ...ways, ...include("fallback"),
  ];
}

const top = vocabulary.kinds.filter((own) => own.top_level).map((own) => `kind-${own.word}`);
const withWord = vocabulary.kinds.filter((own) => own.top_level || vocabulary.kinds.some((outer) => outer.children.includes(own.word)));
const withBlock = vocabulary.kinds.filter((own) => own.fields.length || own.children.length || own.rows);

/// A block for each kind; kinds with the same block share it, as all messages do.
function blocks() {
  const known = new Map();
  const own = vocabulary.kinds.map((kind) => {
    const rule = withBlock.includes(kind) ? block(content(kind)) : { patterns: include("rows") };
    const key = JSON.stringify(rule);
    const first = known.get(key);
    if (first === undefined) known.set(key, kind.word);
    return [`block-${kind.word}`, first === undefined ? rule : { patterns: include(`block-${first}`) }];
  });
  return Object.fromEntries(own);
}

export function grammar() {
  return {
    $schema: "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
    name: "Funnel",
    scopeName: "source.funnel",
    fileTypes: ["funnel"],
    patterns: include("comments", ...top, "clause", "fallback"),
    repository: {
      comments: { patterns: comments },
      strings: { patterns: strings },
      continuation,
      brackets: { patterns: [bracket("(", ")", "meta.group"), bracket("[", "]", "meta.list")] },
      expression: { patterns: expression },
      rows,
      transition,
      clause,
      ...Object.fromEntries(withWord.map((own) => [`kind-${own.word}`, declaration(own)])),
      ...blocks(),
      // Where something stands that no table knows: whatever it is, its blocks balance.
      fallback: { patterns: [...include("expression"), block(include("comments", ...withWord.map((own) => `kind-${own.word}`), "fallback"))] },
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${JSON.stringify(grammar(), null, 1)}\n`);
