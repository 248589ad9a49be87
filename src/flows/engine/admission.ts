import type { CompiledFlow, Ending, Json, TriggerFacts } from "#language";
import type { Run } from "../run.ts";

/** A run of phase `matched` that is leased to this process. */
export interface AdmissionCandidate {
  readonly run: Run;
  readonly flow: CompiledFlow;
  readonly facts: TriggerFacts;
  readonly input: Json;
  readonly startedAtMs: number;
}

export type AdmissionVerdict =
  /** Its row says so by now (phase `running`, gates, priority), and is leased to this process still. */
  | { readonly kind: "starts"; readonly run: Run }
  /** To be ended by an ordinary commit. */
  | { readonly kind: "ends"; readonly run: Run; readonly ending: Ending }
  /** Moved to where it waits, absorbed by another one, or not wanted: it is not ours any more. */
  | { readonly kind: "gone" };

/** Decides what an append cannot: expressions of triggers, and flow control. */
export interface RunAdmission {
  /** A verdict each, in order, at most 500 at a time. Rejects with a fault of the database: nothing happened, or nobody knows. */
  admit(candidates: readonly AdmissionCandidate[]): Promise<readonly AdmissionVerdict[]>;
}
