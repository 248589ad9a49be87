import { Ban, CircleAlert, CircleCheck, CircleX, Clock, Loader, type LucideIcon, RotateCw, Undo2 } from "lucide-react";

/** How a step of a run stands; of one that happens many times (an item each) the worst of them. */
export interface StepState {
  readonly state: StepStateName;
  /** How often it was begun, items counted each. */
  readonly count: number;
}
export type StepStateName =
  | "completed"
  | "failed"
  | "rescued"
  | "retrying"
  | "running"
  | "waiting"
  | "cancelled"
  | "undone";

interface Look {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly tone: "ok" | "bad" | "warn" | "info" | "mute";
}

export const STEP_STATES: Readonly<Record<StepStateName, Look>> = {
  completed: { label: "Completed", icon: CircleCheck, tone: "ok" },
  failed: { label: "Failed", icon: CircleX, tone: "bad" },
  rescued: { label: "Failed, dealt with", icon: CircleAlert, tone: "warn" },
  retrying: { label: "Waits for a retry", icon: RotateCw, tone: "warn" },
  running: { label: "Running", icon: Loader, tone: "info" },
  waiting: { label: "Waiting", icon: Clock, tone: "info" },
  cancelled: { label: "Cancelled", icon: Ban, tone: "mute" },
  undone: { label: "Undone", icon: Undo2, tone: "warn" },
};

/** From the worst to the best. */
export const WORST_FIRST: readonly StepStateName[] = [
  "failed",
  "retrying",
  "running",
  "waiting",
  "rescued",
  "undone",
  "cancelled",
  "completed",
];
