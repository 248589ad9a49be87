import { Ban, CircleCheck, CircleDashed, CircleX, Clock, Loader, type LucideIcon, Timer, Unplug } from "lucide-react";
import { Badge, type Tone } from "../../kit/badge.tsx";

type Look = readonly [tone: Tone, icon: LucideIcon, word: string];

const LOOKS: Readonly<Record<string, Look>> = {
  waiting: ["info", Clock, "Waiting"],
  running: ["info", Loader, "Running"],
  completed: ["ok", CircleCheck, "Completed"],
  failed: ["bad", CircleX, "Failed"],
  cancelled: ["mute", Ban, "Cancelled"],
  timeout: ["warn", Timer, "Timeout"],
  lost: ["warn", Unplug, "Worker lost"],
};

/** How a task stands, or what came of an attempt at it. */
export function WorkBadge({ state }: { readonly state: string }) {
  const [tone, icon, word] = LOOKS[state] ?? (["mute", CircleDashed, state] as const);
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
