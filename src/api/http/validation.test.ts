import { expect, test } from "bun:test";
import { z } from "@hono/zod-openapi";
import { check, parseBody, queryObject } from "./validation.ts";

test("faults name the part of the request and the whole way to the value", () => {
  const schema = z.object({ list: z.array(z.object({ n: z.number().max(3) })), text: z.string() });
  const parsed = check(schema, { list: [{ n: 1 }, { n: 9 }, {}] }, "body");
  if (parsed.ok) throw new Error("It was to be refused");
  expect(parsed.faults.map(({ loc, type }) => [loc.join("."), type])).toEqual([
    ["body.list.1.n", "value_error"],
    ["body.list.2.n", "value_error.missing"],
    ["body.text", "value_error.missing"],
  ]);
});

test("a body that is no JSON object is refused with where it stops being one", () => {
  const said = (body: string) => {
    const parsed = parseBody(Buffer.from(body));
    return parsed.ok ? "ok" : parsed.faults[0]?.msg;
  };
  expect(said('{"a": 1}')).toBe("ok");
  expect(said("")).toContain("empty");
  expect(said('{"a": 1,\n\n "é" 2}')).toContain("(line 3, column 6, byte 16)");
  expect(said("[1]")).toContain("(line 1, column 1, byte 0)");
});

test("a number that no double can be is refused where it stands, and not made null", () => {
  expect(parseBody(Buffer.from('{"input":{"n":[1,1e400]}}'))).toEqual({
    ok: false,
    faults: [
      {
        loc: ["body", "input", "n", "1"],
        msg: "The number is out of range: it should be less than 1.8e308",
        type: "value_error.number.out_of_range",
      },
    ],
  });
  expect(parseBody(Buffer.from('{"input":1.7976931348623157e308}')).ok).toBe(true);
});

test("lists in a query may be repeated, bracketed or joined by commas; other names take the last value", () => {
  const query = new URLSearchParams("event_types=a,b&event_types=c&event_types[]=d&event_types[1]=e&limit=1&limit=2");
  expect(queryObject(query, new Set(["event_types"]))).toEqual({ event_types: ["a", "b", "c", "d", "e"], limit: "2" });
});
