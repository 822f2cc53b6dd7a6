"use strict";
// Follows what `funnelc serve` builds: reloads the page that is shown, and says what the checks found.

const [pages, status, toggle, counts, page, findings] = ["pages", "status", "toggle", "counts", "page", "findings"].map((id) => document.getElementById(id));
const words = document.body.dataset;
let state = { version: 0, pages_version: 0, pages: [] };

/// The page of the address, else the dashboard, else the first there is.
function chosen() {
  const wanted = decodeURIComponent(location.hash.slice(1));
  const known = state.pages;
  return known.find((own) => own === wanted) ?? known.find((own) => own.startsWith("dashboard/index")) ?? known[0];
}

function link(path) {
  const item = document.createElement("li");
  const own = document.createElement("a");
  own.href = `#${encodeURIComponent(path)}`;
  own.textContent = path.replace(/\.html$/, "").replace(/\/index/, "");
  if (path === chosen()) own.setAttribute("aria-current", "page");
  item.append(own);
  return item;
}

const addressOf = (path) => `/${path.split("/").map(encodeURIComponent).join("/")}`;

/// Shows the chosen page; the same page is loaded again, which keeps its place and its own address.
function open(isNew) {
  const path = chosen();
  pages.replaceChildren(...state.pages.map(link));
  page.hidden = path === undefined;
  if (path === undefined) return;
  const shown = page.dataset.path === path;
  if (shown && isNew) page.contentWindow.location.reload();
  else if (!shown) { page.dataset.path = path; page.src = addressOf(path); }
}

function tell() {
  const { errors, others } = state.counts;
  counts.textContent = `${errors} ${words.errors}, ${others} ${words.others}`;
  toggle.classList.toggle("bad", errors > 0);
  status.classList.toggle("bad", !state.is_current);
  status.textContent = state.trouble ?? (state.is_current ? words.current : state.pages.length ? words.stale : words.empty);
}

function showFindings(isShown) {
  findings.hidden = !isShown;
  toggle.setAttribute("aria-expanded", String(isShown));
  if (isShown) findings.src = "/~/findings";
}

async function follow() {
  for (;;) {
    try {
      const next = await (await fetch(`/~/state?seen=${state.version}`)).json();
      if (next.version === state.version) continue;
      const before = state;
      state = next;
      tell();
      open(next.pages_version !== before.pages_version);
      // What is wrong is shown at once; what was read stays open until it is closed.
      showFindings(next.counts.errors > 0 || !findings.hidden);
    } catch {
      status.textContent = words.gone;
      status.classList.add("bad");
      state.version = 0;
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
}

addEventListener("hashchange", () => open(false));
toggle.addEventListener("click", () => showFindings(findings.hidden));
follow();
