// From the cursor to names, and from names to places, by the symbols of the language server.

import * as vscode from "vscode";

import type { Sought } from "./page";

export interface Place extends Sought {
  readonly range: vscode.Range;
  readonly name: vscode.Range;
}

/// Every declaration of a document under its full path: a stage under its funnel's name, a message under its sequence's,
/// whatever stands between.
export async function outline(document: vscode.TextDocument): Promise<Place[]> {
  const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>("vscode.executeDocumentSymbolProvider", document.uri);
  return (symbols ?? []).flatMap((top) => [placeOf(top, top.name), ...inside(top, top.name)]);
}

function inside(outer: vscode.DocumentSymbol, root: string): Place[] {
  return outer.children.flatMap((own) => [placeOf(own, under(root, own.name)), ...inside(own, root)]);
}

/// The full path of a name; a way has one at each end.
function under(root: string, name: string): string {
  return name.split(" → ").map((end) => `${root}.${end}`).join(" -> ");
}

/// The server says the kind first, then the label.
function placeOf({ detail, range, selectionRange }: vscode.DocumentSymbol, path: string): Place {
  const kind = /^[a-z]+/u.exec(detail)?.[0];
  return { path, range, name: selectionRange, ...(kind === undefined ? {} : { kind }) };
}

const NAME = /[\p{L}_][\p{L}\p{M}\p{N}_]*(?:\.[\p{L}\p{M}\p{N}_]+)*/u;

/// What the cursor stands in: the name under it, then the declarations around it, innermost first.
export async function around(document: vscode.TextDocument, at: vscode.Position): Promise<Sought[]> {
  const outer = (await outline(document)).filter((own) => own.range.contains(at)).reverse();
  const place = document.getWordRangeAtPosition(at, NAME);
  const word = place && document.getText(place);
  const root = outer.at(-1)?.path;
  const named = word === undefined ? [] : [...(root === undefined ? [] : [{ path: `${root}.${word}` }]), { path: word }];
  return [...named, ...outer.map(({ path, kind }) => ({ path, ...(kind === undefined ? {} : { kind }) }))];
}

/// Where the first of some paths is declared in the files of a project.
export async function declared(folder: vscode.Uri, paths: readonly string[]): Promise<vscode.Location | undefined> {
  const files = await vscode.workspace.findFiles(new vscode.RelativePattern(folder, "**/*.funnel"));
  const found = new Map<string, vscode.Location>();
  for (const file of files) {
    for (const own of await outline(await vscode.workspace.openTextDocument(file))) found.set(own.path, new vscode.Location(file, own.name));
  }
  return paths.map((path) => found.get(path)).find((own) => own !== undefined);
}
