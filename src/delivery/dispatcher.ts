import { type GroupCommit, type Log, type Membership, type Outcome, publicId, readStoredTrace } from "#kernel";
import { attemptDelivery, type Sender } from "./attempt.ts";
import { type Breaker, finished, signOf, started, waitMs } from "./breaker.ts";
import { Fair } from "./fair.ts";
import type { Blocked, Lane, Task } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import { type Decision, decide, holdUntilMs } from "./policy.ts";
import type { Fate, Settlement } from "./settlement.ts";

export interface DispatcherLimits {
  /** Requests under way, all endpoints together. */
  readonly inFlightMax: number;
  /** Requests under way to an endpoint that sets no cap of its own. */
  readonly endpointConcurrency: number;
  /** Deliveries in hand (queued and under way), and their payload bytes. */
  readonly heldMax: number;
  readonly heldBytesMax: number;
}

/** Attempts sent and not yet committed: past this, nothing new is started until the database has caught up. */
const UNSETTLED_MAX = 8_192;
const UNSETTLED_BYTES_MAX = 32 * 1024 * 1024;
/** What one endpoint may hold in memory beyond what is under way: the rest waits in the table, where it costs nothing. */
const LANE_QUEUE_MAX = 2_048;
/** And how much of what is still free in the process's memory. */
const LANE_SHARE = 1 / 4;

export interface DispatcherOptions {
  readonly membership: Membership;
  readonly sender: Sender;
  readonly settling: GroupCommit<Settlement, boolean>;
  readonly lanes: Lanes;
  readonly limits: DispatcherLimits;
  readonly log: Log;
  /** Wall clock and monotonic clock in ms; randomness in [0, 1). */
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly random: () => number;
  /** Told of every outcome that may change what is known of the endpoint (holds, breaker, 410, days of failure). */
  readonly onOutcome: (lane: Lane, outcome: Outcome, before: Breaker, startedAtMs: number, hops: number) => void;
  /** Whether a dead delivery of this endpoint may be told to whoever listens; absent: none is. */
  readonly mayTell?: ((endpointId: string) => boolean) | undefined;
  /** Told of what was settled once that is committed; `isOurs`: the delivery was still ours. */
  readonly onSettled?: ((settlement: Settlement, isOurs: boolean) => void) | undefined;
  /** A delivery falls due again in so many ms. */
  readonly onRetry: (waitMs: number) => void;
  /** A lane has room, and more may be owed to it than is in memory. */
  readonly onRoom: (lane: Lane) => void;
}

/** Sends what is in the hands of this process: as much at once as the limits allow, fairly between applications and endpoints. */
export interface Dispatcher {
  /** Whether a delivery planned now would be sent from memory: otherwise it is owed, and claimed when there is room. */
  hasRoom(lane: Lane, bytes: number): boolean;
  /** Payloads fill all that may be held. */
  readonly isFull: boolean;
  /** How many more deliveries the lane can take into memory. */
  room(lane: Lane): number;
  blocked(lane: Lane): Blocked | undefined;
  /** Counts a planned delivery before its commit, so that a batch cannot promise the same room twice. */
  reserve(lane: Lane, id: string, bytes: number): void;
  /** The commit failed, or nobody knows. */
  cancelReservation(lane: Lane, id: string, bytes: number): void;
  /** Takes a reserved delivery whose lease is committed. */
  take(task: Task): void;
  /** Starts what can be started: to be called when something that held it back may have passed. */
  pump(): void;
  /** Writes what becomes of a task without an attempt. */
  settle(settlement: Settlement): void;
  /** Puts what is queued in memory for a lane back among what is owed. */
  putBack(lane: Lane, waitMs: number): void;
  /** Gives up queued replays whose ids `isOne`: somebody withdrew them. What is under way is settled by its answer. */
  withdraw(isOne: (deliveryId: string) => boolean): void;
  /** Ids in hand, those reserved included. */
  heldIds(): string[];
  readonly held: number;
  readonly inFlight: number;
  /** Starts nothing more and puts back what was not started; resolves when what is under way is settled. */
  drain(): Promise<void>;
  /** Drops from memory what was not started: its leases were lost. What is under way will be recorded as late. */
  forget(): void;
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { limits, membership, settling, monotonic } = options;
  const ready = new Fair<Lane>();
  /** How often each id is in hand: twice when a delivery of a lost lease is claimed again before its late result is settled. */
  const held = new Map<string, number>();
  const timers = new Map<Lane, { readonly timer: Timer; readonly atMs: number }>();
  let heldBytes = 0;
  let inFlight = 0;
  let draining = false;
  const whenDrained = Promise.withResolvers<void>();

