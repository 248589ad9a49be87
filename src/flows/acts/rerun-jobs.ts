import { DatabaseError, newId, publicId, type Queryable, uuidLowerBound } from "#kernel";
import { findFlow } from "../flow-store.ts";
import type { Started, StartRequest, Starts } from "../start.ts";
import { nextRuns, type Rerun, type RerunFilter, type RerunVersion, rerunOf, versionsOf } from "./rerun.ts";
import { eachRun, LOADED_BYTES_MAX } from "./run-load.ts";

/** Runs of one flow that are run again, one after the other. */
export interface RerunJob {
  readonly id: string;
  readonly appId: string;
  readonly flowId: string;
  readonly state: "running" | "finished" | "cancelled";
  readonly filter: RerunFilter;
  /** `failed`: each from where it failed; undefined: each from its beginning. */
  readonly from: string | undefined;
  readonly version: RerunVersion;
  readonly ratePerSecond: number;
  readonly cursor: string;
  readonly matched: number;
  readonly started: number;
  /** Chosen, and could not be run again. */
  readonly skipped: number;
  readonly lastSkipped: { readonly runId: string; readonly reason: string } | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly finishedAtMs: number | undefined;
}

/** Of one application at once: each is looked at all the time. */
export const RERUNS_OPEN_MAX = 20;

interface Row {
  readonly id: string;
  readonly app_id: string;
  readonly flow_id: string;
  readonly state: RerunJob["state"];
  readonly of_state: RerunFilter["state"];
  readonly fingerprint: string | null;
  readonly of_version: number | null;
  readonly since: Date;
  readonly until: Date;
  readonly from_path: string | null;
  readonly version: number | null;
  readonly rate_per_second: number;
  readonly cursor: string;
  readonly matched: string;
  readonly started: string;
  readonly skipped: string;
  readonly last_skipped: RerunJob["lastSkipped"] | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly finished_at: Date | null;
}

const COLUMNS = `id, app_id, flow_id, state, of_state, fingerprint, of_version, since, until, from_path, version, rate_per_second,
  cursor, matched, started, skipped, last_skipped, created_at, updated_at, finished_at`;

const CURRENT = 0;
const columnOf = (version: RerunVersion) => (version === "same" ? null : version === "current" ? CURRENT : version);
const versionOf = (column: number | null): RerunVersion =>
  column === null ? "same" : column === CURRENT ? "current" : column;

const jobOf = (row: Row): RerunJob => ({
  id: row.id,
  appId: row.app_id,
  flowId: row.flow_id,
  state: row.state,
  filter: {
    state: row.of_state,
    fingerprint: row.fingerprint ?? undefined,
    version: row.of_version ?? undefined,
    sinceMs: row.since.getTime(),
    untilMs: row.until.getTime(),
  },
  from: row.from_path ?? undefined,
  version: versionOf(row.version),
  ratePerSecond: row.rate_per_second,
  cursor: row.cursor,
  matched: Number(row.matched),
  started: Number(row.started),
  skipped: Number(row.skipped),
  lastSkipped: row.last_skipped ?? undefined,
  createdAtMs: row.created_at.getTime(),
  updatedAtMs: row.updated_at.getTime(),
  finishedAtMs: row.finished_at?.getTime(),
});

const INSERT = `
  insert into posthorn.flow_rerun (id, app_id, flow_id, of_state, fingerprint, of_version, since, until, from_path, version, rate_per_second, cursor)
  select $1, $2::uuid, $3, $4, $5, $6, to_timestamp($7::float8 / 1000), to_timestamp($8::float8 / 1000), $9, $10, $11, $12
   where (select count(*) from posthorn.flow_rerun where app_id = $2::uuid and state = 'running') < ${RERUNS_OPEN_MAX}
  returning ${COLUMNS}`;

