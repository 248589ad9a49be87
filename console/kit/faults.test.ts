import { expect, test } from "bun:test";
import { Failure } from "../api/failure.ts";
import { sortFaults } from "./faults.ts";

test("faults stand at the fields they are about, and what no field shows is not swallowed", () => {
  const failure = new Failure({
    status: 422,
    code: "validation",
    detail: "…",
    faults: [
      { loc: ["body", "url"], msg: "is no URL" },
      { loc: ["body", "url"], msg: "is too long" },
      { loc: ["body", "eventTypes", "2"], msg: "does not exist" },
      { loc: ["header", "idempotency-key"], msg: "is empty" },
    ],
  });
  const faults = sortFaults(failure, ["url", "eventTypes"]);
  expect(faults.of("url")).toBe("is no URL; is too long");
  expect(faults.of("eventTypes")).toBe("does not exist");
  expect(faults.rest).toBe(failure);
  expect(sortFaults(failure, ["url", "eventTypes", "idempotency-key"]).rest).toBeUndefined();
  expect(sortFaults(new Failure({ status: 409, code: "conflict", detail: "taken" }), ["url"]).rest?.code).toBe(
    "conflict",
  );
});
