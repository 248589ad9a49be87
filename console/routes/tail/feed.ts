import { filterOf, type TailBatch } from "./items.ts";
import { createRing, type NewRow, type TailRow } from "./ring.ts";

export const KEPT_MAX = 10_000;

export interface FeedView {
  /** Rows that fit the filter, oldest first; the same array until something changes. */
  readonly rows: readonly TailRow[];
  /** All that came since the start or the last clearing, shown or not. */
  readonly received: number;
  /** What the engine skipped, in all. */
  readonly skipped: number;
  /** What came while paused. */
  readonly waiting: number;
  readonly isPaused: boolean;
  /** Things a second, over the last seconds. */
  readonly perSecond: number;
}

/**
 * What the tail shows, apart from React and from the screen: batches go in at any rate, and a view is made when somebody looks, at most once
 * a frame. While paused the view stands still; what comes is kept and counted.
 */
export interface Feed {
  take(batch: TailBatch, nowMs: number): void;
  /** The stream was interrupted between these moments: what happened then is not known. */
  gap(fromMs: number, toMs: number): void;
  /** From now on the engine is asked only for what fits this; empty: for everything again. */
  narrow(query: string, nowMs: number): void;
  /** What is shown: the words, and the kinds (absent: all). */
  filter(query: string, kinds?: ReadonlySet<string>): void;
  pause(on: boolean): void;
  clear(): void;
  view(nowMs: number): FeedView;
  /** Bumped by whatever could change the view. */
  readonly version: number;
}

const RATE_MS = 3_000;

export function createFeed(keptMax: number = KEPT_MAX): Feed {
  const ring = createRing(keptMax);
  let query = "\n";
  let fits = filterOf("");
  /** What fits, of everything looked at so far. Its front is cut as rows fall out of the ring. */
  let shown: TailRow[] = [];
  let lookedTo = 0;
  let isStale = false;
  let isPaused = false;
  let pausedAt = 0;
  let received = 0;
  let skippedInAll = 0;
  let version = 0;
  const arrivals: { readonly atMs: number; readonly count: number }[] = [];

  function add(row: NewRow): void {
    ring.add(row);
    version += 1;
  }

  const oldestNumber = (): number => ring.nextNumber - ring.size;

  /** Looks at what came since the last time; O(new), except after another filter. */
  function catchUp(to: number): void {
    const first = oldestNumber();
    const isAnew = isStale;
    const from = Math.max(first, isAnew ? first : lookedTo);
    const next = isAnew ? [] : dropBefore(shown, first);
    let changed = isAnew || next !== shown;
    const fresh: TailRow[] = [];
    for (let number = from; number < to; number += 1) {
      const row = ring.at(number - first);
      if (row !== undefined && (row.kind !== "item" || fits(row.item))) fresh.push(row);
    }
    if (fresh.length > 0) changed = true;
    // A new array, because what shows it tells by identity that it changed.
    if (changed) shown = [...next, ...fresh];
    lookedTo = Math.max(lookedTo, to);
    isStale = false;
  }

  return {
    get version() {
      return version;
    },
    take: ({ items, skipped }, nowMs) => {
      const missing = skipped === undefined ? 0 : skipped.events + skipped.attempts + skipped.rejections;
      if (skipped !== undefined && missing > 0) {
        skippedInAll += missing;
        add({
          kind: "skipped",
          atMs: nowMs,
          events: skipped.events,
          attempts: skipped.attempts,
          rejections: skipped.rejections,
        });
      }
      for (const item of items) add({ kind: "item", item });
      received += items.length;
      arrivals.push({ atMs: nowMs, count: items.length + missing });
    },
    gap: (fromMs, toMs) => add({ kind: "gap", fromMs, toMs }),
    narrow: (asked, nowMs) => add({ kind: "narrowed", atMs: nowMs, query: asked }),
    filter: (words, kinds) => {
      const asked = `${words}
${kinds === undefined ? "" : [...kinds].toSorted().join()}`;
      if (asked === query) return;
      query = asked;
      const fitsWords = filterOf(words);
      fits = kinds === undefined ? fitsWords : (item) => kinds.has(item.kind) && fitsWords(item);
      isStale = true;
      version += 1;
    },
    pause: (on) => {
      if (on === isPaused) return;
      isPaused = on;
      pausedAt = ring.nextNumber;
      version += 1;
    },
    clear: () => {
      ring.clear();
      shown = [];
      lookedTo = ring.nextNumber;
      pausedAt = ring.nextNumber;
      received = 0;
      skippedInAll = 0;
      version += 1;
    },
    view: (nowMs) => {
      while ((arrivals[0]?.atMs ?? Number.POSITIVE_INFINITY) < nowMs - RATE_MS) arrivals.shift();
      // Paused: what was in sight stays, also when the ring has moved on; another filter looks at what is still kept.
      if (!isPaused) catchUp(ring.nextNumber);
      else if (isStale) catchUp(Math.max(pausedAt, oldestNumber()));
      return {
        rows: shown,
        received,
        skipped: skippedInAll,
        waiting: isPaused ? ring.nextNumber - pausedAt : 0,
        isPaused,
        perSecond: arrivals.reduce((sum, { count }) => sum + count, 0) / (RATE_MS / 1_000),
      };
    },
  };
}

/** Rows from a number on; the same array when none lies before. They are in order, so the cut is found by halving. */
function dropBefore(rows: TailRow[], number: number): TailRow[] {
  if ((rows[0]?.number ?? number) >= number) return rows;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.number ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return rows.slice(low);
}
