"use strict";
// One function a kind of thing that a board shows; SECTIONS at the end is the list of them.

const PER = { day: "daily", week: "weekly", month: "monthly" };
/// The last moments of the places of a histogram of times, in seconds.
const HISTOGRAM = [60, 3600, 21600, 86400, 259200, 604800, 1209600, 2592000, 5184000, 7776000, 15552000];

const groupName = (group) => (["", "(none)", undefined].includes(group) ? say("none_group") : called(group));

function titled(id, title, ...children) {
  const kept = children.flat().filter(Boolean);
  if (!kept.length) return undefined;
  return h("section", { "aria-labelledby": id }, h("h2", { id }, title), kept);
}

const idOf = (...parts) => parts.join("-").replace(/[^\p{L}\p{N}]+/gu, "-");

/// The head of a column of bars, for those who hear the page.
const drawn = () => h("span", { class: "heard" }, say("drawn"));

/// A word with a sign, so that it is not told by its colour alone.
const badge = (kind, words, title) => h("span", { class: `badge ${kind}`, title }, words);

/// Marks a number that few stand behind, or whose people still have time.
function marks(own) {
  return [
    own?.of !== undefined && own.of > 0 && own.of < FEW && badge("few", say("few", count(own.of)), say("few_about")),
    own?.open > 0 && badge("open", say("open", count(own.open)), say("open_about")),
  ];
}

// ---- KPI cards

function kpis({ kpis: paths }) {
  const cards = paths.map((path) => DATA.kpis.find((own) => own.path === path)).filter(Boolean).map(card);
  return titled(idOf("kpis", paths.join()), say("key_figures"), cards.length > 0 && h("div", { class: "cards" }, cards));
}

function card(kpi) {
  const numbersOf = MEASURED?.kpis.find((own) => own.path === kpi.path);
  const unit = numbersOf?.unit ?? unitOf(kpi);
  return h("article", { class: "card" }, h("h3", {}, bdi(kpi.label)),
    numbersOf && (numbersOf.unmeasured ? h("p", { class: "quiet" }, say("not_measured"), h("br"), h("small", {}, bdi(numbersOf.unmeasured))) : current(kpi, numbersOf, unit)),
    targetLine(kpi, numbersOf), alertLine(kpi), planLine(kpi),
    h("p", { class: "quiet who" }, kpi.owner && [`${say("owner")}: `, bdi(called(kpi.owner))], kpi.owner && reviewOf(kpi) && " · ", reviewOf(kpi)),
    computed(kpi), numbersOf && !numbersOf.unmeasured && splits(numbersOf, unit));
}

function unitOf(kpi) {
  if (!kpi.unit) return "number";
  if (kpi.unit.money === 1 && kpi.unit.time === 0) return kpi.unit.currency ?? DATA.currency ?? "number";
  if (kpi.unit.time === 1 && kpi.unit.money === 0) return "duration";
  return { plain: "number", count: "count", ratio: "ratio" }[kpi.unit.number] ?? "number";
}

function current(kpi, numbersOf, unit) {
  const { own, series, isExact } = shownValue(numbersOf);
  if (!own) return h("p", { class: "quiet" }, say("no_value"));
  const show = (number) => value(number, unit);
  const what = own.value === undefined ? h("p", { class: "value none", title: say("no_value_why") }, say("no_value")) : h("p", { class: "value" }, show(own.value));
  const when = own.period && h("span", { class: "when" }, period(own.period));
  const known = series.filter((one) => one.value !== undefined);
  const line = known.length > 2 && trend({ words: `${kpi.label}: ${series.map((one) => `${period(one.period)} ${show(one.value)}`).join("; ")}`, series, target: targetNumber(kpi), show });
  return [what, h("p", { class: "state" }, when, verdict(own), marks(own), !isExact && isFiltered() && badge("open", say("not_filtered"))), change(own, series, unit), line];
}

function verdict(own) {
  if (own.meets === undefined) return undefined;
  return own.meets ? badge("good", `✓ ${say("met")}`) : badge("bad", `✗ ${say("missed")}`);
}

