import type { Db, Queryable } from "./db.ts";
import { DatabaseError } from "./db.ts";

/** How long a process may be silent before others take its work: together with the pulse it bounds a takeover to five seconds. */
export const LEASE_MS = 3_600;
export const PULSE_MS = 1_000;
const PULSE_MIN_MS = 100;
/** Where nobody else can be, nobody waits for our silence to end: a quarter of the questions do. */
const ALONE = 4;
/** Before the end of its lease an owner starts nothing new; covers the way of the pulse's answer. */
const LEASE_MARGIN_MS = 600;

export interface MembershipOptions {
  readonly db: Db;
  readonly name: string;
  readonly roles: readonly string[];
  readonly version: string;
  /** True when nobody else can be on this database (embedded, locked data folder): the dead are taken over at once. */
  readonly exclusive: boolean;
  /** Monotonic milliseconds: leases must not follow the wall clock when it steps. */
  readonly monotonic: () => number;
  readonly onError: (error: unknown) => void;
}

/** Moves what the process `token` held to where others find it; runs in the transaction that declares it ended. */
export type TakeOver = (tx: Queryable, token: string) => Promise<() => void>;

/**
 * This process among those that share the database (P2, P3): one row, one lease over all that it holds, renewed by a
 * pulse each second. The lease's token grows with every incarnation, and every settle names it.
 */
export interface Membership {
  /** Changes when this process was declared dead and joined anew. */
  readonly token: string;
  /** Whether this process may start work that it holds: false shortly before its lease ends unrenewed. */
  mayStart(): boolean;
  /** How many processes with `role` are alive, this one included. */
  alive(role: string): number;
  /** Whether no other process is alive. */
  readonly isAlone: boolean;
  /** Whether no living process is older: what is to be done by one of all is done by that one. */
  readonly isEldest: boolean;
  /** Who watches what happens, as of the last pulse: ids of posthorn.tail_watch, each with its application (`*`: all). */
  readonly watches: readonly string[];
  /** The roles' ways to take over; register before `start`. */
  onTakeOver(takeOver: TakeOver): void;
  /** Called when this process was declared dead: what it held belongs to others now. */
  onLost(listener: (lostToken: string) => void): void;
  /** Called after every pulse that succeeded. */
  onPulse(listener: () => void): void;
  /** Joins, and renews from then on by itself. */
  start(): Promise<void>;
  /** The steps of `start`, for who keeps time himself. */
  join(): Promise<void>;
  pulse(): Promise<void>;
  /** A pulse failed: others may have had no chance to renew either. */
  unhealthy(): void;
  /** Ends the lease, after everything held was released or settled. */
  leave(): Promise<void>;
  stop(): void;
}

const JOIN = `
  insert into posthorn.process (name, roles, version, lease_ends_at)
  values ($1, $2::text[], $3, clock_timestamp() + $4::int * interval '1 ms')
  returning token`;

// One statement does the heartbeat and tells who is alive and whose lease ran out. A row that was declared ended stays so.
const PULSE = `
  with mine as (
    update posthorn.process set lease_ends_at = clock_timestamp() + $2::int * interval '1 ms'
     where token = $1 and ended_at is null
    returning token
  )
  select p.token::text as token, p.roles, p.token = $1 as mine, p.lease_ends_at::text as seen,
         (select string_agg(w.id || ':' || coalesce(w.app_id::text, '*'), ',')
            from posthorn.tail_watch w where w.ends_at > clock_timestamp()) as watches
    from posthorn.process p
   where p.ended_at is null and (p.token <> $1 or exists (select from mine))`;

const LEAVE = `update posthorn.process set ended_at = clock_timestamp(), ended_by = 'left' where token = $1 and ended_at is null`;

// Only if its lease is still the one that we saw unrenewed: it may have come back this moment.
const DECLARE_DEAD = `
  update posthorn.process set ended_at = clock_timestamp(), ended_by = 'taken_over'
   where token = $1 and ended_at is null and lease_ends_at = $2::text::timestamptz
  returning token`;

// Tells nothing to anybody after a day.
const FORGET_ENDED = `delete from posthorn.process where ended_at < now() - interval '1 day'`;

interface PulseRow {
  readonly token: string;
  readonly roles: string[];
  readonly mine: boolean;
  readonly seen: string;
  readonly watches: string | null;
}

/** The statements by themselves, for a simulation that plays many processes and keeps their clocks. */
export const MEMBERSHIP_STATEMENTS = { join: JOIN, pulse: PULSE, leave: LEAVE, declareDead: DECLARE_DEAD } as const;

