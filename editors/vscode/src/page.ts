// A page of `funnelc serve` as the document of a webview: the same page, under the same policy, with one script more.

/// What the script in the page is told when it begins.
export interface Told {
  readonly pages: readonly string[];
  readonly page: string;
  readonly follows: boolean;
  readonly direction: "ltr" | "rtl";
  readonly scheme: "light" | "dark";
  readonly words: Readonly<Record<Word, string>>;
}

export type Word = "bar" | "page" | "follow" | "browser" | "current" | "stale" | "ended" | "elsewhere";

/// What the script says.
export type Said =
  | { readonly type: "ready" }
  | { readonly type: "open"; readonly page: string }
  | { readonly type: "reveal"; readonly paths: readonly string[] }
  | { readonly type: "missing" }
  | { readonly type: "follow"; readonly follows: boolean }
  | { readonly type: "browse" };

/// Something under the cursor: a path, and its kind where that is known.
export interface Sought {
  readonly path: string;
  readonly kind?: string;
}

/// What the script is told later.
export type Heard =
  | { readonly type: "seek"; readonly sought: readonly Sought[] }
  | { readonly type: "status"; readonly word: Word; readonly detail: string };

const POLICY = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/u;
/// For pages of templates that people wrote without a policy.
const STRICT = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'";

/// The page, with a script that only its own number lets in: nothing that stands in the page becomes a script by it.
export function framed(html: string, script: string, nonce: string, told: Told): string {
  const policy = allowing(POLICY.exec(html)?.[1] ?? STRICT, nonce);
  const head = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  const own = `<script nonce="${nonce}" data-told="${attribute(told)}">${script.replaceAll("</script", "<\\/script")}</script>`;
  const rest = html.replace(POLICY, "");
  const at = /<head[^>]*>/u.exec(rest);
  const start = at ? at.index + at[0].length : 0;
  return `${rest.slice(0, start)}${head}${own}${rest.slice(start)}`;
}

/// A policy that lets in one script more.
export function allowing(policy: string, nonce: string): string {
  const directives = policy.split(";").map((own) => own.trim()).filter((own) => own !== "");
  const at = directives.findIndex((own) => own.startsWith("script-src "));
  if (at < 0) return [...directives, `script-src 'nonce-${nonce}'`].join("; ");
  return directives.map((own, index) => (index === at ? `${own} 'nonce-${nonce}'` : own)).join("; ");
}

/// JSON in an attribute. A script with `<script` in an attribute is not let in, whatever its number.
function attribute(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll("&", "&amp;").replaceAll('"', "&quot;");
}

/// The page that shows a kind of declaration best; for the others, any that shows them will do.
const BEST: readonly (readonly [string, readonly string[]])[] = [
  ["email/plan", ["sequence", "email", "sms", "whatsapp", "push", "call", "post", "task", "sending"]],
  ["tracking/plan", ["event", "prop", "props", "variant", "type"]],
  ["dashboard/index", ["funnel", "stage", "transition", "handover"]],
];

export function pageFor(kind: string, pages: readonly string[], language: string): string | undefined {
  const stem = BEST.find(([, kinds]) => kinds.includes(kind))?.[0];
  return stem === undefined ? undefined : (pages.find((own) => own === `${stem}${language}.html`) ?? pages.find((own) => own === `${stem}.html`));
}

/// The language in the name of a page, with its dot: `.ar` of `plan.ar.html`.
export function languageOf(page: string): string {
  return /(\.[a-z]{2,3}(?:-\w+)*)\.html$/u.exec(page)?.[1] ?? "";
}
