import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Fair } from "./fair.ts";

interface TestLane {
  readonly appId: string;
  readonly name: string;
}
const lane = (name: string): TestLane => ({ appId: name.slice(0, 1), name });

/** Serves `n` turns; each served lane is ready again at once, as one with endless work is. */
function serve(fair: Fair<TestLane>, n: number): string[] {
  return Array.from({ length: n }, () => {
    const served = fair.next();
    if (served === undefined) return "nobody";
    fair.ready(served);
    return served.name;
  });
}

describe("P7: turns", () => {
  test("P7: applications take turns however many endpoints each has, and so do the endpoints of one", () => {
    const fair = new Fair<TestLane>();
    for (const name of ["a1", "a2", "a3", "b1", "c1", "c2"]) fair.ready(lane(name));
    expect(serve(fair, 12)).toEqual(["a1", "b1", "c1", "a2", "b1", "c2", "a3", "b1", "c1", "a1", "b1", "c2"]);
  });

  test("nobody is ready in an empty one, and a lane that was served once is gone until it is ready again", () => {
    const fair = new Fair<TestLane>();
    expect(fair.next()).toBeUndefined();
    const a = lane("a1");
    fair.ready(a);
    fair.ready(a);
    expect([fair.size, fair.next(), fair.next(), fair.size]).toEqual([1, a, undefined, 0]);
  });

  test("a lane that is blocked leaves, from anywhere in the line, and comes back behind the others", () => {
    const fair = new Fair<TestLane>();
    const [a1, a2, a3] = [lane("a1"), lane("a2"), lane("a3")];
    for (const each of [a1, a2, a3]) fair.ready(each);
    fair.remove(a2);
    fair.remove(a2);
    expect([fair.has(a1), fair.has(a2)]).toEqual([true, false]);
    fair.ready(a2);
    fair.remove(a1);
    expect(serve(fair, 4)).toEqual(["a3", "a2", "a3", "a2"]);
    fair.remove(a3);
    fair.remove(a2);
    expect([fair.size, fair.next()]).toEqual([0, undefined]);
  });

  test("P7: an application that was away does not overtake those who waited", () => {
    const fair = new Fair<TestLane>();
    const a1 = lane("a1");
    for (const each of [a1, lane("b1"), lane("c1")]) fair.ready(each);
    expect(fair.next()).toBe(a1);
    fair.ready(a1);
    expect(serve(fair, 3)).toEqual(["b1", "c1", "a1"]);
  });
});

test("P7: between two services of one application each other that stayed ready is served exactly once; lanes likewise", () => {
  const lanes = ["a1", "a2", "a3", "b1", "b2", "c1", "d1", "d2", "d3", "d4"].map(lane);
  const operation = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("next" as const), again: fc.boolean() }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom("ready" as const, "remove" as const),
        index: fc.nat(lanes.length - 1),
      }),
    },
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const fair = new Fair<TestLane>();
      const model = new Set<TestLane>();
      /** Turns that others had since somebody became ready or was served; forgotten when it is not ready. */
      const waits = { app: new Map<string, Map<string, number>>(), lane: new Map<string, Map<string, number>>() };
      const isReady = (appId: string) => [...model].some((each) => each.appId === appId);
      const forget = (each: TestLane) => {
        waits.lane.delete(each.name);
        if (!isReady(each.appId)) waits.app.delete(each.appId);
      };
      const enter = (each: TestLane) => {
        if (!waits.lane.has(each.name)) waits.lane.set(each.name, new Map());
        if (!waits.app.has(each.appId)) waits.app.set(each.appId, new Map());
      };
      const count = (of: Map<string, Map<string, number>>, served: string, except: (key: string) => boolean) => {
        for (const [waiting, seen] of of) {
          if (waiting === served || except(waiting)) continue;
          const times = (seen.get(served) ?? 0) + 1;
          expect(times).toBeLessThanOrEqual(1);
          seen.set(served, times);
        }
      };
      for (const op of operations) {
        if (op.kind === "next") {
          const served = fair.next();
          expect(served === undefined).toBe(model.size === 0);
          if (served === undefined) continue;
          expect(model.delete(served)).toBe(true);
          count(waits.app, served.appId, () => false);
          count(waits.lane, served.name, (name) => name.slice(0, 1) !== served.appId);
          waits.app.delete(served.appId);
          if (isReady(served.appId)) waits.app.set(served.appId, new Map());
          forget(served);
          if (op.again) {
            fair.ready(served);
            model.add(served);
            enter(served);
          }
        } else {
          const each = lanes[op.index];
          if (each === undefined) continue;
          fair[op.kind](each);
          if (op.kind === "ready") {
            model.add(each);
            enter(each);
          } else {
            model.delete(each);
            forget(each);
          }
        }
        expect(fair.size).toBe(model.size);
      }
    }),
    { numRuns: 500 },
  );
});
