import { expect, test } from "bun:test";
import { createLocalRunner } from "./local-runner.ts";

test("a rehearsal runs programs as the engine would, and tells their errors with their lines", async () => {
  const run = await createLocalRunner();
  expect(run("return { twice: input * 2 }", 21, 1_000)).toEqual({ output: { twice: 42 } });
  expect(run("\nthrow new TypeError('no')", null, 1_000)).toEqual({
    error: {
      class: "code",
      code: "code_threw",
      message: "TypeError: no",
      detail: { stack: expect.stringContaining("code:2:") },
    },
  });
  expect(run("for (;;) {}", null, 5)).toMatchObject({ error: { code: "code_timeout" } });
});

test("a program that breaks the machine does not break the next rehearsal", async () => {
  const run = await createLocalRunner();
  expect(run("return JSON.parse('['.repeat(50000))", null, 5_000)).toMatchObject({ error: { code: "code_stack" } });
  expect(run("return 1", null, 1_000)).toEqual({ output: 1 });
});
