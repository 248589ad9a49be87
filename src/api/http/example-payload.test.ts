import { expect, test } from "bun:test";
import fc from "fast-check";
import { examplePayload } from "./example-payload.ts";

test("without a schema the example says that it is one", () => {
  expect(examplePayload("a.b", undefined)).toMatchObject({ example: true, eventType: "a.b" });
  expect(examplePayload("a.b", { "1": { type: "array" } })).toMatchObject({ example: true });
});

test("an example that stands in the newest version of the schema is taken as it is", () => {
  const schemas = { "9": { examples: [{ version: 9 }] }, "10": { examples: [{ version: 10 }] } };
  expect(examplePayload("a", schemas)).toEqual({ version: 10 });
});

test("otherwise one is made by the types of its properties", () => {
  const schema = {
    properties: {
      id: { type: "string", format: "uuid" },
      state: { enum: ["open", "paid"] },
      lines: { type: "array", items: { type: "object", properties: { amount: { type: "number", minimum: 5 } } } },
      at: { type: ["string", "null"], format: "date-time" },
      any: {},
      choice: { oneOf: [{ type: "boolean" }, { type: "string" }] },
    },
  };
  expect(examplePayload("a", { "1": schema })).toEqual({
    id: "01890a5d-ac96-774b-bcce-b302099a8057",
    state: "open",
    lines: [{ amount: 5 }],
    at: "2026-01-01T00:00:00Z",
    any: null,
    choice: true,
  });
});

test("whatever stands in a schema, the example is an object, and the same each time", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (schemas) => {
      const made = examplePayload("a", schemas);
      expect(typeof made).toBe("object");
      expect(Array.isArray(made)).toBe(false);
      expect(examplePayload("a", schemas)).toEqual(made);
    }),
  );
});
