import type { Db, Log, Membership } from "#kernel";
import { DatabaseError, idTimeMs } from "#kernel";
import { probeNow } from "./breaker.ts";
import { type ClaimedRow, claimDue, dueEndpoints, type Want } from "./claim.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Lane, Task } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import { acquireLimits } from "./owners.ts";
import { takeProbes } from "./probe.ts";
import type { Settlement } from "./settlement.ts";

/** A payload as the event log has it; `payload` is undefined when its owner had it erased. */
export interface StoredPayload {
  readonly payload: Uint8Array | undefined;
  readonly contentType: string;
  readonly hops: number;
  readonly type?: string | undefined;
  readonly trace?: string | undefined;
}

export interface ClaimerOptions {
  readonly db: Db;
  readonly membership: Membership;
  readonly lanes: Lanes;
  readonly dispatcher: Dispatcher;
  /** Throttles of these applications; those that are gone are absent. */
  readonly throttles: (db: Db, appIds: readonly string[]) => Promise<Map<string, number | undefined>>;
  /** The payloads of these events, in order, as far as they fit in `bytesMax` (at least one); absent: not read. */
  readonly readPayloads: (
    db: Db,
    refs: readonly { appId: string; id: string }[],
    bytesMax: number,
  ) => Promise<Map<string, StoredPayload>>;
  readonly settle: (settlement: Settlement) => void;
  readonly monotonic: () => number;
  /** How long requests of a lost owner of a limit may go on, by the deadline of the endpoint (undefined: it sets none). */
  readonly handoverMs: (timeoutMs: number | undefined) => number;
  readonly log: Log;
  /** Between two looks of its own when nothing is owed at all; 1,000 ms unless somebody else looks for it (`OWED_LOOK`). */
  readonly idleMs?: number | undefined;
}

/** Whether anything is owed: who asks this each second wakes the claimer, which then need not look by itself. By the index, whose dead entries are skipped. */
export const OWED_LOOK = "(select endpoint_id from posthorn.delivery_owed order by endpoint_id limit 1) is not null";

/** Between two looks at what is due while there is work, and while there is none: the floor under every other wake-up. */
const BUSY_MS = 100;
const IDLE_MS = 1_000;
const CLAIM_MAX = 1_000;
/** A look costs two probes of an index for each endpoint that is owed anything: at most a fifth of the time is for looking. */
const LOOK_SHARE = 5;
const FROM_THE_FRONT_MS = 5_000;
const PAYLOAD_BYTES_MAX = 8 * 1024 * 1024;

