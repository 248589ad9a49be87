import { describe, expect, test } from "bun:test";
import {
  bodyOf,
  draftOf,
  type EventType,
  exampleFault,
  freshVersion,
  isSound,
  nextVersion,
  schemaFault,
} from "./draft.ts";

const type = (schemas: EventType["schemas"]): EventType => ({
  name: "order.created",
  description: "An order was made",
  deprecated: false,
  schemas,
  createdAt: "",
  updatedAt: "",
});

describe("an event type as it is typed", () => {
  test("one that is read and sent again is the same, with its only example, with many, and with none", () => {
    const schemas = {
      "1": { type: "object", examples: [{ id: 1 }] },
      "2": { type: "object", examples: [{ id: 1 }, { id: 2 }] },
      "10": { type: "object" },
    };
    const draft = draftOf(type(schemas));
    expect(draft.versions.map(({ name }) => name)).toEqual(["1", "2", "10"]);
    expect(bodyOf(draft).schemas).toEqual(schemas);
  });

  test("without a version there is no schema", () => {
    expect(bodyOf(draftOf(type(null))).schemas).toBeNull();
  });

  test("a new version begins as the newest is, and counts on", () => {
    const { versions } = draftOf(type({ v9: { type: "object" } }));
    expect(nextVersion(versions)).toBe("10");
    expect(JSON.parse(freshVersion(versions).schema)).toEqual({ type: "object" });
    expect(nextVersion([])).toBe("1");
    expect(schemaFault(freshVersion([]).schema)).toBeUndefined();
  });

  test("what is no JSON is told with its line, and is not sent", () => {
    expect(schemaFault('{\n  "a": x\n}')).toStartWith("Line 2, column 8:");
    expect(schemaFault("[]")).toContain("object");
    expect(exampleFault("")).toBeUndefined();
    expect(exampleFault("{")).toStartWith("Line 1, column 2:");
    const draft = draftOf(type({ "1": {} }));
    expect(isSound(draft)).toBe(true);
    expect(isSound({ ...draft, versions: [{ name: "1", schema: "{}", example: "{" }] })).toBe(false);
  });
});
