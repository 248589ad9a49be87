import { bareArray, type Queryable } from "#kernel";
import { PROBE_LOST_MS } from "./breaker.ts";

/** Why no probe is asked for. */
export type ProbeRefusal =
  /** Neither an open breaker nor a hold keeps requests back. */
  | "nothing_to_probe"
  /** One is on its way: its answer tells. */
  | "probe_under_way"
  /** Nothing waits that could be sent as one. */
  | "nothing_owed";

const KEPT_BACK = `
  select breaker, coalesce(hold_until > clock_timestamp(), false) as is_held,
         breaker = 'half_open' and updated_at > clock_timestamp() - $2::float8 * interval '1 ms' as is_probing
    from posthorn.endpoint_state
   where endpoint_id = $1::uuid
     for update`;

// A probe is an ordinary delivery: the one that would be next. It may wait for a step of its schedule, or for the end of the
// hold; now it is due.
const BRING_FORWARD = `
  update posthorn.delivery_owed o
     set due_at = least(o.due_at, clock_timestamp())
   where o.id = (select id from posthorn.delivery_owed
                  where endpoint_id = $1::uuid and due_at < 'infinity' order by due_at, id limit 1 for update skip locked)
  returning o.id`;

const WISH = "update posthorn.endpoint_state set probe_at = clock_timestamp() where endpoint_id = $1::uuid";

/**
 * Asks for one request through an endpoint's open breaker or hold now. The version of its application's endpoints must be
 * raised in the same transaction (`holdEndpoint` does): so every process learns of the wish with its next look, within a
 * second, and the one that may start requests for the endpoint takes it.
 */
export async function requestProbe(tx: Queryable, endpointId: string): Promise<"asked" | ProbeRefusal> {
  const [state] = await tx.query<{ breaker: "closed" | "open" | "half_open"; is_held: boolean; is_probing: boolean }>(
    KEPT_BACK,
    [endpointId, PROBE_LOST_MS],
  );
  if (state === undefined || (state.breaker === "closed" && !state.is_held)) return "nothing_to_probe";
  if (state.is_probing) return "probe_under_way";
  if ((await tx.query(BRING_FORWARD, [endpointId])).length === 0) return "nothing_owed";
  await tx.query(WISH, [endpointId]);
  return "asked";
}

const TAKE = `
  update posthorn.endpoint_state set probe_at = null
   where endpoint_id = any($1::uuid[]) and probe_at is not null
  returning endpoint_id`;

/** Takes the wishes for a probe of these endpoints: of several processes that try, one gets each. */
export async function takeProbes(db: Queryable, endpointIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ endpoint_id: string }>(TAKE, [bareArray(endpointIds)]);
  return new Set(rows.map((row) => row.endpoint_id));
}
