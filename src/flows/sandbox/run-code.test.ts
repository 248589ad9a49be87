import { expect, test } from "bun:test";
import { type CommandOf, compile } from "#language";
import type { Run } from "../run.ts";
import type { CodeErrorCode, CodeOutcome } from "./outcome.ts";
import { createCodeExecutor, runCode } from "./run-code.ts";
import type { CodeCall } from "./sandbox.ts";

const COMMAND: CommandOf<"code"> = {
  kind: "code",
  path: "triage",
  attempt: 1,
  key: "run_1/triage",
  timeoutMs: 100,
  code: "return 1",
  input: { a: 1 },
};

const FLOW = compile({ posthorn: 1, flow: "triages", steps: [{ id: "triage", code: "return 1" }] });
const RUN: Run = {
  id: "0190a5d0-0000-7000-8000-000000000001",
  appId: "app",
  flowId: "0190a5d0-0000-7000-8000-000000000002",
  version: 1,
  phase: "running",
  trigger: "api",
  eventId: undefined,
  input: undefined,
  facts: undefined,
  parentId: undefined,
  depth: 0,
  priority: 0,
  gates: [],
  startedAtMs: 0,
  trace: undefined,
};

function sandbox(outcome: CodeOutcome) {
  const calls: CodeCall[] = [];
  return {
    calls,
    run: async (call: CodeCall) => {
      calls.push(call);
      return outcome;
    },
    stats: () => ({ processes: 0, running: 0, waiting: 0, programs: 0, failed: 0, lost: 0 }),
    close: async () => undefined,
  };
}

const failing = (code: CodeErrorCode) =>
  runCode(sandbox({ ok: false, error: { code, message: "No." }, logs: [] }), "app", COMMAND);

test("a program that gives a value completes its step, on its application's turn", async () => {
  const gives = sandbox({ ok: true, output: 1, logs: [] });
  expect(await runCode(gives, "app", COMMAND)).toEqual({ ok: true, output: 1, logs: [] });
  expect(gives.calls).toEqual([{ appId: "app", code: "return 1", input: { a: 1 }, timeoutMs: 100 }]);
});

test("what it threw is an error of class code, with its stack and what it logged", async () => {
  const outcome: CodeOutcome = {
    ok: false,
    error: { code: "code_threw", message: "TypeError: no", stack: "at total (code:1:2)" },
    logs: ["one"],
  };
  expect(await runCode(sandbox(outcome), "app", COMMAND)).toEqual({
    ok: false,
    error: {
      class: "code",
      code: "code_threw",
      message: "TypeError: no",
      path: "triage",
      detail: { stack: "at total (code:1:2)" },
    },
    logs: ["one"],
  });
});

test("the engine is told what was logged, of a program that completes and of one that fails, and nothing of a silent one", async () => {
  const executed = (outcome: CodeOutcome) =>
    createCodeExecutor(sandbox(outcome))(COMMAND, RUN, FLOW, new AbortController().signal);
  expect(await executed({ ok: true, output: 1, logs: ["a", "b"] })).toEqual({ ok: true, output: 1, logs: ["a", "b"] });
  const error = { code: "code_threw", message: "No." } as const;
  expect(await executed({ ok: false, error, logs: ["a"] })).toMatchObject({ ok: false, logs: ["a"] });
  expect(await executed({ ok: true, output: 1, logs: [] })).toEqual({ ok: true, output: 1 });
});

test.each([
  ["code_syntax", "code"],
  ["code_timeout", "code"],
  ["code_memory", "code"],
  ["code_stack", "code"],
  ["code_unsettled", "code"],
  ["code_output", "code"],
  ["result_too_large", "invalid"],
  ["sandbox_busy", "retryable"],
  ["sandbox_lost", "retryable"],
  ["sandbox_closed", "retryable"],
] as const)("%s is of class %s", async (code, expected) => {
  expect(await failing(code)).toMatchObject({ ok: false, error: { class: expected, code } });
});
