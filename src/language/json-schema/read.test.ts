import { expect, test } from "bun:test";
import { type Schema, Validator } from "@cfworker/json-schema";
import fc from "fast-check";
import type { Json } from "../definition.ts";
import { readSchema } from "./read.ts";

function told(schema: Json, value: Json): readonly string[] {
  const read = readSchema(schema);
  if (!read.ok) throw new Error(`${read.keys.join(".")}: ${read.message}`);
  return read.schema.mismatches(value, 20).map(({ at, message }) => `${at} ${message}`);
}

const small = fc.integer({ min: -2, max: 4 });
const name = fc.constantFrom("a", "b", "a/b", "~", "__proto__", "toString");
const value = fc.letrec<{ any: Json }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<Json>(null, true, false, "", "a", "ab", "🙂", "2026-02-29", 1.5),
    small,
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(name, tie("any"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).any;
/** A few keywords, of which few lead to more. */
const schema = fc.letrec<{ any: Json; object: Json }>((tie) => {
  const keywords: Readonly<Record<string, fc.Arbitrary<Json>>> = {
    type: fc.oneof(
      fc.constantFrom("null", "boolean", "integer", "number", "string", "array", "object"),
      fc.uniqueArray(fc.constantFrom("null", "boolean", "integer", "string", "array", "object"), { minLength: 1 }),
    ),
    const: value.filter((each) => each !== undefined),
    enum: fc.array(value, { minLength: 1, maxLength: 4 }),
    minimum: small,
    exclusiveMaximum: small,
    multipleOf: fc.constantFrom(1, 2, 0.5),
    minLength: fc.nat(2),
    maxLength: fc.nat(2),
    pattern: fc.constantFrom("^a", "b$", "^[ab]*$", "."),
    minItems: fc.nat(2),
    maxItems: fc.nat(3),
    uniqueItems: fc.boolean(),
    items: tie("any"),
    prefixItems: fc.array(tie("any"), { minLength: 1, maxLength: 2 }),
    contains: tie("any"),
    minContains: fc.nat(2),
    properties: fc.dictionary(name, tie("any"), { maxKeys: 3, noNullPrototype: true }),
    patternProperties: fc.dictionary(fc.constantFrom("^a", "b"), tie("any"), { maxKeys: 2, noNullPrototype: true }),
    additionalProperties: tie("any"),
    propertyNames: tie("any"),
    required: fc.uniqueArray(name, { maxLength: 2 }),
    minProperties: fc.nat(2),
    maxProperties: fc.nat(3),
    dependentRequired: fc.dictionary(name, fc.uniqueArray(name, { maxLength: 2 }), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
    allOf: fc.array(tie("any"), { minLength: 1, maxLength: 2 }),
    anyOf: fc.array(tie("any"), { minLength: 1, maxLength: 2 }),
    oneOf: fc.array(tie("any"), { minLength: 1, maxLength: 3 }),
    not: tie("any"),
    if: tie("any"),
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
    then: tie("any"),
    else: tie("any"),
  } as unknown as Record<string, fc.Arbitrary<Json>>;
  const one = fc.oneof(
    ...Object.entries(keywords).map(([keyword, given]) => given.map((each): [string, Json] => [keyword, each])),
  );
  return {
    any: fc.oneof({ maxDepth: 3, depthIdentifier: "schema" }, fc.boolean(), tie("object")),
    object: fc.array(one, { minLength: 1, maxLength: 3 }).map((each) => Object.fromEntries(each) as Json),
  };
}).any;

test("a value fits exactly when another validator says so", () => {
  fc.assert(
    fc.property(schema, value, (made, given) => {
      const other = new Validator(made as Schema, "2020-12", true).validate(given).valid;
      expect(told(made, given).length === 0).toBe(other);
    }),
    { numRuns: 3_000 },
  );
});

test("what does not fit is told with its place, all of it, up to a number", () => {
  const order: Json = {
    type: "object",
    required: ["id", "lines"],
    properties: {
      id: { type: "string", pattern: "^o[0-9]+$" },
      lines: { type: "array", minItems: 1, items: { $ref: "#/$defs/line" } },
    },
    $defs: { line: { type: "object", properties: { price: { type: "number", minimum: 0 } }, required: ["price"] } },
  };
  expect(told(order, { id: "o1", lines: [{ price: 1 }] })).toEqual([]);
  expect(told(order, { id: "x", lines: [{ price: -1 }, {}, 3] })).toEqual([
    '/id does not match the pattern "^o[0-9]+$"',
    "/lines/0/price is -1; it should be at least 0",
    '/lines/1 should have "price"',
    "/lines/2 should be of type object, not number",
  ]);
  expect(
    told(
      { items: false },
      Array.from({ length: 1_000 }, () => 0),
    ),
  ).toHaveLength(20);
  expect(told({ properties: { "a/b": { const: 1 } } }, { "a/b": 2 })).toEqual(["/a~1b should be 1"]);
});

test("formats that people rely on are held to", () => {
  const is = (format: string, text: string) => told({ format }, text).length === 0;
  expect(is("date-time", "2026-02-28T10:00:00Z")).toBe(true);
  expect(is("date-time", "2026-02-29T10:00:00Z")).toBe(false);
  expect(is("date", "2028-02-29")).toBe(true);
  expect(is("email", "a@b.example")).toBe(true);
  expect(is("email", "a b@c")).toBe(false);
  expect(is("uuid", "0190a6c2-4f6e-7b1a-8f57-b6f1f1d6b9aa")).toBe(true);
  expect(is("ipv4", "10.0.0.256")).toBe(false);
  expect(is("uri", "https://example.com/x")).toBe(true);
  expect(is("no-such-format", "anything")).toBe(true);
});

test("P7: no schema makes a small value expensive: patterns do not go back, uniqueness is not asked of pairs, circles end", () => {
  expect(told({ pattern: "^(a+)+$" }, `${"a".repeat(50_000)}b`)).toHaveLength(1);
  const many = Array.from({ length: 100_000 }, (_, i) => i);
  expect(told({ uniqueItems: true }, many)).toEqual([]);
  expect(told({ $ref: "#" }, 1)).toEqual([" cannot be checked: it is nested deeper than 500."]);
  let doubling: Json = { type: "number" };
  for (let i = 0; i < 40; i++) doubling = { allOf: [doubling, { anyOf: [doubling] }] };
  expect(told(doubling, 1)[0]).toStartWith(" cannot be checked: The evaluation takes more than");
});

test("a schema that asks for what is not checked is not taken for one that asks for nothing", () => {
  for (const [asked, at] of [
    [{ properties: { a: { unevaluatedProperties: false } } }, "properties.a.unevaluatedProperties"],
    [{ $ref: "https://example.com/s.json" }, "$ref"],
    [{ $ref: "#/$defs/none" }, "$ref"],
    [{ pattern: "(?=a)" }, "pattern"],
    [{ items: [] }, "items"],
    [{ type: "text" }, "type"],
  ] as const) {
    const read = readSchema(asked as unknown as Json);
    expect(read.ok ? "read" : read.keys.join(".")).toBe(at);
  }
});
