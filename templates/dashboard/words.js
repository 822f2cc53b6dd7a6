"use strict";
// Numbers, times and names in the language of the page.

const DATA = JSON.parse(document.getElementById("data").textContent);
const WORDS = DATA.words;

// Arabic numerals where the language writes them, whatever the region of the browser.
const LOCALE = (() => {
  const tag = DATA.lang + (/^ar\b/.test(DATA.lang) ? "-u-nu-arab" : "");
  try { return Intl.getCanonicalLocales(tag)[0]; } catch { return "en"; }
})();

/// The words of a place of the page, with `%1`, `%2` filled in.
function say(word, ...values) {
  return (WORDS[word] ?? word).replace(/%(\d)/g, (whole, at) => values[at - 1] ?? whole);
}

/// What a path of the spec is called.
const called = (path) => DATA.names[path] ?? path;

const formats = new Map();
function format(options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(LOCALE, options));
  return formats.get(key);
}

const count = (number) => format({ maximumFractionDigits: 0 }).format(number);
const plain = (number) => format({ maximumSignificantDigits: 4 }).format(number);
// Three figures, but no more than two after the point: 107.6%, 8.12%, 0.35%.
const share = (number) => format({ style: "percent", maximumFractionDigits: Math.abs(number) < 0.1 ? 2 : 1 }).format(number);
/// A difference of two shares, in percentage points.
const points = (number) => format({ style: "percent", maximumFractionDigits: 2, signDisplay: "exceptZero" }).format(number);

function money(number, currency) {
  const digits = Math.abs(number) >= 1000 ? 0 : 2;
  try {
    return format({ style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(number);
  } catch { return `${plain(number)} ${currency}`; }
}

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/// A length of time in its largest fitting unit: 3.5 days.
function duration(seconds) {
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS[3];
  return format({ style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 1 }).format(seconds / size);
}

/// A value in a unit of `measure`: number, count, ratio, duration, or a currency.
function value(number, unit) {
  if (number === undefined || number === null) return say("no_value");
  switch (unit) {
    case "ratio": return share(number);
    case "count": return count(number);
    case "number": return plain(number);
    case "duration": return duration(number);
    default: return /^[A-Z]{3}$/.test(unit ?? "") ? money(number, unit) : plain(number);
  }
}

/// How far two values of a unit are apart.
const apart = (number, unit) => value(Math.abs(number), unit);

function day(text) {
  const date = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T12:00:00Z` : text);
  if (Number.isNaN(date.getTime())) return text;
  return new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeZone: zone() }).format(date);
}

function zone() {
  try { new Intl.DateTimeFormat("en", { timeZone: DATA.timezone }); return DATA.timezone ?? "UTC"; } catch { return "UTC"; }
}

/// `2026-03`, `2026-Q1`, `2026-W07`, `2026-03-02` or `2026`, in words where they are a month or a day.
function period(text) {
  if (/^\d{4}-\d\d$/.test(text)) {
    const date = new Date(`${text}-15T12:00:00Z`);
    return new Intl.DateTimeFormat(LOCALE, { month: "short", year: "numeric", timeZone: "UTC" }).format(date);
  }
  return /^\d{4}-\d\d-\d\d$/.test(text) ? day(text) : text;
}

/// Texts of the spec between marks that keep their direction to themselves.
const isolated = (text) => `\u2068${text}\u2069`;

const SIGNS = { ">=": "≥", "<=": "≤", "!=": "≠", "==": "=" };

/// A value of the spec, such as `{"percent": "1.2%"}`.
function said(own) {
  if (!own) return "";
  if (own.percent) return share(Number(own.percent.slice(0, -1)) / 100);
  if (own.money) return own.money.per ? `${money(Number(own.money.amount), own.money.currency)} / ${WORDS[own.money.per] ?? own.money.per}` : money(Number(own.money.amount), own.money.currency);
  if (own.duration) return own.duration.seconds ? duration(Number(own.duration.seconds)) : own.duration.text;
  if (own.number) return plain(Number(own.number));
  if (own.date) return day(own.date);
  if (own.month) return period(own.month);
  if (own.compare) return `${SIGNS[own.compare.op] ?? own.compare.op} ${said(own.compare.value)}`;
  if (own.ref) return isolated(called(own.ref.path));
  if (own.expr) return own.expr.text;
  if (own.text) return own.text[DATA.lang] ?? Object.values(own.text)[0] ?? "";
  return own.word ?? own.string ?? "";
}

/// The same as a bare number, for places on an axis.
function bare(own) {
  if (!own) return undefined;
  if (own.percent) return Number(own.percent.slice(0, -1)) / 100;
  if (own.money) return Number(own.money.amount);
  if (own.duration) return Number(own.duration.seconds);
  if (own.number) return Number(own.number);
  return own.compare ? bare(own.compare.value) : undefined;
}