  /**
   * Requests a lane may have under way: its cap; and once half of all slots are taken, a quarter of those still free, but
   * one in any case. Slow endpoints so leave slots to those that hold few.
   */
  function slotsOf(lane: Lane): number {
    const cap = lane.endpoint?.concurrency ?? limits.endpointConcurrency;
    const free = limits.inFlightMax - inFlight;
    return free * 2 > limits.inFlightMax ? cap : Math.min(cap, Math.max(1, free >> 2));
  }

  function blocked(lane: Lane): Blocked | undefined {
    if (lane.endpoint?.mode !== "enabled") return { by: "mode" };
    if (lane.ownership !== "not_needed" && lane.ownership !== "owned") return { by: "ownership" };
    if (lane.mayProbe) return undefined;
    const now = monotonic();
    if (now < lane.holdUntil) return { by: "hold", atMs: lane.holdUntil };
    const breakerMs = waitMs(lane.breaker, now);
    return breakerMs > 0 ? { by: "breaker", atMs: now + breakerMs } : undefined;
  }

  function keep(id: string, bytes: number): void {
    held.set(id, (held.get(id) ?? 0) + 1);
    heldBytes += bytes;
  }

  function letGo(id: string, bytes: number): void {
    const times = held.get(id);
    if (times === undefined) return; // What is settled without having been taken into hand.
    if (times > 1) held.set(id, times - 1);
    else held.delete(id);
    heldBytes -= bytes;
  }

  const release = (task: Task) => letGo(task.id, task.payload.length);

  /** Starts what the fair queue offers while there are slots. */
  function pump(): void {
    while (!draining && inFlight < limits.inFlightMax) {
      if (!membership.mayStart() || settling.pending >= UNSETTLED_MAX || settling.pendingBytes >= UNSETTLED_BYTES_MAX)
        return;
      const lane = ready.next();
      if (lane === undefined) return;
      if (lane.queue.length === 0) continue;
      if (lane.inFlight >= slotsOf(lane)) continue; // Comes back when one of its requests ends.
      const block = blocked(lane);
      if (block !== undefined) {
        holdBack(lane, block);
        continue;
      }
      const rateWaitMs = startWithinRates(lane);
      if (rateWaitMs > 0) {
        wakeLater(lane, rateWaitMs);
        continue;
      }
      lane.breaker = started(lane.breaker, monotonic());
      lane.mayProbe = false;
      const task = lane.queue.shift();
      if (task === undefined) continue;
      lane.queuedBytes -= task.payload.length;
      if (lane.queue.length > 0) ready.ready(lane);
      void run(lane, task);
    }
  }

  /** Starts one request by the application's throttle and the endpoint's rate; otherwise how long until both allow one. */
  function startWithinRates(lane: Lane): number {
    const now = monotonic();
    const waitMs = Math.max(lane.limiter?.waitMs(now) ?? 0, lane.appLimiter?.waitMs(now) ?? 0);
    if (waitMs > 0) return waitMs;
    lane.limiter?.tryStart(now);
    lane.appLimiter?.tryStart(now);
    return 0;
  }

  /** A lane that cannot start: what it holds in memory goes back to the table, unless the wait is short. */
  function holdBack(lane: Lane, block: Blocked): void {
    switch (block.by) {
      case "mode":
      case "ownership":
        putBack(lane, 0);
        return;
      case "hold":
      case "breaker": {
        const wait = Math.max(1, block.atMs - monotonic());
        putBack(lane, block.by === "hold" ? wait : 0);
        wakeLater(lane, wait);
      }
    }
  }