/// How the shown value differs from that of the period before.
function change(own, series, unit) {
  const before = series[series.indexOf(own) - 1];
  if (own.value === undefined || before?.value === undefined || !own.period) return undefined;
  const by = own.value - before.value;
  if (by === 0) return h("p", { class: "quiet" }, say("trend_same"));
  return h("p", { class: "quiet" }, by > 0 ? "▲ " : "▼ ", say(by > 0 ? "trend_up" : "trend_down", isolated(apart(by, unit))));
}

function targetLine(kpi, numbersOf) {
  const all = [kpi.fields?.target].flat().filter(Boolean);
  const texts = all.flatMap((own) => (own.target ? [[own.target, own.by]] : rowsOf(own)));
  if (!texts.length) return numbersOf?.target && h("p", { class: "target" }, `${say("target")}: `, bdi(numbersOf.target));
  return h("p", { class: "target" }, `${say("target")}: `, texts.map(([own, by], at) => [at ? say("comma") : "", bdi(said(own)), by ? ` ${by.date ? say("until") : ""} ${said(by)}` : ""]));
}

/// When somebody is to be woken.
function alertLine(kpi) {
  const own = [kpi.fields?.alert].flat().filter(Boolean);
  return own.length > 0 && h("p", { class: "quiet" }, `${say("alert")}: `, own.map((one, at) => `${at ? say("comma") : ""}${say(said(one.side))} ${said(one.value)}`));
}

/// What the plan gives, where it tells.
function planLine(kpi) {
  const own = DATA.forecast?.promises.find((one) => one.kpi === kpi.path && one.planned !== undefined);
  return own && h("p", { class: "quiet" }, `${say("planned")}: ${value(own.planned, own.unit)} `, own.verdict === "missed" && badge("bad", `✗ ${say("missed")}`));
}

/// The rows of a target that is told by period.
function rowsOf(own) {
  const rows = Object.values(own).flatMap((slot) => slot?.rows ?? []);
  return rows.map((row) => { const own_ = Object.values(row); return [own_.find((one) => one.compare), own_.find((one) => one.month || one.date)]; });
}

function targetNumber(kpi) {
  const first = [kpi.fields?.target].flat().find(Boolean);
  return first?.target ? bare(first.target) : undefined;
}

function reviewOf(kpi) {
  const own = Object.values(kpi.fields?.review ?? {})[0];
  return own && `${say("review")}: ${WORDS[said(own)] ?? said(own)}`;
}

function computed(kpi) {
  if (!kpi.value && !kpi.docs) return undefined;
  return h("details", {}, h("summary", {}, say("how_computed")),
    kpi.value && h("p", {}, h("code", { dir: "ltr" }, kpi.value)), kpi.docs && h("p", { class: "docs" }, bdi(kpi.docs)));
}

/// The values by channel, segment …, each of its last whole period.
function splits(numbersOf, unit) {
  const kinds = [...new Set(numbersOf.values.map((own) => own.by).filter(Boolean))];
  return kinds.map((by) => {
    const groups = [...new Set(numbersOf.values.filter((own) => own.by === by).map((own) => own.group))];
    const last = groups.map((group) => {
      const own = numbersOf.values.filter((one) => one.by === by && one.group === group);
      return [group, own.find((one) => one.period === STATE.period) ?? lastWhole(own)];
    });
    const most = Math.max(0, ...last.map(([, own]) => own.value ?? 0));
    const rows = last.map(([group, own]) => [bdi(groupName(group)), [h("span", {}, own.value === undefined ? say("no_value") : value(own.value, unit), " ", marks(own)), { class: "number" }], bar(own.value ?? 0, most)]);
    return h("details", {}, h("summary", {}, say(`by_${by}`)), table([say("part"), say("actual"), drawn()], rows, `${numbersOf.label} ${say(`by_${by}`)}`));
  });
}

// ---- funnels

/// People, or accounts where these pass through.
const counted = (shown, number) => say(shown.counts_accounts ? "n_accounts" : "n_people", count(number));

function funnel({ funnel: path, by }) {
  const plan = planned(path);
  if (!plan) return undefined;
  const whole = measured(path);
  const shown = part(whole);
  const own = (title) => `${plan.label} · ${title}`;
  if (whole && !shown) {
    const isKnown = ["channel", "segment", "period"].filter((key) => STATE[key]).length < 2 || whole.parts?.some((one) => one.channel !== undefined && one.period !== undefined);
    return titled(idOf("funnel", path), plan.label, h("p", { class: "notice" }, say(isKnown ? "empty_part" : "not_together")));
  }
  return [
    titled(idOf("funnel", path), own(say("funnel")), stairs(plan, shown)),
    titled(idOf("graph", path), own(say("graph")), graph(plan, shown)),
    titled(idOf("ways", path), own(say("ways")), ways(plan, shown)),
    ...by.map((kind) => titled(idOf("by", path, kind), own(say(`by_${kind}`)), split(plan, whole, kind))),
    titled(idOf("laps", path), own(say("laps")), laps(plan, shown)),
  ].filter(Boolean);
}

