// Writes the schema that the migrations produce to migrations/schema.sql, for reviews and for readers: the migrations tell how it
// came about, the dump what it is. `--check` writes nothing and ends with 1 and a diff when the file does not match.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDb, type Queryable } from "#kernel";
import { stopShared, testDatabase } from "../test/harness/shared.ts";

const FILE = join(import.meta.dir, "../migrations/schema.sql");
const SCHEMA = "posthorn";

const HEADER = `-- The schema as the migrations of this folder produce it. Made by \`node tools/bun.mjs tools/schema-dump.ts\`; do not edit.
-- Tables, then what belongs to each: constraints inside, indexes, triggers and partitions below. Names are in order.
`;

if (import.meta.main) process.exitCode = await main(process.argv.includes("--check"));

async function main(check: boolean): Promise<number> {
  const dump = await dumpFresh();
  if (!check) {
    writeFileSync(FILE, dump);
    return 0;
  }
  const written = readOr(FILE, "");
  if (written === dump) return 0;
  console.error("migrations/schema.sql does not match the migrations. Run `node tools/bun.mjs tools/schema-dump.ts`.");
  console.error(diff(written, dump));
  return 1;
}

async function dumpFresh(): Promise<string> {
  try {
    await using database = await testDatabase();
    const db = openDb({ url: database.url, poolMax: 1 });
    try {
      // With nothing on the path the server writes every name with its schema.
      await db.query("set search_path to ''");
      return await dumpSchema(db);
    } finally {
      await db.close();
    }
  } finally {
    await stopShared();
  }
}

/** The whole schema as text: the same text for the same schema, whatever order it was made in. */
export async function dumpSchema(db: Queryable): Promise<string> {
  const parts = [await types(db), await sequences(db), await functions(db), await tables(db), await views(db)];
  return [HEADER, ...parts.flat()].join("\n");
}

async function types(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ text: string }>(
    `select case t.typtype
              when 'e' then format('create type %I.%I as enum (%s);', n.nspname, t.typname,
                (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
                   from pg_enum e where e.enumtypid = t.oid))
              else format('create domain %I.%I as %s%s%s;', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod),
                case when t.typnotnull then ' not null' else '' end,
                coalesce((select string_agg(' ' || pg_get_constraintdef(c.oid), '' order by c.conname)
                            from pg_constraint c where c.contypid = t.oid and c.contype = 'c'), ''))
            end as text
       from pg_type t
       join pg_namespace n on n.oid = t.typnamespace
      where n.nspname = $1 and t.typtype in ('e', 'd')
      order by t.typname`,
    [SCHEMA],
  );
  return rows.map(({ text }) => `${text}\n`);
}

/** Those that stand alone; a sequence of an identity column is told with its column. */
async function sequences(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ text: string }>(
    `select format('create sequence %I.%I as %s start %s increment %s%s;', n.nspname, c.relname, format_type(s.seqtypid, null),
                   s.seqstart, s.seqincrement, case when s.seqcycle then ' cycle' else '' end) as text
       from pg_sequence s
       join pg_class c on c.oid = s.seqrelid
       join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1
        and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'i')
      order by c.relname`,
    [SCHEMA],
  );
  return rows.map(({ text }) => `${text}\n`);
}

async function functions(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ text: string }>(
    `select pg_get_functiondef(p.oid) as text
       from pg_proc p
       join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = $1 and p.prokind in ('f', 'p')
      order by p.proname, pg_get_function_identity_arguments(p.oid)`,
    [SCHEMA],
  );
  return rows.map(({ text }) => `${text.trim()};\n`);
}

async function views(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ text: string }>(
    `select format('create %s %I.%I as%s%s', case c.relkind when 'm' then 'materialized view' else 'view' end,
                   n.nspname, c.relname, E'\\n', pg_get_viewdef(c.oid)) as text
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relkind in ('v', 'm')
      order by c.relname`,
    [SCHEMA],
  );
  return rows.map(({ text }) => `${text}\n`);
}

interface Table {
  readonly oid: string;
  readonly name: string;
  readonly unlogged: boolean;
  readonly options: string[] | null;
  readonly partitionBy: string | null;
  readonly comment: string | null;
}

async function tables(db: Queryable): Promise<string[]> {
  const rows = await db.query<Table>(
    `select c.oid::text, format('%I.%I', n.nspname, c.relname) as name, c.relpersistence = 'u' as unlogged,
            c.reloptions as options, pg_get_partkeydef(c.oid) as "partitionBy", obj_description(c.oid, 'pg_class') as comment
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition
      order by c.relname`,
    [SCHEMA],
  );
  const texts: string[] = [];
  for (const table of rows) texts.push(await tableText(db, table));
  return texts;
}

