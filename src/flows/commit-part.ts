import type { Queryable, Statement } from "#kernel";
import type { Command, CommandKind, CompiledFlow, Ending, Entry, StepError } from "#language";
import type { Run, WaitingFor } from "./run.ts";

/** Everything of one run that one commit makes true, all or nothing (P1, P3). */
export interface RunCommit {
  readonly run: Run;
  /** What it runs by: tells parts what it can have begun. Undefined: it never began, or its definition cannot be read any more. */
  readonly flow: CompiledFlow | undefined;
  /** Written as the journal's next, from `seq` on. */
  readonly seq: number;
  readonly entries: readonly Entry[];
  /** Commands whose effect is rows of our own. */
  readonly effects: readonly Command[];
  /** Signals that these entries are the answer to. */
  readonly consumed: readonly string[];
  readonly then:
    | { readonly kind: "goes_on" }
    | { readonly kind: "parks"; readonly waitingFor: WaitingFor; readonly dueAtMs: number | undefined }
    | { readonly kind: "ends"; readonly ending: Ending };
}

/** A step that was recorded as done, and was found impossible in the commit that should make it true. */
export interface RefusedEffect {
  readonly runId: string;
  readonly path: string;
  readonly error: StepError;
}

/** What a part did, to be told how the transaction ended. Like the plans of `events`; neither may throw. */
export interface PartPlan {
  /**
   * Of `write` alone: effects that cannot be, whoever asks and whenever. The transaction is rolled back, their steps fail with these errors, and
   * the other commits of the batch are made without theirs.
   */
  readonly refused?: readonly RefusedEffect[];
  committed(): void;
  abandoned(): void;
}

/**
 * Writes what one kind of effect (or the end of runs) needs, in the transaction that records the entries: rows of a table of its own, events
 * of the log. Set-based: one statement for all commits of the batch.
 */
export interface CommitPart {
  readonly name: string;
  /** Kinds of commands whose effect it writes. A step whose kind nobody serves fails as `not_available`. */
  readonly serves?: readonly CommandKind[];
  /** Whether this commit needs it; a batch in which none does costs it nothing. */
  concerns(commit: RunCommit): boolean;
  /**
   * As statements that do not depend on each other's effects, for a transaction sent in one go; they may fail it with SQLSTATE PH001.
   * Undefined: not enough is known, `write` is called instead.
   */
  foresee(
    commits: readonly RunCommit[],
  ): { readonly statements: readonly Statement[]; readonly plan: PartPlan } | undefined;
  /** The same, step by step. */
  write(tx: Queryable, commits: readonly RunCommit[]): Promise<PartPlan>;
}