/// Each stage with its people, the share of the first, and how many went no further.
function stairs(plan, shown) {
  const stages = plan.stages.map((own) => ({ ...shown?.stages.find((one) => one.path === own.path), ...own }));
  const most = Math.max(0, ...stages.map((own) => own.people ?? 0));
  const first = stages.find((own) => own.entry) ?? stages[0];
  const reach = plannedReach(plan);
  const flows = plannedFlow(plan);
  const mostFlow = Math.max(0, ...flows.values());
  const step = (own) => {
    const way = shown?.ways.find((one) => one.to === own.path);
    const part_ = reach.get(own.path);
    const flow = flows.get(own.path);
    return h("li", { class: `stage layer-${own.layer ?? "none"}` },
      h("div", { class: "name" }, h("h3", {}, bdi(own.label), own.converts && h("span", { class: "star", title: say("share_converted", own.label) }, " ★")), own.docs && h("p", { class: "docs quiet" }, bdi(own.docs))),
      h("div", { class: "bars" },
        shown ? bar(Math.sqrt(own.people), Math.sqrt(most), part_ === undefined || own === first ? undefined : Math.sqrt(part_ * first.people)) : flow !== undefined && bar(Math.sqrt(flow), Math.sqrt(mostFlow)),
        !shown && flow !== undefined && h("p", { class: "count" }, h("strong", {}, say("n_people", count(flow))), ` ${say("per_month")}`),
        shown && h("p", { class: "count" }, h("strong", {}, counted(shown, own.people)), own.entries !== own.people && h("span", { class: "quiet" }, ` · ${say("n_entries", count(own.entries))}`)),
        h("p", { class: "quiet" },
          way?.rate !== undefined && [`${share(way.rate)} ${say("of_first")} `, marks({ of: way.of, open: way.open })],
          part_ !== undefined && own.path !== first?.path && [way?.rate !== undefined && " · ", `${say("planned")}: ${share(part_)}`]),
        shown && own.dropped_visits > 0 && h("p", { class: "quiet" }, say("drop_off", share(own.dropped_visits / own.mature_visits), say("n_visits", count(own.mature_visits))))));
  };
  return [h("ol", { class: "stairs" }, stages.map(step)), h("p", { class: "quiet small" }, say("root_scale"), " ", shown && h("span", { class: "key" }, h("span", { class: "tick-key", "aria-hidden": "true" }), say("planned")))];
}

const forecastOf = (plan) => DATA.forecast?.funnels.find((one) => one.path === plan.path);

/// The share of those who begin that ever reach each stage by the plan; by channel where that has rates of its own.
function plannedReach(plan) {
  const channel = !STATE.segment && DATA.forecast?.channels.find((one) => one.path === STATE.channel);
  const stages = channel?.stages?.length ? channel.stages : forecastOf(plan)?.stages;
  return new Map((stages ?? []).map((one) => [one.path, one.reach]));
}

/// The people of a typical month by the plan.
function plannedFlow(plan) {
  return new Map((forecastOf(plan)?.stages ?? []).filter((one) => one.typical).map((one) => [one.path, one.typical.people]));
}

/// The picture of the spec, in the numerals of the page and with the numbers put in: broader ways are taken by more.
function graph(plan, shown) {
  const source = [...document.querySelectorAll("template[data-picture]")].find((own) => own.dataset.picture === plan.path);
  if (!source) return undefined;
  const picture = source.content.cloneNode(true).querySelector("svg");
  for (const text of picture.querySelectorAll(".fg-feed .fg-soft")) text.textContent = text.textContent.replace(/\d[\d,]*/g, (own) => count(Number(own.replaceAll(",", ""))));
  for (const own of plan.transitions) fillWay(picture, own, shown);
  for (const text of picture.querySelectorAll("[data-stage] .fg-count")) fillStage(text, plan, shown);
  return [h("p", { class: "quiet" }, say("graph_about")), h("div", { class: "picture", tabindex: "0", role: "region", "aria-label": `${plan.label}: ${say("graph_scroll")}` }, picture)];
}

