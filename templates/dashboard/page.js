"use strict";
// Puts the page together: the boards, what is chosen of them, and their sections in order.

const MAIN = document.getElementById("board");
const TOP = document.querySelector("header.top");

/// The items of the board that is open; without boards, or on the one of everything, whatever there is.
function items() {
  const board = DATA.boards.find((own) => own.path === STATE.board) ?? (STATE.board ? undefined : DATA.boards[0]);
  if (!board) return everything();
  // A board of before there is a log would be nearly empty: what the plan comes to stands in for the numbers.
  return MEASURED ? board.items : [...board.items, { shows: "forecast" }];
}

function everything() {
  return [
    { shows: "kpis", kpis: DATA.kpis.map((own) => own.path) },
    ...DATA.funnels.map((own) => ({ shows: "funnel", funnel: own.path, by: ["channel", "segment"] })),
    ...DATA.funnels.flatMap(timeOfConversion),
    ...retentions(),
    ...(MEASURED?.next ?? []).map((own) => ({ shows: "next", stage: own.stage })),
    { shows: "forecast" },
    { shows: "goals", goals: DATA.goals.map((own) => own.path) },
    { shows: "experiments", experiments: DATA.experiments.map((own) => own.path) },
    { shows: "sequences", sequences: DATA.sequences.map((own) => own.path) },
  ];
}

function timeOfConversion(funnel) {
  const [from, to] = [funnel.stages.find((own) => own.entry), funnel.stages.find((own) => own.converts)];
  return from && to && from !== to ? [{ shows: "time", from: from.path, to: to.path }] : [];
}

function retentions() {
  const found = new Map();
  for (const { stage, every, segment } of MEASURED?.retentions ?? []) {
    const key = `${stage} ${every}`;
    const item = found.get(key) ?? { shows: "retention", stage, per: PER[every], split: [] };
    if (segment && !item.split.includes(segment)) item.split.push(segment);
    found.set(key, item);
  }
  return [...found.values()];
}

function boards() {
  if (!DATA.boards.length) return undefined;
  const open = STATE.board ?? DATA.boards[0].path;
  const link = (path, label) => h("li", {}, h("a", { href: address({ board: path }), "aria-current": open === path ? "page" : undefined }, bdi(label)));
  return h("nav", { class: "boards", "aria-label": say("boards") },
    h("ul", {}, DATA.boards.map((own) => link(own.path, own.label)), link("*", say("everything"))));
}

function choice(key, all) {
  const known = choices(key);
  if (!known.length) return undefined;
  const names = known.map((own) => [own, key === "period" ? period(own) : groupName(own)]);
  const options = [["", say(all)], ...names].map(([own, name]) => h("option", { value: own, selected: (STATE[key] ?? "") === own }, name));
  const select = h("select", { id: key }, options);
  select.addEventListener("change", () => { location.hash = address({ [key]: select.value }); });
  return h("label", {}, h("span", {}, say(key)), select);
}

function theme() {
  const names = ["", "light", "dark"].map((own) => [own, say(`theme_${own || "auto"}`)]);
  const select = h("select", { id: "theme" }, names.map(([own, name]) => h("option", { value: own, selected: (STATE.theme ?? "") === own }, name)));
  select.addEventListener("change", () => { location.hash = address({ theme: select.value }); });
  return h("label", {}, h("span", {}, say("theme")), select);
}

function filters() {
  const own = [choice("channel", "all_channels"), choice("segment", "all_segments"), choice("period", "all_periods"), theme()];
  const reset = isFiltered() && h("a", { class: "button", href: address({ channel: "", segment: "", period: "" }) }, say("reset"));
  const form = h("form", { class: "filters", "aria-label": say("filters") }, own, reset);
  form.addEventListener("submit", (event) => event.preventDefault());
  return form;
}

/// What the numbers are made of, in a sentence.
function origin() {
  if (!MEASURED) return h("p", { class: "notice" }, say("no_log"), " ", h("code", { dir: "ltr" }, say("no_log_how")));
  const { events, people, from, until } = MEASURED.log;
  if (!from) return h("p", { class: "notice" }, say("empty_log"));
  const chosen = [STATE.channel && groupName(STATE.channel), STATE.segment && groupName(STATE.segment), STATE.period && period(STATE.period)].filter(Boolean);
  return h("p", { class: "origin", role: "status" }, say("measured", count(events), count(people), day(from), day(until)),
    chosen.length > 0 && h("strong", {}, ` · ${say("filtered", chosen.map(isolated).join(say("comma")))}`));
}

/// Draws the whole page for the state of its address; what has the focus keeps it.
function show() {
  readAddress();
  const focused = document.activeElement?.id;
  const scheme = ["light", "dark"].includes(STATE.theme) ? STATE.theme : "";
  document.documentElement.style.colorScheme = scheme;
  document.querySelector(".controls")?.remove();
  TOP.append(h("div", { class: "controls" }, boards(), filters()));
  MAIN.replaceChildren(origin(), ...items().flatMap(section).filter(Boolean), aboutNumbers(), made());
  document.querySelectorAll(".picture").forEach(toTheMiddle);
  draw();
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/// A picture that is wider than the page begins where its stages are.
function toTheMiddle(picture) {
  const [box, frame] = [picture.querySelector(".fg-box")?.getBoundingClientRect(), picture.getBoundingClientRect()];
  if (box && picture.scrollWidth > picture.clientWidth) picture.scrollLeft += box.left + box.width / 2 - (frame.left + frame.width / 2);
}

function section(item) {
  const make = SECTIONS[item.shows];
  return make?.(item);
}

function made() {
  const generator = document.querySelector("meta[name=generator]").content;
  return h("footer", { class: "made" }, `${say("made")} `, bdi(generator), ` ${say("from")} `,
    DATA.files.map((file, at) => [at ? say("comma") : "", h("code", { dir: "ltr" }, file)]));
}

addEventListener("hashchange", show);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
addEventListener("beforeprint", () => document.querySelectorAll("details.numbers").forEach((own) => { own.open = false; }));
show();
