import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSWASMModule } from "quickjs-emscripten-core";
import { unreachable } from "#kernel";
import { INSIDE } from "./inside.ts";
import { LOG_CHARS_MAX, LOG_LINES_MAX, OUTPUT_BYTES_MAX, STACK_BYTES, STACK_LINES_MAX } from "./limits.ts";
import type { CodeError, ProgramOutcome } from "./outcome.ts";

export interface Program {
  /** The body of `async function (input)`. */
  readonly code: string;
  /** JSON. */
  readonly input: string;
  /** CPU time. */
  readonly timeoutMs: number;
  readonly memoryBytesMax: number;
}

export interface ProgramRun {
  readonly outcome: ProgramOutcome;
  /** The virtual machine was left in a state that nobody knows: use it for nothing more. */
  readonly broken: boolean;
}

/** Of promise jobs between two looks at the clock. */
const JOBS_PER_LOOK = 256;
/** Of what we do ourselves once the program's time is up: to tell what it threw. */
const AFTERWARDS_MS = 50;

/**
 * Runs one program in a virtual machine made for it and thrown away afterwards, so that nothing is passed on from call to call or
 * from tenant to tenant. Strings go in and come out; the one function of the host takes a line of log.
 *
 * What the machine can interrupt ends at its time. What it cannot (a builtin that loops over 2^53 items) never returns: whoever
 * calls this must be able to end the process it runs in.
 */
export function runProgram(machine: QuickJSWASMModule, program: Program, cpuMs: () => number): ProgramRun {
  const logs = collectLogs();
  const fail = (error: CodeError, broken = false): ProgramRun => ({
    outcome: { ok: false, error, logs: logs.lines() },
    broken,
  });
  if (program.code.includes("\0")) {
    return fail({ code: "code_syntax", message: "The code contains the character U+0000" });
  }
  let runtime: QuickJSRuntime | undefined;
  let context: QuickJSContext | undefined;
  let run: ProgramRun;
  try {
    runtime = machine.newRuntime();
    runtime.setMemoryLimit(program.memoryBytesMax);
    runtime.setMaxStackSize(STACK_BYTES);
    context = runtime.newContext();
    run = runIn(runtime, context, program, cpuMs, logs, fail);
  } catch (error) {
    // The machine itself gave up: out of its memory before the program began, or past the native stack.
    run = fail(
      {
        code: error instanceof RangeError ? "code_stack" : "code_memory",
        message: `The virtual machine gave up: ${error instanceof Error ? error.message : String(error)}`,
      },
      true,
    );
  }
  if (run.broken) return run;
  try {
    context?.dispose();
    runtime?.dispose();
    return run;
  } catch {
    // An assertion of the machine's own bookkeeping. What was computed counts; the machine is not trusted again.
    return { ...run, broken: true };
  }
}

