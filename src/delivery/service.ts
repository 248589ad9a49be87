import type { Planner } from "#events";
import {
  DatabaseError,
  type Db,
  groupCommit,
  type Log,
  type Look,
  type Membership,
  type Outbound,
  type Queryable,
  type Telemetry,
  type Tracing,
  uuidLowerBound,
} from "#kernel";
import type { Sender } from "./attempt.ts";
import { releaseOfEnded, releaseUnknown, takeOverLeases } from "./claim.ts";
import { createClaimer, OWED_LOOK, type StoredPayload } from "./claimer.ts";
import { createDispatcher, type Dispatcher, type DispatcherLimits } from "./dispatcher.ts";
import type { EndpointConfig } from "./endpoint.ts";
import { expandFanOut } from "./fan-out.ts";
import { createEndpointHealth, type EndpointHealthOptions } from "./health.ts";
import { createLanes, type Lanes } from "./lanes.ts";
import { createNoticeBudget } from "./notice-budget.ts";
import { createEpisodes } from "./notice-episode.ts";
import { releaseLimits } from "./owners.ts";
import { createDeliveryPlanner } from "./planner.ts";
import { settleBatch } from "./settle.ts";
import type { Settlement } from "./settlement.ts";
import { createDeliveryMeter } from "./tally-meter.ts";
import { traceSettled } from "./trace.ts";

export interface DeliveryOptions {
  readonly db: Db;
  readonly membership: Membership;
  readonly outbound: Outbound;
  readonly log: Log;
  readonly limits: DispatcherLimits;
  readonly timeoutMs: number;
  readonly responseBytesMax: number;
  readonly userAgent: string;
  /** Whether this process sends; otherwise it only plans. */
  readonly sends: boolean;
  /** True when no other process can be on this database. */
  readonly exclusive: boolean;
  readonly loadEndpoints: (tx: Queryable, appIds: readonly string[]) => Promise<EndpointConfig[]>;
  /** Takes an endpoint out of service, for a reason that its answers gave; false: it already is. */
  readonly stopEndpoint: EndpointHealthOptions["stopEndpoint"];
  readonly throttles: (db: Db, appIds: readonly string[]) => Promise<Map<string, number | undefined>>;
  readonly readPayloads: (
    db: Db,
    refs: readonly { appId: string; id: string }[],
    bytesMax: number,
  ) => Promise<Map<string, StoredPayload>>;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly random: () => number;
  /** Absent: nothing is measured. */
  readonly telemetry?: Telemetry | undefined;
  /** Absent: traces are off. */
  readonly tracing?: Tracing | undefined;
  /** Between two looks of its own when nothing is owed: 1,000 ms, unless `looks` are asked for it. */
  readonly idleMs?: number | undefined;
}

export interface DeliveryStats {
  readonly held: number;
  readonly inFlight: number;
  readonly unsettled: number;
  /** Requests that could be under way for what is in memory: per endpoint at most as many as it accepts. */
  readonly demandSlots: number;
  /** Attempts not counted for their endpoint, because too many endpoints had some. */
  readonly tallyOverflow: number;
}

/** The delivery role of one process. */
export interface Delivery {
  readonly planner: Planner;
  start(): void;
  /** Starts nothing more, puts back what was not started, waits for what is under way. */
  drain(): Promise<void>;
  stop(): Promise<void>;
  /** Something was just owed (a resend, a requeue): look at once. */
  lookNow(): void;
  /** What is to be looked for each second. */
  readonly looks: readonly Look[];
  /** Gives up what this process has queued of replays whose ids `isOne`. */
  withdraw(isOne: (deliveryId: string) => boolean): void;
  stats(): DeliveryStats;
  /** Writes down what was counted per endpoint. */
  flushTally(): Promise<void>;
}

/** Between two audits of what the table says is ours. */
const AUDIT_MS = 5_000;
/** Without leases there is nothing to audit. By the index, whose dead entries are skipped. */
const LEASED_LOOK = "(select id from posthorn.delivery_leased order by id limit 1) is not null";
const FAN_OUT_LOOK = "exists (select from posthorn.fan_out)";
/** An append or a claim younger than this may still be on its way to our memory. */
const AUDIT_AGE_MS = 10_000;

