import { bareArray, packBytes, type Statement, textArray, unreachable } from "#kernel";
import type { Entry } from "#language";
import { fingerprintOf } from "../acts/fingerprint.ts";
import type { RunCommit } from "../commit-part.ts";

/** A commit with what only the engine knows of it. */
export interface Commit extends RunCommit {
  /** The lease under which it was made (process.token). */
  readonly owner: string;
  /** What the entries hold, in their order (`entryValue`). */
  readonly values: readonly (Uint8Array | null)[];
  /** When it was made, by the clock of the run: when the run ended, if it did. */
  readonly atMs: number;
  /** Steps completed so far, for the row of a run that ended. */
  readonly steps: number;
  /** What its statement weighs, about. */
  readonly bytes: number;
}

const FENCE = "select posthorn.expect_lease($1::bigint)";

/** Few steps write logs: a batch without any is inserted as if there were no such column, and pays nothing for it. */
const journalSql = (logs: { column: string; value: string; arrays: string; names: string }) => `
  insert into posthorn.run_step (run_id, seq, kind, path, attempt, at, due_at, value${logs.column})
  select run_id, seq, kind, path, attempt, to_timestamp(at_ms / 1000.0), to_timestamp(due_ms / 1000.0),
         case when l >= 0 then substring($1::bytea from o for l) end${logs.value}
    from unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::int2[], $7::float8[], $8::float8[], $9::int[], $10::int[]${logs.arrays})
         t(run_id, seq, kind, path, attempt, at_ms, due_ms, o, l${logs.names})`;
const JOURNAL = journalSql({ column: "", value: "", arrays: "", names: "" });
const JOURNAL_LOGGED = journalSql({
  column: ", logs",
  value: ", case when log_l >= 0 then substring($11::bytea from log_o for log_l) end",
  arrays: ", $12::int[], $13::int[]",
  names: ", log_o, log_l",
});

const CONSUME = "delete from posthorn.run_signal where id = any($1::uuid[])";

export const CARRIED =
  "id, app_id, flow_id, version, phase, trigger, event_id, input, facts, parent_id, depth, priority, gates, started_at, trace";
const OF_LEASED = CARRIED.split(", ")
  .map((column) => `l.${column}`)
  .join(", ");

// What is moved is what the delete returns: whoever comes too late moves nothing, and the count below fails his transaction.
const LEAVE_FOR_WAITING = `
  delete from posthorn.run_leased l
   using unnest($2::uuid[], $3::text[], $4::float8[]) p(id, waiting_for, wait_ms)
   where l.id = p.id and l.owner = $1::bigint
  returning ${OF_LEASED}, p.waiting_for, p.wait_ms`;

const PARK = `
  insert into posthorn.run_waiting (waiting_for, due_at, ${CARRIED})
  select waiting_for, now() + wait_ms * interval '1 ms', ${CARRIED} from run_parked`;

const LEAVE_FOR_ENDED = `
  delete from posthorn.run_leased l
   using unnest($2::uuid[], $3::text[], $4::uuid[], $5::int[], $6::float8[], $7::int[], $8::int[])
         p(id, state, fingerprint, steps, at_ms, o, l)
   where l.id = p.id and l.owner = $1::bigint
  returning ${OF_LEASED}, p.state, p.fingerprint, p.steps, to_timestamp(p.at_ms / 1000.0) as ended_at, p.o as result_at, p.l as result_bytes`;

const END = `
  insert into posthorn.run_ended (flow_id, id, app_id, version, state, trigger, event_id, input, facts, parent_id, depth, result, fingerprint, steps, started_at, ended_at, trace)
  select flow_id, id, app_id, version, state, trigger, event_id, input, facts, parent_id, depth,
         case when result_bytes >= 0 then substring($1::bytea from result_at for result_bytes) end,
         fingerprint, steps, started_at, ended_at, trace
    from run_gone`;

const MOVED_PARKED = "select posthorn.expect_rows($1::int, (select count(*) from run_parked))";
const MOVED_ENDED = "select posthorn.expect_rows($1::int, (select count(*) from run_gone))";

/** What a batch of commits writes into the tables of runs themselves, in order; the fence comes first. */
export function statementsOf(token: string, batch: readonly Commit[], nowMs: number): Statement[] {
  const statements: Statement[] = [{ text: FENCE, params: [token] }];
  const journal = journalOf(batch);
  if (journal !== undefined) statements.push(journal);
  const consumed = batch.flatMap((commit) => commit.consumed);
  if (consumed.length > 0) statements.push({ text: CONSUME, params: [bareArray(consumed)] });
  const parked: string[] = [];
  const waitingFor: string[] = [];
  const waitMs: (number | null)[] = [];
  const ended: Commit[] = [];
  for (const commit of batch) {
    const { then } = commit;
    switch (then.kind) {
      case "goes_on":
        break;
      case "parks":
        parked.push(commit.run.id);
        waitingFor.push(then.waitingFor);
        waitMs.push(then.dueAtMs === undefined ? null : Math.max(0, then.dueAtMs - nowMs));
        break;
      case "ends":
        ended.push(commit);
        break;
      default:
        unreachable(then);
    }
  }
  if (parked.length > 0) {
    const params = [token, bareArray(parked), bareArray(waitingFor), bareArray(waitMs)];
    statements.push({ name: "run_parked", text: LEAVE_FOR_WAITING, params }, { text: PARK, params: [] });
    statements.push({ text: MOVED_PARKED, params: [parked.length] });
  }
  if (ended.length > 0) statements.push(...endsOf(token, ended));
  return statements;
}