export function createMembership(options: MembershipOptions): Membership {
  const { db, monotonic } = options;
  const leaseMs = options.exclusive ? ALONE * LEASE_MS : LEASE_MS;
  const pulseMs = options.exclusive ? ALONE * PULSE_MS : PULSE_MS;
  let token = "";
  let leaseEndsAt = Number.NEGATIVE_INFINITY;
  /** Since when every pulse succeeded. Takers wait one healthy lease period after an outage, so that a pause of the database does not make everyone send twice. */
  let healthySince = Number.POSITIVE_INFINITY;
  let aliveRoles: readonly (readonly string[])[] = [];
  let isEldest = true;
  let watches: readonly string[] = [];
  /**
   * The others' leases as last seen, and since when (monotonic) they have been just that. Whether somebody is silent is
   * judged by our own clock: when the database's clock steps forward, every lease looks over at once and none is.
   */
  const seen = new Map<string, { readonly lease: string; readonly sinceMs: number }>();
  let timer: Timer | undefined;
  let stopped = false;
  const takeOvers: TakeOver[] = [];
  const lostListeners: ((token: string) => void)[] = [];
  const pulseListeners: (() => void)[] = [];

  async function join(): Promise<void> {
    const sentAt = monotonic();
    const roles = `{${options.roles.join(",")}}`;
    const [row] = await db.query<{ token: string }>(JOIN, [options.name, roles, options.version, leaseMs]);
    if (row === undefined) throw new Error("The insertion of the process row returned nothing.");
    token = String(row.token);
    leaseEndsAt = sentAt + leaseMs;
  }

  async function pulse(): Promise<void> {
    const sentAt = monotonic();
    const rows = await db.query<PulseRow>(PULSE, [token, leaseMs]);
    if (!rows.some((row) => row.mine)) {
      if (stopped) return; // It has left while this pulse was under way.
      const lost = token;
      await join();
      healthySince = sentAt;
      for (const listener of lostListeners) listener(lost);
      return;
    }
    leaseEndsAt = sentAt + leaseMs;
    healthySince = Math.min(healthySince, sentAt);
    const others = rows.filter((row) => !row.mine);
    const silent = others.filter((row) => silentMs(row.token, row.seen) >= LEASE_MS);
    for (const known of seen.keys()) if (!others.some(({ token: other }) => other === known)) seen.delete(known);
    const alive = rows.filter((row) => !silent.includes(row));
    aliveRoles = alive.map((row) => row.roles);
    isEldest = alive.every((row) => row.mine || BigInt(row.token) > BigInt(token));
    watches = rows[0]?.watches?.split(",") ?? [];
    const dead = options.exclusive ? others : monotonic() - healthySince >= LEASE_MS ? silent : [];
    for (const row of dead) await takeOver(row.token, row.seen);
    for (const listener of pulseListeners) listener();
  }

  function silentMs(other: string, lease: string): number {
    const now = monotonic();
    const known = seen.get(other);
    if (known?.lease === lease) return now - known.sinceMs;
    seen.set(other, { lease, sinceMs: now });
    return 0;
  }

  async function takeOver(dead: string, lease: string): Promise<void> {
    const after = await db.transaction(async (tx) => {
      const ended = await tx.query(DECLARE_DEAD, [dead, lease]);
      if (ended.length === 0) return []; // It came back, or another taker was first.
      const done: (() => void)[] = [];
      for (const takeOver of takeOvers) done.push(await takeOver(tx, dead));
      return done;
    });
    for (const done of after) done();
  }

  function unhealthy(): void {
    healthySince = Number.POSITIVE_INFINITY;
    seen.clear();
  }

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(async () => {
      try {
        await pulse();
      } catch (error) {
        unhealthy();
        if (!(error instanceof DatabaseError)) throw error;
        options.onError(error);
      } finally {
        schedule();
      }
    }, nextPulseMs());
  }

  /** A pulse's time, or less when before that somebody will have been silent for a whole lease: the five seconds have no second to spare. */
  function nextPulseMs(): number {
    const now = monotonic();
    let next = pulseMs;
    for (const { sinceMs } of seen.values()) next = Math.min(next, Math.max(sinceMs, healthySince) + LEASE_MS - now);
    return Math.max(next, PULSE_MIN_MS);
  }

  return {
    get token() {
      return token;
    },
    mayStart: () => monotonic() < leaseEndsAt - LEASE_MARGIN_MS,
    get isAlone() {
      return aliveRoles.length <= 1;
    },
    get isEldest() {
      return isEldest;
    },
    get watches() {
      return watches;
    },
    alive: (role) => Math.max(1, aliveRoles.filter((roles) => roles.includes(role)).length),
    onTakeOver: (takeOver) => {
      takeOvers.push(takeOver);
    },
    onLost: (listener) => {
      lostListeners.push(listener);
    },
    onPulse: (listener) => {
      pulseListeners.push(listener);
    },
    join,
    pulse,
    unhealthy,
    start: async () => {
      await join();
      await db.query(FORGET_ENDED);
      await pulse();
      schedule();
    },
    leave: async () => {
      // A pulse after it would find this process gone, and join once more.
      stopped = true;
      clearTimeout(timer);
      await db.query(LEAVE, [token]);
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
