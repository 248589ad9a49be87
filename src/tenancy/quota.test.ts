import { describe, expect, test } from "bun:test";
import { createQuota } from "./quota.ts";

const application = (id: string, eventsPerSecond?: number) => ({
  id,
  quotas: { eventsPerSecond, endpointsMax: undefined, payloadBytesMax: undefined },
});

describe("quota", () => {
  test("P7: lets a second's worth through and tells how long the next has to wait", () => {
    let now = 0;
    const take = createQuota({ eventsPerSecond: undefined, processes: () => 1, monotonic: () => now });
    const app = application("a", 10);
    expect(take(app, 10)).toBe(0);
    expect(take(app, 1)).toBe(100);
    now = 100;
    expect(take(app, 1)).toBe(0);
  });

  test("P7: an application over its quota costs the others nothing", () => {
    const take = createQuota({ eventsPerSecond: 5, processes: () => 1, monotonic: () => 0 });
    expect(take(application("a"), 5)).toBe(0);
    expect(take(application("a"), 1)).toBeGreaterThan(0);
    expect(take(application("b"), 1)).toBe(0);
  });

  test("P7: several processes share the quota", () => {
    const take = createQuota({ eventsPerSecond: 100, processes: () => 4, monotonic: () => 0 });
    expect(take(application("a"), 25)).toBe(0);
    expect(take(application("a"), 1)).toBeGreaterThan(0);
  });

  test("has no limit where none is set", () => {
    const take = createQuota({ eventsPerSecond: undefined, processes: () => 1, monotonic: () => 0 });
    expect(take(application("a"), 1_000_000)).toBe(0);
  });
});
