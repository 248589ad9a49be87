import type { Command } from "#language";
import type { Entries } from "./entries.ts";
import type { Holdings } from "./holdings.ts";
import { readInbox } from "./inbox.ts";
import type { LiveRun } from "./live.ts";

export interface RoundsOptions {
  readonly entries: Entries;
  readonly holdings: Holdings;
  /** What becomes of one wish of the machine (`createWishes`). */
  readonly accept: (live: LiveRun, command: Command, mustHold: boolean) => void;
  /** Whether its flow does not exist any more. */
  readonly isDoomed: (live: LiveRun) => boolean;
  /** Gives the run another turn. */
  readonly ready: (live: LiveRun) => void;
  /** Decides what follows; `isSettled`: nothing more comes of asking the machine now. */
  readonly settle: (live: LiveRun, isSettled: boolean) => void;
  readonly breakDown: (live: LiveRun, error: unknown) => void;
}

/** A run commits what it has before it makes more. */
const COMMIT_ENTRIES = 1_000;
const COMMIT_BYTES = 1024 * 1024;

/** Does what the machine wants as far as that can be done without waiting, and has it settled. */
export function createRounds(options: RoundsOptions): (live: LiveRun) => void {
  const { entries, holdings } = options;
  /** Those whose machines stopped half way for the turns of others. */
  const midway = new WeakSet<LiveRun>();

  /** Whether it may go on in turns: what came is asked of the machine, which would then do all at once. Not so once something fell due. */
  function isMidway(live: LiveRun): boolean {
    const { dueAtMs } = live.machine;
    return midway.has(live) && (dueAtMs === undefined || dueAtMs > entries.at(live));
  }

  /** Asks the machine until it wants nothing more, or a turn or a commit is due. Whether it wants nothing more. */
  function advance(live: LiveRun): boolean {
    // What came is heeded before what fell due: an answer that was there in time is no timeout, however late the run is looked at.
    if (!isMidway(live)) readInbox(live, entries, options.isDoomed(live));
    for (;;) {
      const before = live.pending.length;
      const effectsBefore = live.effects.length;
      const commands = live.machine.next(entries.at(live));
      const mustHold = live.isCommitting || before > 0;
      for (const command of commands) options.accept(live, command, mustHold);
      if (live.machine.busy) {
        midway.add(live);
        options.ready(live);
        return false;
      }
      midway.delete(live);
      if (live.pending.length === before && live.effects.length === effectsBefore) {
        if (readInbox(live, entries, options.isDoomed(live))) continue;
        // What was to be begun once all is committed may begin when nothing is left to commit.
        if (before === 0 && !live.isCommitting && releaseRecords(live, entries)) continue;
        return true;
      }
      if (live.pending.length >= COMMIT_ENTRIES || live.pendingBytes >= COMMIT_BYTES) return false;
    }
  }

  return (live) => {
    if (live.isGone || !live.isAdmitted || live.broken !== undefined) return;
    try {
      const isSettled = advance(live);
      holdings.resize(live, Math.max(live.bytes, live.machine.bytes));
      options.settle(live, isSettled);
    } catch (error) {
      options.breakDown(live, error);
    }
  };
}

/** Records that waited for the commit before them. Whether there were any. */
function releaseRecords(live: LiveRun, entries: Entries): boolean {
  const held = live.held;
  live.held = [];
  let isAny = false;
  for (const command of held) {
    if (command.kind === "record") {
      entries.complete(live, command, command.output);
      isAny = true;
    } else live.held.push(command);
  }
  return isAny;
}
