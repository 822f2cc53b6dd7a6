"use strict";
// What is shown, and where its numbers are. The state of the page is its address, so that it can be passed on.

const MEASURED = DATA.measured;
MEASURED?.funnels.forEach(unfold);

/// Puts the parts of a funnel together again: the page has their keys once.
function unfold(funnel) {
  const { part_keys: keys, ...rest } = funnel;
  if (!keys) return;
  delete funnel.part_keys;
  const object = (names) => (values) => Object.fromEntries(names.map((name, at) => [name, values[at]]).filter(([, value]) => value !== null));
  for (const own of rest.parts) for (const list of Object.keys(keys)) own[list] = own[list].map(object(keys[list]));
}

const KEYS = ["board", "channel", "segment", "period", "theme"];
/// Fewer than so many may be chance.
const FEW = 30;

const STATE = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

/// The address with some of the state changed; an empty value is left out.
function address(change) {
  const next = { ...STATE, ...change };
  const kept = KEYS.filter((key) => next[key]).map((key) => [key, next[key]]);
  return `#${new URLSearchParams(kept)}`;
}

/// Takes the state from the address; other keys than ours are nobody's.
function readAddress() {
  const read = new URLSearchParams(location.hash.slice(1));
  KEYS.forEach((key) => { if (read.get(key)) STATE[key] = read.get(key); else delete STATE[key]; });
}

const isFiltered = () => Boolean(STATE.channel || STATE.segment || STATE.period);

const planned = (path) => DATA.funnels.find((own) => own.path === path);
const measured = (path) => MEASURED?.funnels.find((own) => own.path === path);

/// The part of a funnel that is chosen: all of it where nothing is; nothing where these are not measured together.
function part(funnel) {
  if (!funnel || !isFiltered()) return funnel;
  const fits = (own) => ["channel", "segment", "period"].every((key) => (own[key] ?? "") === (STATE[key] ?? ""));
  const found = (funnel.parts ?? []).find((own) => fits(own) && own.property === undefined);
  return found && joined(funnel, found);
}

/// A part with what it does not repeat of the whole: names and plans.
function joined(funnel, own) {
  const with_ = (key) => funnel[key].map((whole, at) => ({ ...bareNames(whole), ...own[key]?.[at] }));
  return { ...funnel, stages: with_("stages"), transitions: with_("transitions"), ways: with_("ways") };
}

function bareNames(whole) {
  const { path, label, from, to, planned: plan } = whole;
  return { path, label, from, to, planned: plan };
}

/// What can be chosen of a kind: the values that parts have.
function choices(key) {
  const found = new Set();
  for (const funnel of MEASURED?.funnels ?? []) for (const own of funnel.parts ?? []) if (own[key] !== undefined) found.add(own[key]);
  return [...found];
}

/// The parts of a funnel along one kind: channel, segment, period, or a property.
function parts(funnel, kind) {
  const kinds = ["channel", "segment", "period"];
  const isOf = (own) => kinds.every((other) => (own[other] !== undefined) === (other === kind)) && (own.property !== undefined) === !kinds.includes(kind);
  const isNamed = (own) => kinds.includes(kind) || PROPERTIES[kind].includes(own.property);
  return (funnel?.parts ?? []).filter((own) => isOf(own) && isNamed(own)).map((own) => ({ name: own[kind] ?? own.value, ...joined(funnel, own) }));
}

/// What a log may call them.
const PROPERTIES = { language: ["language"], country: ["country"], campaign: ["campaign", "utm_campaign"] };

/// The value of a KPI that is shown: of the chosen channel or segment and period where it is split so, else of all.
function shownValue(kpi) {
  const chosen = [["channel", STATE.channel], ["segment", STATE.segment]].filter(([, group]) => group);
  const [by, group] = chosen.length === 1 ? chosen[0] : [];
  const series = (by && kpi.values.some((own) => own.by === by && own.group === group))
    ? kpi.values.filter((own) => own.by === by && own.group === group)
    : kpi.values.filter((own) => own.by === undefined);
  const isSplit = series[0]?.by !== undefined || !chosen.length;
  const asked = series.find((own) => own.period === STATE.period && STATE.period);
  return { own: asked ?? lastWhole(series), series, isExact: isSplit && (!STATE.period || Boolean(asked)) };
}

/// The last period that is over, and in which nobody still has time; the last of several has not ended.
function lastWhole(series) {
  const over = series.length > 1 ? series.slice(0, -1) : series;
  return over.findLast((own) => !own.open) ?? over.at(-1);
}

/// The number of a planned rate, such as `8%`; a rate for the chosen channel or segment comes first.
function plannedRate(transition) {
  const special = transition.rates.find((own) => own.who.path === STATE.channel || own.who.path === STATE.segment);
  const text = special?.rate ?? transition.rate;
  return text === null || text === undefined ? undefined : Number(text.replace("%", "")) / 100;
}
