import { bareArray, type Chore, type Db } from "#kernel";
import { skipChores } from "./skips.ts";

// One snapshot: a run on its way from one table to the other is in one of them.
const LEAKED = `
  delete from posthorn.flow_place p
   where p.gate_id >= $1::uuid and p.gate_id < $2::uuid
     and not exists (select from posthorn.run_leased r where r.id = p.run_id)
     and not exists (select from posthorn.run_waiting r where r.id = p.run_id)
  returning p.gate_id`;

const LEFT = `
  delete from posthorn.flow_queue q
   where q.run_id >= $1::uuid and q.run_id < $2::uuid
     and not exists (select from posthorn.run_leased r where r.id = q.run_id)
     and not exists (select from posthorn.run_waiting r where r.id = q.run_id)`;

const LOOK_AGAIN = "update posthorn.flow_gate set due_at = now() where id = any($1::uuid[])";

// Room and somebody who waits for it: should not be, and costs a look when it is.
const STALLED = `
  update posthorn.flow_gate g set due_at = now()
   where g.due_at is null and g.places is not null and g.id >= $1::uuid and g.id < $2::uuid
     and exists (select from posthorn.flow_queue q where q.gate_id = g.id)
     and (select count(*) from posthorn.flow_place p where p.gate_id = g.id) < g.places`;

// What says nothing any more. Whoever wants such a key at this moment waits for the delete, and makes the gate anew.
const FORGOTTEN = `
  delete from posthorn.flow_gate g
   where g.id in (
     select g.id from posthorn.flow_gate g
      where g.id >= $1::uuid and g.id < $2::uuid and g.due_at is null
        and g.touched_at < now() - greatest(interval '10 minutes', coalesce((g.state ->> 'perMs')::float8, 0) * interval '1 ms')
        and not g.state ? 'runId' and not g.state ? 'batchId'
        and not exists (select from posthorn.flow_place p where p.gate_id = g.id)
        and not exists (select from posthorn.flow_queue q where q.gate_id = g.id)
        for update skip locked)`;

const ALL = ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"] as const;
const SLICES = 16;

/** A sixteenth of all ids: where there are very many keys, statements stay short. */
function slice(n: number): readonly [string, string] {
  const at = (i: number) => `${i.toString(16)}0000000-0000-0000-0000-000000000000`;
  return [at(n), n === SLICES - 1 ? ALL[1] : at(n + 1)];
}

const FEW = 20_000;
const COUNT = `select count(*)::int as n from (select from posthorn.flow_gate limit ${FEW}) t`;

/**
 * Mends what should not be: places of runs that are gone, places that nobody took, gates that mean nothing any more. Frees only what
 * belongs to no run, so that it can never let one too many begin.
 */
export async function auditControl(db: Pick<Db, "query">): Promise<number> {
  const [gates] = await db.query<{ n: number }>(COUNT);
  if (gates === undefined || gates.n === 0) return 0;
  const ranges = gates.n < FEW ? [ALL] : Array.from({ length: SLICES }, (_, n) => slice(n));
  let mended = 0;
  for (const bounds of ranges) {
    const leaked = await db.query<{ gate_id: string }>(LEAKED, bounds);
    if (leaked.length > 0) await db.query(LOOK_AGAIN, [bareArray([...new Set(leaked.map(({ gate_id }) => gate_id))])]);
    await db.query(STALLED, bounds);
    await db.query(FORGOTTEN, bounds);
    mended += leaked.length;
  }
  await db.query(LEFT, ALL);
  return mended;
}

export function controlChores(db: Db): Chore[] {
  return [
    {
      name: "flow_control_audit",
      everyMs: 60_000,
      pending: "exists (select from posthorn.flow_gate)",
      run: async () => void (await auditControl(db)),
    },
    ...skipChores(db),
  ];
}
