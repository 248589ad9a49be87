import { DatabaseError, type Db } from "../db.ts";
import { newId } from "../ids.ts";
import type { Log } from "../log.ts";
import type { Membership } from "../membership.ts";
import type { Happening, Skipped, Tail, TailReader } from "./tail.ts";

/** Between two bundles, and between two looks at those of others. */
const BUNDLE_MS = 250;
/** In one bundle: 4,000 a second from each process. What is more is told as skipped. */
const BUNDLE_MAX = 1_000;
/** A watch is renewed at every third of its life; the pulse of the others learns of it within a second. */
const WATCH_MS = 15_000;
const RENEW_MS = 5_000;
/** A reader looks four times a second: what nobody has read by then nobody will. */
const KEEP_MS = 5_000;

export interface TailRelayOptions {
  readonly db: Db;
  readonly log: Log;
  readonly tail: Tail;
  readonly membership: Membership;
  readonly monotonic: () => number;
}

/**
 * Lets a tail that one process serves show what happens in the others. While nobody watches there is nothing: no statement,
 * no timer. A watch is a row; the others learn of it with their pulse, and then write what happens to them, in bundles, to
 * an unlogged table that the watching process reads.
 */
export interface TailRelay {
  /** One round of all that is to be done now, for who keeps time himself. */
  round(): Promise<void>;
  stop(): Promise<void>;
}

const WATCH = `
  insert into posthorn.tail_watch (id, app_id, ends_at)
  values ($1::uuid, $2::uuid, clock_timestamp() + $3::int * interval '1 ms')
  on conflict (id) do update set app_id = excluded.app_id, ends_at = excluded.ends_at`;

const UNWATCH = `
  delete from posthorn.tail_watch where id = $1::uuid or ends_at < clock_timestamp() - interval '1 minute'`;

const WRITE = `
  with old as (
    delete from posthorn.tail_bundle where process = $1::bigint and at < clock_timestamp() - $4::int * interval '1 ms'
  )
  insert into posthorn.tail_bundle (process, number, bundle) values ($1::bigint, $2::bigint, $3)
  on conflict (process, number) do nothing`;

// Also of processes that ended, which cannot remove their own any more.
const CLEAN = `
  delete from posthorn.tail_bundle where process = $1::bigint or at < clock_timestamp() - interval '1 minute'`;

// Each process numbers its bundles and commits them in that order, so a place in each is enough to miss none.
const READ = `
  select b.process::text as process, b.number::text as number, b.bundle
    from posthorn.tail_bundle b
    left join unnest($2::bigint[], $3::bigint[]) seen(process, number) on seen.process = b.process
   where b.process <> $1::bigint and b.number > coalesce(seen.number, -1)
     and b.at > clock_timestamp() - $4::int * interval '1 ms'
   order by b.process, b.number
   limit 100`;

interface Bundle {
  readonly happenings: readonly Happening[];
  readonly skipped: Skipped;
}

export function createTailRelay(options: TailRelayOptions): TailRelay {
  const { db, tail, membership, monotonic } = options;
  const id = newId();
  let timer: Timer | undefined;
  let working: Promise<void> | undefined;
  let stopped = false;
  let renewAt = Number.NEGATIVE_INFINITY;
  let isWatching = false;
  /** Of each other process, the last bundle that was read. */
  const seen = new Map<string, string>();
  let relay: TailReader | undefined;
  let relayed: string | undefined;
  let number = 0;

  /** Tells the others that somebody watches here, or that nobody does any more. */
  async function watch(): Promise<void> {
    const wants = tail.readers > 0 && !membership.isAlone;
    if (!wants) {
      if (!isWatching) return;
      isWatching = false;
      seen.clear();
      await db.query(UNWATCH, [id]);
      return;
    }
    if (isWatching && monotonic() < renewAt) return;
    await db.query(WATCH, [id, tail.appId, WATCH_MS]);
    isWatching = true;
    renewAt = monotonic() + RENEW_MS;
  }

  async function read(): Promise<void> {
    if (!isWatching) return;
    const rows = await db.query<{ process: string; number: string; bundle: string }>(READ, [
      membership.token,
      `{${[...seen.keys()].join(",")}}`,
      `{${[...seen.values()].join(",")}}`,
      KEEP_MS,
    ]);
    for (const row of rows) {
      seen.set(row.process, row.number);
      const { happenings, skipped }: Bundle = JSON.parse(row.bundle);
      tail.relayed(happenings, skipped);
    }
  }

  /** Begins and ends to gather what happens here, as others watch. */
  async function follow(): Promise<void> {
    const apps = membership.watches
      .filter((watched) => !watched.startsWith(id))
      .map((watched) => watched.split(":")[1]);
    const [only] = apps;
    // One application is told apart; whoever watches several gets all and picks his own.
    const wanted = apps.length === 0 ? undefined : new Set(apps).size === 1 ? only : "*";
    if (wanted === relayed) return;
    relay?.close();
    relay = undefined;
    relayed = wanted;
    if (wanted === undefined) {
      await db.query(CLEAN, [membership.token]);
      return;
    }
    const kinds = new Set(["event", "attempt", "rejection"] as const);
    relay = tail.openRelay({ kinds, ...(wanted !== "*" && { appId: wanted }) }, BUNDLE_MAX);
  }

  async function write(): Promise<void> {
    if (relay === undefined) return;
    const { happenings, skipped } = relay.take();
    if (happenings.length === 0 && skipped.event + skipped.attempt + skipped.rejection === 0) return;
    // A number is used once, whether its write was confirmed or not.
    await db.query(WRITE, [
      membership.token,
      number++,
      JSON.stringify({ happenings, skipped } satisfies Bundle),
      KEEP_MS,
    ]);
  }

  async function round(): Promise<void> {
    if (!db.available) return;
    try {
      await watch();
      await follow();
      await write();
      await read();
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      options.log.limited("tail_relay_failed", "debug", "tail_relay_failed", "The tail of other processes is late.", {
        error,
      });
    }
  }

  const isIdle = () => tail.readers === 0 && !isWatching && relay === undefined && membership.watches.length === 0;

  function wake(): void {
    if (stopped || timer !== undefined || isIdle()) return;
    timer = setTimeout(() => {
      working = round().finally(() => {
        timer = undefined;
        wake();
      });
    }, BUNDLE_MS);
  }

  tail.onReaders(wake);
  membership.onPulse(wake);

  return {
    round,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await working;
      relay?.close();
      if (isWatching) await db.query(UNWATCH, [id]).catch(() => undefined);
    },
  };
}