function journalOf(batch: readonly Commit[]): Statement | undefined {
  const runs: string[] = [];
  const seqs: number[] = [];
  const entries: Entry[] = [];
  const packed: (Uint8Array | null)[] = [];
  for (const { run, seq, entries: own, values } of batch) {
    for (let i = 0; i < own.length; i++) {
      runs.push(run.id);
      seqs.push(seq + i);
      entries.push(own[i] as Entry); // i is within it.
      packed.push(values[i] ?? null);
    }
  }
  if (entries.length === 0) return undefined;
  const values = packBytes(packed);
  const logs = entries.map(logsBytes);
  const hasLogs = logs.some((bytes) => bytes !== null);
  const { bytes, offsets, lengths } = packBytes(hasLogs ? logs : []);
  return {
    text: hasLogs ? JOURNAL_LOGGED : JOURNAL,
    params: [
      values.bytes,
      bareArray(runs),
      bareArray(seqs),
      bareArray(entries.map(({ kind }) => kind)),
      textArray(entries.map(({ path }) => path)),
      bareArray(entries.map((entry) => (entry.kind === "cancelled" ? 0 : entry.attempt))),
      bareArray(entries.map(({ atMs }) => atMs)),
      bareArray(entries.map(dueOf)),
      values.offsets,
      values.lengths,
      ...(hasLogs ? [bytes, offsets, lengths] : []),
    ],
  };
}

const logsOf = (entry: Entry) => (entry.kind === "completed" || entry.kind === "failed" ? entry.logs : undefined);

/** JSON: lines may hold what PostgreSQL's text cannot. */
function logsBytes(entry: Entry): Uint8Array | null {
  const logs = logsOf(entry);
  return logs === undefined || logs.length === 0 ? null : Buffer.from(JSON.stringify(logs));
}

/** About what an entry's logs weigh. */
export function logsLength(entry: Entry): number {
  return logsOf(entry)?.reduce((sum, line) => sum + line.length, 0) ?? 0;
}

function dueOf(entry: Entry): number | null {
  switch (entry.kind) {
    case "failed":
      return entry.retryAtMs ?? null;
    case "waiting":
      return entry.untilMs ?? null;
    case "completed":
    case "began":
    case "cancelled":
      return null;
    default:
      return unreachable(entry);
  }
}

/** JSON; an output of null, as many are, is no bytes at all. */
export function entryValue(entry: Entry): Uint8Array | null {
  switch (entry.kind) {
    case "completed":
      return entry.output === null ? null : Buffer.from(JSON.stringify(entry.output));
    case "failed":
      return Buffer.from(JSON.stringify(entry.error));
    case "cancelled":
      return Buffer.from(JSON.stringify(entry.reason));
    case "began":
    case "waiting":
      return null;
    default:
      return unreachable(entry);
  }
}

function endsOf(token: string, ended: readonly Commit[]): Statement[] {
  const results: (Uint8Array | null)[] = [];
  const states: string[] = [];
  const fingerprints: (string | null)[] = [];
  for (const { then } of ended) {
    if (then.kind !== "ends") continue;
    const { ending } = then;
    states.push(ending.state);
    fingerprints.push(ending.state === "failed" ? fingerprintOf(ending.error) : null);
    switch (ending.state) {
      case "completed":
        results.push(ending.output === null ? null : Buffer.from(JSON.stringify(ending.output)));
        break;
      case "failed":
        results.push(Buffer.from(JSON.stringify(ending.error)));
        break;
      case "cancelled":
        results.push(Buffer.from(JSON.stringify(ending.reason)));
        break;
      default:
        unreachable(ending);
    }
  }
  const packed = packBytes(results);
  const params = [
    token,
    bareArray(ended.map(({ run }) => run.id)),
    bareArray(states),
    bareArray(fingerprints),
    bareArray(ended.map(({ steps }) => steps)),
    bareArray(ended.map(({ atMs }) => atMs)),
    packed.offsets,
    packed.lengths,
  ];
  return [
    { name: "run_gone", text: LEAVE_FOR_ENDED, params },
    { text: END, params: [packed.bytes] },
    { text: MOVED_ENDED, params: [ended.length] },
  ];
}