/** Begins with the commit of `tx`, whichever process does it. Undefined: the application has as many open as it may. */
export async function startRerunJob(
  tx: Queryable,
  asked: Pick<RerunJob, "appId" | "flowId" | "filter" | "from" | "version" | "ratePerSecond">,
): Promise<RerunJob | undefined> {
  const { filter } = asked;
  const rows = await tx.query<Row>(INSERT, [
    newId(),
    asked.appId,
    asked.flowId,
    filter.state,
    filter.fingerprint ?? null,
    filter.version ?? null,
    Math.floor(filter.sinceMs),
    Math.floor(filter.untilMs),
    asked.from ?? null,
    columnOf(asked.version),
    asked.ratePerSecond,
    uuidLowerBound(Math.floor(filter.sinceMs)),
  ]);
  return rows.map(jobOf)[0];
}

export async function findRerunJob(q: Queryable, flowId: string, id: string): Promise<RerunJob | undefined> {
  const rows = await q.query<Row>(
    `select ${COLUMNS} from posthorn.flow_rerun where flow_id = $1::uuid and id = $2::uuid`,
    [flowId, id],
  );
  return rows.map(jobOf)[0];
}

/** Of a flow, the newest first. */
export async function listRerunJobs(q: Queryable, flowId: string, limit: number): Promise<RerunJob[]> {
  const rows = await q.query<Row>(
    `select ${COLUMNS} from posthorn.flow_rerun where flow_id = $1::uuid order by id desc limit $2`,
    [flowId, limit],
  );
  return rows.map(jobOf);
}

/** What it began goes on. `ended`: there was nothing left to cancel; undefined: there is none. */
export async function cancelRerunJob(
  tx: Queryable,
  flowId: string,
  id: string,
): Promise<RerunJob | "ended" | undefined> {
  const rows = await tx.query<Row>(
    `update posthorn.flow_rerun set state = 'cancelled', finished_at = now(), updated_at = now()
      where flow_id = $1::uuid and id = $2::uuid and state = 'running' returning ${COLUMNS}`,
    [flowId, id],
  );
  const [job] = rows.map(jobOf);
  if (job !== undefined) return job;
  return (await findRerunJob(tx, flowId, id)) === undefined ? undefined : "ended";
}

// --------------------------------------------------------------------------------------------------------- the work

/** Whether some are open: an SQL expression, answered by an index that is nearly always empty. */
export const RERUNS_PENDING = "exists (select from posthorn.flow_rerun where state = 'running')";

/** Runs of one stretch: their journals are read together. */
const STRETCH = 50;

const NEXT = `
  select ${COLUMNS}, extract(epoch from clock_timestamp() - updated_at)::float8 as seconds
    from posthorn.flow_rerun where state = 'running' and updated_at <= clock_timestamp() - interval '1 s' / rate_per_second
   order by updated_at, id limit 1 for update skip locked`;

const ADVANCE = `
  update posthorn.flow_rerun
     set cursor = $2::uuid, matched = matched + $3, started = started + $4, skipped = skipped + $5,
         last_skipped = coalesce($6::text::jsonb, last_skipped), state = $7, updated_at = clock_timestamp(),
         finished_at = case when $7 = 'finished' then clock_timestamp() end
   where id = $1::uuid`;

/**
 * Does the next stretch of the rerun that waited longest, as much as its rate allows for the time since its last, within `tx`: runs and
 * cursor are committed together, so that a crash repeats none and leaves none out. Answers how many runs were looked at, and
 * the plans to be told how the transaction ended; 0 and none: nothing may be done now.
 */
