import { newId, type Queryable } from "#kernel";

const OWE_AGAIN = `
  insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, trigger)
  select $1::uuid, $2::uuid, e.app_id, e.id, now(), 'resend'
    from posthorn.endpoint e
   where e.id = $3::uuid and e.app_id = $4::uuid and e.deleted_at is null and e.mode <> 'disabled'
  returning id`;

/**
 * Owes an event to an endpoint once more, now, as a delivery of its own marked `resend`: the same webhook-id, so that a
 * receiver that has it can drop it. Answers with the delivery's id; undefined: the endpoint is gone or disabled.
 */
export async function resendEvent(
  db: Queryable,
  appId: string,
  eventId: string,
  endpointId: string,
): Promise<string | undefined> {
  const rows = await db.query<{ id: string }>(OWE_AGAIN, [newId(), eventId, endpointId, appId]);
  return rows[0]?.id;
}
