import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isUuid } from "#kernel";
import { fingerprintOf, normalMessage, stepOf } from "./fingerprint.ts";

const error = (message: string, path = "charge", code = "http_503") => fingerprintOf({ code, message, path });

describe("a fingerprint", () => {
  test("is the same whatever item, id, number or quoted value the failure was about", () => {
    expect(error('The answer to POST "https://a.example/1" was 503', "orders[3].charge")).toBe(
      error('The answer to POST "https://b.example/2" was 502', "orders[12].charge"),
    );
    expect(error("Order ord_01h455vb4pex5vsknk084sn02q is gone since 2026-01-02T03:04:05Z")).toBe(
      error("Order ord_01h455vb4pex5vsknk084sn99x is gone since 2025-11-12T13:14:15Z"),
    );
    expect(error("It doesn't fit")).not.toBe(error("It doesn't work"));
  });

  test("tells codes, steps and sentences apart", () => {
    const one = error("The customer is unknown");
    expect(error("The customer is blocked")).not.toBe(one);
    expect(error("The customer is unknown", "refund")).not.toBe(one);
    expect(error("The customer is unknown", "charge", "http_404")).not.toBe(one);
  });

  test("is a UUID of any error, and depends on the normal message alone", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2_000 }), fc.string({ maxLength: 50 }), (message, path) => {
        const print = fingerprintOf({ code: "x", message, path });
        expect(isUuid(print)).toBe(true);
        const again = fingerprintOf({ code: "x", message: normalMessage(message), path: stepOf(path) });
        if (normalMessage(normalMessage(message)) === normalMessage(message)) expect(again).toBe(print);
        expect(normalMessage(message).length).toBeLessThanOrEqual(300);
      }),
    );
  });

  test("numbers never matter", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        expect(error(`Item ${a} of the list failed`)).toBe(error(`Item ${b} of the list failed`));
      }),
    );
  });
});
