import { giveNotice } from "#events";
import { DatabaseError, type Db, type Log, type Outcome, publicId, type Queryable } from "#kernel";
import {
  type Action,
  type Health,
  toRow as healthRow,
  healthSignOf,
  observe,
  underBreaker,
  type Verdict,
} from "./auto-disable.ts";
import { type Breaker, toRow as breakerRow, mustWrite, openedForMs } from "./breaker.ts";
import type { Lane } from "./lane.ts";

export interface EndpointHealthOptions {
  readonly db: Db;
  readonly log: Log;
  readonly now: () => number;
  readonly monotonic: () => number;
  /** Whether no other process delivers: then nobody has to be told. */
  readonly isAlone: () => boolean;
  readonly stopEndpoint: (
    tx: Queryable,
    endpoint: { readonly id: string; readonly appId: string },
    mode: Action["mode"],
    reason: Action["reason"],
  ) => Promise<boolean>;
}

/**
 * Learns from outcomes what is true of an endpoint, and writes it on transitions only, with the version of its
 * application's endpoints raised, so that the other processes know it before their next send.
 */
export interface EndpointHealth {
  readonly observe: (lane: Lane, outcome: Outcome, before: Breaker, startedAtMs: number, hops?: number) => void;
  /** Waits for what is being written. */
  stop(): Promise<void>;
}

const WRITE = `
  insert into posthorn.endpoint_state as s
         (endpoint_id, breaker, breaker_until, breaker_opens, hold_until, failing_since, failing_open_ms, failing_attempts, gone_at)
  values ($1::uuid, $2, clock_timestamp() + $3::float8 * interval '1 ms', $4::int, clock_timestamp() + $5::float8 * interval '1 ms',
          to_timestamp($6::float8 / 1000), $7::float8::bigint, $8::int, to_timestamp($9::float8 / 1000))
  on conflict (endpoint_id) do update
     set breaker = excluded.breaker, breaker_until = excluded.breaker_until, breaker_opens = excluded.breaker_opens,
         hold_until = greatest(s.hold_until, excluded.hold_until),
         failing_since = excluded.failing_since, failing_open_ms = excluded.failing_open_ms,
         failing_attempts = excluded.failing_attempts, gone_at = excluded.gone_at, updated_at = now()`;

const RAISE_VERSION = `
  insert into posthorn.endpoint_set as e (app_id, version) values ($1::uuid, 1)
  on conflict (app_id) do update set version = e.version + 1`;

/** A hold that ends within this of one already written is not written again: under 429 every answer carries one. */
const HOLD_STEP_MS = 1_000;
const RETRY_MS = 500;
/** A breaker that opens again and again is told once in this time. */
const BREAKER_TOLD_MS = 60_000;

/** What was found out about an endpoint and must be written, besides how it is. */
interface Findings {
  readonly action: Action | undefined;
  /** Its breaker opened, of which nobody was told yet. */
  readonly opened: { readonly opens: number; readonly untilMs: number } | undefined;
  /** Of the event whose delivery showed it. */
  readonly hops: number | undefined;
}

