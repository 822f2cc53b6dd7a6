// Runs inside the page that is shown: a bar above it, what is under the cursor marked in it, and clicks led to the text.

import type { Heard, Said, Sought, Told, Word } from "./page";

interface Api {
  postMessage(said: Said): void;
  getState(): Kept | undefined;
  setState(kept: Kept): void;
}

/// What outlives a page that is loaded again.
interface Kept {
  readonly page: string;
  readonly top: number;
  readonly hash: string;
}

declare function acquireVsCodeApi(): Api;

const api = acquireVsCodeApi();
const told = JSON.parse(document.currentScript?.dataset["told"] ?? "{}") as Told;
let sought: readonly Sought[] = [];
let marked: Element[] = [];

const MARKS = `
  body { padding: 0 !important; }
  .funnelc-here { outline: 3px solid var(--vscode-focusBorder, #0b5a8a) !important; outline-offset: 4px; border-radius: 6px; }
  [data-stage], [data-way] { cursor: pointer; }
  [data-stage].funnelc-here, [data-way].funnelc-here { outline: none !important; }
  [data-stage].funnelc-here .fg-box, rect.funnelc-here { stroke: var(--vscode-focusBorder, #0b5a8a) !important; stroke-width: 5px !important; }
  [data-way].funnelc-here path { stroke: var(--vscode-focusBorder, #0b5a8a) !important; stroke-width: 5px; }
  [data-way].funnelc-here polygon { fill: var(--vscode-focusBorder, #0b5a8a) !important; }
`;

const BAR = `
  :host { all: initial; color-scheme: inherit; position: sticky; inset-block-start: 0; z-index: 10; display: block; }
  div { display: flex; flex-wrap: wrap; gap: .3rem .9rem; align-items: center; padding: .3rem .7rem; font: 13px/1.5 system-ui, "Segoe UI", "Noto Sans", "Noto Sans Arabic", sans-serif;
    background: var(--vscode-editorWidget-background, Canvas); color: var(--vscode-editorWidget-foreground, CanvasText); border-block-end: 1px solid var(--vscode-editorWidget-border, GrayText); }
  select, button { font: inherit; color: var(--vscode-dropdown-foreground, CanvasText); background: var(--vscode-dropdown-background, Canvas); border: 1px solid var(--vscode-dropdown-border, GrayText); border-radius: 4px; padding: .1rem .4rem; max-inline-size: 16rem; }
  label { display: inline-flex; gap: .35rem; align-items: center; }
  p { margin: 0; margin-inline-start: auto; }
  p.bad { color: var(--vscode-errorForeground, #b3261e); font-weight: 600; }
  :focus-visible { outline: 2px solid var(--vscode-focusBorder, #0b5a8a); outline-offset: 1px; }
`;

/// Light or dark, as the editor is; what people choose on the page itself goes before it.
const dressed = new CSSStyleSheet();
function dress(scheme: "light" | "dark"): void {
  dressed.replaceSync(`:root { color-scheme: ${scheme}; }`);
}

function sheet(text: string): CSSStyleSheet {
  const own = new CSSStyleSheet();
  own.replaceSync(text);
  return own;
}

function made<K extends keyof HTMLElementTagNameMap>(name: K, attributes: Record<string, string>, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const own = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) own.setAttribute(key, value);
  own.append(...children);
  return own;
}

// ---- the bar

const status = made("p", { role: "status" });

function bar(): HTMLElement {
  const host = made("div", { id: "funnelc-bar" });
  const root = host.attachShadow({ mode: "closed" });
  root.adoptedStyleSheets = [sheet(BAR)];
  const pages = made("select", { "aria-label": told.words.page }, ...told.pages.map((own) => made("option", { value: own, dir: "ltr" }, own.replace(/\.html$/u, "").replace(/\/index/u, ""))));
  pages.value = told.page;
  pages.addEventListener("change", () => api.postMessage({ type: "open", page: pages.value }));
  const follows = made("input", { type: "checkbox" });
  follows.checked = told.follows;
  follows.addEventListener("change", () => api.postMessage({ type: "follow", follows: follows.checked }));
  const browser = made("button", { type: "button" }, told.words.browser);
  browser.addEventListener("click", () => api.postMessage({ type: "browse" }));
  root.append(made("div", { role: "toolbar", "aria-label": told.words.bar, dir: told.direction }, pages, made("label", {}, follows, told.words.follow), browser, status));
  return host;
}

function say(word: Word, detail: string): void {
  status.textContent = detail === "" ? told.words[word] : detail;
  status.classList.toggle("bad", word !== "current" && word !== "elsewhere");
}