export function createDelivery(options: DeliveryOptions): Delivery {
  const { db, membership, log } = options;
  const lanes = createLanes(options);
  if (!options.sends) return planningOnly(options, lanes);

  const settling = groupCommit<Settlement, boolean>({
    commit: (batch) => settleUntilDone(db, batch, log),
    rowsMax: 1_000,
    bytesMax: 8 * 1024 * 1024,
    bytesOf: ({ attempt }) => 512 + (attempt?.responseBody?.length ?? 0) + (attempt?.responseHeaders?.length ?? 0),
    // One: nobody waits for it, and half as many commits of twice the size cost the database a third less.
    commitsMax: 1,
    meter: options.telemetry?.commit("settle"),
  });
  const meter = options.telemetry === undefined ? undefined : createDeliveryMeter(options.telemetry, options.now);
  const health = createEndpointHealth({ ...options, isAlone: () => membership.alive("delivery") <= 1 });
  const episodes = createEpisodes(options);
  const budget = createNoticeBudget(options.monotonic);
  const { tracing } = options;
  const sender: Sender = { ...options, propagatesTraces: tracing?.propagates === true };
  const dispatcher: Dispatcher = createDispatcher({
    ...options,
    sender,
    settling,
    lanes,
    onOutcome: health.observe,
    mayTell: budget.take,
    onSettled: (settlement, isOurs) => {
      meter?.settled(settlement, isOurs);
      if (tracing !== undefined) traceSettled(tracing, settlement, isOurs, options.now());
      if (isOurs && settlement.attempt !== undefined) episodes.settled(settlement);
    },
    onRoom: (lane) => claimer.refill([lane]),
    onRetry: (waitMs) => claimer.wakeIn(waitMs),
  });
  const claimer = createClaimer({
    ...options,
    lanes,
    dispatcher,
    settle: dispatcher.settle,
    // One second more than the requests of the lost owner can last: its rate window has passed then, too.
    handoverMs: (timeoutMs) => (options.exclusive ? 0 : (timeoutMs ?? options.timeoutMs)) + 1_000,
  });

  let auditTimer: Timer | undefined;
  let expanding: Promise<void> | undefined;
  let expandAgain = false;
  let stopped = false;

  /** Gives back what the table says is ours and memory does not know: left by commits whose fate was unknown. */
  async function audit(): Promise<void> {
    if (stopped || !db.available) return;
    const given = await claimer.between(async () => {
      const ofEnded = await releaseOfEnded(db);
      const old = uuidLowerBound(options.now() - AUDIT_AGE_MS);
      return ofEnded + (await releaseUnknown(db, membership.token, dispatcher.heldIds(), old));
    });
    if (given === 0) return;
    log.info("leases_given_back", `${given} deliveries of commits whose fate was unknown are owed again.`, { given });
    claimer.wakeIn(1);
  }

  function startAudit(): void {
    audit().catch((error: unknown) => reportFault(log, "audit_failed", error));
  }

  function expand(): void {
    expandAgain = true; // What was committed since the last look for it is not seen by one that is under way.
    if (expanding !== undefined || stopped) return;
    expanding = (async () => {
      while (expandAgain && !stopped) {
        expandAgain = false;
        const owed = await expandFanOut(db);
        if (owed === undefined) continue;
        expandAgain = true;
        claimer.wakeIn(1);
      }
    })()
      .catch((error: unknown) => reportFault(log, "fan_out_failed", error))
      .finally(() => {
        expanding = undefined;
      });
  }

  membership.onTakeOver(async (tx, dead) => {
    const taken = await takeOverLeases(tx, dead);
    return () => {
      log.info("leases_taken_over", `Took over ${taken} deliveries of a process that was lost.`, {
        process: dead,
        taken,
      });
      claimer.wakeIn(1);
    };
  });
  membership.onLost((token) => {
    log.warn("lease_lost", "This process was declared dead while it was silent; it goes on under a new lease.", {
      process: token,
    });
    dispatcher.forget();
    for (const lane of lanes.all()) if (lane.ownership === "owned") lane.ownership = "wanted";
  });
  membership.onPulse(() => {
    dispatcher.pump();
  });
  db.onRecovered(() => {
    claimer.wakeIn(1);
    dispatcher.pump();
  });

  return {
    planner: createDeliveryPlanner({
      lanes,
      dispatcher,
      token: () => membership.token,
      now: options.now,
      onOwed: (behind) => claimer.refill(behind),
      onFanOut: expand,
    }),
    start: () => {
      claimer.start();
      auditTimer = setInterval(
        () => {
          startAudit();
          expand(); // What a process that was lost had begun.
        },
        Math.max(AUDIT_MS, options.idleMs ?? 0),
      );
    },
    drain: async () => {
      await claimer.stop();
      await dispatcher.drain();
    },
    stop: async () => {
      stopped = true;
      clearInterval(auditTimer);
      // What was never started is put back, and what was interrupted is recorded, before the lease is given up.
      void dispatcher.drain();
      await claimer.stop();
      await expanding;
      await dispatcher.drain(); // Once more, for what the last claim brought.
      await health.stop();
      await episodes.stop();
      await settling.idle();
      await releaseLimits(db, membership.token);
    },
    lookNow: () => claimer.wakeIn(1),
    looks: [
      { name: "owed", pending: OWED_LOOK, run: () => void claimer.wakeIn(1) },
      { name: "leased", pending: LEASED_LOOK, everyMs: AUDIT_MS, run: () => void startAudit() },
      { name: "fan_out", pending: FAN_OUT_LOOK, everyMs: AUDIT_MS, run: () => void expand() },
    ],
    withdraw: dispatcher.withdraw,
    stats: () => ({
      held: dispatcher.held,
      inFlight: dispatcher.inFlight,
      unsettled: settling.pending,
      demandSlots: demandOf(lanes, options.limits.endpointConcurrency),
      tallyOverflow: meter?.tally.overflow ?? 0,
    }),
    flushTally: async () => {
      await meter?.tally.flush(db, membership.token);
    },
  };
}

