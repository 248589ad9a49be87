import { expect, test } from "bun:test";
import { parseTraceparent, traceparent } from "./context.ts";
import { createSampler, SAMPLERS } from "./sampler.ts";

const context = (random: string, sampled: boolean) => ({
  traceId: `0af7651916cd43dd84${random}`,
  parentId: "b7ad6b7169203331",
  sampled,
  state: "a=1",
});
const LOW = "00000000000001";
const HIGH = "ffffffffffffff";

test("a sampler that is parent-based does as the sender decided", () => {
  for (const name of SAMPLERS.filter((each) => each.startsWith("parentbased_"))) {
    for (const sampled of [true, false]) {
      const incoming = context(LOW, sampled);
      expect(createSampler(name, 0, Math.random)(incoming)).toEqual(incoming);
    }
  }
});

test("one that is not decides by itself, and alike for the same trace", () => {
  expect(createSampler("always_on", 0, Math.random)(context(LOW, false))?.sampled).toBe(true);
  expect(createSampler("always_off", 1, Math.random)(context(HIGH, true))?.sampled).toBe(false);
  const byRatio = createSampler("traceidratio", 0.25, Math.random);
  expect(byRatio(context(HIGH, false))?.sampled).toBe(true);
  expect(byRatio(context(LOW, true))?.sampled).toBe(false);
  expect(byRatio(context("c0000000000000", true))?.sampled).toBe(true);
  expect(byRatio(context("bfffffffffffff", true))?.sampled).toBe(false);
});

test("begins as many traces as the ratio says, each with an id that other samplers judge alike", () => {
  for (const ratio of [0, 0.01, 0.3, 1]) {
    const begin = createSampler("parentbased_traceidratio", ratio, Math.random);
    const again = createSampler("traceidratio", ratio, Math.random);
    const begun = Array.from({ length: 20_000 }, () => begin(undefined)).filter((each) => each !== undefined);
    expect(begun.length).toBeWithin(20_000 * ratio * 0.8, 20_000 * ratio * 1.2 + 1);
    for (const each of begun) {
      expect(each).toMatchObject({ parentId: undefined, sampled: true });
      expect(parseTraceparent(traceparent(each, "b7ad6b7169203331"))?.traceId).toBe(each.traceId);
      expect(again(each)?.sampled).toBe(true);
    }
    expect(new Set(begun.map(({ traceId }) => traceId)).size).toBe(begun.length);
  }
});

test("always off begins none", () => {
  expect(createSampler("always_off", 1, Math.random)(undefined)).toBeUndefined();
  expect(createSampler("parentbased_always_off", 1, Math.random)(undefined)).toBeUndefined();
});
