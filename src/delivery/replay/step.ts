import { settledHorizon } from "#events";
import { bareArray, type Db, publicId, type Queryable, unreachable } from "#kernel";
import { COUNT_CHUNK } from "./count.ts";
import { replayDeliveryId } from "./delivery-id.ts";
import { end } from "./job.ts";
import { look, replayEndpoint } from "./past.ts";
import type { ReplayEndpoint } from "./selection.ts";
import {
  cursorBefore,
  type Job,
  type JobPart,
  lockOwnJob,
  type PartError,
  type PartWaiting,
  writeState,
} from "./store.ts";
import { withdrawChunk } from "./withdraw.ts";

/**
 * While so many are due to an endpoint or in somebody's hands, a job owes it no more: what its owner sends now waits behind that
 * many at most, and what is in memory of a replay gives way besides (lane-queue.ts).
 */
export const DUE_MAX = 500;
/** And while so many are owed to it at all: one that fails everything would gather retries without end. */
export const OWED_MAX = 10_000;
/** Endpoints that are asked in one step whether they may be owed more. */
const PARTS_AT_ONCE = 50;
/** Events looked at per step. */
const OWE_CHUNK = 500;

export type Stepped =
  /** Paused, cancelled, or another process's: not ours any more. */
  | { readonly kind: "lost" }
  /** It has ended, or everything was withdrawn. */
  | { readonly kind: "ended" }
  /** Something was done and there is more to do at once. */
  | { readonly kind: "again"; readonly owed: number; readonly ratePerSecond: number }
  /** As much as was allowed was owed: more when the pace allows it. */
  | { readonly kind: "paced"; readonly owed: number; readonly ratePerSecond: number }
  /** Nothing can be done now: the endpoints are owed enough, or the last events are not settled. */
  | { readonly kind: "waits"; readonly owed: number; readonly ratePerSecond: number };

export interface StepOptions {
  readonly db: Db;
  readonly token: string;
  readonly nowMs: number;
  /** How many may be owed now. */
  readonly allowance: number;
  /** Which of its parts has its turn. */
  readonly turn: number;
}

/**
 * One small step of a job in one short transaction: the job's row is locked in our name, a stretch of the past is looked at, what
 * is chosen is owed, and the cursor moved. Whoever goes on after a crash goes on from there, so nothing is owed twice (P10).
 */
export function stepJob(id: string, options: StepOptions): Promise<Stepped> {
  return options.db.transaction(async (tx) => {
    const job = await lockOwnJob(tx, id, options.token);
    if (job === undefined) return { kind: "lost" };
    if (job.state.state === "cancelled") return withdrawStep(tx, job);
    const { ratePerSecond } = job;
    const counting = job.parts.find(({ phase }) => phase === "counting");
    if (counting !== undefined) {
      await countStep(tx, job, counting, options);
      return { kind: "again", owed: 0, ratePerSecond };
    }
    const open = job.parts.filter(({ phase }) => phase === "owing");
    if (open.length === 0) {
      await writeState(tx, job.id, end({ state: "running" }, new Date(options.nowMs), errorsOf(job)));
      return { kind: "ended" };
    }
    // One after another, and whoever must wait keeps nobody from his turn. Some at a time: each is locked until the commit, and
    // PostgreSQL has room for a few thousand locks in all.
    const groups = Math.ceil(open.length / PARTS_AT_ONCE);
    const group = options.turn % groups;
    const parts = open.slice(group * PARTS_AT_ONCE, (group + 1) * PARTS_AT_ONCE);
    const first = Math.floor(options.turn / groups);
    for (let i = 0; i < parts.length; i++) {
      const part = parts[(first + i) % parts.length] as JobPart;
      const stepped = await oweStep(tx, job, part, options);
      if (stepped !== undefined) return { ...stepped, ratePerSecond };
    }
    return { kind: group === groups - 1 ? "waits" : "again", owed: 0, ratePerSecond };
  });
}

