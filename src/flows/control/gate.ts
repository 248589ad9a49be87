import { createHash } from "node:crypto";
import type { Window } from "./window.ts";

/** What a run passes before it begins, in this order. `overlap` is the rule of a schedule about the run of the moment before. */
export const STAGES = ["overlap", "singleton", "debounce", "batch", "rate", "throttle", "concurrency"] as const;
export type Stage = (typeof STAGES)[number];

/** One rule as it concerns one run: with the gate that stands for its key. */
export type Rule = { readonly gateId: string; readonly key: string } & (
  | { readonly stage: "overlap"; readonly mode: "skip" | "queue" | "replace" }
  | { readonly stage: "singleton"; readonly mode: "skip" | "replace" }
  | { readonly stage: "debounce"; readonly waitMs: number; readonly maxMs: number | undefined }
  | { readonly stage: "batch"; readonly size: number; readonly waitMs: number }
  | { readonly stage: "rate"; readonly limit: number; readonly perMs: number }
  | { readonly stage: "throttle"; readonly limit: number; readonly perMs: number }
  | { readonly stage: "concurrency"; readonly limit: number }
);
export type RuleOf<S extends Stage> = Extract<Rule, { readonly stage: S }>;

/** What is kept of a gate from one decision to the next, as JSON. */
export interface GateState {
  /** rate, throttle */
  readonly window?: Window;
  /** throttle: by what its turns are counted, when no run is at hand that says it. */
  readonly limit?: number;
  readonly perMs?: number;
  /** debounce: the run that begins when nothing more comes, and when the first one came. */
  readonly runId?: string;
  readonly firstMs?: number;
  /** batch: the run that it will be, and what is gathered for it. */
  readonly batchId?: string;
  readonly count?: number;
  readonly bytes?: number;
  readonly depth?: number;
  /** batch: what its run passes afterwards, by the keys of the first. */
  readonly rules?: readonly Rule[];
  readonly priority?: number;
  /** singleton, overlap: the holder that was told to end. */
  readonly cancelled?: string;
}

/** A gate, locked, as a decision sees and changes it. */
export interface Gate {
  readonly id: string;
  state: GateState;
  /** When somebody must look at it. */
  dueMs: number | undefined;
  /** Places taken, and one of those that hold them. */
  held: number;
  holder: string | undefined;
  /** The first of those that wait for it. */
  next: string | undefined;
  changed: boolean;
}

const KEY_SHOWN = 200;

/** A key as people see it; the gate's id follows from the whole. */
export function shownKey(key: string): string {
  return storable(key.length <= KEY_SHOWN ? key : `${key.slice(0, KEY_SHOWN - 1)}…`);
}

/** Text that PostgreSQL takes: JSON knows a character U+0000 and halves of pairs, its text does not. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\u{fffd}");
}

/** The same in every process: whoever decides for the key meets at the same row. */
export function gateId(flowId: string, stage: Stage, key: string): string {
  const hex = createHash("sha256").update(`${flowId}\n${stage}\n${key}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
