import type { Entry } from "#language";
import { inputError } from "#language";
import type { FlowVersions } from "../flow-versions.ts";
import type { Run } from "../run.ts";
import { beginningOf } from "./begin-facts.ts";
import { entryValue } from "./commit-sql.ts";
import { type MachineMaker, machineFor } from "./machine-for.ts";

export interface PreludeOptions extends MachineMaker {
  readonly versions: Pick<FlowVersions, "peek">;
  /** Wall clock, ms. */
  readonly now: () => number;
}

/** A machine that wants so many turns has much to evaluate: that has its turn among the others. */
const TURNS_MAX = 4;
/** Of the input, and of what the entries hold: what is larger is not read twice. */
const BYTES_MAX = 64 * 1024;

/**
 * What a run that starts now can have in its journal with the commit that starts it: the outputs of durable steps before which nothing must be
 * committed. It saves a lone run one of its commits. None when it begins otherwise, or when it is not known here. The machine is thrown away:
 * once the start is committed the run begins by its journal like any other, and one whose start fails has never been.
 */
export function preludeOf(options: PreludeOptions, run: Run): readonly Entry[] {
  const known = run.phase === "running" && run.eventId === undefined ? options.versions.peek(run) : undefined;
  if (known?.ok !== true || (run.input?.length ?? 0) > BYTES_MAX) return [];
  const [first] = known.flow.steps;
  if (first?.kind !== "map" || !first.durable) return [];
  try {
    const { facts, input } = beginningOf(run, undefined);
    if (inputError(known.flow, input, false) !== undefined) return [];
    const machine = machineFor(options, known.flow, { run, facts, input });
    const atMs = Math.max(options.now(), run.startedAtMs);
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      const commands = machine.next(atMs);
      if (commands.length === 0 && machine.busy) continue;
      const entries = commands.flatMap((command): Entry[] => {
        if (command.kind !== "record" || command.respond !== undefined) return [];
        const { path, attempt, output } = command;
        return [{ kind: "completed", path, attempt, atMs, output }];
      });
      const bytes = entries.reduce((sum, entry) => sum + (entryValue(entry)?.length ?? 0), 0);
      return bytes > BYTES_MAX ? [] : entries;
    }
  } catch {
    // It breaks once more as it begins, and is ended there with an explanation.
  }
  return [];
}
