import type { Claimed, Position } from "./claim.ts";
import type { TaskLane } from "./due.ts";

/** Where the claims of one kin left off in its queues. */
export interface Positions {
  /** Where the next claim is to begin; empty: at the front of all. */
  next(nowMs: number): readonly Position[];
  /** A claim began there at that moment, took so long, and found these; `hasMore`: as many as it wanted. */
  took(from: readonly Position[], atMs: number, tookMs: number, found: readonly Claimed[], hasMore: boolean): void;
  /** Something is owed that may stand before where the last one left off. */
  before(lane: TaskLane, rankUs: number): void;
}

/** Once in that time, or in ten times what it takes, a claim begins at the front: for what fell due, or was given back, before the positions. */
const FRONT_EVERY_MS = 1_000;
const FRONT_SHARE = 10;
/** Commits overtake each other: where there is no backlog, who comes next may have been ranked so much before the last one that was taken. */
const OVERTAKEN_US = 1_000_000;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/**
 * Deleted rows stay in the index for as long as anybody holds a snapshot from before (P11): a claim that began at the front would walk over
 * all that earlier ones took, and the more it had taken, the longer.
 */
export function createPositions(): Positions {
  const positions = new Map<string, Position>();
  let frontAtMs = Number.NEGATIVE_INFINITY;
  const keyOf = ({ queue, name }: { queue: string; name: string }) => `${queue} ${name}`;
  return {
    next: (nowMs) => (nowMs >= frontAtMs ? [] : [...positions.values()]),
    took: (from, atMs, tookMs, found, hasMore) => {
      if (from.length === 0) {
        positions.clear();
        frontAtMs = atMs + Math.max(FRONT_EVERY_MS, FRONT_SHARE * tookMs);
      }
      // In the order of rank: the last of a kind is the furthest. Neighbours are mostly of one kind.
      for (const [i, { queue, name, rankUs, id }] of found.entries()) {
        const next = found[i + 1];
        if (next?.queue === queue && next.name === name) continue;
        const position = hasMore
          ? { queue, name, rankUs, id }
          : { queue, name, rankUs: rankUs - OVERTAKEN_US, id: FIRST_ID };
        positions.set(keyOf(position), position);
      }
    },
    before: (lane, rankUs) => {
      const key = keyOf(lane);
      const known = positions.get(key);
      if (known !== undefined && rankUs < known.rankUs)
        positions.set(key, { queue: lane.queue, name: lane.name, rankUs, id: FIRST_ID });
    },
  };
}
