import { bareArray, type Db, type Look, type Queryable, unreachable } from "#kernel";
import { fireBatches } from "./batches.ts";
import { type Fired, firedOf, throttleTurns } from "./decide.ts";
import type { Gate, Stage } from "./gate.ts";
import { dueLooks, LATELY, type Reach } from "./lately.ts";
import { gateOf, writeGates } from "./rows.ts";

// Whoever finds a gate locked leaves it to the one who decides for it: what falls due stays due.
const claim = (when: string) => `
  select g.id, g.kind, g.state, (extract(epoch from g.due_at) * 1000)::float8 as due_ms, 0 as held, null::uuid as holder,
         null::uuid as next, (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms
    from posthorn.flow_gate g
   where g.due_at <= now()${when}
   order by g.due_at
   limit $1
     for update skip locked`;
const CLAIM = { lately: claim(` and g.due_at > now() - ${LATELY}`), everything: claim("") };

interface DueRow {
  readonly id: string;
  readonly kind: Stage;
  readonly state: Gate["state"];
  readonly due_ms: number | null;
  readonly held: number;
  readonly holder: null;
  readonly next: null;
  readonly now_ms: number;
}

/** Gates of one transaction, and turns of one gate in it. */
const GATES = 100;
const TURNS = 1_000;

/** What falls due by itself in flow control: debounces, batches, throttles, places that somebody was passed over for. */
export function turnsLooks(options: { readonly db: Pick<Db, "transaction">; readonly onDue: () => void }): Look[] {
  return dueLooks({
    name: "flow_gates",
    table: "posthorn.flow_gate",
    condition: "due_at <= now()",
    by: "due_at",
    lately: `> now() - ${LATELY}`,
    run: async (reach) => {
      const done = await takeTurns(options.db, reach);
      if (done > 0) options.onDue();
      return done;
    },
  });
}

/** Gives turns to those whose time has come; answers how many gates it looked at. */
export async function takeTurns(db: Pick<Db, "transaction">, reach: Reach = "everything"): Promise<number> {
  let looked = 0;
  await db.transaction(async (tx) => {
    const rows = await tx.query<DueRow>(CLAIM[reach], [GATES]);
    looked = rows.length;
    const fired: Fired[] = [];
    const gates: Gate[] = [];
    const withPlaces: string[] = [];
    for (const row of rows) {
      const gate = gateOf(row);
      gates.push(gate);
      gate.changed = true;
      switch (row.kind) {
        case "debounce":
          if (gate.state.runId !== undefined) await giveTurns(tx, gate.id, 1);
          gate.state = {};
          gate.dueMs = undefined;
          break;
        case "batch": {
          const batch = firedOf(gate);
          if (batch !== undefined) fired.push(batch);
          gate.dueMs = undefined;
          break;
        }
        case "throttle": {
          const waiting = await countWaiting(tx, gate.id);
          const turns = throttleTurns(gate, waiting, Math.floor(row.now_ms));
          const given = await giveTurns(tx, gate.id, turns);
          // Some are in somebody's hands at this moment: they ask again by themselves.
          if (given === 0 && turns > 0) gate.dueMs = Math.floor(row.now_ms) + PASSED_OVER_MS;
          break;
        }
        case "overlap":
        case "singleton":
        case "concurrency":
          gate.dueMs = undefined;
          withPlaces.push(gate.id);
          break;
        case "rate":
          gate.dueMs = undefined;
          break;
        default:
          unreachable(row.kind);
      }
    }
    await writeGates(tx, gates);
    await fireBatches(tx, fired);
    if (withPlaces.length > 0) await tx.query("select posthorn.give_places($1::uuid[])", [bareArray(withPlaces)]);
  });
  return looked;
}

const PASSED_OVER_MS = 200;

/** What was let go before is not walked over (P11). */
const LOWEST = "coalesce((select queue_from from posthorn.flow_gate where id = $1::uuid), -9223372036854775808)";

async function countWaiting(tx: Queryable, gateId: string): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    `select count(*)::int as n from (select from posthorn.flow_queue where gate_id = $1::uuid and rank >= ${LOWEST} limit ${TURNS + 1}) t`,
    [gateId],
  );
  return row?.n ?? 0;
}

const GIVE = `
  with next as (
    select w.id, q.rank from posthorn.flow_queue q join posthorn.run_waiting w on w.id = q.run_id
     where q.gate_id = $1::uuid and q.rank >= ${LOWEST}
     order by q.rank, q.run_id
     limit $2
       for update of w skip locked
  ), passed as (
    update posthorn.flow_queue q set gate_id = null from next where q.run_id = next.id
  )
  update posthorn.run_waiting w set waiting_for = 'room', due_at = now() from next where w.id = next.id returning next.rank::text`;

/** Lets the first of those that wait for a gate go on behind it. */
async function giveTurns(tx: Queryable, gateId: string, turns: number): Promise<number> {
  if (turns === 0) return 0;
  const given = await tx.query<{ rank: string }>(GIVE, [gateId, Math.min(turns, TURNS)]);
  const last = given
    .map(({ rank }) => BigInt(rank))
    .reduce<bigint | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
  if (last !== undefined) await tx.query("select posthorn.advance_queue($1::uuid, $2::bigint)", [gateId, String(last)]);
  return given.length;
}