function fillStage(text, plan, shown) {
  const own = shown?.stages.find((one) => one.path === text.closest("[data-stage]").dataset.stage);
  const flow = shown ? undefined : plannedFlow(plan).get(text.closest("[data-stage]").dataset.stage);
  if (own) text.textContent = counted(shown, own.people);
  else if (flow !== undefined) text.textContent = `${say("n_people", count(flow))} ${say("per_month")}`;
  else text.remove();
}

const along = (numbersOf, own) => numbersOf?.transitions.find((one) => one.from === own.from && one.to === own.to);

function fillWay(picture, own, shown) {
  const numbersOf = along(shown, own);
  const rate = plannedRate(own);
  const plan = rate === undefined ? "" : share(rate);
  const role = own.role ? say(own.role) : "";
  const time = own.within ? `${say("within")} ${said({ duration: own.within })}` : own.after ? `${say("not_before")} ${said({ duration: own.after })}` : "";
  const soft = numbersOf?.rate !== undefined && plan ? `${role} ${say("planned")} ${plan}` : `${role} ${time}`;
  for (const group of [...picture.querySelectorAll("[data-way]")].filter((one) => one.dataset.way === `${own.from} -> ${own.to}`)) {
    const [strong, small, line] = [".fg-strong", ".fg-soft", "path"].map((one) => group.querySelector(one));
    if (strong) strong.textContent = numbersOf?.rate === undefined ? plan || "–" : share(numbersOf.rate);
    if (small) small.textContent = soft.trim();
    const most = Math.max(1, ...(shown?.stages ?? []).map((one) => one.visits));
    if (line && numbersOf?.rate !== undefined) line.setAttribute("stroke-width", String(1.5 + 8.5 * Math.sqrt(numbersOf.taken / most)));
  }
}

function ways(plan, shown) {
  if (!plan.transitions.length) return undefined;
  const rows = plan.transitions.map((own) => {
    const numbersOf = along(shown, own);
    const rate = plannedRate(own);
    const most = Math.max(rate ?? 0, numbersOf?.rate ?? 0);
    const role = own.role ? ` (${say(own.role)})` : "";
    const name = [bdi(called(own.from)), RTL ? " ← " : " → ", bdi(called(own.to)), role, h("small", { class: "quiet" }, own.within && ` ${say("within")} ${said({ duration: own.within })}`)];
    const told = [[h("span", {}, numbersOf?.rate === undefined ? "–" : share(numbersOf.rate), " ", numbersOf && marks({ of: numbersOf.rate === undefined ? undefined : numbersOf.of, open: numbersOf.open })), { class: "number" }]];
    const far = numbersOf?.rate !== undefined && rate !== undefined ? points(numbersOf.rate - rate) : "";
    return [h("span", {}, name), [rate === undefined ? "–" : share(rate), { class: "number" }],
      ...(shown ? [...told, [far, { class: "number" }], bar(numbersOf?.rate ?? 0, Math.max(most, 0.0001), rate), [count(numbersOf?.taken ?? 0), { class: "number" }], length(numbersOf?.time?.median ?? numbersOf?.median), length(numbersOf?.time?.p90)] : [])];
  });
  const head = [say("way"), say("planned"), ...(shown ? [say("actual"), say("difference"), drawn(), say("took"), say("median"), say("p90")] : [])];
  return table(head, rows, `${plan.label}: ${say("ways")}`);
}

/// The funnel by channel, segment …: the people of each stage, and the share of those who converted.
function split(plan, whole, kind) {
  if (!whole) return undefined;
  const key = kind === "month" ? "period" : kind;
  const own = parts(whole, key);
  if (!own.length) return undefined;
  const goal = plan.stages.find((one) => one.converts);
  const rate = (one) => one.ways.find((way) => way.to === goal?.path);
  const name = (one) => (key === "period" ? period(one.name) : groupName(one.name));
  const most = Math.max(0, ...own.map((one) => rate(one)?.rate ?? 0));
  const rows = own.map((one) => [bdi(name(one)),
    ...(goal ? [[h("span", {}, rate(one)?.rate === undefined ? "–" : share(rate(one).rate), " ", marks(rate(one) ?? {})), { class: "number" }], bar(rate(one)?.rate ?? 0, most)] : []),
    ...one.stages.map((stage) => [count(stage.people ?? 0), { class: "number" }])]);
  return table([say(key === "period" ? "period" : "part"), ...(goal ? [say("share_converted", isolated(goal.label)), drawn()] : []), ...plan.stages.map((one) => one.label)], rows, `${plan.label} ${say(`by_${kind}`)}`);
}

