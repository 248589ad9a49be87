import { expect, test } from "bun:test";
import { newIdAt } from "#kernel";
import { WINDOW_ATTEMPTS_MAX, windowOf } from "./endpoint-summary.ts";

const attempt = (
  atMs: number,
  outcome: "delivered" | "retryable" | "internal_error",
  reason: string,
  totalUs: number,
) => ({
  id: newIdAt(atMs),
  outcome,
  reason,
  total_us: totalUs,
});

test("a window without attempts says nothing, and not that all is well", () => {
  expect(windowOf([], 5)).toEqual({
    sinceMs: 5,
    attempts: 0,
    successRatio: undefined,
    latencyMs: undefined,
    reasons: [],
  });
});

test("a window tells the share of successes, latencies of requests that were made, and reasons, the most frequent first", () => {
  const newest = [
    attempt(9_000, "retryable", "http_503", 3_000),
    attempt(8_000, "internal_error", "process_lost", 0),
    attempt(7_000, "delivered", "http_200", 1_000),
    attempt(6_000, "retryable", "http_503", 2_000),
  ];
  expect(windowOf(newest, 5)).toEqual({
    sinceMs: 5,
    attempts: 4,
    successRatio: 0.25,
    latencyMs: { p50: 2, p95: 3, p99: 3 },
    reasons: [
      { outcome: "retryable", reason: "http_503", count: 2, lastAtMs: 9_000 },
      { outcome: "internal_error", reason: "process_lost", count: 1, lastAtMs: 8_000 },
    ],
  });
});

test("a full window begins where its oldest attempt does", () => {
  const many = Array.from({ length: WINDOW_ATTEMPTS_MAX }, (_, i) => attempt(90_000 - i, "delivered", "http_200", 1));
  expect(windowOf(many, 5).sinceMs).toBe(90_001 - WINDOW_ATTEMPTS_MAX);
});
