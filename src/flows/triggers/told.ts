import { findEvents } from "#events";
import { bareArray, type Db, idTimeMs, type Look, newId, publicId, type Queryable } from "#kernel";
import type { DeliveryOutcome, Json } from "#language";
import { dueLooks, LATELY, type Reach } from "../control/lately.ts";
import { DEPTH_MAX } from "../run.ts";
import { type Begun, insertRuns } from "./insert-runs.ts";

interface Told {
  readonly id: string;
  readonly app_id: string;
  readonly outcome: DeliveryOutcome;
  readonly endpoint_id: string;
  readonly endpoint_uid: string | null;
  readonly event_id: string;
  readonly attempt_id: string | null;
  readonly status: number | null;
  readonly hops: number;
}

interface Listener {
  readonly app_id: string;
  readonly subject: string;
  readonly flow_id: string;
  readonly version: number;
  readonly mode: string;
  readonly trigger: number;
  readonly endpoint: string | null;
  readonly admits: boolean;
}

const claim = (when: string) => `
  select id, app_id, outcome, endpoint_id, endpoint_uid, event_id, attempt_id, status, hops
    from posthorn.flow_told${when} order by id limit $1 for update skip locked`;
// By the time in their ids; a query of its own, or the moment would be asked for each row.
const LATE = `>= (select uuidv7(- ${LATELY}))`;
const CLAIM = { lately: claim(` where id ${LATE}`), everything: claim("") };

const LISTENERS = `
  select l.app_id, l.subject, l.flow_id, l.trigger, l.endpoint, l.admits, f.version, f.mode
    from posthorn.flow_listener l join posthorn.flow f on f.id = l.flow_id and f.deleted_at is null and f.mode <> 'disabled'
   where l.kind = 'delivery' and l.app_id = any($1::uuid[])
   order by l.flow_id, l.trigger`;

const CHUNK = 200;

/** What became of deliveries becomes runs of the flows of the same application that listen to it; answers how much was told. */
export async function startTold(db: Pick<Db, "transaction">, reach: Reach = "everything"): Promise<number> {
  let done = 0;
  await db.transaction(async (tx) => {
    const rows = await tx.query<Told>(CLAIM[reach], [CHUNK]);
    done = rows.length;
    if (rows.length === 0) return;
    const apps = [...new Set(rows.map(({ app_id }) => app_id))];
    const listeners = Map.groupBy(await tx.query<Listener>(LISTENERS, [bareArray(apps)]), ({ app_id }) => app_id);
    const types = await typesOf(tx, rows);
    await insertRuns(
      tx,
      rows.flatMap((row) => runsOf(row, listeners.get(row.app_id) ?? [], types.get(row.event_id))),
    );
    await tx.query("delete from posthorn.flow_told where id = any($1::uuid[])", [bareArray(rows.map(({ id }) => id))]);
  });
  return done;
}

async function typesOf(tx: Queryable, rows: readonly Told[]): Promise<ReadonlyMap<string, string>> {
  const types = new Map<string, string>();
  for (const [appId, own] of Map.groupBy(rows, ({ app_id }) => app_id)) {
    for (const [id, event] of await findEvents(tx, appId, [...new Set(own.map(({ event_id }) => event_id))])) {
      types.set(id, event.type);
    }
  }
  return types;
}

/** One run of each flow, however many of its triggers it fits. */
function runsOf(told: Told, listeners: readonly Listener[], eventType: string | undefined): Begun[] {
  const fitting = listeners.filter((one) => one.subject === told.outcome && isAbout(one.endpoint, told));
  // Deliveries of what a run emitted lead to it: chains through endpoints are cut like all others.
  const depth = told.hops + 1;
  return [...Map.groupBy(fitting, ({ flow_id }) => flow_id).values()].map((own): Begun => {
    const [{ flow_id: flowId, version, mode }] = own as [Listener, ...Listener[]];
    const isCertain = own.some(({ admits }) => !admits) && depth <= DEPTH_MAX;
    return {
      id: newId(),
      appId: told.app_id,
      flowId,
      version,
      phase: isCertain ? "running" : "matched",
      trigger: "delivery",
      input: Buffer.from(JSON.stringify(dataOf(told, eventType))),
      facts: {
        event: {
          id: publicId("msg", told.id),
          type: `message.attempt.${told.outcome}`,
          channels: [],
          receivedAtMs: idTimeMs(told.id),
        },
        on: own.map(({ trigger }) => trigger),
      },
      parentId: undefined,
      depth,
      isPaused: mode === "paused",
    };
  });
}

function isAbout(endpoint: string | null, told: Told): boolean {
  if (endpoint === null || endpoint === told.endpoint_uid) return true;
  return endpoint === publicId("ep", told.endpoint_id) || endpoint.toLowerCase() === told.endpoint_id;
}

/** In the shape of the operational webhook of the same name. */
function dataOf(told: Told, eventType: string | undefined): Json {
  return {
    outcome: told.outcome,
    appId: publicId("app", told.app_id),
    endpointId: publicId("ep", told.endpoint_id),
    endpointUid: told.endpoint_uid,
    msgId: publicId("msg", told.event_id),
    msgType: eventType ?? null,
    lastAttempt:
      told.attempt_id === null
        ? null
        : {
            id: publicId("atmpt", told.attempt_id),
            responseStatusCode: told.status ?? 0,
            timestamp: new Date(idTimeMs(told.attempt_id)).toISOString(),
          },
  };
}

export function toldLooks(options: { readonly db: Pick<Db, "transaction">; readonly onDue: () => void }): Look[] {
  return dueLooks({
    name: "flow_told",
    table: "posthorn.flow_told",
    condition: "true",
    by: "id",
    lately: LATE,
    run: async (reach) => {
      const done = await startTold(options.db, reach);
      if (done > 0) options.onDue();
      return done;
    },
  });
}