/// How often people came to the stages that are made to be come back to.
function laps(plan, shown) {
  if (!shown) return undefined;
  const loyal = plan.stages.filter((own) => own.layer === "loyalty" || own.converts);
  const drawn = loyal.map((own) => {
    const times = shown.stages.find((one) => one.path === own.path)?.people_by_entries;
    if (!times?.some((number) => number > 0)) return undefined;
    const until = times.findLastIndex((number) => number > 0) + 1;
    const name = (at) => (at === 0 ? say("once") : at === times.length - 1 ? say("times_more", count(at + 1)) : say("times", count(at + 1)));
    const names = times.slice(0, Math.max(until, 2)).map((_, at) => name(at));
    return columns({ title: say("laps_of", isolated(own.label)), names, values: times.slice(0, names.length), head: [say("laps"), say("people")] });
  }).filter(Boolean);
  return drawn.length ? h("div", { class: "pair" }, drawn) : undefined;
}

// ---- time

const length = (seconds) => (seconds === undefined ? "–" : duration(seconds));

function time({ from, to }) {
  const title = say("time_of", isolated(called(from)), isolated(called(to)));
  const all = (MEASURED?.funnels ?? []).map(part).filter(Boolean);
  const found = all.flatMap((own) => [...own.ways, ...own.transitions]).find((own) => own.from === from && own.to === to && own.time);
  if (!MEASURED) return undefined;
  const id = idOf("time", from, to);
  if (!found?.time) return titled(id, `${say("time")} · ${title}`, h("p", { class: "quiet" }, say("nobody")));
  const facts = [[say("median"), duration(found.time.median)], [say("p90"), duration(found.time.p90)], [say("took"), count(found.time.count)]];
  const chart = found.time.histogram && columns({
    title: say("histogram_of"), words: `${title}: ${facts.map((own) => own.join(" ")).join("; ")}`,
    names: [...HISTOGRAM.map((seconds) => say("took_up_to", duration(seconds))), say("took_longer")], values: found.time.histogram, head: [say("time"), say("people")],
  });
  return titled(id, `${say("time")} · ${title}`,
    h("dl", { class: "facts" }, facts.map(([name, text]) => h("div", {}, h("dt", {}, name), h("dd", {}, text)))), chart);
}

// ---- retention

function retention({ stage, per, split: segments }) {
  const every = Object.keys(PER).find((own) => PER[own] === per);
  const grids = (MEASURED?.retentions ?? []).filter((own) => own.stage === stage && own.every === every && (!own.segment || segments.includes(own.segment)));
  const name = (own) => (own.segment ? say(own.is_inside ? "in_segment" : "not_in_segment", isolated(called(own.segment))) : say("everybody"));
  return titled(idOf("retention", stage, per), `${say("retention")} · ${say("retention_of", isolated(called(stage)), say(every))}`,
    grids.map((own, at) => h("details", { class: "grid", open: at === 0 }, h("summary", {}, name(own)), grid(own, name(own)))));
}

/// A grid of cohorts; the ground of a cell is as strong as its share, a period that is not over is marked.
function grid(own, name) {
  const longest = Math.max(0, ...own.cohorts.map((one) => one.after.length));
  const strongest = Math.max(0.0001, ...own.cohorts.flatMap((one) => one.after.map((seen) => seen.share ?? 0)));
  const cell = (seen) => {
    if (!seen || (seen.share === undefined && !seen.open)) return "";
    const isOpen = seen.open > 0;
    const text = seen.share === undefined ? "…" : share(seen.share) + (isOpen ? " …" : "");
    return [text, { class: `heat${isOpen ? " incomplete" : ""}`, title: `${count(seen.seen)} / ${count(seen.of)}${isOpen ? ` · ${say("incomplete")}` : ""}`, style: { "--heat": String(Math.round((100 * (seen.share ?? 0)) / strongest)) } }];
  };
  const head = [say("cohort"), say("joined"), ...Array.from({ length: longest }, (_, at) => say("after", say(own.every), count(at + 1)))];
  const rows = own.cohorts.map((one) => [period(one.period), [count(one.joined), { class: "number" }], ...Array.from({ length: longest }, (_, at) => cell(one.after[at]))]);
  return table(head, rows, `${say("retention_of", called(own.stage), say(own.every))} ${name}`);
}

