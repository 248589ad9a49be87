import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { OPERATIONS, phraseOf, predicateOf, refusalOf } from "./deeds.ts";

const schema = readFileSync(new URL("../../api/schema.d.ts", import.meta.url), "utf8");
const changing = [...schema.matchAll(/^ {8}(?:post|put|patch|delete): operations\["([^"]+)"\]/gm)].map(
  ([, id]) => id ?? "",
);
const all = new Set([...schema.matchAll(/operations\["([^"]+)"\]/g)].map(([, id]) => id));

test("every change that the API knows has words", () => {
  expect(changing.length).toBeGreaterThan(40);
  expect(changing.filter((operation) => phraseOf(operation) === undefined)).toEqual([]);
});

test("every look at a secret has words", () => {
  for (const operation of [
    "v1.endpoint.get-secret",
    "v1.source.get-secrets",
    "v1.operational-webhook.endpoint.get-secret",
  ]) {
    expect(all).toContain(operation);
    expect(phraseOf(operation)?.did).toMatch(/^looked at the secret/);
  }
});

test("what can be filtered by is what the API has", () => {
  expect(OPERATIONS.map(({ id }) => id).filter((id) => !all.has(id))).toEqual([]);
  expect(new Set(OPERATIONS.map(({ id }) => id)).size).toBe(OPERATIONS.length);
});

test("what was done is told as done, what was refused as wanted", () => {
  const deed = { operation: "v1.endpoint.delete", method: "DELETE", detail: {} };
  expect(predicateOf({ ...deed, status: 204 })).toBe("deleted the endpoint");
  expect(predicateOf({ ...deed, status: 403 })).toBe("wanted to delete the endpoint");
  expect(predicateOf({ operation: "v1.endpoint.list", method: "GET", status: 404, detail: {} })).toBe(
    "wanted to read (v1.endpoint.list)",
  );
  expect(refusalOf(403)).toBe("Refused: not allowed");
});

test("what was only counted is not told as done", () => {
  const deed = { operation: "v1.app.replay", method: "POST", status: 200, detail: { body: { dryRun: true } } };
  expect(predicateOf(deed)).toBe("counted what it would mean to begin a replay of");
  expect(predicateOf({ ...deed, detail: { body: { dryRun: false } } })).toBe("began the replay");
});
