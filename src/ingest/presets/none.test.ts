import { expect, test } from "bun:test";
import fc from "fast-check";
import { toEventType } from "./event-type.ts";
import { bytes, NOT_UTF8, verifier } from "./fixture.ts";
import { isPresetName, presetNames, presetOf } from "./index.ts";
import { none } from "./none.ts";

test("none believes everything, and names it by field, header or default", () => {
  const verify = verifier(none, { eventTypeField: "meta.kind", idField: "meta.id" });
  expect(verify({ headers: {}, body: bytes('{"meta":{"kind":"a.b","id":7}}') }, [])).toEqual({
    kind: "verified",
    eventType: "a.b",
    dedupeKey: "7",
  });
  expect(verify({ headers: {}, body: NOT_UTF8 }, [])).toEqual({ kind: "verified", eventType: "webhook" });
  expect(verify({ headers: {}, body: bytes('{"__proto__":{"kind":"x"}}') }, [])).toMatchObject({
    eventType: "webhook",
  });
});

test("an event type always fits its pattern, whatever a provider says", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: "binary", maxLength: 300 }), (text) => {
      expect(toEventType(text)).toMatch(/^[a-zA-Z0-9\-_.]{1,256}$/);
    }),
    { numRuns: 50 },
  );
});

test("every preset answers to its own name", () => {
  for (const name of presetNames) expect(presetOf(name).name).toBe(name);
  expect(isPresetName("constructor")).toBe(false);
});
