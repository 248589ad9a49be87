import { SQL } from "bun";
import { publicId } from "#kernel";
import { until } from "./until.ts";

export interface AttemptRow {
  readonly delivery_id: string;
  readonly event_id: string;
  readonly endpoint_id: string;
  readonly number: number;
  readonly outcome: string;
  readonly reason: string;
  readonly settled_as: string;
  readonly status: number | null;
  readonly response_body: Uint8Array | null;
  readonly response_truncated: boolean;
  readonly total_us: number;
  readonly wait_ms: number | null;
  /** When its request was started: the time inside its id. */
  readonly started_ms: number;
}

/** What the tables say, whatever the engine says. Reads through one connection of its own, which may be lost and is made again. */
export interface Ledger extends AsyncDisposable {
  // biome-ignore lint/suspicious/noExplicitAny: rows are shaped by the statement.
  rows<Row = any>(text: string, params?: readonly (string | number | boolean | null)[]): Promise<Row[]>;
  /** What is owed: in hands, waiting, or not expanded yet. */
  open(): Promise<{ leased: number; owed: number; fanOut: number }>;
  /** Waits until nothing is owed to anybody. */
  drained(timeoutMs?: number): Promise<void>;
  /** Delivery ids (as receivers see them) in anybody's hands. */
  leased(): Promise<Set<string>>;
  /** Message ids of all events. */
  events(): Promise<Set<string>>;
  attempts(where?: string, params?: readonly (string | number | null)[]): Promise<AttemptRow[]>;
  /** Deliveries that are two things at once, which must be none. */
  contradictions(): Promise<unknown[]>;
  /**
   * Waits until no other session is in this database, or behind a pooler until all of them are idle: what a killed process had
   * sent has ended one way or the other.
   */
  alone(isPooled: boolean): Promise<void>;
}

const CONTRADICTIONS = `
  with open as (
    select id, 'leased' as state from posthorn.delivery_leased
    union all select id, 'owed' from posthorn.delivery_owed
    union all select id, 'dead' from posthorn.delivery_dead
    union all select delivery_id, 'delivered' from posthorn.attempt where settled_as = 'delivered'
  )
  select id, array_agg(state) as states from open group by id having count(*) > 1`;

const ATTEMPTS = `
  select delivery_id, event_id, endpoint_id, number, outcome, reason, settled_as, status, response_body, response_truncated, total_us,
         (extract(epoch from next_at) * 1000 - started_ms)::float8 as wait_ms, started_ms::float8
    from posthorn.attempt
   cross join lateral (select ('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint) t(started_ms)`;

export function openLedger(url: string): Ledger {
  const sql = new SQL({ url, max: 1, prepare: false, idleTimeout: 0, connectionTimeout: 5, onclose: () => {} });
  const rows: Ledger["rows"] = (text, params) => sql.unsafe(text, params as unknown[] | undefined);
  const open: Ledger["open"] = async () => {
    const [row] = await rows(`
      select (select count(*)::int from posthorn.delivery_leased) as leased,
             (select count(*)::int from posthorn.delivery_owed) as owed,
             (select count(*)::int from posthorn.fan_out) as "fanOut"`);
    return row;
  };
  return {
    rows,
    open,
    drained: async (timeoutMs = 20_000) => {
      let last = "";
      try {
        await until(
          "nothing was owed",
          async () => {
            const now = await open();
            last = JSON.stringify(now);
            return now.leased + now.owed + now.fanOut === 0;
          },
          timeoutMs,
        );
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.message : error} Still: ${last}`);
      }
    },
    leased: async () =>
      new Set((await rows("select id from posthorn.delivery_leased")).map(({ id }) => publicId("dlv", id))),
    events: async () => new Set((await rows("select id from posthorn.event")).map(({ id }) => publicId("msg", id))),
    attempts: (where = "true", params = []) =>
      rows(`${ATTEMPTS} where ${where} order by delivery_id, number, id`, params),
    contradictions: () => rows(CONTRADICTIONS),
    alone: async (isPooled) => {
      await until("the sessions of the lost process had ended", async () => {
        const [row] = await rows(
          `
          select count(*)::int as n from pg_stat_activity
           where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
             and not ($1 and state = 'idle')`,
          [isPooled],
        );
        return row.n === 0;
      });
    },
    [Symbol.asyncDispose]: () => sql.close({ timeout: 0 }),
  };
}
