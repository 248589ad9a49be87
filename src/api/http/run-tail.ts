import { findRunSummary, type RunSummary, readEntryRows, type Watcher } from "#flows";
import type { Queryable } from "#kernel";
import { entryOut, runOut } from "./run-body.ts";

/** What other processes commit is seen so much later at most, and an intermediary hears from us so often. */
const POLL_MS = 1_000;
const HEARTBEAT_MS = 15_000;
/** Entries of one message, and bytes of a value that is shown; `…/value` has the whole. */
const ENTRIES_MAX = 200;
const VALUE_BYTES_MAX = 16 * 1024;

const encoder = new TextEncoder();
const message = (event: string, data: unknown) => encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
const HEARTBEAT = encoder.encode(": still here\n\n");

/**
 * A run as it goes on, as server-sent events: `hello` with the run, `entries` of its journal from the first on, `run` whenever it stands
 * otherwise, `bye` at its end or ours. Made only as fast as it is taken.
 */
export function runTail(q: Queryable, first: RunSummary, watcher: Watcher): ReadableStream<Uint8Array> {
  let after = -1;
  let told = JSON.stringify(runOut(first));
  let isOver = false;
  let heardAt = performance.now();

  /** The next thing to tell; undefined: nothing yet. */
  async function next(): Promise<Uint8Array | undefined> {
    const rows = await readEntryRows(q, first.id, { after, limit: ENTRIES_MAX, valueBytesMax: VALUE_BYTES_MAX });
    const last = rows.at(-1);
    if (last !== undefined) {
      after = last.seq;
      return message("entries", { items: rows.map(entryOut) });
    }
    const run = await findRunSummary(q, first.appId, first.id);
    const now = run === undefined ? undefined : runOut(run);
    const text = JSON.stringify(now);
    if (now !== undefined && text !== told) {
      told = text;
      return message("run", now);
    }
    if (now === undefined || now.endedAt !== null || watcher.isOver) {
      isOver = true;
      return message("bye", { reason: now?.endedAt ? "ended" : now === undefined ? "gone" : "draining" });
    }
    return undefined;
  }

  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(message("hello", { run: runOut(first) })),
      pull: async (controller) => {
        try {
          for (;;) {
            const told = await next();
            const nowMs = performance.now();
            if (told !== undefined || nowMs - heardAt >= HEARTBEAT_MS) {
              heardAt = nowMs;
              controller.enqueue(told ?? HEARTBEAT);
              break;
            }
            await watcher.next(POLL_MS);
          }
        } catch (error) {
          watcher.end();
          throw error;
        }
        if (isOver) {
          watcher.end();
          controller.close();
        }
      },
      cancel: () => watcher.end(),
    },
    { highWaterMark: 1 },
  );
}
