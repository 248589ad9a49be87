import { Ban, CircleCheck, CircleX, Clock, Loader, type LucideIcon } from "lucide-react";
import { Badge, type Tone } from "../../kit/badge.tsx";
import type { Run, RunState } from "./flow.ts";
import { WAITS } from "./words.ts";

const STATES: Readonly<Record<RunState, readonly [tone: Tone, icon: LucideIcon, word: string]>> = {
  running: ["info", Loader, "Running"],
  waiting: ["info", Clock, "Waiting"],
  completed: ["ok", CircleCheck, "Completed"],
  failed: ["bad", CircleX, "Failed"],
  cancelled: ["mute", Ban, "Cancelled"],
};

/** How a run stands; of one that waits also for what. */
export function RunBadge({ run }: { readonly run: Pick<Run, "state"> & { readonly waitingFor?: string | null } }) {
  const [tone, icon, word] = STATES[run.state];
  const waits = run.state === "waiting" && run.waitingFor != null ? ` ${WAITS[run.waitingFor] ?? ""}` : "";
  return (
    <Badge tone={tone} icon={icon}>
      {word}
      {waits}
    </Badge>
  );
}