/** Over the endpoints of which something is known here, a few thousand at most times: microseconds. */
function demandOf(lanes: Lanes, endpointConcurrency: number): number {
  let demand = 0;
  for (const { endpoint, inFlight, queue } of lanes.all()) {
    const wanted = inFlight + queue.length;
    if (wanted > 0) demand += Math.min(wanted, endpoint?.concurrency ?? endpointConcurrency);
  }
  return demand;
}

function planningOnly(options: DeliveryOptions, lanes: Lanes): Delivery {
  return {
    planner: createDeliveryPlanner({
      lanes,
      dispatcher: undefined,
      token: () => options.membership.token,
      now: options.now,
      onOwed: () => undefined,
      onFanOut: () => undefined,
    }),
    start: () => undefined,
    drain: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    lookNow: () => undefined,
    looks: [],
    withdraw: () => undefined,
    stats: () => ({ held: 0, inFlight: 0, unsettled: 0, demandSlots: 0, tallyOverflow: 0 }),
    flushTally: () => Promise.resolve(),
  };
}

/**
 * An outcome that happened must be recorded, however long the database is away: waits and repeats, which the fence makes
 * safe. What is unsettled bounds what is sent meanwhile.
 */
async function settleUntilDone(db: Db, batch: readonly Settlement[], log: Log): Promise<boolean[]> {
  let left = batch;
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 1_000)) {
    try {
      const ours = await settleBatch(db, left);
      return batch.map((settlement) => ours[left.indexOf(settlement)] ?? false);
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.fault === "rejected" || error.fault === "conflict") throw error;
      log.limited("settle_waits", "warn", "settle_waits", "Outcomes wait for the database to come back.", {
        waiting: batch.length,
        error,
      });
      // A release has no attempt that would tell its row from one that was released, and claimed by us again, since: it is
      // not repeated once it may have happened. What did not happen, the audit does.
      if (error.fault === "unknown") left = left.filter(({ attempt }) => attempt !== undefined);
      if (left.length === 0) return batch.map(() => false);
      await Bun.sleep(waitMs);
    }
  }
}

function reportFault(log: Log, event: string, error: unknown): void {
  if (!(error instanceof DatabaseError)) throw error;
  log.limited(event, "warn", event, "A chore of the delivery role failed; it is tried again.", { error });
}
