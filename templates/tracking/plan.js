"use strict";
(() => {
  const form = document.querySelector(".search");
  const field = document.getElementById("search");
  const found = document.getElementById("found");
  const nothing = document.getElementById("nothing");
  const marks = /[\p{M}\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;
  const letters = { "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ء": "" };
  // What is typed is found however it is written: without signs over letters, in any form of alef, in any digits.
  const plain = (text) => text.normalize("NFKD").replace(marks, "").toLowerCase()
    .replace(/[ٱىیکةء]/g, (letter) => letters[letter])
    .replace(/[٠-٩۰-۹]/g, (digit) => String(digit.codePointAt(0) & 15))
    .replace(/[\s_.:\-–/]+/g, " ").trim();
  const links = [...document.querySelectorAll(".index li")];
  const events = links.map((line) => {
    const event = document.getElementById(line.dataset.for);
    return { line, link: line.querySelector("a"), event, text: plain(`${event.dataset.keys} ${event.textContent}`) };
  });
  const show = () => {
    const words = plain(field.value).split(" ");
    let count = 0;
    for (const { line, event, text } of events) {
      const fits = words.every((word) => text.includes(word));
      line.hidden = event.hidden = !fits;
      count += fits ? 1 : 0;
    }
    const all = field.value.trim() === "";
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const words_for = all ? found.dataset.all : count ? found.dataset.some : found.dataset.none;
    found.textContent = words_for.replace("%1", number.format(count)).replace("%2", number.format(events.length));
    nothing.hidden = count > 0 || all;
  };
  const shown = () => events.filter(({ line }) => !line.hidden).map(({ link }) => link);
  const move = (step) => {
    const open = [field, ...shown()];
    const at = open.indexOf(document.activeElement);
    const next = open[Math.min(Math.max(at + step, 0), open.length - 1)];
    if (at >= 0) next.focus();
    return at >= 0;
  };
  document.addEventListener("keydown", (key) => {
    if (key.ctrlKey || key.metaKey || key.altKey) return;
    const writing = document.activeElement === field;
    if (key.key === "/" && !writing) field.focus();
    else if (key.key === "Escape" && field.value) { field.value = ""; show(); field.focus(); }
    else if (key.key === "ArrowDown" && move(1)) {}
    else if (key.key === "ArrowUp" && move(-1)) {}
    else return;
    key.preventDefault();
  });
  form.addEventListener("submit", (sent) => {
    sent.preventDefault();
    const [first] = shown();
    if (first) first.click();
  });
  // A link to an event that the search hides ends the search.
  const reveal = () => {
    let name = location.hash.slice(1);
    try { name = decodeURIComponent(name); } catch { /* it is a name as it is */ }
    const target = document.getElementById(name);
    const event = target && target.closest(".event");
    if (event && event.hidden) { field.value = ""; show(); target.scrollIntoView(); }
  };
  window.addEventListener("hashchange", reveal);
  field.addEventListener("input", show);
  if (matchMedia("(max-width: 60rem)").matches) {
    for (const list of document.querySelectorAll(".fold")) list.open = false;
    field.addEventListener("focus", () => { document.querySelector(".index").open = true; });
  }
  form.hidden = false;
  show();
})();