// ---- what they did instead

function next({ stage }) {
  const own = MEASURED?.next.find((one) => one.stage === stage);
  if (!own) return undefined;
  const most = Math.max(0, ...own.events.map((one) => one.visits));
  const rows = own.events.map((one) => [one.event === undefined ? say("nothing_more") : bdi(called(one.event)), [count(one.visits), { class: "number" }], bar(one.visits, most)]);
  return titled(idOf("next", stage), `${say("next")} · ${say("next_of", isolated(called(stage)))}`, table([say("event"), say("visits"), drawn()], rows, say("next_of", called(stage))));
}

// ---- goals

function goals({ goals: paths }) {
  const own = paths.map((path) => DATA.goals.find((one) => one.path === path)).filter(Boolean);
  return titled(idOf("goals", paths.join()), say("goals"), own.length > 0 && h("div", { class: "cards" }, own.map(goal)));
}

function goal(own) {
  const numbersOf = MEASURED?.goals.find((one) => one.path === own.path);
  const [from, to] = [own.fields.from?.from, own.fields.from?.to];
  const unit = numbersOf?.unit;
  const fact = (word, number) => number !== undefined && h("div", {}, h("dt", {}, say(word)), h("dd", {}, value(number, unit)));
  return h("article", { class: "card" }, h("h3", {}, bdi(own.label)),
    from && h("p", {}, say("goal_line", said(from), said(to)), own.fields.between && h("span", { class: "quiet" }, ` · ${say("goal_between", said(own.fields.between.from), said(own.fields.between.to))}`)),
    numbersOf && h("p", { class: "state" }, progress(numbersOf)),
    numbersOf && course(numbersOf),
    h("dl", { class: "facts" }, fact("goal_planned", numbersOf?.planned), fact("goal_actual", numbersOf?.actual), fact("goal_forecast", numbersOf?.forecast)),
    [own.fields.milestone].flat().filter(Boolean).map((one) => h("p", { class: "quiet" }, `${say("milestone")}: ${said(one.value)}, ${said(one.date)}`)),
    own.fields.owner && h("p", { class: "quiet who" }, `${say("owner")}: `, said(Object.values(own.fields.owner)[0])));
}

function progress(own) {
  if (own.actual === undefined) return badge("open", say("no_value"));
  if (own.on_track === undefined) return badge("open", say("not_begun"));
  return own.on_track ? badge("good", `✓ ${say("on_track")}`) : badge("bad", `✗ ${say("behind")}`);
}

/// The way from where it began to where it should end, with a tick where it should be now.
function course(own) {
  const at = (number) => (number === undefined ? undefined : Math.max(0, Math.min(1, (number - own.from) / (own.to - own.from))));
  if (own.actual === undefined || own.from === own.to) return undefined;
  return h("div", { class: "course" }, bar(at(own.actual), 1, at(own.planned)), h("p", { class: "ends quiet" }, h("span", {}, value(own.from, own.unit)), h("span", {}, value(own.to, own.unit))));
}

// ---- experiments

function experiments({ experiments: paths }) {
  const own = paths.map((path) => DATA.experiments.find((one) => one.path === path)).filter(Boolean);
  return titled(idOf("experiments", paths.join()), say("experiments"), own.map(experiment));
}

