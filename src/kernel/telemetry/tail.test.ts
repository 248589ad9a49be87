import { expect, test } from "bun:test";
import { createTail, type Happening, PENDING_MAX, READERS_MAX, READERS_PER_PRINCIPAL_MAX } from "./tail.ts";

const ALL = { kinds: new Set(["event", "attempt", "rejection"] as const) };
const event = (appId: string, n = 0): Happening => ({
  kind: "event",
  atMs: n,
  appId,
  messageId: String(n),
  eventType: "a",
  bytes: 1,
  sourceId: null,
});

test("nobody makes a happening while nobody reads", () => {
  const tail = createTail();
  expect(tail.watched).toBe(false);
  const reader = tail.open(ALL, "me");
  expect([tail.watched, tail.readers]).toEqual([true, 1]);
  reader?.close();
  expect([tail.watched, tail.readers]).toEqual([false, 0]);
});

test("a reader waits for the first, and gets all that came meanwhile at once", async () => {
  const tail = createTail();
  const reader = tail.open(ALL, "me");
  const next = reader?.next(10_000);
  for (let n = 0; n < 5; n++) tail.publish(event("a", n));
  expect((await next)?.happenings.length).toBe(5);
  expect((await reader?.next(1))?.happenings).toEqual([]);
});

test("P7: what a reader does not take is counted, and never kept beyond the bound", async () => {
  const tail = createTail();
  const reader = tail.open(ALL, "me");
  for (let n = 0; n < PENDING_MAX + 7; n++) tail.publish(event("a", n));
  const batch = reader?.take();
  expect([batch?.happenings.length, batch?.skipped]).toEqual([PENDING_MAX, { event: 7, attempt: 0, rejection: 0 }]);
  expect(tail.skipped).toBe(7);
  expect(reader?.take()).toEqual({ happenings: [], skipped: { event: 0, attempt: 0, rejection: 0 } });
});

test("P8: a reader of one application hears of no other, from here or from another process", () => {
  const tail = createTail();
  const reader = tail.open({ ...ALL, appId: "a" }, "me");
  const elsewhere = tail.openRelay(ALL, 100);
  tail.publish(event("a"));
  tail.publish(event("b"));
  tail.relayed([event("a"), event("b")], { event: 2, attempt: 0, rejection: 0 });
  const batch = reader?.take();
  expect(batch?.happenings.map(({ appId }) => appId)).toEqual(["a", "a"]);
  // What came from there is not sent back there.
  expect(elsewhere.take().happenings.length).toBe(2);
});

test("so many may read, and of them so many by one token", () => {
  const tail = createTail();
  for (let n = 0; n < READERS_PER_PRINCIPAL_MAX; n++) expect(tail.open(ALL, "me")).toBeDefined();
  expect(tail.open(ALL, "me")).toBeUndefined();
  for (let n = READERS_PER_PRINCIPAL_MAX; n < READERS_MAX; n++) expect(tail.open(ALL, `other ${n}`)).toBeDefined();
  expect(tail.open(ALL, "one more")).toBeUndefined();
});

test("closing the tail ends every reader once it has what was left", async () => {
  const tail = createTail();
  const reader = tail.open(ALL, "me");
  const waiting = tail.open({ ...ALL, appId: "nobody" }, "me")?.next(60_000);
  tail.publish(event("a"));
  tail.close();
  expect(await waiting).toBeUndefined();
  expect((await reader?.next(60_000))?.happenings.length).toBe(1);
  expect(await reader?.next(60_000)).toBeUndefined();
  expect(tail.open(ALL, "me")).toBeUndefined();
});
