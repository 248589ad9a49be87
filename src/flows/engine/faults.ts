import { DatabaseError, type Log, publicId } from "#kernel";
import type { CompiledFlow, Ending, Entry, StepError } from "#language";
import type { RefusedEffect } from "../commit-part.ts";
import type { Run } from "../run.ts";
import type { Commit } from "./commit-sql.ts";
import type { RunCommits } from "./commits.ts";
import type { Entries } from "./entries.ts";
import { abortAll } from "./flights.ts";
import type { LiveRun } from "./live.ts";
import type { Refusals } from "./refusals.ts";
import type { Tally } from "./tally.ts";

export interface FaultsOptions {
  readonly commits: RunCommits;
  readonly entries: Entries;
  readonly refusals: Refusals;
  readonly tally: Tally;
  readonly send: (live: LiveRun, then: Commit["then"]) => void;
  readonly drop: (live: LiveRun) => void;
  readonly giveBack: (runIds: readonly string[]) => void;
  readonly onParked: (dueInMs: number) => void;
  readonly onEnded: (ending: Ending, commit: Commit) => void;
  /** A commit of a run that is not in memory was answered. */
  readonly onAnswered: () => void;
  readonly log: Log;
  readonly now: () => number;
}

/** A run for which there is no machine. */
export interface Unbegun {
  readonly run: Run;
  readonly owner: string;
  readonly flow: CompiledFlow | undefined;
  /** So many entries its journal has. */
  readonly seq: number;
}

/** Runs that cannot go on: each ends or waits alone, with an explanation, and the others go on. */
export interface Faults {
  /** It broke by itself. Throws what is a fault of the database: that has its own ways. */
  breakDown(live: LiveRun, error: unknown): void;
  /** Ends one that broke, without what it wanted to write. */
  endBroken(live: LiveRun, error: StepError): void;
  /** Ends one that never began, or for which no machine can be made. */
  endUnbegun(run: Unbegun, ending: Ending): void;
  /** The database does not take what it wants to write: it ends without that; and if not even so, it is left alone. */
  refused(live: LiveRun, commit: Commit, error: DatabaseError): void;
  /**
   * What was taken for done cannot be done. The machine is ahead and is not wound back: what stands without that is committed (all before
   * it, and what came from outside since), and the run is taken up again by its journal; asked for the same again, it fails.
   */
  unfit(live: LiveRun, commit: Commit, refused: readonly RefusedEffect[]): void;
}

export function createFaults(options: FaultsOptions): Faults {
  const { commits, log, tally } = options;

  function breakDown(live: LiveRun, error: unknown): void {
    if (error instanceof DatabaseError) throw error;
    const code = error instanceof Error && error.name === "JournalMismatch" ? "journal_mismatch" : "engine_fault";
    const ending = failureOf(code, "The run cannot go on", error);
    live.broken = ending.error;
    abortAll(live);
    if (!live.isCommitting) endBroken(live, ending.error);
  }

  function endBroken(live: LiveRun, error: StepError): void {
    live.broken = error;
    live.pending = [];
    live.values = [];
    live.pendingBytes = 0;
    live.effects = [];
    live.held = [];
    live.releasing = [];
    const ending: Ending = { state: "failed", error };
    warnOf(live.run, ending);
    options.send(live, { kind: "ends", ending });
  }

  function endUnbegun({ run, owner, flow, seq }: Unbegun, ending: Ending): void {
    warnOf(run, ending);
    const then: Commit["then"] = { kind: "ends", ending };
    const atMs = Math.max(options.now(), run.startedAtMs);
    const nothing = { entries: [], values: [], effects: [], consumed: [], steps: 0, bytes: 512 };
    const commit: Commit = { run, owner, flow, seq, ...nothing, then, atMs };
    commitAlone(commit, () => options.onEnded(ending, commit));
  }

  function refused(live: LiveRun, commit: Commit, error: DatabaseError): void {
    if (live.broken !== undefined || commit.entries.length + commit.effects.length === 0) {
      options.drop(live);
      refusedForGood(live.run, error);
      return;
    }
    live.seq = commit.seq;
    abortAll(live);
    endBroken(
      live,
      error.cause instanceof Error && error.sqlState === undefined
        ? { class: "invalid", code: "engine_fault", message: `What the run did cannot be recorded: ${error.message}` }
        : {
            class: "invalid",
            code: "commit_refused",
            message: `The database refused what the run wanted to write: ${error.message}.`,
          },
    );
  }

  function unfit(live: LiveRun, commit: Commit, refusedEffects: readonly RefusedEffect[]): void {
    for (const { runId, path, error } of refusedEffects) {
      const entry = commit.entries.find((each) => each.path === path);
      const attempt = entry !== undefined && "attempt" in entry ? entry.attempt : 1;
      options.refusals.note(runId, { path, attempt }, error);
    }
    const repaired = without(refusedEffects, live, commit);
    options.drop(live);
    commitAlone(repaired, () => options.onParked(1));
  }

  /** The commit and what the run had for the next, as far as that stands without those effects. */
  function without(refusedEffects: readonly RefusedEffect[], live: LiveRun, commit: Commit): Commit {
    const paths = new Set(refusedEffects.map(({ path }) => path));
    const isRefused = (at: { readonly path: string }) => paths.has(at.path);
    const first = commit.entries.findIndex(isRefused);
    const firstEffect = commit.effects.findIndex(isRefused);
    const all = [...commit.entries, ...live.pending];
    const values = [...commit.values, ...live.values];
    const kept = all.flatMap((entry, i) => (i < first || options.entries.isFromOutside(entry) ? [i] : []));
    const then: Commit["then"] = { kind: "parks", waitingFor: "room", dueAtMs: options.now() };
    return {
      ...commit,
      entries: kept.map((i) => all[i] as Entry), // Of its indexes.
      values: kept.map((i) => values[i] ?? null),
      effects: commit.effects.slice(0, Math.max(0, firstEffect)),
      consumed: [...commit.consumed, ...live.consumed],
      then,
    };
  }

  /** Commits what is the last of a run here. */
  function commitAlone(commit: Commit, committed: () => void): void {
    tally.commits++;
    void commits.add(commit).then((result) => {
      if (result.kind === "committed") committed();
      else if (result.kind === "refused") refusedForGood(commit.run, result.error);
      else options.giveBack([commit.run.id]);
      options.onAnswered();
    });
  }

  function refusedForGood(run: Run, error: DatabaseError): void {
    log.error("run_refused", "A run cannot be recorded; it is taken up again later.", {
      appId: publicId("app", run.appId),
      runId: publicId("run", run.id),
      error,
    });
  }

  function warnOf(run: Run, ending: Ending): void {
    if (ending.state !== "failed") return;
    log.limited(`run_broken:${run.flowId}`, "warn", "run_broken", "A run could not go on, and failed.", {
      appId: publicId("app", run.appId),
      flowId: publicId("flow", run.flowId),
      runId: publicId("run", run.id),
      code: ending.error.code,
      reason: ending.error.message,
    });
  }

  return { breakDown, endBroken, endUnbegun, refused, unfit };
}

export function failureOf(code: string, what: string, error: unknown): Extract<Ending, { state: "failed" }> {
  const why = error instanceof Error ? error.message : String(error);
  return { state: "failed", error: { class: "invalid", code, message: `${what}: ${why}` } };
}