export async function rerunStretch(
  tx: Queryable,
  startWithin: Starts["startWithin"],
): Promise<{ readonly looked: number; readonly plan: { committed(): void; abandoned(): void } | undefined }> {
  const [row] = await tx.query<Row & { seconds: number }>(NEXT);
  if (row === undefined) return { looked: 0, plan: undefined };
  const job = jobOf(row);
  const allowed = Math.max(1, Math.min(STRETCH, Math.floor(job.ratePerSecond * Math.min(row.seconds, 1))));
  const flow = await findFlow(tx, job.appId, { id: job.flowId });
  const chosen = flow === undefined ? [] : await nextRuns(tx, job.flowId, job.filter, job.cursor, allowed);
  const requests: StartRequest[] = [];
  /** How many of those chosen were looked at: what they are begun with stays in memory until the commit. */
  let looked = 0;
  let isCut = false;
  let lastSkipped: RerunJob["lastSkipped"];
  if (flow !== undefined) {
    const versions = versionsOf(tx, flow.id);
    let bytes = 0;
    const ids = chosen.map(({ id }) => id);
    for await (const one of eachRun(tx, flow.id, ids)) {
      if (requests.length > 0 && bytes + one.bytes > LOADED_BYTES_MAX) {
        isCut = true;
        break;
      }
      // What was not loaded is gone: it was deleted since it was chosen.
      looked = ids.indexOf(one.run.id) + 1;
      const from = job.from === "failed" ? chosen[looked - 1]?.failedAt : job.from;
      const rerun = await attempted(rerunOf(one, flow, { from, version: job.version }, versions));
      if (rerun.ok) {
        requests.push(rerun.request);
        bytes += one.bytes;
      } else lastSkipped = { runId: publicId("run", one.run.id), reason: rerun.reason };
    }
    if (!isCut) looked = ids.length;
  }
  const joined = requests.length === 0 ? undefined : await startWithin(tx, requests);
  try {
    const results = joined?.results ?? [];
    const started = results.filter(({ kind }) => kind === "started").length;
    for (const [i, { kind }] of results.entries()) {
      const runId = requests[i]?.parentId;
      if (kind !== "started" && runId !== undefined)
        lastSkipped = { runId: publicId("run", runId), reason: WHY_NOT[kind] };
    }
    const state = !isCut && chosen.length < allowed ? "finished" : "running";
    await tx.query(ADVANCE, [
      job.id,
      chosen[looked - 1]?.id ?? job.cursor,
      looked,
      started,
      looked - started,
      lastSkipped === undefined ? null : JSON.stringify(lastSkipped),
      state,
    ]);
  } catch (error) {
    joined?.plan.abandoned();
    throw error;
  }
  return { looked: Math.max(1, looked), plan: joined?.plan };
}

const WHY_NOT: { readonly [K in Exclude<Started["kind"], "started">]: string } = {
  repeated: "It was begun already",
  conflict: "Its key is another run's",
  disabled: "The flow is disabled",
  no_flow: "The flow or its version is gone",
  no_application: "The application is gone",
  invalid: "Its input does not fit",
};

/** One that our own code cannot run again is left out, or it would hold up all after it for ever. */
async function attempted(rerun: Promise<Rerun>): Promise<Rerun> {
  try {
    return await rerun;
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    return { ok: false, reason: `It cannot be gone through: ${error instanceof Error ? error.message : error}` };
  }
}

/** As a look of the role that runs flows. */
export function rerunLook(options: {
  readonly transaction: <T>(work: (tx: Queryable) => Promise<T>) => Promise<T>;
  readonly startWithin: Starts["startWithin"];
}): { readonly name: string; readonly pending: string; run(): Promise<number> } {
  return {
    name: "flow_reruns",
    pending: RERUNS_PENDING,
    run: async () => {
      let plan: { committed(): void; abandoned(): void } | undefined;
      try {
        const looked = await options.transaction(async (tx) => {
          const stretch = await rerunStretch(tx, options.startWithin);
          plan = stretch.plan;
          return stretch.looked;
        });
        plan?.committed();
        return looked;
      } catch (error) {
        plan?.abandoned();
        throw error;
      }
    },
  };
}

/** Those that ended longer ago than `retentionMs`. */
export async function forgetReruns(q: Queryable, retentionMs: number): Promise<void> {
  await q.query(
    `delete from posthorn.flow_rerun where id in (
       select id from posthorn.flow_rerun where finished_at < now() - $1::float8 * interval '1 ms' limit 1000)`,
    [retentionMs],
  );
}