export function createEndpointHealth(options: EndpointHealthOptions): EndpointHealth {
  const { db, log, monotonic } = options;
  const dirty = new Map<Lane, Findings>();
  const writtenHold = new WeakMap<Lane, number>();
  let writing: Promise<void> | undefined;

  function observeOutcome(lane: Lane, outcome: Outcome, before: Breaker, startedAtMs: number, hops?: number): void {
    let write = mustWrite(before, lane.breaker) || holdMoved(lane);
    let action: Action | undefined;
    const learn = (verdict: Verdict) => {
      if (verdict.kind === "unchanged") return;
      lane.health = verdict.health;
      write ||= verdict.write;
      action ??= verdict.action;
    };
    const openMs = openedForMs(before, lane.breaker, monotonic());
    if (openMs > 0) learn(underBreaker(lane.health, openMs));
    const observation = { sign: healthSignOf(outcome), startedAtMs, resumedAtMs: lane.endpoint?.modeSinceMs };
    learn(observe(lane.health, observation, options.now()));
    if (!write) return;
    const known = dirty.get(lane);
    dirty.set(lane, { action: action ?? known?.action, opened: openedNow(lane, before) ?? known?.opened, hops });
    lane.isUnwritten = true;
    startWriting();
  }

  /** From closed to open, and neither a probe that failed nor once more within the minute. */
  function openedNow(lane: Lane, before: Breaker): Findings["opened"] {
    const now = monotonic();
    if (before.state !== "closed" || lane.breaker.state !== "open") return undefined;
    if (now - lane.toldBreakerAt < BREAKER_TOLD_MS) return undefined;
    lane.toldBreakerAt = now;
    return { opens: lane.breaker.opens, untilMs: options.now() + (lane.breaker.untilMs - now) };
  }

  function startWriting(): void {
    writing ??= writeAll().finally(() => {
      writing = undefined;
      if (dirty.size > 0) startWriting(); // What came after the last look at it.
    });
  }

  function holdMoved(lane: Lane): boolean {
    return (
      lane.holdUntil > monotonic() &&
      lane.holdUntil > (writtenHold.get(lane) ?? Number.NEGATIVE_INFINITY) + HOLD_STEP_MS
    );
  }

  async function writeAll(): Promise<void> {
    for (const [lane, findings] of dirty) {
      dirty.delete(lane);
      try {
        await write(lane, findings);
        lane.isUnwritten = dirty.has(lane);
      } catch (error) {
        if (!(error instanceof DatabaseError)) {
          // A fault of ours over one endpoint must not end the process, and with it everyone's deliveries.
          log.error("endpoint_state_failed", "What was found out about an endpoint cannot be written.", {
            endpointId: publicId("ep", lane.endpointId),
            error,
          });
          continue;
        }
        log.limited(
          "endpoint_state_unwritten",
          "warn",
          "endpoint_state_unwritten",
          "What was found out about an endpoint could not be written yet.",
          {
            endpointId: publicId("ep", lane.endpointId),
            error,
          },
        );
        if (error.fault === "rejected") continue;
        const newer = dirty.get(lane);
        dirty.set(lane, {
          action: newer?.action ?? findings.action,
          opened: newer?.opened ?? findings.opened,
          hops: newer?.hops ?? findings.hops,
        });
        await Bun.sleep(RETRY_MS);
      }
    }
  }

  async function write(lane: Lane, { action, opened, hops }: Findings): Promise<void> {
    const now = monotonic();
    const breaker = breakerRow(lane.breaker, now);
    const health = healthRow(lane.health satisfies Health);
    const holdMs = lane.holdUntil > now ? lane.holdUntil - now : null;
    writtenHold.set(lane, lane.holdUntil);
    await db.transaction(async (tx) => {
      // The set's row first: every change of an application's endpoints waits for it in this order.
      if (!options.isAlone()) await tx.query(RAISE_VERSION, [lane.appId]);
      await tx.query(WRITE, [
        lane.endpointId,
        breaker.breaker,
        breaker.waitMs ?? null,
        breaker.opens,
        holdMs,
        health.failingSinceMs ?? null,
        health.failingOpenMs,
        health.failingAttempts,
        health.goneAtMs ?? null,
      ]);
      const about = { appId: lane.appId, endpointId: lane.endpointId, hops };
      if (opened !== undefined) {
        const data = { until: new Date(opened.untilMs).toISOString(), opens: opened.opens };
        await giveNotice(tx, { type: "endpoint.breaker_opened", ...about, data });
      }
      if (action === undefined) return;
      const stopped = { id: lane.endpointId, appId: lane.appId };
      if (!(await options.stopEndpoint(tx, stopped, action.mode, action.reason))) return;
      const failSinceMs = health.failingSinceMs ?? health.goneAtMs ?? options.now();
      const data = { failSince: new Date(failSinceMs).toISOString(), mode: action.mode, modeReason: action.reason };
      await giveNotice(tx, { type: "endpoint.disabled", ...about, data });
    });
    log.debug("endpoint_state", "What is known of an endpoint changed.", {
      endpointId: publicId("ep", lane.endpointId),
      breaker: breaker.breaker,
      waitMs: breaker.waitMs,
      holdMs,
    });
    if (action !== undefined) {
      log.warn("endpoint_stopped", `An endpoint was ${action.mode}.`, {
        endpointId: publicId("ep", lane.endpointId),
        mode: action.mode,
        reason: action.reason,
      });
    }
  }

  return {
    observe: observeOutcome,
    stop: async () => {
      while (writing !== undefined) await writing;
    },
  };
}