async function tableText(db: Queryable, table: Table): Promise<string> {
  const inside = [...(await columns(db, table.oid)), ...(await constraints(db, table.oid))].map((line) => `  ${line}`);
  const by = table.partitionBy === null ? "" : ` partition by ${table.partitionBy.toLowerCase()}`;
  const lines = [
    `create ${table.unlogged ? "unlogged " : ""}table ${table.name} (`,
    inside.join(",\n"),
    `)${by}${withOptions(table.options)};`,
    ...(await indexes(db, table.oid)),
    ...(await triggers(db, table.oid)),
    ...(await partitions(db, table.oid)),
  ];
  if (table.comment !== null) lines.push(`comment on table ${table.name} is '${table.comment.replaceAll("'", "''")}';`);
  return `${lines.join("\n")}\n`;
}

function withOptions(options: string[] | null): string {
  return options === null || options.length === 0 ? "" : ` with (${[...options].sort().join(", ")})`;
}

async function columns(db: Queryable, oid: string): Promise<string[]> {
  const rows = await db.query<{ name: string; type: string; rest: string }>(
    `select quote_ident(a.attname) as name, format_type(a.atttypid, a.atttypmod) as type,
            concat(
              (select format(' collate %I', co.collname)
                 from pg_collation co
                where co.oid = a.attcollation and a.attcollation <> t.typcollation),
              case when a.attnotnull then ' not null' end,
              case a.attidentity
                when 'a' then ' generated always as identity'
                when 'd' then ' generated by default as identity'
              end,
              case a.attgenerated
                when 's' then format(' generated always as (%s) stored', pg_get_expr(d.adbin, d.adrelid))
                when 'v' then format(' generated always as (%s) virtual', pg_get_expr(d.adbin, d.adrelid))
                else ' default ' || pg_get_expr(d.adbin, d.adrelid)
              end,
              case when a.attstorage <> t.typstorage then ' storage ' ||
                case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end end
            ) as rest
       from pg_attribute a
       join pg_type t on t.oid = a.atttypid
       left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped
      order by a.attnum`,
    [oid],
  );
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  return rows.map(({ name, type, rest }) => `${name.padEnd(width)} ${type}${rest}`);
}

/** Not-null constraints are told with their columns. */
async function constraints(db: Queryable, oid: string): Promise<string[]> {
  const rows = await db.query<{ text: string }>(
    `select format('constraint %I %s', c.conname, pg_get_constraintdef(c.oid)) as text
       from pg_constraint c
      where c.conrelid = $1::oid and c.contype <> 'n'
      order by array_position(array['p', 'u', 'x', 'f', 'c', 't'], c.contype::text), c.conname`,
    [oid],
  );
  return rows.map(({ text }) => text);
}

/** But for those that a constraint made. */
async function indexes(db: Queryable, oid: string): Promise<string[]> {
  const rows = await db.query<{ text: string }>(
    `select pg_get_indexdef(i.indexrelid) as text
       from pg_index i
       join pg_class c on c.oid = i.indexrelid
      where i.indrelid = $1::oid
        and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
      order by c.relname`,
    [oid],
  );
  return rows.map(({ text }) => `${text};`);
}

async function triggers(db: Queryable, oid: string): Promise<string[]> {
  const rows = await db.query<{ text: string }>(
    `select pg_get_triggerdef(t.oid) as text
       from pg_trigger t
      where t.tgrelid = $1::oid and not t.tgisinternal
      order by t.tgname`,
    [oid],
  );
  return rows.map(({ text }) => `${text};`);
}

/** Partitions that migrations make; those by time are made by the running engine. Only what they do not have from their parent. */
async function partitions(db: Queryable, oid: string): Promise<string[]> {
  const rows = await db.query<{ text: string; options: string[] | null; own: string[] | null }>(
    `select format('create table %I.%I partition of %s %s', n.nspname, c.relname, p.oid::regclass,
                   lower(left(pg_get_expr(c.relpartbound, c.oid), 10)) || substr(pg_get_expr(c.relpartbound, c.oid), 11)) as text,
            c.reloptions as options,
            (select array_agg(pg_get_indexdef(i.indexrelid) || ';' order by i.indexrelid::regclass::text)
               from pg_index i
              where i.indrelid = c.oid and not exists (select from pg_inherits h where h.inhrelid = i.indexrelid)) as own
       from pg_inherits h
       join pg_class c on c.oid = h.inhrelid
       join pg_class p on p.oid = h.inhparent
       join pg_namespace n on n.oid = c.relnamespace
      where h.inhparent = $1::oid
      order by c.relname`,
    [oid],
  );
  return rows.flatMap(({ text, options, own }) => [`${text}${withOptions(options)};`, ...(own ?? [])]);
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, "utf8").replaceAll("\r\n", "\n");
  } catch {
    return otherwise;
  }
}

/** By git, which whoever works on this has. */
function diff(before: string, after: string): string {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-schema-"));
  try {
    writeFileSync(join(folder, "written.sql"), before);
    writeFileSync(join(folder, "migrated.sql"), after);
    const git = Bun.spawnSync(["git", "diff", "--no-index", "--no-color", "written.sql", "migrated.sql"], {
      cwd: folder,
    });
    return git.stdout.toString();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
