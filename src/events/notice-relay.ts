import { bareArray, DatabaseError, type Db, idTimeMs, type Log, type Look, publicId, type Queryable } from "#kernel";
import { type LiveApplication, OPERATIONAL_APP_ID } from "#tenancy";
import type { EventLog } from "./append.ts";
import { digest } from "./dedupe.ts";
import type { NoticeType } from "./notice.ts";

export interface NoticeRelayOptions {
  readonly db: Db;
  readonly log: Log;
  readonly events: Pick<EventLog, "append">;
  readonly liveApplications: (q: Queryable, ids: readonly string[]) => Promise<ReadonlyMap<string, LiveApplication>>;
  readonly now: () => number;
}

interface Row {
  id: string;
  type: NoticeType;
  app_id: string | null;
  endpoint_id: string | null;
  endpoint_uid: string | null;
  event_id: string | null;
  event_uid: string | null;
  attempt_id: string | null;
  attempt_status: number | null;
  hops: number;
  data: Record<string, unknown>;
}

const CHUNK = 200;
/** News older than that is none: who takes over after days of nobody wants to know what is, not what was. */
export const NOTICE_AGE_MS = 24 * 3_600_000;
/** Longer than a notice lives, so that one which was appended and could not be deleted is not appended again. */
const DEDUPE_WINDOW_MS = 2 * NOTICE_AGE_MS;

// A lease by time, not by token: should two processes append the same notice, its key makes one event of it.
const TAKE = `
  with taken as (
    update posthorn.notice n set taken_until = clock_timestamp() + interval '10 seconds'
     where n.id in (select id from posthorn.notice
                     where taken_until is null or taken_until < clock_timestamp()
                     order by id limit ${CHUNK} for update skip locked)
    returning n.id, n.type, n.app_id, n.endpoint_id, n.endpoint_uid, n.event_id, n.attempt_id, n.attempt_status, n.hops, n.data
  )
  select t.id, t.type, t.app_id, t.endpoint_id, t.endpoint_uid, t.event_id, t.attempt_id, t.attempt_status, t.hops, t.data,
         (select e.uid from posthorn.event e where e.app_id = t.app_id and e.id = t.event_id) as event_uid
    from taken t
   order by t.id`;

const FORGET = "delete from posthorn.notice where id = any($1::uuid[])";

/** What a subscriber is sent, byte for byte. */
function payloadOf(row: Row, apps: ReadonlyMap<string, LiveApplication>): Buffer {
  const { app_id: appId, endpoint_id: endpointId, event_id: eventId, attempt_id: attemptId } = row;
  const data: Record<string, unknown> = {};
  if (appId !== null) {
    data["appId"] = publicId("app", appId);
    data["appUid"] = apps.get(appId)?.uid ?? null;
  }
  if (endpointId !== null) data["endpointId"] = publicId("ep", endpointId);
  if (eventId !== null && attemptId !== null) {
    data["msgId"] = publicId("msg", eventId);
    data["msgEventId"] = row.event_uid;
    data["lastAttempt"] = {
      id: publicId("atmpt", attemptId),
      // There may have been no answer; Svix's shape asks for a number all the same.
      responseStatusCode: row.attempt_status ?? 0,
      timestamp: new Date(idTimeMs(attemptId)).toISOString(),
    };
  } else if (endpointId !== null) {
    data["endpointUid"] = row.endpoint_uid;
  }
  return Buffer.from(JSON.stringify({ type: row.type, data: { ...data, ...row.data } }));
}

/**
 * Turns notices into events of the operational application, oldest first. Safe at any instruction: a notice is deleted only
 * after its event is committed, and its id is the key under which the event is accepted once (P2).
 */
export async function relayNotices(options: NoticeRelayOptions): Promise<number> {
  const { db, log, events } = options;
  let relayed = 0;
  for (;;) {
    const rows = await db.query<Row>(TAKE);
    if (rows.length === 0) return relayed;
    const ids = [...new Set(rows.flatMap(({ app_id }) => (app_id === null ? [] : [app_id])))];
    const apps = await options.liveApplications(db, ids);
    const oldest = options.now() - NOTICE_AGE_MS;
    const done = await Promise.all(
      rows.map(async (row) => {
        if (idTimeMs(row.id) < oldest) {
          log.limited("notice_dropped", "warn", "notice_dropped", "A notice was not taken for a day, and is dropped.", {
            type: row.type,
          });
          return row.id;
        }
        try {
          const key = { scope: "notice", key: row.id, bodyHash: digest(row.id), windowMs: DEDUPE_WINDOW_MS } as const;
          await events.append({
            appId: OPERATIONAL_APP_ID,
            type: row.type,
            payload: payloadOf(row, apps),
            contentType: "application/json",
            hops: row.hops,
            dedupe: [key],
          });
          return row.id;
        } catch (error) {
          if (!(error instanceof DatabaseError)) throw error;
          if (error.fault !== "rejected") return undefined; // Its lease ends, and somebody tries again.
          log.error("notice_refused", "A notice cannot be appended, and is dropped.", { type: row.type, error });
          return row.id;
        }
      }),
    );
    const ended = done.filter((id) => id !== undefined);
    if (ended.length > 0) await db.query(FORGET, [bareArray(ended)]);
    relayed += ended.length;
    if (rows.length < CHUNK || ended.length < rows.length) return relayed;
  }
}

/** What relays; any number of processes may. */
export function noticeLook(options: NoticeRelayOptions): Look {
  return { name: "notices", pending: "exists (select from posthorn.notice)", run: () => relayNotices(options) };
}
