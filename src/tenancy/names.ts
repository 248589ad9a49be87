import { bareArray, type Queryable } from "#kernel";

/** The names of these applications, those that were deleted among them. */
export async function applicationNames(q: Queryable, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await q.query<{ id: string; name: string }>(
    "select id, name from posthorn.application where id = any($1::uuid[])",
    [bareArray([...new Set(ids)])],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
