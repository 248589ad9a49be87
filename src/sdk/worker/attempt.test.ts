import { expect, test } from "bun:test";
import { runAttempt } from "./attempt.ts";
import type { AnyTask } from "./define.ts";
import { RetryableError } from "./errors.ts";
import type { LeasedTask } from "./protocol.ts";

const TASK = { id: "task_1", name: "odd", attempt: 1, input: null } as unknown as LeasedTask;
const NO_LOG = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const attempt = (run: () => unknown) =>
  runAttempt(
    { run: async () => run() } as unknown as AnyTask,
    TASK,
    () => NO_LOG as never,
    () => 0,
  );

const throws = (thrown: unknown) =>
  attempt(() => {
    throw thrown;
  });

test("a moment to try again that is none is left to the task's retries", async () => {
  const { result, ended } = throws(new RetryableError("later", { retryAt: new Date("soon") }));
  expect(await result).toMatchObject({ ok: false, error: { class: "retryable", message: "later" } });
  expect(await ended).toBeUndefined();
  const good = throws(new RetryableError("later", { retryAt: new Date(1_000) }));
  expect(await good.result).toMatchObject({ error: { retryAt: "1970-01-01T00:00:01.000Z" } });
});

test("P7: whatever a function throws, its attempt has failed, and nothing is left unheard", async () => {
  const untellable = [
    Object.create(null),
    {
      toString: () => {
        throw new Error("no");
      },
    },
  ];
  for (const thrown of untellable) {
    const { result, ended } = throws(thrown);
    expect(await result).toMatchObject({ ok: false, error: { class: "retryable", code: "task_failed" } });
    expect(await ended).toBeUndefined();
  }
  expect(await throws(undefined).result).toMatchObject({ ok: false, error: { message: "undefined" } });
  expect(await throws(Symbol("s")).result).toMatchObject({ ok: false, error: { message: "Symbol(s)" } });
});
