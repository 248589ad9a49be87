import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { jitterOf, momentsOf, planMoments } from "./moments.ts";

function list(schedule: string, zone: string, from: string, n: number): string[] {
  const moments = momentsOf(schedule, zone);
  const out: string[] = [];
  let atMs: number | undefined = Date.parse(from);
  while (out.length < n) {
    atMs = moments.next(atMs);
    if (atMs === undefined) break;
    out.push(new Date(atMs).toISOString().replace(":00.000Z", "Z"));
  }
  return out;
}

describe("a local time that does not exist comes once, after the gap", () => {
  test("Europe/Berlin, an hour", () => {
    expect(list("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2)).toEqual([
      "2026-03-29T01:00Z",
      "2026-03-30T00:30Z",
    ]);
    expect(list("15,45 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2)).toEqual([
      "2026-03-29T01:00Z",
      "2026-03-30T00:15Z",
    ]);
    expect(list("0 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2)).toEqual([
      "2026-03-29T01:00Z",
      "2026-03-30T00:00Z",
    ]);
  });
  test("America/New_York, an hour", () => {
    expect(list("30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", 2)).toEqual([
      "2026-03-08T07:00Z",
      "2026-03-09T06:30Z",
    ]);
  });
  test("Australia/Lord_Howe, half an hour", () => {
    expect(list("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", 2)).toEqual([
      "2026-10-03T15:30Z",
      "2026-10-04T15:15Z",
    ]);
    expect(list("45 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", 1)).toEqual(["2026-10-03T15:45Z"]);
  });
  test("asked for from inside the hour after it, it is over", () => {
    expect(list("30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", 1)).toEqual(["2026-03-30T00:30Z"]);
  });
});

describe("a local time that exists twice comes once, at the first", () => {
  test("Europe/Berlin", () => {
    expect(list("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2)).toEqual([
      "2026-10-25T00:30Z",
      "2026-10-26T01:30Z",
    ]);
    expect(list("0,30 1-3 * * *", "Europe/Berlin", "2026-10-24T22:45:00Z", 6)).toEqual([
      "2026-10-24T23:00Z",
      "2026-10-24T23:30Z",
      "2026-10-25T00:00Z",
      "2026-10-25T00:30Z",
      "2026-10-25T02:00Z",
      "2026-10-25T02:30Z",
    ]);
  });
  test("asked for from within the second pass, it is over", () => {
    expect(list("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", 1)).toEqual(["2026-10-26T01:30Z"]);
  });
  test("America/New_York and Australia/Lord_Howe", () => {
    expect(list("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", 2)).toEqual([
      "2026-11-01T05:30Z",
      "2026-11-02T06:30Z",
    ]);
    expect(list("45 1 * * *", "Australia/Lord_Howe", "2026-04-03T20:00:00Z", 2)).toEqual([
      "2026-04-04T14:45Z",
      "2026-04-05T15:15Z",
    ]);
  });
});

test("a schedule for every hour goes on by elapsed time through both changes", () => {
  expect(list("0 * * * *", "Europe/Berlin", "2026-10-24T22:30:00Z", 4)).toEqual([
    "2026-10-24T23:00Z",
    "2026-10-25T00:00Z",
    "2026-10-25T01:00Z",
    "2026-10-25T02:00Z",
  ]);
  expect(list("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:15:00Z", 3)).toEqual([
    "2026-03-29T00:30Z",
    "2026-03-29T01:00Z",
    "2026-03-29T01:30Z",
  ]);
});

test("seconds and nicknames are understood; a day that never comes has no moment", () => {
  expect(list("*/20 30 4 * * *", "UTC", "2026-05-05T04:30:00Z", 2)).toEqual([
    "2026-05-05T04:30:20.000Z",
    "2026-05-05T04:30:40.000Z",
  ]);
  expect(list("@daily", "Asia/Tokyo", "2026-05-05T00:00:00Z", 1)).toEqual(["2026-05-05T15:00Z"]);
  expect(list("0 0 31 2 *", "UTC", "2026-05-05T00:00:00Z", 1)).toEqual([]);
});

test("moments strictly grow, and show the local time that was asked for but where it does not exist", () => {
  const zones = fc.constantFrom(
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kathmandu",
    "UTC",
  );
  fc.assert(
    fc.property(
      zones,
      fc.nat(23),
      fc.nat(59),
      fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }),
      (zone, hour, minute, from) => {
        const moments = momentsOf(`${minute} ${hour} * * *`, zone);
        const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
        let atMs = from * 1_000;
        let shifted = 0;
        for (let n = 0; n < 20; n++) {
          const next = moments.next(atMs) as number;
          expect(next).toBeGreaterThan(atMs);
          expect(next - atMs).toBeLessThanOrEqual(26 * 3_600_000);
          const wanted = `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
          if (format.format(next) !== wanted) shifted++;
          atMs = next;
        }
        expect(shifted).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 60 },
  );
});

test("jitter is within its span, spread, and the same for the same moment", () => {
  const jitters = Array.from({ length: 200 }, (_, n) => jitterOf("flow", 0, n * 60_000, 10_000));
  expect(Math.min(...jitters)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...jitters)).toBeLessThanOrEqual(10_000);
  expect(Math.max(...jitters) - Math.min(...jitters)).toBeGreaterThan(8_000);
  expect(jitterOf("flow", 0, 60_000, 10_000)).toBe(jitters[1] as number);
  expect(jitterOf("flow", 1, 60_000, 10_000)).not.toBe(jitters[1] as number);
});

describe("moments that passed while nothing ran", () => {
  const MINUTE = 60_000;
  const nowMs = 100 * MINUTE;
  const due = [10, 50, 90, 100].map((minute) => ({ momentMs: minute * MINUTE, dueMs: minute * MINUTE }));
  const plan = (missed: "skip" | "one" | "all", isAll = true, of = due) =>
    planMoments(of, nowMs, { missed, withinMs: 60 * MINUTE }, isAll).map((one) =>
      one.kind === "starts" ? "starts" : one.why,
    );

  test("skip: only what is on time starts", () =>
    expect(plan("skip")).toEqual(["missed", "missed", "missed", "starts"]));
  test("one: one run for all, that of the last of them", () =>
    expect(plan("one")).toEqual(["joined", "joined", "starts", "starts"]));
  test("one: while more of the past follows, none of them starts", () =>
    expect(plan("one", false, due.slice(0, 2))).toEqual(["joined", "joined"]));
  test("all: a run each, but for those that are too old", () =>
    expect(plan("all")).toEqual(["missed", "starts", "starts", "starts"]));
});
