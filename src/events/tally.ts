import { bareArray, createMinutes, type Minutes, type Queryable } from "#kernel";

/** What an application sent in a minute, through one process. */
interface EventSums {
  events: number;
  bytes: number;
}

export interface EventTally {
  /** An event of the application was committed. */
  count(appId: string, bytes: number, nowMs: number): void;
  /** Writes down what changed; what cannot be written is kept for the next time. */
  flush(q: Queryable, process: string): Promise<void>;
  readonly overflow: number;
}

/** Applications with events in one minute: what comes of more is summed up as one. */
export const APPLICATIONS_PER_MINUTE_MAX = 1_000;
/** With more rows than that to write, the running minute waits until it is over. */
const LIVE_ROWS_MAX = 200;

const WRITE = `
  insert into posthorn.event_tally (app_id, minute, process, events, bytes)
  select app_id, to_timestamp(at_ms / 1000), $1::bigint, events, bytes
    from unnest($2::uuid[], $3::float8[], $4::int[], $5::int8[]) t(app_id, at_ms, events, bytes)
  on conflict (app_id, minute, process) do update set events = excluded.events, bytes = excluded.bytes`;

/** Counts events per application and minute: a measurement, of which a process that is killed loses its last ten seconds. */
export function createEventTally(now: () => number): EventTally {
  const minutes: Minutes<EventSums> = createMinutes(APPLICATIONS_PER_MINUTE_MAX, () => ({ events: 0, bytes: 0 }));
  return {
    count: (appId, bytes, nowMs) => {
      const sums = minutes.at(appId, appId, nowMs);
      sums.events++;
      sums.bytes += bytes;
    },
    flush: async (q, process) => {
      const rows = minutes.take(now(), LIVE_ROWS_MAX);
      if (rows.length === 0) return;
      try {
        await q.query(WRITE, [
          process,
          bareArray(rows.map(({ subject }) => subject)),
          bareArray(rows.map(({ atMs }) => atMs)),
          bareArray(rows.map(({ sums }) => sums.events)),
          bareArray(rows.map(({ sums }) => sums.bytes)),
        ]);
      } catch (error) {
        minutes.keep(rows);
        throw error;
      }
    },
    get overflow() {
      return minutes.overflow;
    },
  };
}

/** Removes what is older than a day. */
export async function forgetEventTallies(q: Queryable): Promise<void> {
  await q.query("delete from posthorn.event_tally where minute < now() - interval '24 hours'");
}

const TOP = `
  select app_id as "appId", sum(events)::float8 as value
    from posthorn.event_tally
   where minute >= now() - $1::float8 * interval '1 ms' and app_id <> '00000000-0000-0000-0000-000000000000'
   group by app_id order by value desc, app_id
   limit $2::int`;

/** The applications that sent most lately. */
export function mostEvents(q: Queryable, withinMs: number, limit: number): Promise<{ appId: string; value: number }[]> {
  return q.query(TOP, [withinMs, limit]);
}
