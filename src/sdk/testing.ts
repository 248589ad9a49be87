// Tests of flows in your own test runner: runs that take milliseconds, by a virtual clock, with nothing leaving.

import {
  type CompiledFlow,
  checkDefinition,
  compile,
  type Definition,
  type Json,
  type PinnedResult,
  type Rehearsal,
  type Rehearsed,
  type RehearsedStep,
  rehearse,
} from "#language";

export type {
  Pin,
  PinnedError,
  PinnedResult,
  Pins,
  Rehearsal,
  Rehearsed,
  RehearsedApproval,
  RehearsedEvent,
  RehearsedStep,
} from "#language";

/** A flow that can be run in tests. */
export interface TestedFlow {
  readonly definition: Definition;
  /** Plays one run to its end. Throws `FlowTestError` when a step reaches outside and has no result. */
  run(rehearsal?: TestRun): TestedRun;
}

/** As a rehearsal, with a shorter way to say that an event starts the run. */
export interface TestRun extends Rehearsal {
  readonly event?: { readonly type: string; readonly data: Json; readonly channels?: readonly string[] };
}

export interface TestedRun extends Rehearsed {
  readonly state: "completed" | "failed" | "cancelled";
  /** What the run returned; undefined when it did not complete. */
  readonly output: Json | undefined;
  /** Why it failed; undefined when it did not. */
  readonly error: { readonly class: string; readonly code: string; readonly message: string } | undefined;
  /** By path or id; throws when the run did not come to it. */
  step(name: string): RehearsedStep;
}

/** What a test did wrong: a definition with faults, a step without a result, a step that was not come to. */
export class FlowTestError extends Error {
  override readonly name = "FlowTestError";
}

/**
 * Prepares a flow for tests.
 *
 *     const flow = testFlow(abandonedCart);
 *     const run = flow.run({ event: { type: "cart.updated", data: cart }, results: { reminder: { output: {} } } });
 *     expect(run.output).toEqual({ outcome: "ordered" });
 *
 * `flow`: a definition, what the builder makes, or YAML text. Throws `FlowTestError` with every fault of it.
 */
export function testFlow(flow: Definition | { toJSON(): unknown } | string): TestedFlow {
  const checked = checkDefinition(typeof flow === "string" ? { source: flow, format: "yaml" } : plain(flow));
  if (checked.definition === null) {
    const faults = checked.faults.map(({ path, message }) => `  ${path}: ${message}`).join("\n");
    throw new FlowTestError(`The definition has faults:\n${faults}`);
  }
  const { definition } = checked;
  const compiled = compile(definition);
  return { definition, run: (rehearsal = {}) => play(compiled, rehearsal) };
}

/** A result that is this output. */
export function succeeds(output: Json, afterMs = 0): PinnedResult {
  return { output, afterMs };
}

/** A result that is a failure that may be tried again; `code` like `http_503`. */
export function failsForNow(code: string, message?: string): PinnedResult {
  return { error: { class: "retryable", code, ...(message !== undefined && { message }) } };
}

/** A result that is a failure for good. */
export function failsForGood(code: string, message?: string): PinnedResult {
  return { error: { class: "permanent", code, ...(message !== undefined && { message }) } };
}

function play(compiled: CompiledFlow, { event, ...rehearsal }: TestRun): TestedRun {
  const rehearsed = rehearse(compiled, event === undefined ? rehearsal : { ...rehearsal, trigger: triggerOf(event) });
  const { ending, problem, steps } = rehearsed;
  if (ending === undefined) {
    throw new FlowTestError(problem?.message ?? "The run did not end.");
  }
  return {
    ...rehearsed,
    state: ending.state,
    output: ending.state === "completed" ? ending.output : undefined,
    error: ending.state === "failed" ? ending.error : undefined,
    step(name) {
      const found = steps.find(({ path }) => path === name) ?? steps.find(({ id }) => id === name);
      if (found === undefined) {
        const known = steps.map(({ path }) => path).join(", ");
        throw new FlowTestError(`The run did not come to a step "${name}" that does something. It came to: ${known}.`);
      }
      return found;
    },
  };
}

function triggerOf({ type, data, channels = [] }: NonNullable<TestRun["event"]>): NonNullable<Rehearsal["trigger"]> {
  return { kind: "event", event: { id: "msg_rehearsed", type, data, channels, receivedAtMs: Date.UTC(2030, 0, 1) } };
}

function plain(flow: object): unknown {
  return JSON.parse(JSON.stringify(flow));
}
