import { bareArray, type Queryable } from "#kernel";

/** What an event can be chosen by, without its payload. */
export interface EventFacts {
  readonly id: string;
  readonly type: string;
  readonly channels: readonly string[] | undefined;
  readonly tags: readonly string[] | undefined;
  /** Its owner had the payload erased: nothing is left to send. */
  readonly isErased: boolean;
}

interface Row {
  readonly id: string;
  readonly type: string;
  readonly channels: string[] | null;
  readonly tags: string[] | null;
  readonly is_erased: boolean;
}

function factsOf(row: Row): EventFacts {
  return {
    id: row.id,
    type: row.type,
    channels: row.channels ?? undefined,
    tags: row.tags ?? undefined,
    isErased: row.is_erased,
  };
}

// Whether a payload is null stands in the row's header: a large one is not read for it.
const COLUMNS = "e.id, e.type, e.channels, e.tags, e.payload is null as is_erased";

const WALK = `
  select ${COLUMNS}
    from posthorn.event e
   where e.app_id = $1 and e.id > $2::uuid and e.id < $3::uuid
   order by e.id
   limit $4`;

/** Events of an application with `after` < id < `before`, in order, at most `limit`. `before` must not lie above `settledHorizon`. */
export async function walkEvents(
  q: Queryable,
  appId: string,
  bounds: { readonly after: string; readonly before: string; readonly limit: number },
): Promise<EventFacts[]> {
  return (await q.query<Row>(WALK, [appId, bounds.after, bounds.before, bounds.limit])).map(factsOf);
}

// The bounds on the id leave out the partitions that cannot hold any of them.
const THESE = `
  select ${COLUMNS}
    from unnest($2::uuid[]) wanted(id)
    join posthorn.event e on e.app_id = $1 and e.id = wanted.id
   where e.id >= $3::uuid and e.id <= $4::uuid`;

/** These events of an application (ids in order); those that do not exist, or not any more, are absent. */
export async function eventFacts(q: Queryable, appId: string, ids: readonly string[]): Promise<EventFacts[]> {
  const [first] = ids;
  const last = ids.at(-1);
  if (first === undefined || last === undefined) return [];
  return (await q.query<Row>(THESE, [appId, bareArray(ids), first, last])).map(factsOf);
}
