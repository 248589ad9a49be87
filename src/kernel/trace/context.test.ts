import { expect, test } from "bun:test";
import { newId } from "../ids.ts";
import { parseTraceparent, readStoredTrace, spanIdOf, storedTrace, traceparent } from "./context.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

test("a traceparent is read as the W3C writes it", () => {
  expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({
    traceId: TRACE,
    parentId: SPAN,
    sampled: true,
    state: undefined,
  });
  expect(parseTraceparent(`00-${TRACE}-${SPAN}-02`)?.sampled).toBe(false);
  // A later version may say more behind it.
  expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-else`)?.traceId).toBe(TRACE);
});

test("what is no traceparent is as if there were none", () => {
  for (const text of [
    "",
    "00",
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    ` 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-0`,
    `00-${TRACE}-${SPAN}-01\r\nX-Evil: 1`,
  ]) {
    expect(parseTraceparent(text)).toBeUndefined();
  }
  expect(parseTraceparent(null)).toBeUndefined();
});

test("tracestate comes along unless it is too long or cannot be a header", () => {
  const read = (state: string) => parseTraceparent(`00-${TRACE}-${SPAN}-01`, state)?.state;
  expect(read("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")).toBe("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
  expect(read("x".repeat(513))).toBeUndefined();
  expect(read("a=b\u0000")).toBeUndefined();
});

test("what is kept beside an event says the same when it is read again, with the event's span as the parent", () => {
  const eventId = newId();
  for (const sampled of [true, false]) {
    for (const state of [undefined, "a=1,b=2 3"]) {
      const context = { traceId: TRACE, parentId: SPAN, sampled, state };
      const stored = storedTrace(context, eventId);
      expect(readStoredTrace(stored)).toEqual({ ...context, parentId: spanIdOf(eventId) });
      expect(stored.length).toBeWithin(55, 601);
    }
  }
});

test("a span's id follows from the id of its row, is none of the forbidden ones, and differs", () => {
  expect(spanIdOf("01890a5d-ac96-774b-bcce-b302099a8057")).toBe("bcceb302099a8057");
  const ids = Array.from({ length: 10_000 }, () => spanIdOf(newId()));
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(parseTraceparent(traceparent({ traceId: TRACE, sampled: true }, id))?.parentId).toBe(id);
});