  /** The earliest wish counts: whoever wakes too soon asks again, and who slept through another's wait would starve. */
  function wakeLater(lane: Lane, waitMs: number): void {
    const atMs = monotonic() + Math.max(1, waitMs);
    const set = timers.get(lane);
    if (set !== undefined) {
      if (set.atMs <= atMs) return;
      clearTimeout(set.timer);
    }
    const timer = setTimeout(
      () => {
        timers.delete(lane);
        wake(lane);
      },
      Math.max(1, waitMs),
    );
    timers.set(lane, { timer, atMs });
  }

  function wake(lane: Lane): void {
    if (lane.queue.length > 0) {
      ready.ready(lane);
      pump();
    }
    if (lane.backlog && room(lane) > 0) options.onRoom(lane);
  }

  function putBack(lane: Lane, waitMs: number): void {
    const tasks = lane.queue.takeAll();
    if (tasks.length === 0) return;
    lane.queuedBytes = 0;
    lane.backlog = true;
    for (const task of tasks) settle({ task, fate: { kind: "owed", waitMs, step: task.step } });
  }

  function withdraw(isOne: (deliveryId: string) => boolean): void {
    for (const lane of options.lanes.all()) {
      for (const task of lane.queue.takeReplays(({ id }) => isOne(id))) {
        lane.queuedBytes -= task.payload.length;
        settle({ task, fate: { kind: "dead", reason: "cancelled" } });
      }
      if (lane.backlog && room(lane) > 0) options.onRoom(lane);
    }
  }

  async function run(lane: Lane, task: Task): Promise<void> {
    const startedAt = monotonic();
    const endpoint = lane.endpoint;
    const unsendable =
      endpoint === undefined ? "endpoint_deleted" : isExpired(task, options.now()) ? "expired" : undefined;
    if (endpoint === undefined || unsendable !== undefined) {
      lane.breaker = finished(lane.breaker, startedAt, "none", startedAt, options.random);
      settle({ task, fate: { kind: "dead", reason: unsendable ?? "endpoint_deleted" } });
      return;
    }
    lane.inFlight++;
    inFlight++;
    const wallStartedAt = options.now();
    const { record, outcome } = await attemptDelivery(options.sender, endpoint, task, wallStartedAt);
    const now = options.now();
    const hold = holdUntilMs(outcome, now);
    if (hold > 0) lane.holdUntil = Math.max(lane.holdUntil, monotonic() + (hold - now));
    const before = lane.breaker;
    lane.breaker = finished(before, startedAt, signOf(outcome), monotonic(), options.random);
    options.onOutcome(lane, outcome, before, wallStartedAt, task.hops);
    const decision = decide(endpoint.retryPolicy, spentOf(task), outcome, now, options.random);
    ended(lane);
    const fate = fateOf(decision, now);
    const notice = fate.kind === "dead" && options.mayTell?.(lane.endpointId) === true;
    settle({ task, attempt: record, fate, ...(notice && { notice }) });
    if (fate.kind === "owed") options.onRetry(fate.waitMs + 1);
    if (lane.queue.length > 0) ready.ready(lane);
    pump();
    if (lane.backlog && lane.queue.length < LANE_QUEUE_MAX / 2) options.onRoom(lane);
  }

  function ended(lane: Lane): void {
    lane.inFlight--;
    inFlight--;
  }

  function settle(settlement: Settlement): void {
    const { task } = settlement;
    settling.add(settlement).then(
      (isOurs) => {
        release(task);
        options.onSettled?.(settlement, isOurs);
        if (ready.size > 0) pump();
        if (draining) drained();
      },
      (error: unknown) => {
        // Refused by the database row by row: our own fault. The row stays ours in the table until the audit finds it unknown.
        release(task);
        options.log.error("settle_refused", "The outcome of a delivery could not be recorded; it will be sent again.", {
          appId: publicId("app", task.appId),
          endpointId: publicId("ep", task.lane.endpointId),
          messageId: publicId("msg", task.eventId),
          deliveryId: publicId("dlv", task.id),
          ...(task.trace !== undefined && { trace_id: readStoredTrace(task.trace)?.traceId }),
          error,
        });
        if (draining) drained();
      },
    );
  }

