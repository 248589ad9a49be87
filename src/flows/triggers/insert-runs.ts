import { bareArray, packBytes, type Queryable, textArray } from "#kernel";
import type { Run } from "../run.ts";

/** A run that begins by itself, with what its trigger says. */
export interface Begun {
  readonly id: string;
  readonly appId: string;
  readonly flowId: string;
  readonly version: number;
  readonly phase: Run["phase"];
  readonly trigger: Run["trigger"];
  readonly input: Uint8Array;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly parentId: string | undefined;
  readonly depth: number;
  readonly isPaused: boolean;
}

const INSERT = `
  insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, due_at, phase, trigger, input, facts, parent_id, depth, started_at)
  select id, app_id, flow_id, version, case when is_paused then 'paused' else 'room' end, case when is_paused then null else now() end,
         phase, trigger, substring($1::bytea from o for l), facts::jsonb, parent_id, depth, uuid_extract_timestamp(id)
    from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::int[], $9::int[], $10::text[], $11::uuid[], $12::int2[], $13::boolean[])
         t(id, app_id, flow_id, version, phase, trigger, o, l, facts, parent_id, depth, is_paused)`;

/** Puts runs where whoever has room finds them, in the transaction of what starts them. */
export async function insertRuns(tx: Queryable, runs: readonly Begun[]): Promise<void> {
  if (runs.length === 0) return;
  const inputs = packBytes(runs.map(({ input }) => input));
  const column = (value: (run: Begun) => string | number | boolean | null) => bareArray(runs.map(value));
  await tx.query(INSERT, [
    inputs.bytes,
    column(({ id }) => id),
    column(({ appId }) => appId),
    column(({ flowId }) => flowId),
    column(({ version }) => version),
    column(({ phase }) => phase),
    column(({ trigger }) => trigger),
    inputs.offsets,
    inputs.lengths,
    textArray(runs.map(({ facts }) => JSON.stringify(facts))),
    column(({ parentId }) => parentId ?? null),
    column(({ depth }) => depth),
    column(({ isPaused }) => isPaused),
  ]);
}
