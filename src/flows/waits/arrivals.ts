import type { AppendedEvent } from "#events";
import { bareArray, type Queryable, type Statement, textArray } from "#kernel";

const ARRIVE = `
  insert into posthorn.flow_arrival (event_id, app_id, type)
  select * from unnest($1::uuid[], $2::uuid[], $3::text[])`;

/**
 * A row for each event of a type that some flow may wait for: for the transaction of the append, insert-only. Who waits for it is found
 * after the commit. Undefined: there is none.
 */
export function arrivalsOf(
  events: readonly AppendedEvent[],
  awaits: (appId: string, type: string) => boolean,
): Statement | undefined {
  const awaited = events.filter(({ appId, type }) => awaits(appId, type));
  if (awaited.length === 0) return undefined;
  return {
    text: ARRIVE,
    params: [
      bareArray(awaited.map(({ id }) => id)),
      bareArray(awaited.map(({ appId }) => appId)),
      textArray(awaited.map(({ type }) => type)),
    ],
  };
}

const AWAITED = "select distinct app_id, type from posthorn.flow_awaited where app_id = any($1::uuid[])";

/** The types that any version of the flows of these applications may wait for. Read it together with the flows of their `flow_set`. */
export async function loadAwaited(
  q: Queryable,
  appIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const rows = await q.query<{ app_id: string; type: string }>(AWAITED, [bareArray(appIds)]);
  const types = new Map<string, Set<string>>();
  for (const { app_id, type } of rows) types.set(app_id, (types.get(app_id) ?? new Set()).add(type));
  return types;
}
