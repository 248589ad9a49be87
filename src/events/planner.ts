import type { Queryable, Statement } from "#kernel";

/** What led to an event within this installation. */
export interface EventCause {
  readonly runId: string;
  /** How many runs led to that run, one by the other's event or call. */
  readonly depth: number;
}

/** An event as planners see it: inside the transaction that makes it a fact. */
export interface AppendedEvent {
  readonly id: string;
  readonly appId: string;
  readonly type: string;
  readonly channels: readonly string[] | undefined;
  readonly payload: Uint8Array;
  readonly contentType: string;
  readonly hops: number;
  /** The source that it came in through, and the name that its owner gave that. */
  readonly sourceId?: string | undefined;
  readonly sourceUid?: string | undefined;
  /** The run that emitted it, when that is known: planned from here, not read back. */
  readonly cause?: EventCause | undefined;
  /** Deliveries per second of all the endpoints of its application; undefined: unlimited. */
  readonly appThrottleRate: number | undefined;
  /** As it is kept (`readStoredTrace`): what follows from the event is part of this trace. */
  readonly trace?: string | undefined;
}

/** What a planner did inside the transaction, to be told how the transaction ended. */
export interface Plan {
  /** The rows are facts: the work may begin at once. Must not throw. */
  committed(): void;
  /** Rolled back, or nobody knows: nothing may begin from memory; what was committed after all is found in the tables. Must not throw. */
  abandoned(): void;
}

/**
 * Makes what follows from events, inside the transaction of the append: set-based, insert-only, no locks on shared rows,
 * no code of users. Whatever is dearer than a match by type and channel is decided after the commit.
 */
export interface Planner {
  readonly name: string;
  /**
   * The same plan from what is known already, as statements for a transaction that is sent in one go; the first of them
   * fails the transaction (SQLSTATE PH001) when what is known is outdated. Undefined: not enough is known.
   */
  foresee(
    events: readonly AppendedEvent[],
  ): { readonly statements: readonly Statement[]; readonly plan: Plan } | undefined;
  plan(tx: Queryable, events: readonly AppendedEvent[]): Promise<Plan>;
}
