import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MAIN = join(import.meta.dir, "../../src/main.ts");
const READY_MS = 30_000;

export interface EngineOptions {
  /** DATABASE_URL and POSTHORN_* settings, over the test's defaults. */
  readonly env: Readonly<Record<string, string>>;
  /** Another program or other arguments than `src/main.ts serve`. */
  readonly command?: readonly string[];
}

/** An engine as a process of its own, as an operator would start it. */
export interface TestEngine extends AsyncDisposable {
  /** Base URL of its HTTP server. */
  readonly url: string;
  readonly pid: number;
  readonly token: string;
  /** The exit code, or 128 + the signal's number. */
  readonly exited: Promise<number>;
  /** Sends a signal; resolves at once. */
  kill(name?: NodeJS.Signals): void;
  /** SIGTERM, and waits for the exit. Returns the exit code. */
  stop(): Promise<number>;
  /** What it has written so far, standard output and error together. */
  logs(): string;
  /** The JSON lines among it with this `event`. */
  events(event: string): Record<string, unknown>[];
  /** Waits for a line with this `event` and returns it; rejects after the patience with the log. */
  waitForEvent(event: string, timeoutMs?: number): Promise<Record<string, unknown>>;
}

/** Starts `src/main.ts serve` and waits until it says that it listens. Throws with its log when it ends before that. */
export async function startEngine(options: EngineOptions): Promise<TestEngine> {
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: process.env["HOME"] ?? tmpdir(),
    TMPDIR: tmpdir(),
    BUN_CONFIG_MAX_HTTP_REQUESTS: "65336",
    POSTHORN_LISTEN: "127.0.0.1:0",
    POSTHORN_API_TOKEN: `test-token-${randomBytes(24).toString("base64url")}`,
    POSTHORN_MASTER_KEY: randomBytes(32).toString("base64"),
    POSTHORN_LOG_FORMAT: "json",
    POSTHORN_ALLOW_NETWORKS: "127.0.0.0/8,::1/128",
    // When the test process is killed the engine stops, as it does for its launcher.
    POSTHORN_LAUNCHER_PID: String(process.pid),
    ...options.env,
  };
  const child = Bun.spawn(
    [process.execPath, "--no-env-file", "--no-install", ...(options.command ?? [MAIN, "serve"])],
    {
      env,
      cwd: tmpdir(),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      detached: true,
    },
  );
  const output = collect([child.stdout, child.stderr]);
  const kill = (name: NodeJS.Signals = "SIGKILL") => child.kill(name);

  async function waitForEvent(event: string, timeoutMs = READY_MS): Promise<Record<string, unknown>> {
    const ended = child.exited.then((code) => `ended with ${child.signalCode ?? code}`);
    const line = await output.find((record) => record["event"] === event, timeoutMs, ended);
    if (typeof line !== "string") return line;
    throw new Error(`The engine did not say "${event}": it ${line}. It wrote:\n${output.text()}`);
  }

  try {
    const { url } = await waitForEvent("listening");
    if (typeof url !== "string")
      throw new Error(`The line "listening" has no url. The engine wrote:\n${output.text()}`);
    return {
      url: url.replace(/\/$/, ""),
      pid: child.pid,
      token: env["POSTHORN_API_TOKEN"] ?? "",
      exited: child.exited,
      kill,
      async stop() {
        child.kill("SIGTERM");
        return child.exited;
      },
      logs: output.text,
      events: (event) => output.records().filter((record) => record["event"] === event),
      waitForEvent,
      async [Symbol.asyncDispose]() {
        kill();
        await child.exited;
      },
    };
  } catch (error) {
    kill();
    await child.exited;
    throw error;
  }
}

/** Gathers lines from several streams, and lets others wait for one. */
function collect(streams: readonly ReadableStream<Uint8Array>[]) {
  const lines: string[] = [];
  const parsed: Record<string, unknown>[] = [];
  let wake = Promise.withResolvers<void>();
  const take = (line: string) => {
    lines.push(line);
    if (line.startsWith("{")) {
      try {
        parsed.push(JSON.parse(line));
      } catch {
        // A line of something else that begins like ours.
      }
    }
    wake.resolve();
    wake = Promise.withResolvers();
  };
  for (const stream of streams) {
    (async () => {
      const decoder = new TextDecoder();
      let rest = "";
      for await (const chunk of stream) {
        const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
        rest = parts.pop() ?? "";
        for (const part of parts) take(part);
      }
      if (rest !== "") take(rest);
    })();
  }
  return {
    text: () => lines.join("\n"),
    records: () => parsed,
    /** The first record that fits, or why there is none. */
    async find(
      fits: (record: Record<string, unknown>) => boolean,
      timeoutMs: number,
      ended: Promise<string>,
    ): Promise<Record<string, unknown> | string> {
      const late = Promise.withResolvers<string>();
      const timer = setTimeout(() => late.resolve(`did not within ${timeoutMs} ms`), timeoutMs);
      try {
        for (;;) {
          const found = parsed.find(fits);
          if (found !== undefined) return found;
          const over = await Promise.race([wake.promise, ended, late.promise]);
          // Its last lines may arrive after its end was told.
          if (typeof over === "string") return parsed.find(fits) ?? over;
        }
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
