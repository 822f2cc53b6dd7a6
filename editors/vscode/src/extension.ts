// Where the parts are put together.

import * as vscode from "vscode";

import { Pages, registered } from "./commands";
import { Preview } from "./preview";
import * as program from "./program";
import { Server, showReferences } from "./server";

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("funnelc", { log: true });
  const server = new Server(log);
  const pages = new Pages();
  const preview = new Preview(log);
  context.subscriptions.push(
    log, server, preview, ...registered(pages),
    vscode.workspace.registerTextDocumentContentProvider(Pages.scheme, pages),
    vscode.commands.registerCommand("funnelc.preview", () => preview.open().catch(program.complain)),
    vscode.commands.registerCommand("funnelc.showReferences", showReferences),
    vscode.commands.registerCommand("funnelc.restart", () => server.restart()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (["funnelc.path", "funnelc.language", "funnelc.trace"].some((own) => change.affectsConfiguration(own))) void server.restart();
    }),
    // What may be run was limited until the folder was trusted.
    vscode.workspace.onDidGrantWorkspaceTrust(() => server.restart()),
  );
  await server.restart();
}