/** Takes what is owed and due into memory: of every endpoint as much as there is room for, whoever accepted it (P2). */
export interface Claimer {
  start(): void;
  /** These lanes have room, or something was just owed to them. */
  refill(lanes: Iterable<Lane>): void;
  /** Something falls due in so many ms. */
  wakeIn(ms: number): void;
  /** Runs `work` while no claim is between its commit and our memory: an audit would take its rows for forgotten ones. */
  between<T>(work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

export function createClaimer(options: ClaimerOptions): Claimer {
  const { db, dispatcher, lanes, membership, monotonic } = options;
  const wanting = new Set<Lane>();
  let looking: Promise<void> | undefined;
  let refilling: Promise<void> | undefined;
  let timer: Timer | undefined;
  let timerAt = Number.POSITIVE_INFINITY;
  let stopped = false;
  let lookAgain = false;
  let notBefore = Number.NEGATIVE_INFINITY;
  let queuedAppsAt = Number.NEGATIVE_INFINITY;
  let turn: Promise<void> = Promise.resolve();

  function wakeIn(ms: number): void {
    const at = Math.max(monotonic() + ms, notBefore);
    if (stopped || at >= timerAt) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(
      () => {
        timerAt = Number.POSITIVE_INFINITY;
        if (looking !== undefined) {
          // What fell due since it began is not seen by the look that is under way.
          lookAgain = true;
          return;
        }
        lookAgain = false;
        looking = look().finally(() => {
          looking = undefined;
        });
      },
      Math.max(1, at - monotonic()),
    );
  }

  /**
   * The applications for which something is queued in memory, at most once in IDLE_MS: whatever was changed of their
   * endpoints (paused, deleted, another URL or secret) must count for that too, though nothing new is owed to them.
   */
  function queuedApps(): Set<string> {
    const apps = new Set<string>();
    if (monotonic() < queuedAppsAt) return apps;
    queuedAppsAt = monotonic() + IDLE_MS;
    for (const lane of lanes.all()) if (lane.queue.length > 0) apps.add(lane.appId);
    return apps;
  }

  function isAnyQueued(): boolean {
    for (const lane of lanes.all()) if (lane.queue.length > 0) return true;
    return false;
  }

  /** One look at everything that is due, and at what was changed. */
  async function look(): Promise<void> {
    let next = options.idleMs ?? IDLE_MS;
    try {
      if (membership.mayStart()) {
        const beganAt = monotonic();
        const { due, nextInMs } = await dueEndpoints(db);
        notBefore = monotonic() + (LOOK_SHARE - 1) * (monotonic() - beganAt);
        const queued = queuedApps();
        if (due.length > 0 || queued.size > 0 || isAnyQueued()) next = Math.min(next, IDLE_MS);
        if (due.length > 0 || queued.size > 0) {
          const throttles = await options.throttles(db, [...queued.union(new Set(due.map(({ appId }) => appId)))]);
          for (const appId of queued) if (!throttles.has(appId)) throttles.set(appId, undefined); // Deleted.
          await lanes.refresh(db, throttles);
          const open: Lane[] = [];
          for (const { endpointId } of due) {
            const lane = lanes.get(endpointId);
            if (lane === undefined) continue; // Deleted: upkeep settles what it is owed.
            lane.backlog = true;
            open.push(lane);
          }
          if ((await claim(open)) > 0) next = BUSY_MS;
        }
        if (nextInMs !== undefined) next = Math.min(next, Math.max(1, nextInMs));
      } else {
        next = Math.min(next, IDLE_MS);
      }
    } catch (error) {
      report(error);
      next = Math.min(next, IDLE_MS);
    }
    wakeIn(lookAgain ? 1 : next);
  }

  function refill(more: Iterable<Lane>): void {
    for (const lane of more) wanting.add(lane);
    if (refilling !== undefined || wanting.size === 0 || stopped) return;
    refilling = refillWanting().finally(() => {
      refilling = undefined;
    });
  }

  async function refillWanting(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve)); // With what else asks in this turn.
    while (wanting.size > 0 && !stopped && membership.mayStart()) {
      const batch = [...wanting];
      wanting.clear();
      try {
        await claim(batch);
      } catch (error) {
        report(error);
        return; // The next look finds them again.
      }
    }
  }

  /** Claims for these lanes what there is room for. Answers with how many deliveries. */
  function claim(candidates: readonly Lane[]): Promise<number> {
    return between(() => claimNow(candidates));
  }

  /** Claims and audits, one after another. */
  async function between<T>(work: () => Promise<T>): Promise<T> {
    const before = turn;
    const own = Promise.withResolvers<void>();
    turn = own.promise;
    await before;
    try {
      return await work();
    } finally {
      own.resolve();
    }
  }