  function drained(): void {
    if (inFlight === 0 && settling.pending === 0) whenDrained.resolve();
  }

  /**
   * A lane may queue a quarter of what is still free: slow endpoints take shares of what may be held, each smaller than the
   * last, and what is freed goes to those that hold little (dynamic thresholds, Choudhury and Hahne 1998).
   */
  function freeFor(lane: Lane): { readonly deliveries: number; readonly bytes: number; readonly isEmpty: boolean } {
    const share = Math.ceil(LANE_SHARE * (limits.heldMax - held.size));
    return {
      deliveries: Math.min(LANE_QUEUE_MAX, share) - lane.queue.length - lane.reserved,
      bytes: LANE_SHARE * (limits.heldBytesMax - heldBytes) - lane.queuedBytes,
      isEmpty: lane.queue.length + lane.reserved === 0,
    };
  }

  function room(lane: Lane): number {
    if (draining || heldBytes >= limits.heldBytesMax) return 0;
    const { deliveries, bytes, isEmpty } = freeFor(lane);
    // An empty lane may take one of any size.
    const fitting = Math.max(isEmpty ? 1 : 0, Math.floor(bytes / Math.max(512, lane.meanBytes)));
    return Math.max(0, Math.min(deliveries, fitting));
  }

  function hasRoom(lane: Lane, bytes: number): boolean {
    if (draining || lane.backlog || blocked(lane) !== undefined) return false;
    const free = freeFor(lane);
    const fits = bytes <= free.bytes || (free.isEmpty && heldBytes + bytes <= limits.heldBytesMax);
    return fits && free.deliveries > 0;
  }

  return {
    hasRoom,
    get isFull() {
      return heldBytes >= limits.heldBytesMax;
    },
    room,
    blocked,
    reserve: (lane, id, bytes) => {
      lane.reserved++;
      keep(id, bytes);
    },
    cancelReservation: (lane, id, bytes) => {
      lane.reserved--;
      letGo(id, bytes);
    },
    take: (task) => {
      const lane = task.lane;
      lane.reserved--;
      if (task.owner !== membership.token) {
        // Leased under a token that was declared dead meanwhile: the row is, or will be, given back to all.
        release(task);
        return;
      }
      lane.queue.push(task);
      lane.queuedBytes += task.payload.length;
      lane.meanBytes += (task.payload.length - lane.meanBytes) / 64;
      ready.ready(lane);
      pump();
    },
    pump,
    settle,
    putBack,
    withdraw,
    heldIds: () => [...held.keys()],
    get held() {
      return held.size;
    },
    get inFlight() {
      return inFlight;
    },
    drain: () => {
      draining = true;
      for (const { timer } of timers.values()) clearTimeout(timer);
      for (const lane of options.lanes.all()) putBack(lane, 0);
      drained();
      return whenDrained.promise;
    },
    forget: () => {
      for (const lane of options.lanes.all()) {
        for (const task of lane.queue.takeAll()) release(task);
        lane.queuedBytes = 0;
      }
    },
  };
}

function isExpired(task: Task, nowMs: number): boolean {
  return task.expiresAtMs !== undefined && nowMs >= task.expiresAtMs;
}

function spentOf(task: Task) {
  const spent = { attempts: task.attempts, step: task.step, firstOwedAtMs: task.owedAtMs };
  return task.expiresAtMs === undefined ? spent : { ...spent, expiresAtMs: task.expiresAtMs };
}

function fateOf(decision: Decision, nowMs: number): Fate {
  switch (decision.kind) {
    case "delivered":
      return { kind: "delivered" };
    case "dead":
      return { kind: "dead", reason: decision.reason };
    case "retry":
    case "hold":
    case "gone":
      return { kind: "owed", waitMs: Math.max(1, decision.dueAtMs - nowMs), step: decision.step };
  }
}
