import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Places } from "./places.ts";

const appOf = (item: string): string => item.slice(0, 1);
function takeAll(places: Places<string>): string[] {
  const taken: string[] = [];
  for (let item = places.take(); item !== undefined; item = places.take()) taken.push(item);
  return taken;
}

describe("places", () => {
  test("P7: an application that has its share keeps nobody else from a place", () => {
    const places = new Places<string>(4, 2);
    for (const item of ["a1", "a2", "a3", "a4", "b1"]) places.push(appOf(item), item);
    expect(takeAll(places)).toEqual(["a1", "b1", "a2"]);
    places.push("c", "c1");
    expect(takeAll(places)).toEqual(["c1"]);
    expect(places.taken).toBe(4);
    places.free("a");
    expect(takeAll(places)).toEqual(["a3"]);
  });

  test("what comes later waits behind what waits already", () => {
    const places = new Places<string>(10, 1);
    for (const item of ["a1", "a2"]) places.push("a", item);
    expect(takeAll(places)).toEqual(["a1"]);
    places.push("a", "a3");
    const order: string[] = [];
    for (let n = 0; n < 2; n++) {
      places.free("a");
      order.push(...takeAll(places));
    }
    expect(order).toEqual(["a2", "a3"]);
  });

  test("P7: never more than there are, never more than a share, and everything has its turn", () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant("push" as const), app: fc.constantFrom("a", "b", "c") }),
      fc.record({ kind: fc.constant("free" as const), which: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 200 }), fc.integer({ min: 1, max: 6 }), (acts, max) => {
        const share = Math.ceil(max / 2);
        const places = new Places<string>(max, share);
        const held: string[] = [];
        const order = new Map<string, string[]>();
        let pushed = 0;
        const take = () => {
          for (const item of takeAll(places)) {
            held.push(item);
            order.set(appOf(item), [...(order.get(appOf(item)) ?? []), item]);
          }
          expect(held.length).toBeLessThanOrEqual(max);
          expect(places.taken).toBe(held.length);
          for (const app of ["a", "b", "c"])
            expect(held.filter((item) => appOf(item) === app).length).toBeLessThanOrEqual(share);
        };
        for (const one of acts) {
          if (one.kind === "push") places.push(one.app, `${one.app}${String(pushed++).padStart(4, "0")}`);
          else if (held.length > 0) places.free(appOf(held.splice(one.which % held.length, 1)[0] ?? ""));
          take();
        }
        while (held.length > 0) {
          places.free(appOf(held.splice(0, 1)[0] ?? ""));
          take();
        }
        expect([...order.values()].flat()).toHaveLength(pushed);
        for (const items of order.values()) expect(items).toEqual(items.toSorted());
      }),
      { numRuns: 1_000 },
    );
  });
});
