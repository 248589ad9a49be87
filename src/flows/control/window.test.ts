import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EXACT, nextRoomAtMs, room, take, type Window } from "./window.ts";

describe("a window of starts", () => {
  test("P7: in no stretch as long as the period are there more starts than the limit", () => {
    const steps = fc.array(fc.record({ afterMs: fc.nat(400), wanted: fc.integer({ min: 1, max: 40 }) }), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 5_000 }),
        steps,
        (limit, perMs, asked) => {
          const rule = { limit, perMs };
          let window: Window = [];
          let nowMs = 1_000_000;
          const starts: [number, number][] = [];
          for (const { afterMs, wanted } of asked) {
            nowMs += afterMs;
            const given = Math.min(wanted, room(window, rule, nowMs));
            if (given === 0) continue;
            window = take(window, rule, given, nowMs);
            starts.push([nowMs, given]);
            const within = starts.filter(([at]) => at > nowMs - perMs).reduce((total, [, n]) => total + n, 0);
            expect(within).toBeLessThanOrEqual(limit);
            expect(window.length).toBeLessThanOrEqual(2 * EXACT + 2);
          }
        },
      ),
    );
  });

  test("room comes back when the period of a start is over, at the latest a slice later", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 64, max: 100_000 }),
        fc.array(fc.nat(2_000), { minLength: 1, maxLength: 400 }),
        (limit, perMs, gaps) => {
          const rule = { limit, perMs };
          let window: Window = [];
          let nowMs = 5_000_000;
          const starts: number[] = [];
          for (const gap of gaps) {
            nowMs += gap;
            if (room(window, rule, nowMs) === 0) {
              const atMs = nextRoomAtMs(window, rule, nowMs);
              expect(room(window, rule, atMs - 1)).toBe(0);
              expect(room(window, rule, atMs)).toBeGreaterThan(0);
              const exactMs = (starts.at(-limit) as number) + perMs;
              expect(atMs).toBeGreaterThanOrEqual(exactMs);
              expect(atMs).toBeLessThanOrEqual(exactMs + Math.floor(perMs / EXACT));
              continue;
            }
            window = take(window, rule, 1, nowMs);
            starts.push(nowMs);
          }
        },
      ),
    );
  });

  test("a clock that is set back does not stop the key for longer than a period", () => {
    const rule = { limit: 1, perMs: 1_000 };
    const window = take([], rule, 1, 9_000_000);
    expect(room(window, rule, 1_000_000)).toBe(0);
    expect(nextRoomAtMs(window, rule, 1_000_000)).toBe(1_001_000);
  });
});