function experiment(own) {
  const numbersOf = MEASURED?.experiments.find((one) => one.path === own.path);
  const on = own.fields.on;
  const lead = [h("h3", {}, bdi(own.label)), own.docs && h("p", { class: "docs" }, bdi(own.docs)),
    h("p", { class: "quiet" }, on && say("experiment_on", said(on.from), said(on.to)), own.fields.between && ` · ${say("goal_between", said(own.fields.between.from), said(own.fields.between.to))}`)];
  if (!numbersOf) return h("article", { class: "card wide" }, lead);
  const least = Math.min(...numbersOf.variants.map((one) => one.of));
  const power = numbersOf.is_powered === undefined ? undefined
    : numbersOf.is_powered ? badge("good", `✓ ${say("powered")}`) : badge("open", say("not_powered", count(least), count(Math.ceil(numbersOf.needed ?? 0))));
  const between = (one) => (one.low === undefined ? "–" : `${share(one.low)} – ${share(one.high)}`);
  const versus = (one) => {
    if (one.difference === undefined) return "–";
    const word = one.differs === undefined ? "" : badge(one.differs ? "good" : "open", say(one.differs ? "differs" : "not_yet"));
    return h("span", {}, points(one.difference), " ", word);
  };
  const rows = numbersOf.variants.map((one) => [bdi(one.name), [count(one.assigned), { class: "number" }], [`${count(one.arrived)} / ${count(one.of)}`, { class: "number" }], [one.rate === undefined ? "–" : share(one.rate), { class: "number" }], between(one), versus(one)]);
  const words = numbersOf.variants.map((one) => `${one.name}: ${one.rate === undefined ? say("no_value") : `${share(one.rate)} (${between(one)})`}`).join("; ");
  return h("article", { class: "card wide" }, lead, h("p", { class: "state" }, power),
    numbersOf.variants.some((one) => one.rate !== undefined) && intervals({ words, variants: numbersOf.variants }),
    table([say("variant"), say("dealt"), say("arrived"), say("rate"), say("interval"), say("versus")], rows, own.label));
}

// ---- what the plan comes to

function forecast() {
  const own = DATA.forecast;
  if (!own?.months.length || !own.funnels.length) return undefined;
  return titled("forecast", say("forecast"), h("p", { class: "quiet" }, say("forecast_about")),
    monthly(own), sources(own), promises(own), levers(own));
}

/// New customers by month: by the plan, and if the measured rates last.
function monthly(own) {
  const again = DATA.as_measured;
  const customers = (from) => from.total.months.map((month) => month.customers);
  if (own.total.customers === undefined || !own.total.months.length) return undefined;
  const series = [{ name: say("forecast_planned"), values: customers(own), dashed: true }];
  if (again) series.push({ name: say("forecast_measured"), values: customers(again) });
  return lines({ title: say("forecast_customers"), words: say("forecast_customers"), names: own.months.map(month), series, show: count });
}

const month = (name) => (/^\d+$/.test(name) ? say("month_number", count(Number(name))) : period(name));

function sources(own) {
  const all = [...own.channels, ...(own.referred ? [own.referred] : []), own.total];
  const amount = (number) => [number === undefined ? "–" : money(number, own.currency), { class: "number" }];
  const name = (one) => (one === own.total ? say("together") : one === own.referred ? say("brought") : called(one.path));
  const rows = all.map((one) => [bdi(name(one)), [count(one.people), { class: "number" }], [one.customers === undefined ? "–" : count(one.customers), { class: "number" }],
    [one.conversion === undefined ? "–" : share(one.conversion), { class: "number" }], amount(one.cost), amount(one.cac), amount(one.ltv),
    [one.ltv_to_cac === undefined ? "–" : plain(Number(one.ltv_to_cac.toPrecision(3))), { class: "number" }], [one.payback_month === undefined ? "–" : count(one.payback_month), { class: "number" }]]);
  const words = ["channel", "n_people_month", "new_customers", "conversion", "cost", "cac", "ltv", "ltv_to_cac", "payback"];
  return [h("h3", {}, say("forecast_sources")), table(words.map((word) => say(word)), rows, say("forecast_sources"))];
}

function promises(own) {
  const told = own.promises.filter((one) => one.verdict !== "untold");
  if (!told.length) return undefined;
  const need = (one) => one.needs && h("span", {}, wayName(one.needs.transition), ` ${share(one.needs.is)} `, RTL ? "←" : "→", ` ${share(one.needs.should_be)}`);
  const rows = told.map((one) => [bdi(called(one.path)), [`${SIGNS[one.comparison] ?? one.comparison} ${value(one.promised, one.unit)}`, { class: "number" }], [value(one.planned, one.unit), { class: "number" }],
    one.verdict === "kept" ? badge("good", `✓ ${say("kept")}`) : badge("bad", `✗ ${say("not_kept")}`), need(one) ?? ""]);
  return [h("h3", {}, say("promises")), table(["promise", "target", "planned", "verdict", "needed"].map((word) => say(word)), rows, say("promises"))];
}

