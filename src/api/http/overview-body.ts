import type { z } from "@hono/zod-openapi";
import {
  addEncoded,
  BUCKETS,
  deadOfDay,
  LEASE_MS,
  listProcesses,
  type ProcessRow,
  percentilesMs,
  readSamples,
  type Sample,
} from "#kernel";
import type { OverviewOut } from "../schemas/overview.ts";
import { attentionOf, lookForTrouble } from "./attention.ts";
import type { ApiDeps } from "./deps.ts";

type Overview = z.infer<typeof OverviewOut>;

const MINUTE_MS = 60_000;
/** A row may come late by a pause of the database and is still the last one. */
const ROW_AGE_MS = 25_000;
/** Rates of this process: long enough that one late second does not make them jump. */
const RATE_MS = 5_000;

/** However many look at the overview, the database is asked once in so many ms. */
const REUSED_MS = { processes: 900, trouble: 5_000, dead: 20_000 } as const;

interface Looks {
  readonly processes: () => Promise<{ readonly rows: readonly ProcessRow[]; readonly samples: readonly Sample[] }>;
  readonly trouble: () => ReturnType<typeof lookForTrouble>;
  readonly dead: () => Promise<number>;
}
const looksOf = new WeakMap<ApiDeps, Looks>();

function looks(deps: ApiDeps): Looks {
  const known = looksOf.get(deps);
  if (known !== undefined) return known;
  const made: Looks = {
    processes: reused(REUSED_MS.processes, deps.nowMs, async () => {
      const now = deps.nowMs();
      const [rows, samples] = await Promise.all([
        listProcesses(deps.db, LEASE_MS),
        readSamples(deps.db, 10, now - MINUTE_MS - ROW_AGE_MS, now + MINUTE_MS),
      ]);
      return { rows, samples };
    }),
    trouble: reused(REUSED_MS.trouble, deps.nowMs, () => lookForTrouble(deps.db, deps.nowMs())),
    dead: reused(REUSED_MS.dead, deps.nowMs, () => deadOfDay(deps.db)),
  };
  looksOf.set(deps, made);
  return made;
}

/** Looks once for all who ask within `ms`. A look that failed is not kept. */
function reused<T>(ms: number, now: () => number, look: () => Promise<T>): () => Promise<T> {
  let last: { readonly atMs: number; readonly found: Promise<T> } | undefined;
  return () => {
    const atMs = now();
    if (last !== undefined && Math.abs(atMs - last.atMs) < ms) return last.found;
    const begun = { atMs, found: look() };
    last = begun;
    begun.found.catch(() => {
      if (last === begun) last = undefined;
    });
    return begun.found;
  };
}

/** The installation, this second. */
export async function overviewOf(deps: ApiDeps): Promise<Overview> {
  const look = looks(deps);
  const [{ rows, samples }, trouble, dead24h] = await Promise.all([look.processes(), look.trouble(), look.dead()]);
  const nowMs = deps.nowMs();
  const own = deps.instruments?.process();
  const recent = deps.instruments?.telemetry.recent() ?? [];
  const others = samples.filter(({ process, toMs }) => process !== own && toMs > nowMs - MINUTE_MS - ROW_AGE_MS);
  const lately = lastOf(others, nowMs);
  const minute = [...recent.filter(({ toMs }) => toMs > nowMs - MINUTE_MS), ...others];
  const processes = rows.map((row) => processBody(row, row.token === own ? recent : others, nowMs));
  const owed = deps.instruments?.telemetry.owed ?? others.findLast((sample) => sample.owed !== undefined)?.owed;
  const ack = percentilesOf(minute, ({ ack }) => ack);
  const rates = ratesOf(recent, [...lately.values()], nowMs);
  const attempts = minute.reduce((sum, span) => sum + span.attempts, 0);
  const delivered = minute.reduce((sum, span) => sum + span.delivered, 0);
  return {
    now: new Date(nowMs).toISOString(),
    version: deps.version,
    uptimeSeconds: Math.floor((nowMs - (deps.instruments?.telemetry.startedAtMs ?? nowMs)) / 1_000),
    processes,
    rates: { ...rates, successRatio: attempts === 0 ? null : Number((delivered / attempts).toFixed(4)) },
    latencyMs: {
      ack,
      delivery: percentilesOf(minute, ({ delivery }) => delivery),
      receiver: percentilesOf(minute, ({ receiver }) => receiver),
    },
    owed: owed?.count ?? null,
    owedIsExact: owed?.isExact ?? false,
    oldestOwedAt: owed?.oldestAtMs === undefined ? null : new Date(owed.oldestAtMs).toISOString(),
    leased: processes.reduce((sum, process) => sum + (process.alive ? (process.held ?? 0) : 0), 0),
    dead24h,
    attention: attentionOf({
      trouble,
      lost: rows.filter(({ endedBy }) => endedBy === "taken_over"),
      owed,
      ack,
      acknowledged: countOf(minute, ({ ack: spanAck }) => spanAck),
      readiness: deps.readiness(),
      nowMs,
    }),
  };
}

