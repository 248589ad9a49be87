import { expect, test } from "bun:test";
import { moment } from "./moment.ts";

const NOW = Date.parse("2026-05-10T12:00:00Z");

test.each([
  ["90s", "2026-05-10T11:58:30.000Z"],
  ["15m", "2026-05-10T11:45:00.000Z"],
  ["6h", "2026-05-10T06:00:00.000Z"],
  ["2d", "2026-05-08T12:00:00.000Z"],
  ["2026-05-01", "2026-05-01T00:00:00.000Z"],
  ["2026-05-01T10:00:00+02:00", "2026-05-01T08:00:00.000Z"],
])("%s is %s", (text, iso) => expect(moment(text, NOW)).toBe(iso));

test.each(["", "h", "2 hours", "-3h", "yesterday", "2026-13-01", "1e3s"])("%j is no moment", (text) =>
  expect(moment(text, NOW)).toBeUndefined(),
);
