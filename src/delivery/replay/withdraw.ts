import { bareArray, type Queryable } from "#kernel";
import { jobNumberHex, ofJob } from "./delivery-id.ts";
import type { Job } from "./store.ts";

const CHUNK = 2_000;

const WITHDRAW = `
  with picked as (
    select o.id
      from unnest($2::uuid[]) p(endpoint_id)
     cross join lateral (
       select id from posthorn.delivery_owed
        where endpoint_id = p.endpoint_id and trigger = 'replay' and ${ofJob("id", "$1")}
        limit ${CHUNK} for update skip locked
     ) o
     limit ${CHUNK}
  ), gone as (
    delete from posthorn.delivery_owed o using picked where o.id = picked.id
    returning o.event_id, o.id, o.app_id, o.endpoint_id, o.attempts
  ), dead as (
    insert into posthorn.delivery_dead (event_id, id, app_id, endpoint_id, attempts, reason)
    select event_id, id, app_id, endpoint_id, attempts, 'cancelled' from gone
    on conflict (event_id, id) do nothing
  )
  select (select count(*)::int from gone) as buried,
         exists (select from posthorn.delivery_leased l where l.trigger = 'replay' and ${ofJob("l.id", "$1")}) as in_hands`;

/**
 * Takes back a chunk of what a job owed and still waits: dead letters, reason `cancelled`. `inHands`: some of it is being sent,
 * and settled by its answer.
 */
export async function withdrawChunk(tx: Queryable, job: Job): Promise<{ buried: number; inHands: boolean }> {
  const endpoints = bareArray(job.parts.map(({ endpointId }) => endpointId));
  const [row] = await tx.query<{ buried: number; in_hands: boolean }>(WITHDRAW, [jobNumberHex(job.number), endpoints]);
  return { buried: row?.buried ?? 0, inHands: row?.in_hands ?? false };
}