// ---- what is under the cursor

/// The elements that show something, by the marks that the pages of funnelc give them.
function shownAs({ path, kind }: Sought): Element[] {
  const name = CSS.escape(path);
  const ids = [`${kind ?? "event"}-${path}`, path.replaceAll(".", "-"), path.replace(".", ":"), `event-${path.replace(".", ":")}`, `graph-${path}`, `funnel-${path}`];
  const first = ids.map((own) => document.getElementById(own)).find((own) => own !== null);
  const found = [...document.querySelectorAll(`[data-stage="${name}"], [data-way="${name}"]`), ...(first ? [first] : [])];
  return found.length > 0 || kind !== undefined ? found : [...document.querySelectorAll(`[id$="-${name}"]`)].filter((own) => /^[a-z]+-/u.test(own.id)).slice(0, 1);
}

function mark(scrolls: boolean): void {
  for (const own of marked) own.classList.remove("funnelc-here");
  marked = sought.map(shownAs).find((own) => own.length > 0) ?? [];
  for (const own of marked) own.classList.add("funnelc-here");
  const first = marked[0];
  if (!first || !scrolls) return;
  // What is near may be seen to come; a long way would only be waited for.
  const isNear = Math.abs(first.getBoundingClientRect().top) < 2 * innerHeight;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  first.scrollIntoView({ block: "center", inline: "nearest", behavior: isNear && !isCalm ? "smooth" : "instant" });
}

function seek(next: readonly Sought[]): void {
  const isSame = JSON.stringify(next) === JSON.stringify(sought);
  sought = next;
  if (isSame) return;
  mark(true);
  if (marked.length === 0 && next.length > 0) api.postMessage({ type: "missing" });
}

// ---- clicks

/// What was clicked, as paths to look for; nothing where a link or a control was.
function clicked(target: Element): string[] {
  if (target.closest("a, button, input, select, summary, label") || !getSelection()?.isCollapsed) return [];
  const drawn = target.closest("[data-stage], [data-way]");
  if (drawn) return [drawn.getAttribute("data-stage") ?? drawn.getAttribute("data-way") ?? ""];
  const heading = target.closest("h2, h3, h4, dt, tr[id]");
  const id = heading?.closest("[id]")?.id;
  if (id === undefined) return [];
  const plain = id.replace(/^(?:[a-z]+)-(?=.)/u, "").replace(":", ".");
  return [plain, plain.split(".").slice(0, -1).join("."), id.replace("-", "."), id].filter((own) => own !== "");
}

addEventListener("click", (event) => {
  const target = event.target;
  if (!(target instanceof Element)) return;
  const link = target.closest("a");
  if (link) return follow(event, link);
  const paths = clicked(target);
  if (paths.length > 0) api.postMessage({ type: "reveal", paths });
}, true);

/// Links within the page and to other pages work as in a browser.
function follow(event: Event, link: HTMLAnchorElement): void {
  const target = link.getAttribute("href") ?? "";
  if (/^[a-z][a-z0-9+.-]*:/iu.test(target)) return;
  event.preventDefault();
  event.stopPropagation();
  const [file = "", hash] = target.split("#");
  if (file === "") location.hash = hash ?? "";
  else api.postMessage({ type: "open", page: new URL(file, `page:/${told.page}`).pathname.slice(1) });
}

// ---- the page as a whole

/// What draws with colours of its own draws anew.
function redress(): void {
  const { classList } = document.body;
  dress(classList.contains("vscode-light") || classList.contains("vscode-high-contrast-light") ? "light" : "dark");
  dispatchEvent(new HashChangeEvent("hashchange"));
}

function keep(): void {
  api.setState({ page: told.page, top: scrollY, hash: location.hash });
}

addEventListener("message", (event: MessageEvent<Heard>) => {
  const heard = event.data;
  if (heard.type === "seek") seek(heard.sought);
  if (heard.type === "status") say(heard.word, heard.detail);
});

dress(told.scheme);
document.adoptedStyleSheets = [dressed, sheet(MARKS)];
addEventListener("DOMContentLoaded", () => {
  document.body.prepend(bar());
  new MutationObserver(redress).observe(document.body, { attributeFilter: ["class"] });
  const kept = api.getState();
  if (kept?.page === told.page) {
    if (kept.hash !== "") location.hash = kept.hash;
    scrollTo({ top: kept.top });
  }
  addEventListener("scroll", keep, { passive: true });
  // A page that draws itself anew, as the dashboard does, loses its marks.
  addEventListener("hashchange", () => { keep(); requestAnimationFrame(() => mark(false)); });
  api.postMessage({ type: "ready" });
});
