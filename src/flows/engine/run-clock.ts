import type { Arrival, LiveRun } from "./live.ts";

/** Clocks that are kept may differ by so much. */
const TOLERATED_MS = 1_000;
/** What a commit may take: the table counts from its beginning in the database, later than the journal's time by so much at most. */
const COMMIT_MS_MAX = 5_000;

/**
 * By how much the clock of a run is ahead of this process's, in ms. The times in a journal, and so those that it waits for, are by the clock of
 * whoever wrote them, and no two clocks agree. Where the table says in how many ms the next of them comes (by the clock of the database, which
 * counted from when it was written), that is believed: one that is due is due, one that was taken up before, for a signal, is not. Otherwise
 * nothing in the journal can be of the future.
 */
export function clockAheadMs(live: LiveRun, { run, entries }: Arrival, nowMs: number): number {
  const sinceLastMs = Math.max(0, live.lastAtMs - nowMs);
  // What waits for its beginning has written no time down; what its machine names is the run's own timeout.
  const isWaiting = entries.some(({ kind }) => kind === "waiting" || kind === "failed");
  if (run.dueInMs === undefined || !isWaiting) return sinceLastMs;
  live.machine.awaits(""); // It takes its journal, and knows what it waits for.
  const { dueAtMs } = live.machine;
  if (dueAtMs === undefined) return sinceLastMs;
  const aheadMs = dueAtMs - (nowMs + run.dueInMs);
  const isDueUnseen = run.dueInMs <= 0 && aheadMs > 0;
  // What fell due while its park was waiting for the database says nothing of how long ago.
  const isOtherClock = aheadMs > TOLERATED_MS || (aheadMs < -COMMIT_MS_MAX && run.dueInMs > 0);
  return isOtherClock || isDueUnseen ? aheadMs : sinceLastMs;
}
