// Which project a file belongs to.

import * as vscode from "vscode";

/// The folder of the project of a file: the nearest one upward that has a configuration or declares a project, within the
/// folder that is open; else the folder of the file.
export async function folderOf(file: vscode.Uri): Promise<vscode.Uri> {
  const outermost = vscode.workspace.getWorkspaceFolder(file)?.uri;
  const own = vscode.Uri.joinPath(file, "..");
  for (let folder = own; ; folder = vscode.Uri.joinPath(folder, "..")) {
    if (await isProject(folder)) return folder;
    if (!outermost || folder.path === outermost.path || folder.path === "/") return own;
  }
}

async function isProject(folder: vscode.Uri): Promise<boolean> {
  const names = (await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name);
  if (names.includes("funnelc.yaml")) return true;
  for (const name of names.filter((own) => own.endsWith(".funnel"))) {
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, name));
    if (/^project\s/mu.test(new TextDecoder().decode(bytes))) return true;
  }
  return false;
}

/// The project of the text that is open, else of the first one in the folders that are.
export async function current(): Promise<vscode.Uri | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  const open = document?.languageId === "funnel" && document.uri.scheme === "file" ? document.uri : undefined;
  const file = open ?? (await vscode.workspace.findFiles("**/*.funnel", "**/node_modules/**", 1))[0];
  if (!file) void vscode.window.showInformationMessage(vscode.l10n.t("No .funnel file is open, and there is none in this folder."));
  return file && folderOf(file);
}
