import type { TestEngine } from "#test";
import { until } from "./until.ts";

export interface TailBatch {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects and fails when it is not there.
  readonly items: readonly any[];
  readonly skipped: { readonly events: number; readonly attempts: number; readonly rejections: number };
}

/** A live tail, read as fast as it comes. */
export interface TestTail extends AsyncDisposable {
  readonly status: number;
  /** Names of the events so far, heartbeats left out. */
  readonly events: readonly string[];
  readonly batches: readonly TailBatch[];
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  items(): any[];
  skipped(): number;
  /** Resolves when the server ended it. */
  readonly ended: Promise<void>;
}

export async function openTail(
  engine: Pick<TestEngine, "url" | "token">,
  path: string,
  token = engine.token,
): Promise<TestTail> {
  const over = new AbortController();
  const response = await fetch(`${engine.url}${path}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: over.signal,
  });
  const events: string[] = [];
  const batches: TailBatch[] = [];
  const read = async () => {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of response.body ?? []) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
      rest = parts.pop() ?? "";
      for (const part of parts) {
        const name = /^event: (.*)$/m.exec(part)?.[1];
        if (name === undefined) continue;
        events.push(name);
        if (name === "batch") batches.push(JSON.parse(/^data: (.*)$/m.exec(part)?.[1] ?? ""));
      }
    }
  };
  const ended = response.status === 200 ? read().catch(() => undefined) : Promise.resolve();
  if (response.status === 200) await until("the tail said hello", () => events.includes("hello"));
  return {
    status: response.status,
    events,
    batches,
    items: () => batches.flatMap(({ items }) => items),
    skipped: () =>
      batches.reduce((sum, { skipped }) => sum + skipped.events + skipped.attempts + skipped.rejections, 0),
    ended,
    async [Symbol.asyncDispose]() {
      over.abort();
      await ended;
    },
  };
}
