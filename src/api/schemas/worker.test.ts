import { expect, test } from "bun:test";
import { check } from "../http/validation.ts";
import { WorkerLeaseIn } from "./worker.ts";

const faultOf = (worker: unknown) => {
  const checked = check(WorkerLeaseIn, { worker, max: 0 }, "body");
  return checked.ok ? "none" : checked.faults.map(({ loc, msg }) => `${loc.join(".")}: ${msg}`).join("\n");
};

test("a worker that says too little of itself is told which members are missing", () => {
  expect(faultOf({ name: "m" })).toBe(
    "body.worker: should have the token that the first lease answered with, or else name, queues, names and concurrency (queues: field required; names: field required; concurrency: field required)",
  );
  expect(faultOf({ name: "m", queues: [], names: ["a"], concurrency: 1 })).toStartWith("body.worker.queues: Too small");
  expect(faultOf({ token: "abc" })).toBe("body.worker.token: should be the token that the first lease answered with");
  expect(faultOf({ token: 42 })).toContain("(token: Invalid input: expected string, received number)");
  expect(faultOf("m")).toContain("body.worker: should be an object");
  expect(faultOf({ token: "42" })).toBe("none");
});
