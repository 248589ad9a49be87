import { bareArray, type Queryable } from "#kernel";

export interface EventRef {
  readonly appId: string;
  readonly id: string;
}

export interface StoredPayload {
  /** Undefined: erased by its owner. */
  readonly payload: Uint8Array | undefined;
  readonly contentType: string;
  readonly hops: number;
  readonly type: string;
  readonly channels: readonly string[] | undefined;
  /** The trace it is part of (`readStoredTrace`). */
  readonly trace: string | undefined;
}

interface Row {
  id: string;
  content_type: string;
  hops: number;
  type: string;
  channels: string[] | null;
  trace: string | null;
  payload: Uint8Array | null;
}

// The running total needs the lengths only, which PostgreSQL knows without reading a large payload. The bounds on the id
// let it leave out the partitions that cannot hold any of them.
const READ = `
  select id, content_type, hops, type, channels, trace, payload
    from (
      select e.id, e.content_type, e.hops, e.type, e.channels, e.trace, e.payload,
             coalesce(sum(octet_length(e.payload)) over (order by r.n rows between unbounded preceding and 1 preceding), 0) as before
        from unnest($1::uuid[], $2::uuid[]) with ordinality r(app_id, id, n)
        join posthorn.event e on e.app_id = r.app_id and e.id = r.id
       where e.id >= $3::uuid and e.id <= $4::uuid
    ) t
   where before < $5::bigint`;

/**
 * The payloads of these events by id, in the given order as far as they fit in `bytesMax`, at least one. Absent from the
 * answer: beyond the bound, or the event is gone.
 */
export async function readPayloads(
  db: Queryable,
  refs: readonly EventRef[],
  bytesMax: number,
): Promise<Map<string, StoredPayload>> {
  const found = new Map<string, StoredPayload>();
  const unique = new Map(refs.map((ref) => [ref.id, ref]));
  const wanted = [...unique.values()];
  if (wanted.length === 0) return found;
  let low = wanted[0]?.id ?? "";
  let high = low;
  for (const { id } of wanted) {
    if (id < low) low = id;
    if (id > high) high = id;
  }
  const rows = await db.query<Row>(READ, [
    bareArray(wanted.map((ref) => ref.appId)),
    bareArray(wanted.map((ref) => ref.id)),
    low,
    high,
    bytesMax,
  ]);
  for (const row of rows) {
    found.set(row.id, {
      payload: row.payload ?? undefined,
      contentType: row.content_type,
      hops: row.hops,
      type: row.type,
      channels: row.channels ?? undefined,
      trace: row.trace ?? undefined,
    });
  }
  return found;
}
