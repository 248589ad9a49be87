/** What there is to know about a database before and while an engine works on it. Reads catalogs and a few short tables; waits for nobody. */
import type { Queryable } from "./db.ts";
import { type ServerFacts, serverFacts } from "./postgres/facts.ts";
import { SEAL_HEADER_BYTES } from "./seal.ts";

export interface TableState {
  readonly name: string;
  readonly bytes: number;
  /** By PostgreSQL's statistics: near enough. */
  readonly live: number;
  readonly dead: number;
  readonly vacuumedAt: Date | null;
}

/** One answer, or why there is none: an operator's role may not be allowed every question. */
export type Inspected<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

export interface DatabaseInspection {
  readonly server: ServerFacts;
  readonly session: Inspected<{
    readonly isReplica: boolean;
    readonly isSuperuser: boolean;
    readonly role: string;
    readonly roleConnections: number;
    readonly databaseConnections: number;
    readonly reserved: number;
    readonly connections: number;
    readonly xidAge: number;
    readonly canCreate: boolean;
    readonly hasSchema: boolean;
  }>;
  /** The database's clock minus ours, ms, and how long the question took; half of that is how wrong the first may be. */
  readonly clock: { readonly skewMs: number; readonly roundTripMs: number };
  /** Tables of ours on which the role lacks a right. */
  readonly denied: Inspected<readonly string[]>;
  readonly processes: Inspected<
    readonly {
      readonly name: string;
      readonly roles: readonly string[];
      readonly version: string;
      /** Since its lease ended, ms; negative while it is alive. */
      readonly overdueMs: number;
    }[]
  >;
  /** Beginnings of sealed records by the column they stand in. */
  readonly sealed: Inspected<
    readonly { readonly column: string; readonly beginning: Uint8Array; readonly rows: number }[]
  >;
  /** The last day for which each table by day is ready, and rows that fell beside the days. */
  readonly partitions: Inspected<
    readonly { readonly table: string; readonly lastDay: string | null; readonly astray: number }[]
  >;
  readonly longTransactions: Inspected<
    readonly { readonly pid: number; readonly application: string; readonly state: string; readonly seconds: number }[]
  >;
  readonly tables: Inspected<readonly TableState[]>;
}

const SERVER = `
  select pg_is_in_recovery() as "isReplica", r.rolsuper as "isSuperuser", r.rolname as role, r.rolconnlimit as "roleConnections",
         d.datconnlimit as "databaseConnections", age(d.datfrozenxid)::int as "xidAge",
         current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true)::int, 0) as reserved,
         (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
         has_database_privilege(current_user, d.datname, 'create') as "canCreate",
         to_regnamespace('posthorn') is not null as "hasSchema"
    from pg_roles r, pg_database d
   where r.rolname = current_user and d.datname = current_database()`;

const DENIED = `
  select c.relname as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = 'posthorn' and c.relkind in ('r', 'p')
     and not (has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')
              and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete'))
   order by c.relname
   limit 50`;

const PROCESSES = `
  select name, roles, version, (extract(epoch from clock_timestamp() - lease_ends_at) * 1000)::float8 as "overdueMs"
    from posthorn.process
   where ended_at is null
   order by token
   limit 500`;

/** Whatever room they are of, columns with sealed records say so in their name. */
const SEALED_COLUMNS = `
  select c.relname as table, a.attname as column
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = 'posthorn' and c.relkind in ('r', 'p') and not c.relispartition
     and a.atttypid = 'bytea'::regtype and not a.attisdropped and a.attname ~ '(^|_)sealed$'
   order by 1, 2`;

const SEALED_ROWS_MAX = 100_000;

const PARTITIONED = `
  select p.relname as table, max(substring(c.relname from '_([0-9]{8})$')) as "lastDay"
    from pg_partitioned_table t join pg_class p on p.oid = t.partrelid join pg_namespace n on n.oid = p.relnamespace
    left join pg_inherits i on i.inhparent = p.oid left join pg_class c on c.oid = i.inhrelid
   where n.nspname = 'posthorn' and t.partstrat = 'r'
   group by p.relname
   order by p.relname`;