/** The newest sample of each process, unless it is from long ago. */
function lastOf(samples: readonly Sample[], nowMs: number): Map<string, Sample> {
  const last = new Map<string, Sample>();
  for (const sample of samples) if (sample.toMs > nowMs - ROW_AGE_MS) last.set(sample.process, sample);
  return last;
}

function ratesOf(recent: readonly Sample[], others: readonly Sample[], nowMs: number) {
  const own = recent.filter(({ toMs }) => toMs > nowMs - RATE_MS);
  const ownMs = own.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const rate = (pick: (span: Sample) => number) => {
    const here = ownMs === 0 ? 0 : (own.reduce((sum, span) => sum + pick(span), 0) * 1_000) / ownMs;
    const there = others.reduce((sum, span) => sum + (pick(span) * 1_000) / (span.toMs - span.fromMs), 0);
    return Math.round((here + there) * 100) / 100;
  };
  return {
    eventsInPerSecond: rate(({ eventsIn }) => eventsIn),
    attemptsPerSecond: rate(({ attempts }) => attempts),
    deliveredPerSecond: rate(({ delivered }) => delivered),
    rejectedPerSecond: rate(({ rejected }) => rejected),
  };
}

function percentilesOf(spans: readonly Sample[], pick: (span: Sample) => ArrayLike<number>) {
  const sum = new Float64Array(BUCKETS);
  for (const span of spans) addEncoded(sum, pick(span));
  return percentilesMs(sum);
}

function countOf(spans: readonly Sample[], pick: (span: Sample) => ArrayLike<number>): number {
  let count = 0;
  for (const span of spans) {
    const encoded = pick(span);
    for (let i = 1; i < encoded.length; i++) count += encoded[i] ?? 0;
  }
  return count;
}

function processBody(row: ProcessRow, samples: readonly Sample[], nowMs: number): Overview["processes"][number] {
  const own = samples.filter(
    ({ process, toMs }) => (process === "" || process === row.token) && toMs > nowMs - ROW_AGE_MS,
  );
  const lasts = own.filter(({ toMs }) => toMs > (own.at(-1)?.toMs ?? 0) - 9_500);
  const last = own.at(-1);
  const spanMs = lasts.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const alive = row.endedAt === null && row.silentMs < 3 * LEASE_MS;
  return {
    id: row.token,
    name: row.name,
    roles: [...row.roles],
    version: row.version,
    startedAt: row.startedAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    memoryBytes: last?.memoryBytes ?? null,
    cpuRatio: spanMs === 0 ? null : Number((lasts.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / spanMs).toFixed(4)),
    eventLoopLagMs: last === undefined ? null : Math.max(...lasts.map(({ loopLagUs }) => loopLagUs)) / 1_000,
    inFlight: last?.inFlight ?? null,
    held: last?.held ?? null,
    alive,
  };
}
