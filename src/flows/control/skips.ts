import { bareArray, type Chore, type Db, idTimeMs, newId, type Queryable, textArray } from "#kernel";
import type { Run } from "../run.ts";
import { storable } from "./gate.ts";

/**
 * Why a candidate did not become a run: by a rule of flow control; because its batch or a later one of its key stands for it; because an
 * expression of a trigger or of flow control failed.
 */
export type SkipReason =
  | "overlap"
  | "singleton"
  | "debounce"
  | "batch"
  | "rate"
  | "expression_failed"
  | "expression_too_expensive";

export interface Skip {
  readonly run: Pick<Run, "id" | "flowId" | "trigger" | "eventId" | "facts">;
  readonly why: SkipReason;
  /** Of the rule, as it is shown. */
  readonly key: string;
  readonly detail: string;
}

/** What is kept of each flow. */
export const SKIPS_KEPT = 500;
/** In one transaction: a flood is counted, and the first of it shown. */
const SHOWN_MAX = 20;

const SHOW = `
  insert into posthorn.flow_skip (id, flow_id, why, key, trigger, event_id, scheduled_at, run_id, detail)
  select id, flow_id, why, key, trigger, event_id, to_timestamp(scheduled_ms / 1000.0), run_id, detail
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::float8[], $8::uuid[], $9::text[])
         t(id, flow_id, why, key, trigger, event_id, scheduled_ms, run_id, detail)`;

// In the order of the key: two that count the same minutes wait for each other, and never in a ring.
const COUNT = `
  insert into posthorn.flow_skip_minute as m (flow_id, minute, why, count)
  select flow_id, date_trunc('minute', clock_timestamp()), why, count
    from unnest($1::uuid[], $2::text[], $3::bigint[]) t(flow_id, why, count)
   order by flow_id, why
  on conflict (flow_id, minute, why) do update set count = m.count + excluded.count`;

// What a schedule's moment came to is told where its moments are told.
const MOMENTS = `
  update posthorn.flow_moment m set outcome = 'skipped', why = 'overlap', run_id = null
    from unnest($1::uuid[]) t(run_id)
   where m.run_id = t.run_id and m.flow_id = any($2::uuid[])`;

/** Records skips and absorptions in the transaction that decided them. */
export async function recordSkips(tx: Queryable, skips: readonly Skip[]): Promise<void> {
  if (skips.length === 0) return;
  const counts = [...Map.groupBy(skips, ({ run, why }) => `${run.flowId} ${why}`).values()];
  const shown = counts.flatMap((same) => same.slice(-SHOWN_MAX));
  const column = (value: (skip: Skip) => string | number | null) => bareArray(shown.map(value));
  await tx.query(SHOW, [
    column(() => newId()),
    column(({ run }) => run.flowId),
    column(({ why }) => why),
    textArray(shown.map(({ key }) => key)),
    column(({ run }) => run.trigger),
    column(({ run }) => run.eventId ?? null),
    column(({ run }) => (run.trigger === "schedule" ? Number(run.facts?.["scheduledAtMs"] ?? idTimeMs(run.id)) : null)),
    column(({ run }) => run.id),
    textArray(shown.map(({ detail }) => storable(detail.slice(0, 500)))),
  ]);
  await tx.query(COUNT, [
    bareArray(counts.map(([first]) => (first as Skip).run.flowId)),
    bareArray(counts.map(([first]) => (first as Skip).why)),
    bareArray(counts.map((same) => same.length)),
  ]);
  const scheduled = skips.filter(({ run }) => run.trigger === "schedule");
  if (scheduled.length > 0) {
    const flows = [...new Set(scheduled.map(({ run }) => run.flowId))];
    await tx.query(MOMENTS, [bareArray(scheduled.map(({ run }) => run.id)), bareArray(flows)]);
  }
}

export interface SkipOut {
  readonly id: string;
  readonly why: SkipReason;
  readonly key: string;
  readonly trigger: string;
  readonly eventId: string | undefined;
  readonly scheduledAtMs: number | undefined;
  readonly detail: string;
}

/** The newest of what a flow skipped, newest first; `before`: an id to go on from. */
export async function listSkips(q: Queryable, flowId: string, limit: number, before?: string): Promise<SkipOut[]> {
  const rows = await q.query<{
    id: string;
    why: SkipReason;
    key: string;
    trigger: string;
    event_id: string | null;
    scheduled_at: Date | null;
    detail: string;
  }>(
    `select id, why, key, trigger, event_id, scheduled_at, detail from posthorn.flow_skip
      where flow_id = $1::uuid and ($3::uuid is null or id < $3::uuid) order by id desc limit $2`,
    [flowId, limit, before ?? null],
  );
  return rows.map((row) => ({
    id: row.id,
    why: row.why,
    key: row.key,
    trigger: row.trigger,
    eventId: row.event_id ?? undefined,
    scheduledAtMs: row.scheduled_at?.getTime(),
    detail: row.detail,
  }));
}

/** How many of a flow were skipped since a time, by reason and step of `stepMs`, a number of minutes; steps in which none were are left out. */
export async function countSkips(
  q: Queryable,
  flowId: string,
  sinceMs: number,
  stepMs = 60_000,
): Promise<{ readonly atMs: number; readonly why: SkipReason; readonly count: number }[]> {
  const rows = await q.query<{ at: Date; why: SkipReason; count: string }>(
    `select date_bin($3::float8 * interval '1 ms', minute, timestamptz 'epoch') as at, why, sum(count)::text as count
       from posthorn.flow_skip_minute
      where flow_id = $1::uuid and minute >= to_timestamp($2::float8 / 1000.0)
      group by at, why order by at, why`,
    [flowId, sinceMs, stepMs],
  );
  return rows.map(({ at, why, count }) => ({ atMs: at.getTime(), why, count: Number(count) }));
}

// A flow's newest stay; one flow at a time, so that no statement is long.
const TRIM = `
  delete from posthorn.flow_skip s
   where s.flow_id = $1::uuid
     and s.id < (select id from posthorn.flow_skip n where n.flow_id = $1::uuid order by id desc offset ${SKIPS_KEPT} limit 1)`;

const MINUTES_KEPT = "delete from posthorn.flow_skip_minute where minute < now() - interval '30 days'";
const FULL = `select flow_id from posthorn.flow_skip group by flow_id having count(*) > ${SKIPS_KEPT} + 1 limit 1000`;

/** Forgets what is old of it. */
export function skipChores(db: Db): Chore[] {
  return [
    {
      name: "flow_skips",
      everyMs: 60_000,
      pending: "exists (select from posthorn.flow_skip) or exists (select from posthorn.flow_skip_minute)",
      run: async () => {
        for (const { flow_id } of await db.query<{ flow_id: string }>(FULL)) await db.query(TRIM, [flow_id]);
        await db.query(MINUTES_KEPT);
      },
    },
  ];
}
