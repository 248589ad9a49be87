import { expect, test } from "bun:test";
import { bodyOf, draftOf, windowFault } from "./draft.ts";

const NOW = Date.parse("2026-02-03T12:00:00.000Z");
const NOTHING = { app: undefined, endpoint: undefined, since: undefined, until: undefined, what: undefined };

test("a replay begins with what failed within the last day, at all endpoints", () => {
  const body = bodyOf(draftOf({ ...NOTHING, app: "app_1" }, NOW));
  expect(body).toEqual({ what: "failed", since: "2026-02-02T12:00:00.000Z", ratePerSecond: 100 });
});

test("what the address asks for is chosen; what makes no sense there is not", () => {
  const since = "2026-02-01T00:00:00.000Z";
  const draft = draftOf({ ...NOTHING, app: "app_1", endpoint: "ep_1", since, until: "soon", what: "many" }, NOW);
  expect(bodyOf(draft)).toEqual({ what: "failed", since, endpointIds: ["ep_1"], ratePerSecond: 100 });
});

test("lists are words with commas or spaces between; a rate that is no number is left to the API's default", () => {
  const draft = { ...draftOf(NOTHING, NOW), channels: " eu, us ", tags: "vip\nbeta", ratePerSecond: Number.NaN };
  expect(bodyOf(draft)).toMatchObject({ channels: ["eu", "us"], tags: ["vip", "beta"] });
  expect(bodyOf(draft).ratePerSecond).toBeUndefined();
});

test("a window must begin, in the past, before its end", () => {
  expect(windowFault({ sinceMs: undefined, untilMs: undefined }, NOW)?.since).toMatch(/missing/);
  expect(windowFault({ sinceMs: NOW + 1, untilMs: undefined }, NOW)?.since).toMatch(/past/);
  expect(windowFault({ sinceMs: NOW - 10, untilMs: NOW - 10 }, NOW)?.until).toMatch(/after/);
  expect(windowFault({ sinceMs: NOW - 10, untilMs: undefined }, NOW)).toBeUndefined();
});