  async function claimNow(candidates: readonly Lane[]): Promise<number> {
    await own(candidates);
    await letProbesThrough(candidates);
    const wants: Want[] = [];
    for (const lane of candidates) {
      if (lanes.get(lane.endpointId) !== lane) continue; // Deleted, or forgotten for being idle: the next look knows it anew.
      const block = dispatcher.blocked(lane);
      if (block !== undefined) {
        if ("atMs" in block) wakeIn(block.atMs - monotonic());
        continue;
      }
      // A breaker that is not closed lets a single probe through.
      const n =
        lane.breaker.state === "closed" && !lane.mayProbe
          ? Math.min(CLAIM_MAX, dispatcher.room(lane))
          : lane.queue.length === 0
            ? 1
            : 0;
      const since = lane.claimed !== undefined && monotonic() < lane.claimed.untilMs ? lane.claimed.dueAt : undefined;
      if (n > 0) wants.push({ endpointId: lane.endpointId, n, since });
    }
    if (wants.length === 0) return 0;
    const token = membership.token;
    const fitting = fit(wants);
    const rows = await claimDue(db, token, fitting);
    const byLane = new Map<string, { n: number; last: string }>();
    for (const row of rows) {
      const seen = byLane.get(row.endpoint_id);
      byLane.set(row.endpoint_id, {
        n: (seen?.n ?? 0) + 1,
        last: seen === undefined || row.due_at > seen.last ? row.due_at : seen.last,
      });
    }
    for (const { endpointId, n, since } of fitting) {
      const lane = lanes.get(endpointId);
      if (lane === undefined) continue;
      const got = byLane.get(endpointId);
      // Fewer than wanted: the table has no more that is due; unless it was asked from some moment on.
      lane.backlog = (got?.n ?? 0) >= n || since !== undefined;
      if (got === undefined) lane.mayProbe = false; // Somebody else has what it was to be sent with.
      lane.claimed = lane.backlog && got !== undefined && got.n >= n ? claimedUpTo(lane, got.last) : undefined;
    }
    await take(rows, token);
    return rows.length;
  }

  /**
   * Deleted rows stay in the index for as long as anybody holds a snapshot from before (P11): a claim that began at the
   * front would walk over all that earlier ones took. Every few seconds one does begin there, for what fell due in between.
   */
  function claimedUpTo(lane: Lane, dueAt: string): Lane["claimed"] {
    const now = monotonic();
    const untilMs =
      lane.claimed !== undefined && now < lane.claimed.untilMs ? lane.claimed.untilMs : now + FROM_THE_FRONT_MS;
    return { dueAt, untilMs };
  }

  /** Wants are cut to what all lanes together may hold, evenly. */
  function fit(wants: readonly Want[]): Want[] {
    const even = Math.max(1, Math.floor(8_000 / wants.length));
    return wants.map((want) => ({ ...want, n: Math.min(want.n, even) }));
  }

  async function take(rows: readonly ClaimedRow[], token: string): Promise<void> {
    let left = [...rows];
    while (left.length > 0) {
      if (dispatcher.isFull) {
        // Larger than what came before made us expect. They wait in the table, where it costs nothing.
        for (const row of left) putBack(row, token);
        return;
      }
      const payloads = await options.readPayloads(
        db,
        left.map((row) => ({ appId: row.app_id, id: row.event_id })),
        PAYLOAD_BYTES_MAX,
      );
      const unread: ClaimedRow[] = [];
      for (const row of left) {
        const stored = payloads.get(row.event_id);
        const lane = lanes.get(row.endpoint_id);
        if (stored === undefined) unread.push(row);
        else if (lane !== undefined) accept(row, lane, stored, token);
      }
      // What was not read in a full round does not exist any more.
      if (unread.length === left.length) {
        for (const row of unread) {
          const lane = lanes.get(row.endpoint_id);
          if (lane !== undefined) accept(row, lane, { payload: undefined, contentType: "", hops: 0 }, token);
        }
        return;
      }
      left = unread;
    }
  }

  function putBack(row: ClaimedRow, token: string): void {
    const lane = lanes.get(row.endpoint_id);
    if (lane === undefined) return; // The audit gives it back.
    lane.backlog = true;
    const task = taskOf(row, lane, { payload: undefined, contentType: "", hops: 0 }, token);
    options.settle({ task, fate: { kind: "owed", waitMs: 0, step: task.step } });
  }

