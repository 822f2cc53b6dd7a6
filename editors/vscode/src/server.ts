// The language server: `funnelc lsp`, started over standard input and output, and started again when it should be.

import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type Location, type Position, type ServerOptions, Trace } from "vscode-languageclient/node";

import * as program from "./program";

/// Shows the places that use something: the command of the lenses above declarations.
export async function showReferences(uri: string, position: Position, places: Location[]): Promise<void> {
  const at = new vscode.Position(position.line, position.character);
  const found = places.map(({ uri: file, range: { start, end } }) => new vscode.Location(vscode.Uri.parse(file), new vscode.Range(start.line, start.character, end.line, end.character)));
  await vscode.commands.executeCommand("editor.action.showReferences", vscode.Uri.parse(uri), at, found);
}

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  /// Starts and stops follow one another, however fast they are asked for.
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly log: vscode.LogOutputChannel) {}

  restart(): Promise<void> {
    this.turn = this.turn.then(() => this.stop()).then(() => this.start());
    return this.turn;
  }

  dispose(): Promise<void> {
    this.turn = this.turn.then(() => this.stop());
    return this.turn;
  }

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    // A server that hangs is no reason not to start another one.
    await client?.dispose(2_000).catch((fault: unknown) => this.log.warn(String(fault)));
  }

  private async start(): Promise<void> {
    try {
      const command = await program.found();
      const client = new LanguageClient("funnelc", "funnelc", this.how(command), this.what());
      this.client = client;
      await client.start();
      await client.setTrace(Trace.fromString(vscode.workspace.getConfiguration("funnelc").get("trace.server", "off")));
      this.log.info(`${command} lsp: ${client.initializeResult?.serverInfo?.version ?? ""}`);
    } catch (fault) {
      this.log.error(String(fault));
      if (fault instanceof program.Unusable) void program.complain(fault);
    }
  }

  private how(command: string): ServerOptions {
    return { command, args: ["lsp"] };
  }

  private what(): LanguageClientOptions {
    return {
      documentSelector: [{ language: "funnel", scheme: "file" }, { language: "funnel", scheme: "untitled" }],
      outputChannel: this.log,
      initializationOptions: { language: program.language(), commands: true },
      synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/{*.funnel,funnelc.yaml}") },
    };
  }
}
