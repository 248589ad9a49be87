import type { Ending, TriggerFacts } from "#language";

/**
 * A run that has not ended is a row of one of two tables; a run that has is a row of a third. Each arrow is one statement.
 *
 *            lease                    end
 *   waiting ───────▶ leased ───────────────────▶ ended
 *      ▲               │
 *      └───────────────┘ park, release, takeover
 *
 * `matched` runs are candidates: an event fits a trigger by type or source. Whether the expression holds and flow control lets them
 * begin is decided after the commit; one that is not wanted is deleted without a trace (but counted), one that may not begin yet waits.
 */
export type RunPhase = "matched" | "running";

/** So many runs may lead to one, each by the other's event or call; one more is ended as `flow_cycle`. */
export const DEPTH_MAX = 16;

/** Why a run waits. `room`: for a process; `control`: for flow control; the others as the steps say. `paused`: by an operator. */
export type WaitingFor = "room" | "control" | "time" | "event" | "approval" | "task" | "call" | "paused";

/** What is known of a run from its row, without its journal. */
export interface Run {
  readonly id: string;
  readonly appId: string;
  readonly flowId: string;
  readonly version: number;
  readonly phase: RunPhase;
  readonly trigger: TriggerFacts["kind"];
  /** Its input is that event's data; absent: `input`. */
  readonly eventId: string | undefined;
  /** JSON. */
  readonly input: Uint8Array | undefined;
  /** Of TriggerFacts, what the event does not say. */
  readonly facts: Readonly<Record<string, unknown>> | undefined;
  /** The run that called it, or that it repeats. */
  readonly parentId: string | undefined;
  /** How many runs led to it, one by the other's event or call: cuts cycles. */
  readonly depth: number;
  readonly priority: number;
  /** The places of flow control that it holds. */
  readonly gates: readonly string[];
  readonly startedAtMs: number;
  /** Of one that was taken up from where it waited for a time: in so many ms that comes by the clock of the database; 0 and less: it has come. */
  readonly dueInMs?: number | undefined;
  readonly trace: string | undefined;
}

export type RunState =
  | { readonly state: "leased"; readonly owner: string }
  | { readonly state: "waiting"; readonly waitingFor: WaitingFor; readonly dueAtMs: number | undefined }
  | { readonly state: "ended"; readonly endedAtMs: number; readonly ending: Ending };
