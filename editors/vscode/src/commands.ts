// Commands that run the program: in a terminal where people read on, as a page where they look something up.

import * as vscode from "vscode";

import * as program from "./program";
import * as project from "./project";

/// Runs a verb on the project in a terminal.
async function inTerminal(verb: string, rest: (folder: vscode.Uri) => Promise<string[] | undefined>): Promise<void> {
  const folder = await project.current();
  const more = folder && (await rest(folder));
  if (!folder || !more) return;
  await vscode.workspace.saveAll(false);
  const command = await program.found();
  // Arguments are passed as they are, through no shell.
  const execution = new vscode.ProcessExecution(command, ["--lang", program.language(folder), verb, folder.fsPath, ...more], { cwd: folder.fsPath });
  const scope = vscode.workspace.getWorkspaceFolder(folder) ?? vscode.TaskScope.Workspace;
  const task = new vscode.Task({ type: "process", verb }, scope, verb, "funnelc", execution, []);
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, clear: true, showReuseMessage: false };
  await vscode.tasks.executeTask(task);
}

/// The logs of the setting, else those that are chosen now.
export async function logs(folder: vscode.Uri, asks: boolean): Promise<string[]> {
  const set = vscode.workspace.getConfiguration("funnelc", folder).get<string[]>("events", []);
  if (set.length > 0 || !asks) return set;
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t("Logs of events to measure"), canSelectMany: true, defaultUri: folder,
    filters: { [vscode.l10n.t("Logs of events")]: ["parquet", "csv", "jsonl", "ndjson", "json", "gz", "zst"] },
  });
  return (chosen ?? []).map((file) => file.fsPath);
}

async function measure(folder: vscode.Uri): Promise<string[] | undefined> {
  const events = await logs(folder, true);
  return events.length > 0 ? ["--events", ...events] : undefined;
}

/// What is to be explained: the finding under the cursor, else the word there, else what is typed.
async function asked(editor: vscode.TextEditor): Promise<string | undefined> {
  const at = editor.selection.active;
  const under = vscode.languages.getDiagnostics(editor.document.uri).filter((own) => own.range.contains(at));
  const code = under.map(codeOf).find((own) => own !== undefined);
  if (code !== undefined) return code;
  const place = editor.document.getWordRangeAtPosition(at, /[\p{L}_][\p{L}\p{M}\p{N}_]*(?:\.[\p{L}\p{M}\p{N}_]+)*/u);
  if (place) return editor.document.getText(place);
  return vscode.window.showInputBox({ prompt: vscode.l10n.t("A code, a kind, a field, or a name of the project") });
}

function codeOf({ code }: vscode.Diagnostic): string | undefined {
  const value = typeof code === "object" ? code.value : code;
  return value === undefined ? undefined : String(value);
}

/// Pages of `funnelc explain`, as documents that nobody can change.
export class Pages implements vscode.TextDocumentContentProvider {
  static readonly scheme = "funnelc-explain";
  private readonly texts = new Map<string, string>();

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? "";
  }

  async explain(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const word = editor && (await asked(editor));
    if (!editor || word === undefined || word === "") return;
    const command = await program.found();
    const folder = await project.current();
    const general = ["--lang", program.language(editor.document.uri), "explain", word];
    // A name of the project first; codes, kinds and fields are found wherever one is.
    const inside = folder ? await program.run(command, [...general, "--in", folder.fsPath]) : undefined;
    const page = inside?.code === 0 ? inside : await program.run(command, general);
    if (page.code !== 0) {
      void vscode.window.showInformationMessage(page.out.trim());
      return;
    }
    const uri = vscode.Uri.from({ scheme: Pages.scheme, path: `/${word}.md` });
    this.texts.set(uri.path, page.out);
    await vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
  }
}

/// Every command with what it does; what is wrong with the program is said once, in one way.
export function registered(pages: Pages): vscode.Disposable[] {
  const commands: Record<string, () => Promise<void>> = {
    "funnelc.check": () => inTerminal("check", async () => []),
    "funnelc.build": () => inTerminal("build", async () => []),
    "funnelc.measure": () => inTerminal("measure", measure),
    "funnelc.explain": () => pages.explain(),
  };
  return Object.entries(commands).map(([name, act]) => vscode.commands.registerCommand(name, () => act().catch(program.complain)));
}
