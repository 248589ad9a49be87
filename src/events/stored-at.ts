import type { Queryable } from "#kernel";

/**
 * When an event's row was written, inside the transaction of its append, by the database's clock; its id tells when it was
 * accepted, by the clock of the process. Undefined: there is no such event, or it is from before that was kept.
 */
export async function storedAt(q: Queryable, appId: string, id: string): Promise<Date | undefined> {
  const [row] = await q.query<{ stored_at: Date | null }>(
    "select stored_at from posthorn.event where app_id = $1::uuid and id = $2::uuid",
    [appId, id],
  );
  return row?.stored_at ?? undefined;
}