function wayName(path) {
  const [from, to] = path.split(" -> ");
  return [bdi(called(from)), RTL ? " ← " : " → ", bdi(called(to))];
}

function levers(own) {
  const few = own.levers.slice(0, 6);
  if (!few.length) return undefined;
  const most = Math.max(...few.map((one) => Math.abs(one.elasticity)));
  const rows = few.map((one) => [h("span", {}, wayName(one.transition)), [share(one.rate), { class: "number" }], [points(one.elasticity / 100), { class: "number" }], bar(Math.abs(one.elasticity), most)]);
  return [h("h3", {}, say("levers")), table([say("way"), say("planned"), say("elasticity"), drawn()], rows, say("levers"))];
}

// ---- messages

function sequences({ sequences: paths }) {
  const own = paths.map((path) => DATA.sequences.find((one) => one.path === path)).filter(Boolean);
  const aims = (message) => {
    const aim = [message.aims?.aims_for].flat().find(Boolean);
    return aim ? Object.values(aim).map((one) => said(one)).filter(Boolean).join(" · ") : "–";
  };
  const numbers = new Map((MEASURED?.messages ?? []).filter((own) => own.sent || own.delivered).map((own) => [own.path, own]));
  const told = (part, whole) => [part === undefined ? "–" : whole ? `${count(part)} · ${share(part / whole)}` : count(part), { class: "number" }];
  const fates = (own) => own
    ? [told(own.sent), told(own.delivered, own.sent), told(own.opened, own.delivered || own.sent), told(own.clicked, own.delivered || own.sent), told(own.unsubscribed, own.delivered || own.sent), told(own.converted, own.sent || own.delivered)]
    : Array.from({ length: 6 }, () => told());
  const heads = ["sent", "delivered", "opened", "clicked", "unsubscribed", "converted"].map((word) => say(word));
  const one = (sequence) => {
    const isTold = sequence.messages.some((message) => numbers.has(message.path));
    const rows = sequence.messages.map((message) => [bdi(message.label), bdi(aims(message)), ...(isTold ? fates(numbers.get(message.path)) : [])]);
    return h("article", { class: "card wide" }, h("h3", {}, bdi(sequence.label)), sequence.docs && h("p", { class: "docs" }, bdi(sequence.docs)),
      table([say("message"), say("aims"), ...(isTold ? heads : [])], rows, sequence.label));
  };
  return titled(idOf("sequences", paths.join()), say("sequences"), own.map(one));
}

// ---- about

function aboutNumbers() {
  const log = MEASURED?.log;
  const skipped = log?.skipped && Object.values(log.skipped).some((number) => number > 0) && say("skipped", ...["unreadable", "no_name", "no_time", "no_identity"].map((key) => count(log.skipped[key])));
  const rules = Object.entries(DATA.rules ?? {}).map(([word, own]) => `${word} ${Object.values(own).map(said).join(" ")}`).join(", ");
  const finding = (own) => h("li", {}, badge(own.severity === "error" ? "bad" : own.severity === "warning" ? "few" : "open", say(own.severity)), " ", bdi(own.message), " ", h("code", { dir: "ltr" }, own.name), own.place && h("small", { class: "quiet", dir: "ltr" }, ` ${own.place}`));
  return h("section", { class: "about", "aria-labelledby": "about" }, h("h2", { id: "about" }, say("about_numbers")),
    MEASURED && [h("h3", {}, say("rule")), h("p", {}, h("code", { dir: "ltr" }, rules || say("rule_default"))), log.until && h("p", {}, say("rule_holds", day(log.until)))],
    (skipped || MEASURED?.notes?.length > 0) && [h("h3", {}, say("notes")), h("ul", {}, skipped && h("li", {}, skipped), MEASURED.notes.map((own) => h("li", {}, bdi(own))))],
    h("h3", {}, say("findings")), DATA.findings.length ? h("ul", { class: "findings" }, DATA.findings.map(finding)) : h("p", { class: "quiet" }, say("no_findings")));
}

/// What a board can show.
const SECTIONS = { kpis, funnel, time, retention, next, goals, experiments, sequences, forecast };
