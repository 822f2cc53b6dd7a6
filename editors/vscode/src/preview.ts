// The preview beside the text: pages of `funnelc serve`, which follow the cursor and lead back to the text.
//
// The pages are fetched here, where the program runs, and handed to the webview as they are: no port has to be reachable
// from where people look, and the server need not let other pages frame it.

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";

import { logs } from "./commands";
import { type Heard, type Said, type Sought, type Told, type Word, framed, languageOf, pageFor } from "./page";
import { around, declared } from "./places";
import * as program from "./program";
import * as project from "./project";
import { Served, type State } from "./serve";

const PAUSE = 80;

export class Preview implements vscode.Disposable {
  private shown: Shown | undefined;

  constructor(private readonly log: vscode.LogOutputChannel) {}

  /// Shows the preview of the project of the text that is open.
  async open(): Promise<void> {
    const folder = await project.current();
    if (!folder) return;
    if (this.shown?.folder.fsPath === folder.fsPath) return this.shown.reveal();
    const command = await program.found();
    const args = ["--lang", program.language(folder), "serve", folder.fsPath, "--port", "0"];
    const events = await logs(folder, false);
    if (events.length > 0) args.push("--events", ...events);
    this.shown?.dispose();
    this.shown = new Shown(folder, command, args, this.log, () => { this.shown = undefined; });
  }

  dispose(): void {
    this.shown?.dispose();
  }
}

class Shown implements vscode.Disposable {
  private readonly panel: vscode.WebviewPanel;
  private readonly served: Served;
  private readonly script = readFileSync(join(__dirname, "bridge.js"), "utf8");
  private readonly rest: vscode.Disposable[] = [];
  private state: State | undefined;
  private page = "";
  private content = "";
  private follows = true;
  /// Whether the page was chosen by hand: then it stays, unless what is looked for is not on it.
  private isChosen = false;
  private sought: readonly Sought[] = [];
  private isReady = false;
  private timer: NodeJS.Timeout | undefined;
  private editor = vscode.window.activeTextEditor;

  constructor(readonly folder: vscode.Uri, command: string, args: string[], log: vscode.LogOutputChannel, closed: () => void) {
    const title = vscode.l10n.t("Preview: {0}", folder.path.split("/").at(-1) ?? "");
    this.panel = vscode.window.createWebviewPanel("funnelc.preview", title, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }, { enableScripts: true, localResourceRoots: [], retainContextWhenHidden: true });
    this.served = new Served(command, args, folder.fsPath, (line) => log.info(line), (why) => this.tell("ended", why));
    this.panel.webview.onDidReceiveMessage((said: Said) => this.hear(said).catch((fault: unknown) => log.error(String(fault))), undefined, this.rest);
    this.panel.onDidDispose(() => { this.stop(); closed(); });
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.moved(textEditor), undefined, this.rest);
    vscode.window.onDidChangeActiveTextEditor((editor) => editor && this.moved(editor), undefined, this.rest);
    this.served.follow((state) => this.changed(state)).catch((fault: unknown) => log.error(String(fault)));
  }

  reveal(): void {
    this.panel.reveal(undefined, true);
  }

  dispose(): void {
    this.panel.dispose();
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.served.dispose();
    for (const own of this.rest) own.dispose();
  }

  // ---- from the server

  private async changed(state: State): Promise<void> {
    const hasPages = state.pages_version !== this.state?.pages_version;
    this.state = state;
    if (hasPages && state.pages.length > 0) await this.show(state.pages.includes(this.page) ? this.page : (this.first(state) ?? ""));
    this.tellState();
  }

  private first({ pages }: State): string | undefined {
    return pageFor("funnel", pages, program.language(this.folder) === "ar" ? ".ar" : "") ?? pages[0];
  }

  private async show(page: string): Promise<void> {
    const content = await this.served.page(page);
    // What looks the same is not loaded again: it keeps its place.
    if (page === this.page && content === this.content) return;
    [this.page, this.content, this.isReady] = [page, content, false];
    this.panel.webview.html = framed(content, this.script, randomBytes(16).toString("hex"), this.told());
  }

  private told(): Told {
    const words: Record<Word, string> = {
      bar: vscode.l10n.t("Preview"), page: vscode.l10n.t("Page"), follow: vscode.l10n.t("Follow the cursor"), browser: vscode.l10n.t("Open in Browser"),
      current: vscode.l10n.t("up to date"), stale: vscode.l10n.t("the text has errors; this is how it was before"),
      ended: vscode.l10n.t("funnelc serve has ended; close the preview and open it again"), elsewhere: vscode.l10n.t("not on this page"),
    };
    const direction = vscode.env.language.startsWith("ar") ? "rtl" : "ltr";
    const isLight = [vscode.ColorThemeKind.Light, vscode.ColorThemeKind.HighContrastLight].includes(vscode.window.activeColorTheme.kind);
    return { pages: this.state?.pages ?? [], page: this.page, follows: this.follows, direction, scheme: isLight ? "light" : "dark", words };
  }

  private tellState(): void {
    if (this.state) this.tell(this.state.is_current ? "current" : "stale", this.state.trouble ?? "");
  }

  private tell(word: Word, detail: string): void {
    this.send({ type: "status", word, detail });
  }

  private send(heard: Heard): void {
    if (this.isReady) void this.panel.webview.postMessage(heard);
  }

  // ---- from the text

  private moved(editor: vscode.TextEditor): void {
    if (editor.document.languageId !== "funnel") return;
    this.editor = editor;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.seek(), PAUSE);
  }

  private async seek(): Promise<void> {
    const editor = this.editor;
    if (!this.follows || !editor || !editor.document.uri.fsPath.startsWith(this.folder.fsPath)) return;
    this.sought = await around(editor.document, editor.selection.active);
    if (!this.isChosen && (await this.turn())) return;
    this.send({ type: "seek", sought: this.sought });
  }

  // ---- from the page

  private async hear(said: Said): Promise<void> {
    switch (said.type) {
      case "ready":
        this.isReady = true;
        this.tellState();
        return this.seek();
      case "open":
        this.isChosen = true;
        if (this.state?.pages.includes(said.page)) await this.show(said.page);
        return;
      case "follow":
        [this.follows, this.isChosen] = [said.follows, false];
        return this.seek();
      case "missing":
        await this.turn();
        return;
      case "reveal":
        return this.lead(said.paths);
      case "browse":
        await vscode.env.openExternal(await vscode.env.asExternalUri(vscode.Uri.parse(`${await this.served.address}#${encodeURIComponent(this.page)}`)));
    }
  }

  /// Opens the page that shows the innermost declaration best, in the language of the one that is open; whether it is
  /// another one. When it is there, it asks what is under the cursor.
  private async turn(): Promise<boolean> {
    const kind = this.sought.find((own) => own.kind !== undefined)?.kind;
    const page = kind === undefined ? undefined : pageFor(kind, this.state?.pages ?? [], languageOf(this.page));
    if (page === undefined || page === this.page) return false;
    await this.show(page);
    return true;
  }

  /// Shows where something is declared.
  private async lead(paths: readonly string[]): Promise<void> {
    const place = await declared(this.folder, paths);
    if (!place) {
      void vscode.window.setStatusBarMessage(vscode.l10n.t("{0} is not declared in this project", paths[0] ?? ""), 4_000);
      return;
    }
    const column = this.editor?.viewColumn ?? vscode.ViewColumn.One;
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(place.uri), { viewColumn: column, selection: place.range });
  }
}
