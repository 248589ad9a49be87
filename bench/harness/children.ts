import type { Subprocess } from "bun";

/** A process the bench started, ended by its id when the bench ends, however it ends. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<number>;
  /** Total CPU time in seconds, its waited-for children included; known once it has exited. */
  cpuSeconds(): number;
  /** What it printed so far, newest last, cut to the newest lines. */
  readonly output: readonly string[];
  /** Resolves with the first line of its standard output for which `find` gives a value; rejects when it exits first. */
  line<T>(find: (line: string) => T | undefined, timeoutMs: number): Promise<T>;
  /** Asks it to end, waits, then insists. Stopping twice is fine. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** How to end it (SIGTERM), and how to end it when there is no time left to wait (SIGKILL). */
  readonly stopSignal?: NodeJS.Signals;
  readonly abortSignal?: NodeJS.Signals;
}

const LINES_KEPT = 200;

/** Starts processes and owes the machine their end. */
export class Children {
  readonly #alive = new Map<number, { child: Child; abortSignal: NodeJS.Signals }>();

  readonly #owed = new Set<() => Promise<void>>();

  constructor() {
    // The last resort: whatever path leads out of this process, nothing started here survives it.
    process.on("exit", () => {
      for (const { child, abortSignal } of this.#alive.values()) {
        child.kill(abortSignal);
      }
    });
  }

  start(name: string, command: readonly string[], options: ChildOptions = {}): Child {
    const stopSignal = options.stopSignal ?? "SIGTERM";
    const owner = options.uid === undefined ? {} : { uid: options.uid, gid: options.gid ?? options.uid };
    const process_ = Bun.spawn([...command], {
      env: { ...inherited(), ...options.env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...owner,
    });
    const output: string[] = [];
    const watchers = new Set<(line: string) => void>();
    const heard = (line: string): void => {
      output.push(line);
      if (output.length > LINES_KEPT) {
        output.shift();
      }
      for (const watcher of [...watchers]) {
        watcher(line);
      }
    };
    void eachLine(process_.stdout, heard);
    void eachLine(process_.stderr, heard);
    const kill = (signal: NodeJS.Signals): void => {
      try {
        process.kill(process_.pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
          throw error; // ESRCH: it is gone already, which is what was wanted.
        }
      }
    };
    const exited = process_.exited.finally(() => this.#alive.delete(process_.pid));
    const child: Child = {
      name,
      pid: process_.pid,
      exited,
      output,
      kill,
      cpuSeconds: () => Number(process_.resourceUsage()?.cpuTime.total ?? 0n) / 1e6,
      line: (find, timeoutMs) => firstLine(child, watchers, find, timeoutMs),
      stop: (signal = stopSignal, graceMs = 15_000) => stop(process_, kill, signal, graceMs),
    };
    this.#alive.set(child.pid, { child, abortSignal: options.abortSignal ?? "SIGKILL" });
    return child;
  }

  /** Something else that must be closed when the bench ends early, after the processes. Returns how to forget it. */
  owe(close: () => Promise<void>): () => void {
    this.#owed.add(close);
    return () => this.#owed.delete(close);
  }

  /** Newest first, so that clients leave before what they talk to. */
  async stopAll(): Promise<void> {
    for (const { child } of [...this.#alive.values()].reverse()) {
      await child.stop();
    }
    for (const close of this.#owed) {
      await close();
    }
  }
}

/** The environment without what would change how a measured process behaves. */
function inherited(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(POSTHORN_|DATABASE_URL|BUN_CONFIG_|PG|.*_proxy$)/i.test(name)) {
      kept[name] = value;
    }
  }
  return kept;
}

async function eachLine(stream: ReadableStream<Uint8Array>, heard: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(heard);
  }
  if (rest !== "") {
    heard(rest);
  }
}

function firstLine<T>(
  child: Child,
  watchers: Set<(line: string) => void>,
  find: (line: string) => T | undefined,
  timeoutMs: number,
): Promise<T> {
  for (const line of child.output) {
    const found = find(line);
    if (found !== undefined) {
      return Promise.resolve(found);
    }
  }
  return new Promise<T>((resolve, reject) => {
    const fail = (what: string): void => {
      done();
      reject(new Error(`${child.name} ${what}. It printed:\n${child.output.slice(-20).join("\n")}`));
    };
    const watcher = (line: string): void => {
      const found = find(line);
      if (found !== undefined) {
        done();
        resolve(found);
      }
    };
    const timer = setTimeout(() => fail(`did not say what was waited for within ${timeoutMs} ms`), timeoutMs);
    const done = (): void => {
      clearTimeout(timer);
      watchers.delete(watcher);
    };
    watchers.add(watcher);
    void child.exited.then((code) => {
      if (watchers.has(watcher)) {
        // Its last words may still be in the pipe.
        setTimeout(() => watchers.has(watcher) && fail(`exited with ${code}`), 100);
      }
    });
  });
}

async function stop(
  process_: Subprocess,
  kill: (signal: NodeJS.Signals) => void,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<void> {
  if (process_.exitCode !== null || process_.signalCode !== null) {
    return;
  }
  kill(signal);
  const late = Symbol("late");
  const outcome = await Promise.race([process_.exited, Bun.sleep(graceMs).then(() => late)]);
  if (outcome === late) {
    console.error(`pid ${process_.pid} did not end within ${graceMs} ms of ${signal}; killed.`);
    kill("SIGKILL");
    await process_.exited;
  }
}
