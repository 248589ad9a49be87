import { WorkBadge } from "../../kit/badge.tsx";
import type { Run } from "./flow.ts";
import { WAITS } from "./words.ts";

/** How a run stands; of one that waits also for what. */
export function RunBadge({ run }: { readonly run: Pick<Run, "state"> & { readonly waitingFor?: string | null } }) {
  const waits = run.state === "waiting" && run.waitingFor != null ? WAITS[run.waitingFor] : undefined;
  return <WorkBadge state={run.state} more={waits === undefined ? "" : ` ${waits}`} />;
}
