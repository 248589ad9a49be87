import { bareArray, newId, packBytes, type Queryable, type Statement, textArray } from "#kernel";
import type { Json } from "#language";

/**
 * Something for a run from outside. `completed`: the output of the step at `path`; `failed`: its StepError; `cancel` (path empty): the reason;
 * `wake`: the facts of an event for a step that waits for one, or nothing: it is only taken up.
 */
export interface SentSignal {
  readonly runId: string;
  readonly path: string;
  /** Which attempt of that step it answers: no other takes it. Absent: the one that waits when it is read. */
  readonly attempt?: number;
  readonly kind: "completed" | "failed" | "cancel" | "wake";
  readonly value?: Json;
}

const SEND = `
  insert into posthorn.run_signal (id, run_id, path, attempt, kind, value)
  select id, run_id, path, attempt, kind, case when l >= 0 then substring($1::bytea from o for l) end
    from unnest($2::uuid[], $3::uuid[], $4::text[], $5::smallint[], $6::text[], $7::int[], $8::int[])
         t(id, run_id, path, attempt, kind, o, l)`;

// One that moves from table to table at this moment is seen in one of them: a statement sees what is committed at one instant.
const TO_LIVE = `
   where exists (select from posthorn.run_leased l where l.id = t.run_id)
      or exists (select from posthorn.run_waiting w where w.id = t.run_id)`;

/** For a transaction that is sent in one go. `live`: those to runs that have ended are not even written. */
export function signalStatement(signals: readonly SentSignal[], to: "all" | "live" = "all"): Statement {
  const values = packBytes(
    signals.map(({ value }) => (value === undefined || value === null ? null : Buffer.from(JSON.stringify(value)))),
  );
  return {
    text: to === "live" ? `${SEND}${TO_LIVE}` : SEND,
    params: [
      values.bytes,
      bareArray(signals.map(() => newId())),
      bareArray(signals.map(({ runId }) => runId)),
      textArray(signals.map(({ path }) => path)),
      bareArray(signals.map(({ attempt }) => attempt ?? null)),
      bareArray(signals.map(({ kind }) => kind)),
      values.offsets,
      values.lengths,
    ],
  };
}

/**
 * Sends signals, inside the transaction of what they tell. The row alone sees to it that its run is taken up; `flows.lookNow()` after the
 * commit makes that soon. One for a run that has ended is forgotten by upkeep.
 */
export async function sendSignals(q: Queryable, signals: readonly SentSignal[]): Promise<void> {
  if (signals.length === 0) return;
  const { text, params } = signalStatement(signals);
  await q.query(text, params);
}
