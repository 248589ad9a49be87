import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MAIN = join(import.meta.dir, "../../src/main.ts");

/** A folder of modules for `posthorn worker`, by file name. */
export async function taskFolder(modules: Readonly<Record<string, string>>) {
  const path = await mkdtemp(join(tmpdir(), "posthorn-tasks-"));
  for (const [name, text] of Object.entries(modules)) await writeFile(join(path, name), text);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

export interface WorkerProcess extends AsyncDisposable {
  readonly pid: number;
  readonly lines: readonly string[];
  readonly exited: Promise<number>;
  /** Resolves when a line of its log has had this word so many times; rejects when it ends before that. */
  says(word: string, times?: number): Promise<void>;
  kill(name: NodeJS.Signals): void;
}

/** Starts `posthorn worker <folder>` as its operator would, and waits until it has joined. */
export async function startWorker(options: {
  readonly folder: string;
  readonly engine: { readonly url: string; readonly token: string };
  readonly app: string;
  readonly args?: readonly string[];
}): Promise<WorkerProcess> {
  const { folder, engine, app, args = [] } = options;
  const child = Bun.spawn(
    [process.execPath, "--no-env-file", "--no-install", MAIN, "worker", folder, "--log-format", "json", ...args],
    {
      env: {
        PATH: process.env["PATH"] ?? "",
        POSTHORN_URL: engine.url,
        POSTHORN_TOKEN: engine.token,
        POSTHORN_APP: app,
      },
      stdout: "pipe",
      stderr: "inherit",
      stdin: "ignore",
    },
  );
  const lines: string[] = [];
  let wake = Promise.withResolvers<void>();
  void (async () => {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of child.stdout) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
      wake.resolve();
      wake = Promise.withResolvers();
    }
  })();
  const says = async (word: string, times = 1) => {
    while (lines.filter((line) => line.includes(word)).length < times) {
      if ((await Promise.race([wake.promise, child.exited.then(() => "over" as const)])) === "over") {
        throw new Error(`The worker ended without saying ${word}:\n${lines.join("\n")}`);
      }
    }
  };
  await says("worker_joined");
  return {
    pid: child.pid,
    says,
    exited: child.exited,
    kill: (name) => child.kill(name),
    lines,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}
