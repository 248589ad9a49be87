import type { Queryable } from "#kernel";

/** The application and name of the living source with this id. */
export async function locateSource(q: Queryable, id: string): Promise<{ appId: string; name: string } | undefined> {
  const [row] = await q.query<{ app_id: string; name: string }>(
    "select app_id, name from posthorn.source where id = $1::uuid and deleted_at is null",
    [id],
  );
  return row === undefined ? undefined : { appId: row.app_id, name: row.name };
}