async function withdrawStep(tx: Queryable, job: Job): Promise<Stepped> {
  const more = await withdrawChunk(tx, job);
  if (more.buried > 0) return { kind: "again", owed: 0, ratePerSecond: job.ratePerSecond };
  // What is in somebody's hands may come back to be tried again, and is taken then.
  if (more.inHands) return { kind: "waits", owed: 0, ratePerSecond: job.ratePerSecond };
  if (job.state.state === "cancelled") await writeState(tx, job.id, { ...job.state, withdrawing: false });
  return { kind: "ended" };
}

function errorsOf(job: Job): string[] {
  return job.parts.flatMap(({ endpointId, error }) => (error === undefined ? [] : [errorText(endpointId, error)]));
}

function errorText(endpointId: string, error: PartError): string {
  switch (error) {
    case "endpoint_deleted":
      return `The endpoint ${publicId("ep", endpointId)} was deleted`;
    case "endpoint_disabled":
      return `The endpoint ${publicId("ep", endpointId)} was disabled`;
    default:
      return unreachable(error);
  }
}

/** The endpoint, if anything may be owed to it; otherwise why not. */
async function takes(tx: Queryable, job: Job, endpointId: string): Promise<ReplayEndpoint | PartError> {
  const endpoint = await replayEndpoint(tx, job.appId, endpointId);
  if (endpoint === undefined) return "endpoint_deleted";
  return endpoint.mode === "disabled" ? "endpoint_disabled" : endpoint;
}

async function countStep(tx: Queryable, job: Job, part: JobPart, { nowMs }: StepOptions): Promise<void> {
  const endpoint = await takes(tx, job, part.endpointId);
  if (typeof endpoint === "string") return writePart(tx, job, { ...part, phase: "failed", error: endpoint });
  const before = await boundOf(tx, job, nowMs);
  const place = { appId: job.appId, endpointId: part.endpointId, endpoint };
  const stretch = await look(tx, job.selection, place, part.cursor, before.id, COUNT_CHUNK);
  const matched = part.matched + stretch.judged.filter(({ verdict }) => verdict === "send").length;
  // What is not settled yet is not worth waiting for: it is counted when it is owed.
  return stretch.isLast
    ? writePart(tx, job, { ...part, matched, phase: "owing", cursor: cursorBefore(job.selection.sinceMs) })
    : writePart(tx, job, { ...part, matched, cursor: stretch.cursor });
}

// Both bounded by what is asked, whatever the endpoint is owed. A leased row is found by its id only; the table is as long as
// what is in flight.
const LOAD = `
  select (select count(*)::int from (
            select from posthorn.delivery_owed where endpoint_id = $1::uuid and due_at <= now() limit ${DUE_MAX}) due)
       + (select count(*)::int from posthorn.delivery_leased where endpoint_id = $1::uuid) as due,
         (select count(*)::int from (
            select from posthorn.delivery_owed where endpoint_id = $1::uuid limit ${OWED_MAX}) owed) as owed`;

/** How many more the endpoint may be owed. */
async function roomOf(tx: Queryable, endpointId: string): Promise<number> {
  const [load] = await tx.query<{ due: number; owed: number }>(LOAD, [endpointId]);
  return Math.max(0, Math.min(DUE_MAX - (load?.due ?? 0), OWED_MAX - (load?.owed ?? 0)));
}

