/**
 * What the simulation needs of the database: the tables of what is owed and who holds it. Two things implement it: a model
 * in memory, and the real statements.
 */

import type { OwedAct } from "../owed-acts.ts";
import type { Fate } from "../settlement.ts";
import type { ProcessToken } from "../state.ts";

export interface Held {
  readonly id: string;
  readonly attempts: number;
  readonly step: number;
}

/** Another process that has not ended, as a pulse tells of it. */
export interface Other {
  readonly token: ProcessToken;
  /** Changes with each pulse of that process. */
  readonly beat: string;
  /** Its lease is over by the clock of the database. */
  readonly expired: boolean;
}

export interface Row {
  readonly state: "owed" | "held" | "leased" | "dead" | "delivered";
  readonly owner?: ProcessToken;
  readonly attempts: number;
}

/** The tables of what is owed and who holds it. Each call is one transaction. */
export interface Tables {
  join(): Promise<ProcessToken>;
  pulse(token: ProcessToken): Promise<{ readonly alive: boolean; readonly others: readonly Other[] }>;
  /** Declares `dead` ended unless it pulsed since `beat`, and makes what it holds owed. False: it did pulse, or has ended. */
  takeOver(dead: ProcessToken, beat: string): Promise<boolean>;
  leave(token: ProcessToken): Promise<void>;
  /** The append: a delivery that is accepted and leased to `owner` at once. */
  accept(owner: ProcessToken, id: string): Promise<void>;
  claim(owner: ProcessToken, max: number): Promise<readonly Held[]>;
  /** The fenced settle. False: the row was no longer the owner's; the attempt is recorded as late. Safe to repeat. */
  settle(owner: ProcessToken, held: Held, attemptId: string, fate: Fate): Promise<boolean>;
  release(owner: ProcessToken, held: Held): Promise<void>;
  /**
   * Makes owed what is leased to `owner`, none of `known` and older than `olderThan`: left behind by an append or a claim
   * of unknown fate.
   */
  releaseUnknown(owner: ProcessToken, known: readonly string[], olderThan: string): Promise<void>;
  /** Makes owed what is leased to those who ended: an append or a claim may be committed after its owner was declared dead. */
  releaseOfEnded(): Promise<void>;
  /** An operator holds, lets go or cancels a delivery. False: it was not in a state to be. */
  act(act: OwedAct, id: string): Promise<boolean>;

  // The instruments of the test.
  /** The clock of the database goes on by `ms`, or steps back when negative. */
  advance(ms: number): Promise<void>;
  /** Each table's row of a delivery; more than one is a broken promise. */
  rowsOf(id: string): Promise<readonly Row[]>;
  attemptsOf(
    id: string,
  ): Promise<readonly { readonly id: string; readonly number: number; readonly settledAs: string }[]>;
}
