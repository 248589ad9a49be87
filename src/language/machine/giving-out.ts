import { unreachable } from "#kernel/plain";
import type { Command, StepError } from "../journal.ts";
import { type Doing, type Draft, draftOf } from "./draft.ts";
import type { Activation } from "./frames.ts";
import type { Run } from "./run.ts";

/** What is to be done that was not given out yet, and what fell due. */
export function commandsOf(run: Run, nowMs: number): readonly Command[] {
  const commands: Command[] = [];
  for (const activation of run.wanting) {
    giveOut(run, activation, nowMs, commands);
  }
  run.wanting = [];
  for (const { path, attempt, kind } of run.unwanted) {
    if (kind !== undefined) {
      commands.push({ kind: "give_up", path, attempt, key: keyOf(run, path), of: kind });
    }
  }
  run.unwanted = [];
  for (let moment = run.due.take(nowMs); moment !== undefined; moment = run.due.take(nowMs)) {
    commands.push(moment.of === undefined ? runTimeout(run) : fallDue(run, moment.of, nowMs));
  }
  return commands;
}

function keyOf(run: Run, path: string): string {
  return `${run.start.runId}/${path}`;
}

function giveOut(run: Run, activation: Activation, nowMs: number, commands: Command[]): void {
  if (activation.given || activation.givenUp) {
    return;
  }
  switch (activation.phase) {
    case "open":
      activation.given = true;
      commands.push(commandOf(run, activation, nowMs));
      return;
    case "began":
      // Not given out by this machine: whoever began it is gone.
      activation.given = true;
      commands.push(
        recordFailure(run, activation, {
          class: "ambiguous",
          code: "lost",
          message: "The process that did this was lost: whether it happened is not known.",
        }),
      );
      return;
    case "retrying":
    case "waiting":
    case "within":
    case "settled":
      // Moved on by entries since it came to want something.
      return;
    default:
      unreachable(activation.phase);
  }
}

function commandOf(run: Run, activation: Activation, nowMs: number): Command {
  const { path, attempt } = activation;
  const { command, lastsMs } = activation.draft ?? draftAgain(run, activation);
  const of = { path, attempt, key: keyOf(run, path) };
  if (command.kind === "wait") {
    const untilMs = lastsMs === undefined ? command.untilMs : nowMs + lastsMs;
    // One entry is enough for a wait that is over before it begins.
    return untilMs <= nowMs ? { ...of, kind: "record", output: null } : { ...of, kind: "wait", untilMs };
  }
  return lastsMs === undefined ? { ...command, ...of } : ({ ...command, ...of, untilMs: nowMs + lastsMs } as Command);
}

/** For a further attempt: the same as at first, as nothing that it sees has changed. */
function draftAgain(run: Run, activation: Activation): Draft {
  const drafted = draftOf(activation.step as Doing, activation.sequence.scope, run.compiled.hosts, run);
  if (!drafted.ok) {
    throw new Error(`"${activation.path}" was evaluated before, and now: ${drafted.error.message}`);
  }
  activation.draft = drafted.draft;
  return drafted.draft;
}

function recordFailure(
  run: Run,
  { path, attempt }: { readonly path: string; readonly attempt: number },
  error: StepError,
): Command {
  return { kind: "record_failure", path, attempt, key: keyOf(run, path), error };
}

function runTimeout(run: Run): Command {
  return recordFailure(
    run,
    { path: "", attempt: run.part === "main" ? 1 : 2 },
    {
      class: "timeout",
      code: "run_timeout",
      message: `The run took longer than its timeout of ${run.compiled.timeoutMs} ms.`,
    },
  );
}

/** It is to be tried again, or was waited for long enough. */
function fallDue(run: Run, activation: Activation, nowMs: number): Command {
  if (activation.phase === "retrying") {
    activation.given = true;
    return commandOf(run, activation, nowMs);
  }
  const { path, attempt } = activation;
  const of = { path, attempt, key: keyOf(run, path) };
  switch (activation.kind) {
    case "wait":
      return { ...of, kind: "record", output: null };
    case "wait_for_event":
      return { ...of, kind: "record", output: { event: null } };
    case "approve":
      return { ...of, kind: "record", output: { approved: null, by: null, at: null, reason: null } };
    default:
      return recordFailure(run, activation, {
        class: "timeout",
        code: "step_timeout",
        message: "It was waited for until its timeout, and no answer came.",
      });
  }
}
