import { type Queryable, textArray } from "../db.ts";

export interface HotTable {
  readonly table: string;
  readonly live: number;
  readonly dead: number;
  readonly bytes: number;
}

/** On the road of every event. Of those that are partitioned by day the newest are looked at, where rows come in. */
const PLAIN = [
  "delivery_leased",
  "delivery_owed",
  "run_leased",
  "run_waiting",
  "run_signal",
  "task_owed",
  "task_leased",
];
const PARTITIONED = ["dedupe", "event", "attempt", "run_step", "run_ended"];
const PARTITIONS_MAX = 8;

// What the statistics collector knows anyway, and the length of files: no table is read.
const MEASURE = `
  with hot (name, relid) as (
    select c.relname, c.oid
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'posthorn' and c.relname = any($1::text[])
    union all
    select part.name, part.relid
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     cross join lateral (
       select c.relname as name, i.inhrelid as relid
         from pg_inherits i join pg_class p on p.oid = i.inhrelid
         join pg_stat_user_tables s on s.relid = i.inhrelid
        where i.inhparent = c.oid
        order by s.n_tup_ins desc, p.relname desc
        limit ${PARTITIONS_MAX}
     ) part
     where n.nspname = 'posthorn' and c.relname = any($2::text[])
  )
  select hot.name as table, sum(s.n_live_tup)::float8 as live, sum(s.n_dead_tup)::float8 as dead,
         sum(pg_total_relation_size(hot.relid))::float8 as bytes
    from hot join pg_stat_user_tables s on s.relid = hot.relid
   group by hot.name`;

/** How the hot tables are: estimates of PostgreSQL's own, cheap at any size. */
export function measureTables(q: Queryable): Promise<HotTable[]> {
  return q.query<HotTable>(MEASURE, [textArray(PLAIN), textArray(PARTITIONED)]);
}
