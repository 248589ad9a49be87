import { giveNotice } from "#events";
import { type Chore, type Db, publicId } from "#kernel";
import { OPERATIONAL_APP_ID } from "#tenancy";

export interface BacklogNoticeOptions {
  readonly db: Pick<Db, "query" | "transaction">;
  readonly now: () => number;
  /** How long a due delivery may wait before it is told. */
  readonly backlogAgeMs: number;
}

const EVERY_MS = 15_000;
/** Endpoints named in one notice. */
const NAMED_MAX = 10;

const IS_WANTED = "posthorn.notice_wanted('delivery.backlog_aged')";

// Due and not sent although nothing of the endpoint's own forbids it: an endpoint that is stopped, held or broken is told
// elsewhere. The loose scan is the claimer's: one probe for each endpoint that is owed anything.
const AGED = `
  with recursive e (endpoint_id) as (
    (select endpoint_id from posthorn.delivery_owed order by endpoint_id limit 1)
    union all
    select (select o.endpoint_id from posthorn.delivery_owed o where o.endpoint_id > e.endpoint_id order by o.endpoint_id limit 1)
      from e where e.endpoint_id is not null
  )
  select e.endpoint_id, first.app_id, first.due_at, count(*) over ()::int as endpoints
    from e
   cross join lateral (
     select o.app_id, o.due_at from posthorn.delivery_owed o where o.endpoint_id = e.endpoint_id order by o.due_at, o.id limit 1
   ) first
    join posthorn.endpoint ep on ep.id = e.endpoint_id and ep.mode = 'enabled' and ep.deleted_at is null
    left join posthorn.endpoint_state s on s.endpoint_id = e.endpoint_id
   where first.due_at < now() - $1::float8 * interval '1 ms'
     and first.app_id <> $2::uuid
     and coalesce(s.breaker, 'closed') = 'closed' and coalesce(s.hold_until, '-infinity') < now()
   order by first.due_at
   limit ${NAMED_MAX}`;

const RAISE = `
  insert into posthorn.delivery_alarm (kind) values ('backlog_aged')
  on conflict (kind) do nothing returning since`;

const CLEAR = "delete from posthorn.delivery_alarm where kind = 'backlog_aged'";

interface Row {
  readonly endpoint_id: string;
  readonly app_id: string;
  readonly due_at: Date;
  readonly endpoints: number;
}

/**
 * Tells once that deliveries wait longer than they should, and may tell it again only after the oldest has come down to
 * half of that. The alarm's row and its notice are written together, so one process tells it for all.
 */
export async function lookAtBacklog({ db, now, backlogAgeMs }: BacklogNoticeOptions): Promise<void> {
  const [is] = await db.query<{ wanted: boolean }>(`select ${IS_WANTED} as wanted`);
  if (is?.wanted !== true) return;
  const aged = await db.query<Row>(AGED, [backlogAgeMs / 2, OPERATIONAL_APP_ID]);
  const [oldest] = aged;
  if (oldest === undefined) {
    await db.query(CLEAR);
    return;
  }
  const ageMs = now() - oldest.due_at.getTime();
  if (ageMs < backlogAgeMs) return;
  await db.transaction(async (tx) => {
    const [raised] = await tx.query<{ since: Date }>(RAISE);
    if (raised === undefined) return;
    const data = {
      since: raised.since.toISOString(),
      oldestDueAt: oldest.due_at.toISOString(),
      ageSeconds: Math.floor(ageMs / 1_000),
      thresholdSeconds: Math.floor(backlogAgeMs / 1_000),
      endpointCount: oldest.endpoints,
      endpoints: aged.map((row) => ({
        appId: publicId("app", row.app_id),
        endpointId: publicId("ep", row.endpoint_id),
        oldestDueAt: row.due_at.toISOString(),
      })),
    };
    await giveNotice(tx, { type: "delivery.backlog_aged", data });
  });
}

export function backlogChores(options: BacklogNoticeOptions): Chore[] {
  return [{ name: "backlog_age", everyMs: EVERY_MS, pending: IS_WANTED, run: () => lookAtBacklog(options) }];
}
