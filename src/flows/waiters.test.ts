import { expect, test } from "bun:test";
import type { Db } from "#kernel";
import { createWaiters } from "./waiters.ts";

test("P7: who goes away waits no longer, and is not waited for", async () => {
  const waiters = createWaiters({
    db: {} as Db,
    isHere: () => true,
    findResponse: () => Promise.reject(new Error("nothing is looked up for who is gone")),
    now: performance.now.bind(performance),
  });
  const run = { runId: "r", flowId: "f" };
  const gone = new AbortController();
  const waiting = waiters.wait(run, 3_600_000, gone.signal);
  gone.abort();
  expect(await waiting).toEqual({ kind: "timed_out" });
  expect(await waiters.wait(run, 3_600_000, gone.signal)).toEqual({ kind: "timed_out" });
  // Nobody is there to be told.
  waiters.responded("r", 200, null, () => {
    throw new Error("told");
  });
});
