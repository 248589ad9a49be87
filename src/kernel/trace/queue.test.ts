import { expect, test } from "bun:test";
import { createSpanQueue, type SpanQueueOptions } from "./queue.ts";
import type { Span } from "./span.ts";

const span = (n: number): Span => ({
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: n.toString(16).padStart(16, "0"),
  parentId: undefined,
  name: String(n),
  kind: "server",
  startMs: n,
  endMs: n + 1,
  attributes: {},
});

/** A queue whose collector answers when it is told to. */
function slow(options: Partial<SpanQueueOptions> = {}) {
  const batches: { readonly names: string[]; readonly done: PromiseWithResolvers<void> }[] = [];
  const told: string[] = [];
  const queue = createSpanQueue({
    send: (spans) => {
      const done = Promise.withResolvers<void>();
      batches.push({ names: spans.map(({ name }) => name), done });
      return done.promise;
    },
    log: { limited: (_key, _level, event) => void told.push(event) },
    max: 6,
    batchMax: 3,
    delayMs: 60_000,
    ...options,
  });
  return { queue, batches, told };
}

const add = (queue: { add(span: Span): void }, from: number, to: number) => {
  for (let n = from; n <= to; n++) queue.add(span(n));
};

test("a full batch goes at once, one at a time, in order", async () => {
  const { queue, batches } = slow();
  add(queue, 1, 2);
  expect(batches.length).toBe(0);
  add(queue, 3, 7);
  expect(batches.map(({ names }) => names)).toEqual([["1", "2", "3"]]);
  batches[0]?.done.resolve();
  await Bun.sleep(0);
  expect(batches.map(({ names }) => names)).toEqual([
    ["1", "2", "3"],
    ["4", "5", "6"],
  ]);
  expect(queue.stats).toEqual({ exported: 3, dropped: 0, failed: 0, waiting: 1 });
});

test("P7: what does not fit is dropped, counted and told", () => {
  const { queue, told } = slow();
  add(queue, 1, 3);
  add(queue, 4, 11);
  expect(queue.stats).toEqual({ exported: 0, dropped: 2, failed: 0, waiting: 6 });
  expect(told).toEqual(["spans_dropped", "spans_dropped"]);
});

test("a batch that is not taken is counted, and the next one goes", async () => {
  const { queue, batches, told } = slow();
  add(queue, 1, 6);
  batches[0]?.done.reject(new Error("503"));
  await Bun.sleep(0);
  expect(queue.stats).toMatchObject({ failed: 3, exported: 0 });
  expect(told).toEqual(["spans_not_exported"]);
  expect(batches.length).toBe(2);
});

test("P12: a flush sends what waits, whatever its number, and ends with its signal", async () => {
  const { queue, batches } = slow();
  add(queue, 1, 5);
  const flushed = queue.flush();
  batches[0]?.done.resolve();
  await Bun.sleep(0);
  expect(batches[1]?.names).toEqual(["4", "5"]);
  batches[1]?.done.resolve();
  await flushed;
  expect(queue.stats).toEqual({ exported: 5, dropped: 0, failed: 0, waiting: 0 });

  add(queue, 6, 8);
  const over = new AbortController();
  const cut = queue.flush(over.signal);
  over.abort();
  await cut;
  queue.stop();
  add(queue, 9, 9);
  expect(queue.stats).toMatchObject({ dropped: 1, waiting: 0 });
});

test("a few spans go after the delay", async () => {
  const { queue, batches } = slow({ delayMs: 1 });
  add(queue, 1, 1);
  await Bun.sleep(20);
  expect(batches.map(({ names }) => names)).toEqual([["1"]]);
});
