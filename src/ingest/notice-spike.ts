import { GIVE_NOTICE, noticeParams } from "#events";
import { DatabaseError, type Log, publicId, type Queryable } from "#kernel";
import type { RejectionReason } from "./rejection.ts";

export interface SpikeLimits {
  /** Requests that a source refuses within a minute, over all processes, before it is told. */
  readonly rejections: number;
  /** And how many of a hundred requests these must be. */
  readonly percent: number;
}

export interface SpikeWatchOptions {
  readonly q: Queryable;
  readonly log: Log;
  readonly limits: SpikeLimits;
  /** How many processes share what comes in. */
  readonly processes: () => number;
  /** Runs `task` once after `ms`; returns how to call that off. */
  readonly later?: (ms: number, task: () => void) => () => void;
}

/**
 * Tells once that a source refuses much more than it takes: the provider's secret was rotated, a clock is off, somebody
 * posts to the wrong URL. Each process counts what it sees itself and takes that for its share; the table remembers that it
 * was told, so that one process tells it for all.
 *
 * It is over when for two minutes no process saw half as much; then it may be told again.
 */
export interface SpikeWatch {
  /** Both only count: what is dear happens later, and for sources that refuse much. */
  accepted(sourceId: string): void;
  rejected(source: { readonly id: string; readonly appId: string }, reason: RejectionReason): void;
  /** Looks now; otherwise that happens every ten seconds while anything is refused. */
  look(): Promise<void>;
  stop(): void;
}

const LOOK_MS = 10_000;
const SLOTS = 6;
const WINDOW_SECONDS = (LOOK_MS * SLOTS) / 1_000;
/** Counted at once; a source beyond that waits for its turn. Only sources with a valid token come here. */
const SOURCES_MAX = 10_000;
/** Told in one look: whatever made a hundred sources refuse is told by a hundred. */
const TOLD_MAX = 100;

// The row lasts a little longer than the window: one look that fails or comes late does not end the episode.
const SEEN = `
  with seen as (
    insert into posthorn.source_spike as k (source_id, lasts_until)
    select $9::uuid, now() + interval '2 minutes'
     where posthorn.notice_wanted($1)
       -- What is left of a spike keeps it going, and begins none.
       and ($10::boolean or exists (select from posthorn.source_spike where source_id = $9::uuid and lasts_until >= now()))
    on conflict (source_id) do update
       set since = case when k.lasts_until < now() then now() else k.since end, lasts_until = excluded.lasts_until
    returning since = now() as is_new
  )
  select ${GIVE_NOTICE} as given from seen where is_new`;

interface Slot {
  accepted: number;
  rejected: number;
}

interface Count {
  readonly appId: string;
  /** Newest last. */
  readonly slots: Slot[];
  readonly reasons: Map<RejectionReason, number>;
}

/** What its owner asked for, and what is ours to cut, is nobody's mistake. */
const EXPECTED: ReadonlySet<RejectionReason> = new Set(["source_disabled", "loop"]);

export type Verdict = "begins" | "lasts" | "quiet";

/** Whether so much refused of so many is a spike, or what is left of one: half of either bound. */
export function judge(rejected: number, accepted: number, limits: SpikeLimits): Verdict {
  const percent = (100 * rejected) / Math.max(1, rejected + accepted);
  if (rejected >= limits.rejections && percent >= limits.percent) return "begins";
  return rejected * 2 >= limits.rejections && percent * 2 >= limits.percent ? "lasts" : "quiet";
}

export function createSpikeWatch(options: SpikeWatchOptions): SpikeWatch {
  const { q, log, limits, processes, later = afterMs } = options;
  const counts = new Map<string, Count>();
  let callOff: (() => void) | undefined;

  function schedule(): void {
    if (counts.size === 0) return;
    callOff ??= later(LOOK_MS, () => {
      callOff = undefined;
      void look();
    });
  }

  async function look(): Promise<void> {
    const share = Math.max(1, processes());
    const spikes: {
      readonly id: string;
      readonly count: Count;
      readonly rejected: number;
      readonly accepted: number;
      readonly verdict: Verdict;
    }[] = [];
    for (const [id, count] of counts) {
      const rejected = count.slots.reduce((sum, slot) => sum + slot.rejected, 0) * share;
      const accepted = count.slots.reduce((sum, slot) => sum + slot.accepted, 0) * share;
      if (rejected === 0) {
        counts.delete(id);
        continue;
      }
      const verdict = judge(rejected, accepted, limits);
      if (verdict !== "quiet") spikes.push({ id, count, rejected, accepted, verdict });
    }
    spikes.sort((a, b) => b.rejected - a.rejected);
    try {
      for (const { id, count, rejected, accepted, verdict } of spikes.slice(0, TOLD_MAX)) {
        const data = {
          sourceId: publicId("src", id),
          rejected,
          accepted,
          windowSeconds: WINDOW_SECONDS,
          reasons: Object.fromEntries(count.reasons),
        };
        const params = noticeParams({ type: "source.rejections_spiked", appId: count.appId, data });
        await q.query(SEEN, [...params, id, verdict === "begins"]);
      }
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      log.limited("spike_untold", "warn", "spike_untold", "What sources refuse could not be told.", { error });
    }
    for (const count of counts.values()) {
      count.slots.push({ accepted: 0, rejected: 0 });
      if (count.slots.length > SLOTS) count.slots.shift();
      if (count.slots.every(({ rejected }) => rejected === 0)) count.reasons.clear();
    }
    schedule();
  }

  return {
    accepted: (sourceId) => {
      // Of a source that refuses nothing nothing is counted.
      const slot = counts.get(sourceId)?.slots.at(-1);
      if (slot !== undefined) slot.accepted++;
    },
    rejected: (source, reason) => {
      if (EXPECTED.has(reason)) return;
      let count = counts.get(source.id);
      if (count === undefined) {
        if (counts.size >= SOURCES_MAX) return;
        count = { appId: source.appId, slots: [{ accepted: 0, rejected: 0 }], reasons: new Map() };
        counts.set(source.id, count);
      }
      const slot = count.slots.at(-1);
      if (slot !== undefined) slot.rejected++;
      count.reasons.set(reason, (count.reasons.get(reason) ?? 0) + 1);
      schedule();
    },
    look,
    stop: () => {
      callOff?.();
      callOff = undefined;
      counts.clear();
    },
  };
}

function afterMs(ms: number, task: () => void): () => void {
  const timer = setTimeout(task, ms);
  timer.unref();
  return () => clearTimeout(timer);
}
