// The program `funnelc`: where it is, whether it can do what the editor needs, and what to do where it cannot.

import { execFile } from "node:child_process";
import * as vscode from "vscode";

const HELP = "https://funnelc.github.io/book/editors/vscode.html";

/// What is wrong with a program, in words for the one who writes.
export class Unusable extends Error {}

interface Ran {
  readonly code: number | string;
  readonly out: string;
}

/// Runs the program to its end; what it printed.
export function run(program: string, args: readonly string[], cwd?: string): Promise<Ran> {
  return new Promise((done) => {
    const options = { timeout: 60_000, maxBuffer: 1 << 26, windowsHide: true, ...(cwd === undefined ? {} : { cwd }) };
    execFile(program, [...args], options, (error, out, err) => {
      done({ code: error === null ? 0 : (error.code ?? "killed"), out: out === "" ? err : out });
    });
  });
}

/// The path that is set, else the name, which is looked for on PATH.
export function path(): string {
  const own = vscode.workspace.getConfiguration("funnelc").get<string>("path", "").trim();
  return own === "" ? "funnelc" : own;
}

/// The program, once it has shown that it is there and answers editors.
export async function found(): Promise<string> {
  const program = path();
  const { code, out } = await run(program, ["lsp", "--version"]);
  if (code === 0 && out.startsWith("funnelc")) return program;
  if (code === "ENOENT") throw new Unusable(program === "funnelc" ? vscode.l10n.t("The program funnelc is not on the PATH.") : vscode.l10n.t("There is no program at {0}.", program));
  if (code === "EACCES") throw new Unusable(vscode.l10n.t("{0} may not be run.", program));
  const version = await run(program, ["--version"]);
  const first = version.out.trim().split("\n")[0] ?? "";
  if (version.code === 0 && first.startsWith("funnelc ")) {
    throw new Unusable(vscode.l10n.t("{0} is too old: it does not answer editors yet (it has no “funnelc lsp”).", first));
  }
  throw new Unusable(vscode.l10n.t("{0} is not funnelc; it said: {1}", program, out.trim().split("\n")[0] ?? ""));
}

/// Says what is wrong, and offers what helps.
export async function complain(fault: unknown): Promise<void> {
  if (!(fault instanceof Unusable)) throw fault;
  const [choose, settings, help] = [vscode.l10n.t("Choose the Program…"), vscode.l10n.t("Settings"), vscode.l10n.t("How to Install It")];
  const without = vscode.l10n.t("Without it, texts are coloured but not checked.");
  const chosen = await vscode.window.showErrorMessage(`${fault.message} ${without}`, choose, settings, help);
  if (chosen === choose) await chooseProgram();
  if (chosen === settings) await vscode.commands.executeCommand("workbench.action.openSettings", "funnelc.path");
  if (chosen === help) await vscode.env.openExternal(vscode.Uri.parse(HELP));
}

async function chooseProgram(): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({ title: vscode.l10n.t("The program funnelc"), canSelectMany: false });
  const file = chosen?.[0];
  if (file) await vscode.workspace.getConfiguration("funnelc").update("path", file.fsPath, vscode.ConfigurationTarget.Global);
}

/// The language that findings and pages are said in.
export function language(scope?: vscode.Uri): "en" | "ar" {
  const own = vscode.workspace.getConfiguration("funnelc", scope).get<string>("language", "auto");
  if (own === "en" || own === "ar") return own;
  return vscode.env.language.startsWith("ar") ? "ar" : "en";
}
