// `funnelc serve` for one project: its pages, and a call for each change of them.

import { type ChildProcess, spawn } from "node:child_process";

/// What `/~/state` answers.
export interface State {
  readonly version: number;
  readonly pages_version: number;
  readonly pages: readonly string[];
  readonly counts: { readonly errors: number; readonly others: number };
  readonly trouble: string | null;
  readonly is_current: boolean;
}

const PATIENCE = 30_000;

export class Served {
  private readonly child: ChildProcess;
  private readonly over = new AbortController();
  /// Where it listens.
  readonly address: Promise<string>;

  constructor(program: string, args: readonly string[], cwd: string, log: (line: string) => void, private readonly ended: (why: string) => void) {
    this.child = spawn(program, args, { cwd, stdio: ["ignore", "ignore", "pipe"], windowsHide: true });
    let said = "";
    this.address = new Promise((found, failed) => {
      this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-4_000);
        log(text.trimEnd());
        const open = /open (http:\/\/127\.0\.0\.1:\d+\/)\s/u.exec(said);
        if (open?.[1] !== undefined) found(open[1]);
      });
      this.child.on("error", (fault) => failed(fault));
      this.child.on("exit", () => { failed(new Error(said.trim())); this.finish(said.trim()); });
    });
    // Who opens the preview hears of it; nobody else has to.
    this.address.catch(() => undefined);
  }

  /// A page as text.
  async page(path: string): Promise<string> {
    const answer = await fetch(new URL(path.split("/").map(encodeURIComponent).join("/"), await this.address), { signal: this.over.signal });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.text();
  }

  /// Calls for each state that is new, until this is disposed of.
  async follow(changed: (state: State) => Promise<void>): Promise<void> {
    let seen = 0;
    while (!this.over.signal.aborted) {
      try {
        const signal = AbortSignal.any([this.over.signal, AbortSignal.timeout(PATIENCE)]);
        const state = (await (await fetch(new URL(`/~/state?seen=${seen}`, await this.address), { signal })).json()) as State;
        if (state.version === seen) continue;
        seen = state.version;
        await changed(state);
      } catch (fault) {
        if (this.over.signal.aborted) return;
        if (this.child.exitCode !== null || this.child.signalCode !== null) return this.finish(String(fault));
        await new Promise((done) => setTimeout(done, 500));
      }
    }
  }

  private finish(why: string): void {
    if (this.over.signal.aborted) return;
    this.over.abort();
    this.ended(why);
  }

  dispose(): void {
    this.over.abort();
    this.child.kill();
  }
}