function runIn(
  runtime: QuickJSRuntime,
  context: QuickJSContext,
  program: Program,
  cpuMs: () => number,
  logs: ReturnType<typeof collectLogs>,
  fail: (error: CodeError) => ProgramRun,
): ProgramRun {
  const handles: QuickJSHandle[] = [];
  const keep = (handle: QuickJSHandle): QuickJSHandle => {
    handles.push(handle);
    return handle;
  };
  /** Of code of ours: it fails only for want of memory. */
  const ours = (result: ReturnType<QuickJSContext["evalCode"]>): QuickJSHandle => {
    if (result.error === undefined) return keep(result.value);
    keep(result.error);
    throw new OutOfMemory();
  };

  let endsAt = Number.POSITIVE_INFINITY;
  let overdue = false;
  runtime.setInterruptHandler(() => {
    if (cpuMs() < endsAt) return false;
    overdue = true;
    return true;
  });

  try {
    const tell = keep(
      context.newFunction("tell", (json) => {
        // As JSON: a string of its own would come across up to its first NUL.
        logs.add(JSON.parse(context.getString(json)) as string);
      }),
    );
    const inside = ours(context.evalCode(INSIDE, "posthorn"));
    const both = ours(context.callFunction(inside, context.undefined, tell));
    const parse = keep(context.getProp(both, 0));
    const run = keep(context.getProp(both, 1));
    const describe = keep(context.getProp(both, 2));
    // Not on the program's time: it is bounded by the length of the text.
    const input = ours(context.callFunction(parse, context.undefined, keep(context.newString(program.input))));
    const tellFailure = (reason: QuickJSHandle): ProgramRun => {
      // Its time is up; describing what it threw runs getters of its own, which get a moment and not more.
      const timedOut = overdue;
      endsAt = cpuMs() + AFTERWARDS_MS;
      overdue = false;
      const told = context.callFunction(describe, context.undefined, reason);
      const text = told.error === undefined ? context.getString(keep(told.value)) : undefined;
      if (told.error !== undefined) keep(told.error);
      if (timedOut) return fail(tookTooLong(program.timeoutMs, text));
      if (overdue) return fail({ code: "code_threw", message: "What the code threw takes too long to be shown" });
      return fail(errorOf(text, program.memoryBytesMax));
    };

    endsAt = cpuMs() + program.timeoutMs;
    const made = context.evalCode(`(async function (input) { "use strict";\n${program.code}\n})`, "code");
    if (made.error !== undefined) {
      const failed = tellFailure(keep(made.error));
      const { outcome } = failed;
      const syntax = !outcome.ok && outcome.error.message.startsWith("SyntaxError");
      return syntax ? fail({ ...outcome.error, code: "code_syntax" }) : failed;
    }
    const called = context.callFunction(run, context.undefined, keep(made.value), input);
    if (called.error !== undefined) return tellFailure(keep(called.error));
    const promise = keep(called.value);

    while (!overdue && runtime.hasPendingJob()) {
      const jobs = runtime.executePendingJobs(JOBS_PER_LOOK);
      if (jobs.error !== undefined) {
        keep(jobs.error);
        // A job never fails by the program's doing: that is the matter of its promise. Nothing is left to make an error from.
        if (!overdue) throw new OutOfMemory();
        return fail(tookTooLong(program.timeoutMs, undefined));
      }
      jobs.dispose();
      overdue ||= cpuMs() >= endsAt;
    }
    const state = context.getPromiseState(promise);
    switch (state.type) {
      case "fulfilled": {
        const output = context.getString(keep(state.value));
        const bytes = Buffer.byteLength(output);
        if (bytes > OUTPUT_BYTES_MAX) return fail(tooLarge(`The code returned ${bytes} bytes`));
        return { outcome: { ok: true, output, logs: logs.lines() }, broken: false };
      }
      case "rejected":
        return tellFailure(keep(state.error));
      case "pending":
        return fail(
          overdue
            ? tookTooLong(program.timeoutMs, undefined)
            : {
                code: "code_unsettled",
                message: "The code awaits a promise that nothing can settle: there are no timers and no network",
              },
        );
      default:
        return unreachable(state);
    }
  } catch (error) {
    if (!(error instanceof OutOfMemory)) throw error;
    return fail(outOfMemory(program.memoryBytesMax));
  } finally {
    for (const handle of handles.reverse()) if (handle.alive) handle.dispose();
  }
}

class OutOfMemory extends Error {}

function outOfMemory(bytes: number): CodeError {
  return {
    code: "code_memory",
    message: `The code needs more than the ${Math.floor(bytes / 1024)} KiB that it may allocate`,
  };
}

function tooLarge(message: string): CodeError {
  return { code: "result_too_large", message: `${message}; at most ${OUTPUT_BYTES_MAX} can be kept` };
}

function tookTooLong(timeoutMs: number, told: string | undefined): CodeError {
  const stack = told === undefined ? undefined : stackOf(parseTold(told).stack);
  return {
    code: "code_timeout",
    message: `The code was stopped after its ${timeoutMs} ms of CPU time; a step's timeout may give it more, up to 10s`,
    ...(stack !== undefined && { stack }),
  };
}

interface Told {
  readonly kind: "thrown" | "output" | "large" | "memory" | "stack";
  readonly message: string;
  readonly stack: string;
}

function parseTold(text: string): Told {
  return JSON.parse(text) as Told;
}

function errorOf(text: string | undefined, memoryBytesMax: number): CodeError {
  // Even telling what happened needs a few bytes.
  if (text === undefined) return outOfMemory(memoryBytesMax);
  const told = parseTold(text);
  const stack = stackOf(told.stack);
  const located = stack === undefined ? {} : { stack };
  switch (told.kind) {
    case "thrown":
      return { code: "code_threw", message: told.message, ...located };
    case "output":
      return { code: "code_output", message: told.message };
    case "large":
      return tooLarge(told.message);
    case "memory":
      return { ...outOfMemory(memoryBytesMax), ...located };
    case "stack":
      return { code: "code_stack", message: "The code calls itself too deep", ...located };
  }
}

/** Frames of the program only, with the lines that its author sees: one line of ours stands before them. */
function stackOf(stack: string): string | undefined {
  const frames = stack
    .split("\n", STACK_LINES_MAX * 4)
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at ") && !line.includes("posthorn"))
    .map((line) => line.replace(/\bcode:(\d+)/, (_, number: string) => `code:${Number(number) - 1}`));
  return frames.length === 0 ? undefined : frames.slice(0, STACK_LINES_MAX).join("\n");
}

function collectLogs(): { add(line: string): void; lines(): readonly string[] } {
  const kept: string[] = [];
  let chars = 0;
  let dropped = 0;
  return {
    add(line) {
      if (kept.length >= LOG_LINES_MAX || chars + line.length > LOG_CHARS_MAX) {
        dropped++;
        return;
      }
      kept.push(line);
      chars += line.length;
    },
    lines: () => (dropped === 0 ? kept : [...kept, `… and ${dropped} more`]),
  };
}