/** Undefined: it can do nothing now, somebody else may. */
async function oweStep(
  tx: Queryable,
  job: Job,
  part: JobPart,
  { allowance, nowMs }: StepOptions,
): Promise<{ readonly kind: "again" | "paced"; readonly owed: number } | undefined> {
  const endpoint = await takes(tx, job, part.endpointId);
  if (typeof endpoint === "string") {
    await writePart(tx, job, { ...part, phase: "failed", error: endpoint, waiting: undefined });
    return { kind: "again", owed: 0 };
  }
  // Two jobs that owe to one endpoint take turns, so that the second sees what the first owed.
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 1))", [`posthorn replay ${part.endpointId}`]);
  const room = Math.min(allowance, await roomOf(tx, part.endpointId));
  if (room === 0) {
    const waiting: PartWaiting = endpoint.mode === "paused" ? "paused" : "backlog";
    if (allowance > 0 && part.waiting !== waiting) await writePart(tx, job, { ...part, waiting });
    return undefined;
  }
  const before = await boundOf(tx, job, nowMs);
  const place = { appId: job.appId, endpointId: part.endpointId, endpoint };
  const stretch = await look(tx, job.selection, place, part.cursor, before.id, OWE_CHUNK);
  const owed: string[] = [];
  let { cursor, isLast } = stretch;
  let skipped = 0;
  for (const { eventId, verdict } of stretch.judged) {
    if (verdict === "send" && owed.length === room) {
      isLast = false;
      break;
    }
    if (verdict === "send") owed.push(eventId);
    if (verdict === "erased") skipped++;
    cursor = eventId;
  }
  await owe(tx, job, part.endpointId, endpoint, owed, nowMs);
  const ended = isLast && before.isUntil;
  const changed = { done: part.done + owed.length, skipped: part.skipped + skipped, waiting: undefined, cursor };
  if (ended || cursor !== part.cursor || part.waiting !== undefined) {
    const matched = Math.max(part.matched, changed.done);
    await writePart(tx, job, { ...part, ...changed, matched, phase: ended ? "finished" : "owing" });
  }
  // Held up by the endpoint, which may take more in a moment, and not by the pace.
  if (owed.length === room) return { kind: room < allowance ? "again" : "paced", owed: owed.length };
  if (isLast && !ended) return owed.length > 0 ? { kind: "paced", owed: owed.length } : undefined;
  return { kind: "again", owed: owed.length };
}

/** Up to where events may be read: the job's end, or what is settled by now. */
async function boundOf(tx: Queryable, job: Job, nowMs: number): Promise<{ id: string; isUntil: boolean }> {
  const until = cursorBefore(job.selection.untilMs);
  const horizon = await settledHorizon(tx, nowMs);
  return until <= horizon ? { id: until, isUntil: true } : { id: horizon, isUntil: false };
}

// The dead letters of what is owed anew are no longer dead: they were requeued. Their attempts remain. The bounds leave out
// the days that hold none of them.
const OWE = `
  with wanted as (
    select * from unnest($1::uuid[], $2::uuid[]) t(id, event_id)
  ), owed as (
    insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, trigger, expires_at)
    select id, event_id, $3::uuid, $4::uuid, now(), 'replay', now() + $5::float8 * interval '1 ms' from wanted
  )
  delete from posthorn.delivery_dead d using wanted
   where d.event_id = wanted.event_id and d.endpoint_id = $4::uuid and d.event_id >= $6::uuid and d.event_id <= $7::uuid`;

async function owe(
  tx: Queryable,
  job: Job,
  endpointId: string,
  endpoint: ReplayEndpoint,
  eventIds: readonly string[],
  nowMs: number,
): Promise<void> {
  const [first] = eventIds;
  const last = eventIds.at(-1);
  if (first === undefined || last === undefined) return;
  await tx.query(OWE, [
    bareArray(eventIds.map((_, i) => replayDeliveryId(nowMs, job.number, job.made + i))),
    bareArray(eventIds),
    job.appId,
    endpointId,
    endpoint.expiresAfterMs ?? null,
    first,
    last,
  ]);
  await tx.query("update posthorn.job set made = made + $2::int, updated_at = now() where id = $1::uuid", [
    job.id,
    eventIds.length,
  ]);
}

async function writePart(tx: Queryable, job: Job, part: JobPart): Promise<void> {
  await tx.query(
    `update posthorn.job_endpoint
        set phase = $3, cursor = $4::uuid, matched = $5::bigint, done = $6::bigint, skipped = $7::bigint, waiting = $8, error = $9
      where job_id = $1::uuid and endpoint_id = $2::uuid`,
    [
      job.id,
      part.endpointId,
      part.phase,
      part.cursor,
      part.matched,
      part.done,
      part.skipped,
      part.waiting ?? null,
      part.error ?? null,
    ],
  );
}
