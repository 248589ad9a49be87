import type { Json } from "#language";
import { fingerprintOf } from "./acts/fingerprint.ts";
import type { RunStanding, RunSummary } from "./acts/run-read.ts";
import type { RunCommit } from "./commit-part.ts";

/** A run as a commit left it, known without reading what was just written. */
export interface RunTold {
  readonly run: RunSummary;
  /** What it returned; undefined unless it is completed. */
  readonly output: Json | undefined;
}

/** A commit, with when it was made. */
type Made = Pick<RunCommit, "run" | "flow" | "then"> & { readonly atMs: number; readonly steps: number };

/** The same as its rows say once the commit is in; undefined: not all of that is known here. */
export function toldOf(commit: Made): RunTold | undefined {
  const { run, flow, then } = commit;
  if (flow === undefined || then.kind === "parks") return undefined;
  const { id, appId, flowId, version, trigger, eventId, parentId, depth, startedAtMs } = run;
  const standing = standingOf(commit);
  const name = flow.definition.flow;
  return {
    run: { id, appId, flowId, flow: name, version, trigger, eventId, parentId, depth, startedAtMs, standing },
    output: then.kind === "ends" && then.ending.state === "completed" ? then.ending.output : undefined,
  };
}

function standingOf({ then, atMs, steps }: Made): RunStanding {
  if (then.kind !== "ends") return { state: "running" };
  const { ending } = then;
  switch (ending.state) {
    case "completed":
      return { state: "completed", endedAtMs: atMs, steps };
    case "failed":
      return { state: "failed", endedAtMs: atMs, steps, error: ending.error, fingerprint: fingerprintOf(ending.error) };
    case "cancelled":
      return { state: "cancelled", endedAtMs: atMs, steps, reason: ending.reason };
    default:
      return ending satisfies never;
  }
}
