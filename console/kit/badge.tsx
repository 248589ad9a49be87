import {
  Ban,
  CalendarClock,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleSlash,
  CircleX,
  Clock,
  KeyRound,
  Loader,
  type LucideIcon,
  PauseCircle,
  Settings2,
  ShieldAlert,
  Timer,
  Unplug,
} from "lucide-react";
import type { ReactNode } from "react";

export type Tone = "ok" | "warn" | "bad" | "info" | "mute";

export interface BadgeProps {
  readonly tone?: Tone | undefined;
  readonly icon?: LucideIcon | undefined;
  readonly children: ReactNode;
}

/** A word about a state. The word says it; the icon and the colour only repeat it. */
export function Badge({ tone = "mute", icon: Icon, children }: BadgeProps) {
  return (
    <span className="badge" data-tone={tone}>
      {Icon !== undefined && <Icon aria-hidden />}
      {children}
    </span>
  );
}

type Look = readonly [tone: Tone, icon: LucideIcon, word: string];

function from(table: Readonly<Record<string, Look>>, name: string, more = ""): ReactNode {
  const [tone, icon, word] = table[name] ?? (["mute", CircleDashed, name.replaceAll("_", " ")] as const);
  return (
    <Badge tone={tone} icon={icon}>
      {word}
      {more}
    </Badge>
  );
}

/** What came of one attempt, in the API's words. */
const OUTCOMES: Readonly<Record<string, Look>> = {
  delivered: ["ok", CircleCheck, "Delivered"],
  retryable: ["warn", CircleAlert, "Retryable"],
  permanent: ["bad", CircleX, "Permanent"],
  gone: ["bad", CircleSlash, "Gone"],
  timeout: ["warn", Timer, "Timeout"],
  ambiguous: ["warn", CircleDashed, "Ambiguous"],
  signature_error: ["bad", KeyRound, "Signature error"],
  endpoint_config_error: ["bad", Settings2, "Configuration error"],
  internal_error: ["bad", ShieldAlert, "Internal error"],
};

/** What became of a delivery, or is to become of it. */
const DELIVERIES: Readonly<Record<string, Look>> = {
  delivered: ["ok", CircleCheck, "Delivered"],
  owed: ["info", Clock, "Owed"],
  leased: ["info", Loader, "Sending"],
  held: ["warn", CirclePause, "Held"],
  dead: ["bad", CircleX, "Dead"],
  late: ["mute", Clock, "Late"],
  cancelled: ["mute", Ban, "Cancelled"],
};

const BREAKERS: Readonly<Record<string, Look>> = {
  closed: ["ok", CircleCheck, "Closed"],
  half_open: ["warn", CircleDashed, "Half open"],
  probing: ["warn", CircleDashed, "Probing"],
  open: ["bad", Unplug, "Open"],
};

const MODES: Readonly<Record<string, Look>> = {
  enabled: ["ok", CircleCheck, "Enabled"],
  paused: ["warn", PauseCircle, "Paused"],
  disabled: ["mute", CircleSlash, "Disabled"],
};

const TASKS: Readonly<Record<string, Look>> = {
  running: ["info", Loader, "Running"],
  finished: ["ok", CircleCheck, "Finished"],
  failed: ["bad", CircleX, "Failed"],
  paused: ["warn", CirclePause, "Paused"],
  cancelled: ["mute", Ban, "Cancelled"],
};

/** How work stands that is done by somebody: a run, a task, an attempt at one. */
const WORK: Readonly<Record<string, Look>> = {
  waiting: ["info", Clock, "Waiting"],
  later: ["mute", CalendarClock, "For later"],
  running: ["info", Loader, "Running"],
  completed: ["ok", CircleCheck, "Completed"],
  failed: ["bad", CircleX, "Failed"],
  cancelled: ["mute", Ban, "Cancelled"],
  timeout: ["warn", Timer, "Timeout"],
  lost: ["warn", Unplug, "Worker lost"],
};

export const OutcomeBadge = ({ outcome }: { readonly outcome: string }) => from(OUTCOMES, outcome);
export const DeliveryBadge = ({ state }: { readonly state: string }) => from(DELIVERIES, state);
export const BreakerBadge = ({ state }: { readonly state: string }) => from(BREAKERS, state);
export const ModeBadge = ({ mode }: { readonly mode: string }) => from(MODES, mode);
/** `more` follows the word: "Waiting" and " for an approval". */
export const WorkBadge = ({ state, more }: { readonly state: string; readonly more?: string }) =>
  from(WORK, state, more);
export const TaskBadge = ({ status }: { readonly status: string }) => from(TASKS, status);

/** A status code of HTTP; 0 or null: none came. */
export function HttpStatus({ status }: { readonly status: number | null | undefined }) {
  if (status === null || status === undefined || status === 0) return <Badge icon={Unplug}>No answer</Badge>;
  const tone: Tone = status < 300 ? "ok" : status < 400 ? "info" : status < 500 ? "warn" : "bad";
  return (
    <Badge tone={tone}>
      <span className="num">{status}</span>
    </Badge>
  );
}
