import type { Queryable } from "#kernel";

/**
 * Takes the payload of an event away for good (P9: only its owner does); the event and what became of it stay. False: there
 * is no such event. Erasing twice is erasing once. What replicas, backups and logs of the database keep is beyond us.
 */
export async function erasePayload(tx: Queryable, appId: string, id: string): Promise<boolean> {
  const rows = await tx.query(
    "update posthorn.event set payload = null where app_id = $1::uuid and id = $2::uuid returning 1",
    [appId, id],
  );
  return rows.length > 0;
}
