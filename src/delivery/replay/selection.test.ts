import { describe, expect, test } from "bun:test";
import type { EventFacts } from "#events";
import { judge, type Past, type Selection, WHATS } from "./selection.ts";

const ANY: Selection = { what: "all", sinceMs: 0, untilMs: 1 };
const everything = { eventTypes: undefined, channels: undefined };
const event: EventFacts = { id: "e", type: "order.placed", channels: ["eu"], tags: ["import"], isErased: false };
const never: Past = { isDelivered: false, isOwed: false, last: undefined, deadReasons: [] };
const dead: Past = {
  ...never,
  last: { outcome: "retryable", reason: "http_503" },
  deadReasons: ["exhausted"],
};
const delivered: Past = { ...dead, isDelivered: true, last: { outcome: "delivered", reason: "http_200" } };

const verdicts = (past: Past, over: Partial<Selection> = {}, of: EventFacts | undefined = event) =>
  WHATS.map((what) => judge({ ...ANY, ...over, what }, everything, of, past));

describe("what is sent again", () => {
  test("failed, missing and all tell apart what is dead, what never came, and what was delivered", () => {
    expect(verdicts(dead)).toEqual(["send", "send", "send"]);
    expect(verdicts(never)).toEqual(["not_this", "send", "send"]);
    expect(verdicts(delivered)).toEqual(["not_this", "not_this", "send"]);
  });

  test("P10: nothing that still waits, which is sent anyway", () => {
    for (const past of [dead, never, delivered])
      expect(verdicts({ ...past, isOwed: true })).toEqual(["not_this", "not_this", "not_this"]);
  });

  test("missing and all heed the endpoint's filters as they are now, failed does not", () => {
    const picky = { eventTypes: new Set(["other"]), channels: undefined };
    expect(WHATS.map((what) => judge({ ...ANY, what }, picky, event, dead))).toEqual(["send", "not_this", "not_this"]);
    const us = { eventTypes: undefined, channels: new Set(["us"]) };
    expect(judge({ ...ANY, what: "missing" }, us, event, never)).toBe("not_this");
  });

  test("what was withdrawn on purpose is failed only when it is asked for by that reason", () => {
    const withdrawn: Past = { ...never, deadReasons: ["cancelled"] };
    expect(verdicts(withdrawn)[0]).toBe("not_this");
    expect(verdicts(withdrawn, { reasons: ["cancelled"] })[0]).toBe("send");
    expect(verdicts(withdrawn, { reasons: ["exhausted"] })[0]).toBe("not_this");
  });

  test.each([
    ["type", { eventTypes: ["x", "order.placed"] }, { eventTypes: ["x"] }],
    ["channel", { channels: ["x", "eu"] }, { channels: ["x"] }],
    ["tag", { tags: ["x", "import"] }, { tags: ["x"] }],
    ["outcome of the last attempt", { outcomes: ["retryable"] }, { outcomes: ["delivered", "timeout"] }],
    ["reason of the last attempt", { reasons: ["http_503"] }, { reasons: ["http_500"] }],
    ["reason of a dead letter", { reasons: ["exhausted"] }, { reasons: ["permanent"] }],
  ] as const)("is chosen by %s", (_, fits, doesNot) => {
    expect(verdicts(dead, fits)).toEqual(["send", "send", "send"]);
    expect(verdicts(dead, doesNot)).toEqual(["not_this", "not_this", "not_this"]);
  });

  test("a filter by outcome leaves out what was never tried", () => {
    expect(verdicts(never, { outcomes: ["retryable"] })).toEqual(["not_this", "not_this", "not_this"]);
    expect(verdicts({ ...never, deadReasons: ["expired"] }, { reasons: ["expired"] })[0]).toBe("send");
  });

  test("an event without channels or tags has none of those asked for", () => {
    const bare: EventFacts = { ...event, channels: undefined, tags: undefined };
    expect(verdicts(never, { tags: ["import"] }, bare)).toEqual(["not_this", "not_this", "not_this"]);
    expect(verdicts(never, { channels: ["eu"] }, bare)).toEqual(["not_this", "not_this", "not_this"]);
  });

  test("what was erased, or dropped by retention, is told apart from what was not meant", () => {
    expect(verdicts(dead, {}, { ...event, isErased: true })).toEqual(["erased", "erased", "erased"]);
    expect(verdicts(dead, { eventTypes: ["x"] }, { ...event, isErased: true })).toEqual([
      "not_this",
      "not_this",
      "not_this",
    ]);
    expect(judge({ ...ANY, what: "failed" }, everything, undefined, dead)).toBe("erased");
  });
});