  function taskOf(row: ClaimedRow, lane: Lane, stored: StoredPayload, token: string): Task {
    return {
      id: row.id,
      eventId: row.event_id,
      appId: row.app_id,
      lane,
      owner: token,
      attempts: row.attempts,
      step: row.step,
      trigger: row.trigger,
      owedAtMs: idTimeMs(row.id),
      expiresAtMs: row.expires_at?.getTime(),
      payload: stored.payload ?? new Uint8Array(0),
      contentType: stored.contentType,
      hops: stored.hops,
      eventType: stored.type,
      trace: stored.trace,
    };
  }

  function accept(row: ClaimedRow, lane: Lane, stored: StoredPayload, token: string): void {
    const task = taskOf(row, lane, stored, token);
    dispatcher.reserve(lane, task.id, task.payload.length);
    if (stored.payload === undefined) {
      dispatcher.cancelReservation(lane, task.id, 0);
      options.settle({ task, fate: { kind: "dead", reason: "erased" } });
      return;
    }
    dispatcher.take(task);
  }

  /** Where a limit holds over all processes, only its owner starts requests: become it, where nobody is. */
  async function own(candidates: readonly Lane[]): Promise<void> {
    const wanted = new Map<string, Lane[]>();
    for (const lane of candidates) {
      if (lane.ownership !== "wanted" || monotonic() < lane.askOwnerAt) continue;
      lane.askOwnerAt = monotonic() + IDLE_MS; // Whoever has it keeps it, mostly.
      const subject = lane.appLimiter === undefined ? lane.endpointId : lane.appId;
      const sharing = wanted.get(subject);
      if (sharing === undefined) wanted.set(subject, [lane]);
      else sharing.push(lane);
    }
    if (wanted.size === 0) return;
    const subjects = [...wanted].map(([subjectId, sharing]) => ({ subjectId, graceMs: graceOf(sharing) }));
    for (const { subjectId, usableInMs } of await acquireLimits(db, membership.token, subjects)) {
      for (const lane of wanted.get(subjectId) ?? []) {
        lane.ownership = "owned";
        if (usableInMs > 0) lane.holdUntil = Math.max(lane.holdUntil, monotonic() + usableInMs);
      }
    }
  }

  /** Where somebody asked for a probe and we may start requests: takes the wish, and lets one request through. */
  async function letProbesThrough(candidates: readonly Lane[]): Promise<void> {
    const wanted = candidates.filter(
      (lane) => lane.probeWanted && lane.endpoint?.mode === "enabled" && lane.ownership !== "wanted",
    );
    if (wanted.length === 0) return;
    const taken = await takeProbes(
      db,
      wanted.map(({ endpointId }) => endpointId),
    );
    const now = monotonic();
    for (const lane of wanted) {
      lane.probeWanted = false;
      if (!taken.has(lane.endpointId) || lane.breaker.state === "half_open") continue;
      lane.mayProbe = lane.breaker.state === "open" || now < lane.holdUntil;
      lane.breaker = probeNow(lane.breaker, now);
      lane.claimed = undefined; // What was brought forward may stand before it.
    }
  }

  /** How long requests that a lost owner started for these lanes, or others under the same limit, may go on. */
  function graceOf(sharing: readonly Lane[]): number {
    const [first] = sharing;
    const all = first?.appLimiter === undefined ? sharing : lanes.ofApp(first.appId);
    return Math.max(...all.map((lane) => options.handoverMs(lane.endpoint?.timeoutMs)));
  }

  function report(error: unknown): void {
    if (!(error instanceof DatabaseError)) throw error;
    options.log.limited(
      "claim_failed",
      "warn",
      "claim_failed",
      "What is due could not be claimed; it is tried again.",
      { error },
    );
  }

  return {
    start: () => wakeIn(1),
    refill,
    wakeIn,
    between,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await looking;
      await refilling;
    },
  };
}
