import { newId, type Queryable } from "#kernel";

/** An event that is a fact and owed to nobody: whoever stores it owes it where it is to go, in the same transaction. */
export async function storeUnplanned(
  tx: Queryable,
  event: { readonly appId: string; readonly type: string; readonly contentType: string; readonly payload: Uint8Array },
): Promise<string> {
  const id = newId();
  await tx.query(
    "insert into posthorn.event (app_id, id, type, content_type, payload) values ($1::uuid, $2::uuid, $3, $4, $5)",
    [event.appId, id, event.type, event.contentType, event.payload],
  );
  return id;
}
