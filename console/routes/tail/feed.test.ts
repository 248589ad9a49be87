import { describe, expect, test } from "bun:test";
import { createFeed } from "./feed.ts";
import { filterOf, type TailItem } from "./items.ts";

const event = (n: number, eventType = "a.b"): TailItem => ({
  kind: "event",
  at: new Date(n).toISOString(),
  appId: "app_1",
  appName: "Acme",
  messageId: `msg_${n}`,
  eventType,
  bytes: 10,
  sourceId: null,
});
const batch = (from: number, count: number, eventType?: string) => ({
  items: Array.from({ length: count }, (_, n) => event(from + n, eventType)),
});
const ids = (feed: ReturnType<typeof createFeed>) =>
  feed.view(0).rows.map((row) => (row.kind === "item" && row.item.kind === "event" ? row.item.messageId : row.kind));

describe("the feed of the live tail", () => {
  test("keeps the newest and shows them in the order they came", () => {
    const feed = createFeed(4);
    feed.take(batch(0, 3), 0);
    feed.take(batch(3, 3), 0);
    expect(ids(feed)).toEqual(["msg_2", "msg_3", "msg_4", "msg_5"]);
    expect(feed.view(0).received).toBe(6);
  });

  test("says what was skipped where it was skipped, and in all", () => {
    const feed = createFeed(10);
    feed.take(batch(0, 1), 0);
    feed.take({ ...batch(1, 1), skipped: { events: 100, attempts: 20, rejections: 0 } }, 0);
    feed.gap(5, 9);
    expect(ids(feed)).toEqual(["msg_0", "skipped", "msg_1", "gap"]);
    expect(feed.view(0).skipped).toBe(120);
  });

  test("filters what is kept as well as what comes, and never hides what is missing", () => {
    const feed = createFeed(10);
    feed.take(batch(0, 2, "invoice.paid"), 0);
    feed.take({ ...batch(2, 2, "user.made"), skipped: { events: 1, attempts: 0, rejections: 0 } }, 0);
    feed.filter("invoice acme");
    expect(ids(feed)).toEqual(["msg_0", "msg_1", "skipped"]);
    feed.take(batch(4, 1, "invoice.paid"), 0);
    expect(ids(feed)).toEqual(["msg_0", "msg_1", "skipped", "msg_4"]);
    feed.filter("");
    expect(ids(feed)).toHaveLength(6);
    feed.filter("", new Set(["attempt"]));
    expect(ids(feed)).toEqual(["skipped"]);
  });

  test("stands still while paused, counts on, and shows all that is kept afterwards", () => {
    const feed = createFeed(4);
    feed.take(batch(0, 2), 0);
    const before = feed.view(0).rows;
    feed.pause(true);
    feed.take(batch(2, 7), 0);
    expect(feed.view(0).rows).toBe(before);
    expect([feed.view(0).waiting, feed.view(0).received]).toEqual([7, 9]);
    feed.pause(false);
    expect(ids(feed)).toEqual(["msg_5", "msg_6", "msg_7", "msg_8"]);
  });

  test("is cleared at once, paused or not", () => {
    const feed = createFeed(4);
    feed.take(batch(0, 3), 0);
    feed.clear();
    expect([ids(feed), feed.view(0).received]).toEqual([[], 0]);
    feed.take(batch(3, 1), 0);
    expect(ids(feed)).toEqual(["msg_3"]);
  });

  test("gives the same rows until something changes, so that nothing is drawn in vain", () => {
    const feed = createFeed(4);
    feed.take(batch(0, 3), 0);
    const { rows } = feed.view(0);
    expect(feed.view(10).rows).toBe(rows);
    feed.take({ items: [] }, 20);
    expect(feed.view(20).rows).toBe(rows);
  });

  test("measures the rate over the last seconds", () => {
    const feed = createFeed(100);
    for (let ms = 0; ms <= 6_000; ms += 100) feed.take(batch(ms, 5), ms);
    expect(feed.view(6_000).perSecond).toBeCloseTo(51.7, 0);
    expect(feed.view(60_000).perSecond).toBe(0);
  });

  test("looks at each row once at 5,000 a second, whatever is kept", () => {
    const feed = createFeed(10_000);
    feed.filter("acme");
    let looked = 0;
    const item = event(0);
    const counting: TailItem = {
      ...item,
      get appName() {
        looked += 1;
        return "Acme";
      },
    };
    for (let frame = 0; frame < 600; frame += 1) {
      feed.take({ items: Array.from({ length: 84 }, () => counting) }, frame * 16);
      feed.view(frame * 16);
    }
    expect(looked).toBe(600 * 84);
    expect(feed.view(9_600).rows).toHaveLength(10_000);
  });
});

describe("the filter", () => {
  test("wants every word, and none of those after a minus", () => {
    const item: TailItem = {
      kind: "attempt",
      at: "",
      appId: "app_1",
      messageId: "msg_1",
      attemptId: "atmpt_1",
      endpointId: "ep_1",
      eventType: "Invoice.Paid",
      outcome: "retryable",
      reason: "http_503",
      status: 503,
      totalMs: 1,
      settledAs: "owed",
      number: 1,
    };
    expect(filterOf("invoice 503")(item)).toBe(true);
    expect(filterOf("invoice -503")(item)).toBe(false);
    expect(filterOf("  - ")(item)).toBe(true);
    expect(filterOf("delivered")(item)).toBe(false);
  });
});
