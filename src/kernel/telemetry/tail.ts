/** What just happened, as the live tail shows it. Ids are UUIDs here; faces write them as they write ids. */
export type Happening =
  | {
      readonly kind: "event";
      readonly atMs: number;
      readonly appId: string;
      readonly messageId: string;
      readonly eventType: string;
      readonly bytes: number;
      readonly sourceId: string | null;
    }
  | {
      readonly kind: "attempt";
      readonly atMs: number;
      readonly appId: string;
      readonly messageId: string;
      readonly attemptId: string;
      readonly endpointId: string;
      readonly eventType: string | null;
      readonly outcome: string;
      readonly reason: string;
      readonly status: number | null;
      readonly totalMs: number;
      readonly settledAs: string;
      readonly number: number;
    }
  | {
      readonly kind: "rejection";
      readonly atMs: number;
      readonly appId: string;
      readonly sourceId: string;
      readonly reason: string;
    };
export type HappeningKind = Happening["kind"];

export interface Skipped {
  event: number;
  attempt: number;
  rejection: number;
}

export interface TailFilter {
  readonly kinds: ReadonlySet<HappeningKind>;
  /** Only of this application. */
  readonly appId?: string | undefined;
  /** Whatever else must hold. */
  readonly fits?: ((happening: Happening) => boolean) | undefined;
}

export interface Batch {
  readonly happenings: readonly Happening[];
  /** What happened, fitted, and was too much. */
  readonly skipped: Readonly<Skipped>;
}

export interface TailReader {
  readonly filter: TailFilter;
  /**
   * What happened since the last batch: waits until something did, at most `waitMs`. Undefined: the tail has ended. A
   * reader that does not ask is kept `PENDING_MAX` happenings, and told how many more there were.
   */
  next(waitMs: number): Promise<Batch | undefined>;
  /** What there is now, without a wait. */
  take(): Batch;
  close(): void;
}

/** Where what happens in this process passes by. While nobody reads, nobody makes a happening: `watched` is all it costs. */
export interface Tail {
  readonly watched: boolean;
  readonly readers: number;
  /** Told to have been skipped, all readers together. */
  readonly skipped: number;
  /** Tells every reader whom it fits. */
  publish(happening: Happening): void;
  /** What another process published: told to readers of this one, and not passed on. */
  relayed(happenings: readonly Happening[], skipped: Readonly<Skipped>): void;
  /** Undefined: there are as many as there may be, or the tail has ended. `by`: who asks. */
  open(filter: TailFilter, by: string): TailReader | undefined;
  /** A reader of its own kind, who passes on what happens here to other processes. */
  openRelay(filter: TailFilter, pendingMax: number): TailReader;
  /** What is asked for by all readers but relays, told when it changes. */
  onReaders(listener: () => void): void;
  /** Of readers but relays: the one application they all watch; null: several, or all. */
  readonly appId: string | null;
  /** Ends every reader, for good. */
  close(): void;
}

/** At 250 ms between batches this is 12,000 a second. */
export const PENDING_MAX = 3_000;
export const READERS_MAX = 50;
export const READERS_PER_PRINCIPAL_MAX = 10;

interface Open extends TailReader {
  offer(happening: Happening): void;
  miss(kind: HappeningKind, count: number): void;
  readonly isRelay: boolean;
  readonly by: string;
}

export function createTail(): Tail {
  const open = new Set<Open>();
  const listeners: (() => void)[] = [];
  let skipped = 0;
  let ended = false;
  let watched = false;

  const changed = () => {
    watched = open.size > 0;
    for (const listener of listeners) listener();
  };

  function add(filter: TailFilter, by: string, pendingMax: number, isRelay: boolean): Open {
    const reader = createReader({
      filter,
      by,
      pendingMax,
      isRelay,
      onSkipped: (count) => {
        if (!isRelay) skipped += count;
      },
      onClosed: (closed) => {
        if (open.delete(closed)) changed();
      },
    });
    open.add(reader);
    changed();
    return reader;
  }

  const served = () => [...open].filter((reader) => !reader.isRelay);

  return {
    get watched() {
      return watched;
    },
    get readers() {
      return served().length;
    },
    get skipped() {
      return skipped;
    },
    publish: (happening) => {
      for (const reader of open) reader.offer(happening);
    },
    relayed: (happenings, missed) => {
      for (const reader of open) {
        if (reader.isRelay) continue;
        for (const happening of happenings) reader.offer(happening);
        for (const kind of ["event", "attempt", "rejection"] as const) reader.miss(kind, missed[kind]);
      }
    },
    open: (filter, by) => {
      const others = served();
      if (ended || others.length >= READERS_MAX) return undefined;
      if (others.filter((reader) => reader.by === by).length >= READERS_PER_PRINCIPAL_MAX) return undefined;
      return add(filter, by, PENDING_MAX, false);
    },
    openRelay: (filter, pendingMax) => add(filter, "", pendingMax, true),
    onReaders: (listener) => {
      listeners.push(listener);
    },
    get appId() {
      const apps = new Set(served().map(({ filter }) => filter.appId));
      const [only] = apps;
      return apps.size === 1 ? (only ?? null) : null;
    },
    close: () => {
      ended = true;
      for (const reader of [...open]) reader.close();
    },
  };
}

interface ReaderOptions {
  readonly filter: TailFilter;
  readonly by: string;
  readonly pendingMax: number;
  readonly isRelay: boolean;
  readonly onSkipped: (count: number) => void;
  readonly onClosed: (reader: Open) => void;
}

function createReader(options: ReaderOptions): Open {
  const { filter, pendingMax } = options;
  let pending: Happening[] = [];
  let skipped: Skipped = { event: 0, attempt: 0, rejection: 0 };
  let missed = false;
  let closed = false;
  let wake: (() => void) | undefined;

  const woken = () => {
    wake?.();
    wake = undefined;
  };
  const miss = (kind: HappeningKind, count: number) => {
    if (count === 0 || !filter.kinds.has(kind)) return;
    skipped[kind] += count;
    missed = true;
    options.onSkipped(count);
    woken();
  };

  const reader: Open = {
    filter,
    by: options.by,
    isRelay: options.isRelay,
    offer: (happening) => {
      if (!filter.kinds.has(happening.kind)) return;
      if (filter.appId !== undefined && filter.appId !== happening.appId) return;
      if (filter.fits !== undefined && !filter.fits(happening)) return;
      if (pending.length >= pendingMax) {
        miss(happening.kind, 1);
        return;
      }
      pending.push(happening);
      if (wake !== undefined) woken();
    },
    miss,
    take: () => {
      const batch: Batch = { happenings: pending, skipped };
      pending = [];
      skipped = { event: 0, attempt: 0, rejection: 0 };
      missed = false;
      return batch;
    },
    next: async (waitMs) => {
      if (!closed && pending.length === 0 && !missed) {
        const something = Promise.withResolvers<void>();
        const timer = setTimeout(something.resolve, waitMs);
        wake = something.resolve;
        await something.promise;
        clearTimeout(timer);
        wake = undefined;
      }
      return closed && pending.length === 0 ? undefined : reader.take();
    },
    close: () => {
      if (closed) return;
      closed = true;
      options.onClosed(reader);
      woken();
    },
  };
  return reader;
}