const LONG = `
  select pid, application_name as application, coalesce(state, '') as state, extract(epoch from now() - xact_start)::float8 as seconds
    from pg_stat_activity
   where datname = current_database() and pid <> pg_backend_pid() and xact_start < now() - interval '60 seconds'
   order by xact_start
   limit 20`;

const TABLES = `
  select s.relname as name, pg_total_relation_size(s.relid)::float8 as bytes, s.n_live_tup::float8 as live, s.n_dead_tup::float8 as dead,
         greatest(s.last_vacuum, s.last_autovacuum) as "vacuumedAt"
    from pg_stat_user_tables s
   where s.schemaname = 'posthorn'
   order by pg_total_relation_size(s.relid) desc
   limit 500`;

/** Asks everything; what the role may not ask is told so. Rejects with DatabaseError when the server does not answer at all. */
export async function inspectDatabase(q: Queryable): Promise<DatabaseInspection> {
  const server = await serverFacts(q);
  const clock = await clockOf(q);
  const rows = <Row>(text: string) => asked(() => q.query<Row>(text));
  return {
    server,
    clock,
    session: await asked(async () => {
      const [row] = await q.query(SERVER);
      return row;
    }),
    denied: await asked(async () => (await q.query<{ name: string }>(DENIED)).map(({ name }) => name)),
    processes: await rows(PROCESSES),
    sealed: await asked(() => sealedBeginnings(q)),
    partitions: await asked(() => partitionsOf(q)),
    longTransactions: await rows(LONG),
    tables: await rows(TABLES),
  };
}

async function asked<T>(question: () => Promise<T>): Promise<Inspected<T>> {
  try {
    return { ok: true, value: await question() };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

/** The best of a few tries: the shortest way there and back says most about the clock. */
async function clockOf(q: Queryable): Promise<DatabaseInspection["clock"]> {
  let best = { skewMs: 0, roundTripMs: Number.POSITIVE_INFINITY };
  for (let i = 0; i < 5; i++) {
    const askedAt = Date.now();
    const since = performance.now();
    const [row] = await q.query<{ ms: number }>("select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms");
    const roundTripMs = performance.now() - since;
    if (row !== undefined && roundTripMs < best.roundTripMs) {
      best = { skewMs: row.ms - (askedAt + roundTripMs / 2), roundTripMs };
    }
  }
  return best;
}

async function sealedBeginnings(q: Queryable) {
  const found: { column: string; beginning: Uint8Array; rows: number }[] = [];
  for (const { table, column } of await q.query<{ table: string; column: string }>(SEALED_COLUMNS)) {
    const rows = await q.query<{ beginning: Uint8Array; rows: number }>(
      `select substring(sealed for ${SEAL_HEADER_BYTES}) as beginning, count(*)::int as rows
         from (select "${column}" as sealed from "posthorn"."${table}" where "${column}" is not null limit ${SEALED_ROWS_MAX}) t
        group by 1
        limit 100`,
    );
    for (const row of rows) found.push({ column: `${table}.${column}`, ...row });
  }
  return found;
}

async function partitionsOf(q: Queryable) {
  const tables = await q.query<{ table: string; lastDay: string | null }>(PARTITIONED);
  const found: { table: string; lastDay: string | null; astray: number }[] = [];
  for (const { table, lastDay } of tables) {
    const [there] = await q.query<{ there: boolean }>("select to_regclass($1) is not null as there", [
      `posthorn.${table}_default`,
    ]);
    const [row] =
      there?.there === true
        ? await q.query<{ n: number }>(
            `select count(*)::int as n from (select from "posthorn"."${table}_default" limit 1000) t`,
          )
        : [];
    found.push({ table, lastDay, astray: row?.n ?? 0 });
  }
  return found;
}
