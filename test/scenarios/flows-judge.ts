import { type EntryRow, entryOf } from "#flows";
import { idTimeMs, publicId } from "#kernel";
import {
  type CompiledFlow,
  canonical,
  compile,
  createMachine,
  type Entry,
  type Json,
  type Start,
  type StepError,
} from "#language";
import { hash, interpret, type Outcome, type Script } from "#language/simulation";
import type { Ledger } from "../kit/index.ts";
import { isSilent, numberOf, stepIdOf, TRIAL_INPUT, type Trial, toldTo, toldToTask } from "./flows-trials.ts";
import type { World } from "./flows-world.ts";

/** What the tables say of one run, read once it has ended. */
interface Record_ {
  readonly id: string;
  readonly state: string;
  readonly result: Json;
  readonly entries: readonly Entry[];
  readonly seqs: readonly number[];
  readonly events: readonly { readonly id: string; readonly type: string; readonly data: Json }[];
  readonly tasks: readonly { readonly key: string; readonly input: Json }[];
  readonly children: readonly {
    readonly id: string;
    readonly path: string | undefined;
    readonly input: Json;
    readonly notes: number;
  }[];
}

/**
 * How it was found to mean the same as the reference. `same`: at whatever times answers come, the reference says this. `possible`: it depends
 * on who comes first, and at some times the reference says this. `replayed`: it depends so much on times that none were found; that its end
 * follows from its journal is all that is known.
 */
export type Verdict = "same" | "possible" | "replayed";

export interface Judged {
  readonly violations: readonly string[];
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly entries: number;
  readonly lost: number;
  /** Requests beyond the recorded attempts: of processes that were killed while these were under way. */
  readonly repeated: number;
}

const parsed = (bytes: Uint8Array | null): Json =>
  bytes === null ? null : JSON.parse(Buffer.from(bytes).toString("utf8"));

/** Compares every run of these trials with the reference, with what the world saw, and with itself. */
export async function judge(on: {
  readonly ledger: Ledger;
  readonly appId: string;
  readonly trials: readonly Trial[];
  readonly world: World;
  readonly kills: number;
}): Promise<Judged> {
  const { ledger, appId, trials, world } = on;
  const violations: string[] = [];
  const verdicts = { same: 0, possible: 0, replayed: 0 };
  let entries = 0;
  let lost = 0;
  let repeated = 0;
  const records = await read(ledger, appId);
  for (const trial of trials) {
    const say = (promise: string, text: string) =>
      violations.push(`${promise}: trial ${trial.number} (${trial.definition.steps.length} steps): ${text}`);
    const own = records.get(trial.name) ?? [];
    const [record] = own;
    if (record === undefined || own.length !== 1) {
      say("P1", `its start led to ${own.length} runs`);
      continue;
    }
    entries += record.entries.length;
    lost += record.entries.filter((entry) => entry.kind === "failed" && entry.error.code === "lost").length;
    for (const text of inside(trial, record)) say("P2", text);
    const outside = outsideOf(trial, record, world, on.kills);
    for (const text of outside.violations) say("P4", text);
    repeated += outside.repeated;
    const verdict = meaning(trial, record, world);
    if (typeof verdict === "string") verdicts[verdict]++;
    else for (const text of verdict) say("P2", text);
  }
  return { violations, verdicts, entries, lost, repeated };
}

async function read(ledger: Ledger, appId: string): Promise<Map<string, Record_[]>> {
  const runs = await ledger.rows(
    `select r.id, f.name, r.state, r.result, r.parent_id, r.facts, r.input from posthorn.run_ended r
       join posthorn.flow f on f.id = r.flow_id where r.app_id = $1 order by r.id`,
    [appId],
  );
  const journal = await ledger.rows<EntryRow & { run_id: string }>(
    `select s.run_id, s.seq, s.kind, s.path, s.attempt, s.at, s.due_at, s.value from posthorn.run_step s
      where s.run_id in (select id from posthorn.run_ended where app_id = $1) order by s.run_id, s.seq`,
    [appId],
  );
  const events = await ledger.rows(
    "select id, type, payload from posthorn.event where app_id = $1 and type like 'sim.%' order by id",
    [appId],
  );
  const tasks = await ledger.rows(
    "select run_id, key, input from posthorn.task_ended where app_id = $1 and run_id is not null order by id",
    [appId],
  );
  const entriesOf = Map.groupBy(journal, (row) => row.run_id);
  const eventsOf = Map.groupBy(events, ({ type }) => `trial-${String(type).split(".")[1]}`);
  const tasksOf = Map.groupBy(tasks, (row) => row.run_id);
  const childrenOf = Map.groupBy(runs, (row) => row.parent_id);
  const records = new Map<string, Record_[]>();
  for (const run of runs) {
    if (run.parent_id !== null) continue;
    const rows = entriesOf.get(run.id) ?? [];
    const record: Record_ = {
      id: run.id,
      state: run.state,
      result: parsed(run.result),
      entries: rows.map(entryOf),
      seqs: rows.map(({ seq }) => seq),
      events: (eventsOf.get(run.name) ?? []).map((row) => ({
        id: publicId("msg", row.id),
        type: row.type,
        data: parsed(row.payload),
      })),
      tasks: (tasksOf.get(run.id) ?? []).map((row) => ({ key: row.key, input: parsed(row.input) })),
      children: (childrenOf.get(run.id) ?? []).map((row) => ({
        id: publicId("run", row.id),
        path: (typeof row.facts === "string" ? JSON.parse(row.facts) : row.facts)?.path,
        input: parsed(row.input),
        notes: (entriesOf.get(row.id) ?? []).filter(({ kind, path }) => kind === "completed" && path === "note").length,
      })),
    };
    records.set(run.name, [...(records.get(run.name) ?? []), record]);
  }
  return records;
}

// ------------------------------------------------------------------------------------------------------------- inside

const keyOf = ({ path, attempt }: { readonly path: string; readonly attempt: number }) => `${path}#${attempt}`;

/** Journal entries of steps of this kind. */
function entriesOf(trial: Trial, record: Record_, kind: string, ...of: readonly Entry["kind"][]): readonly Entry[] {
  return record.entries.filter((entry) => of.includes(entry.kind) && trial.kinds.get(stepIdOf(entry.path)) === kind);
}

/** Exactly once: the journal, and each row that an entry of it made. */
function inside(trial: Trial, record: Record_): string[] {
  const wrong: string[] = [];
  const run = publicId("run", record.id);
  if (record.seqs.some((seq, i) => seq !== i)) wrong.push(`its journal has the numbers ${record.seqs}`);
  const completed = record.entries.filter(({ kind }) => kind === "completed").map(({ path }) => path);
  if (new Set(completed).size !== completed.length) wrong.push(`steps completed twice: ${completed}`);
  const same = (what: string, left: readonly string[], right: readonly string[]) => {
    const [a, b] = [[...left].sort().join(), [...right].sort().join()];
    if (a !== b) wrong.push(`${what}: the journal says [${a}], the tables say [${b}]`);
  };
  same(
    "events emitted",
    entriesOf(trial, record, "emit", "completed").map((entry) => textOf(entry, "id")),
    record.events.map(({ id }) => id),
  );
  same(
    "tasks",
    entriesOf(trial, record, "task", "waiting").map(({ path }) => `${run}/${path}`),
    record.tasks.map(({ key }) => key),
  );
  same(
    "runs called and waited for",
    entriesOf(trial, record, "call", "waiting").map(({ path }) => path),
    record.children.flatMap(({ path }) => path ?? []),
  );
  same(
    "runs called and left alone",
    entriesOf(trial, record, "call", "completed")
      .map((entry) => textOf(entry, "run"))
      .filter((id) => id !== ""),
    record.children.flatMap(({ id, path }) => (path === undefined ? [id] : [])),
  );
  for (const { id, notes } of record.children)
    if (notes > 1) wrong.push(`${id}, which it called, noted ${notes} times`);
  return wrong;
}

function textOf(entry: Entry, field: string): string {
  const output = entry.kind === "completed" ? (entry.output as Readonly<Record<string, Json>> | null) : null;
  const text = output?.[field];
  return typeof text === "string" ? text : "";
}

// ------------------------------------------------------------------------------------------------------------ outside

/** At least once, with one key and one body; each answer that is recorded was given; no request that nothing accounts for. */
function outsideOf(trial: Trial, record: Record_, world: World, kills: number) {
  const violations: string[] = [];
  const run = publicId("run", record.id);
  let repeated = 0;
  const isOver = record.entries.some(({ kind }) => kind === "cancelled");
  const byPath = Map.groupBy(entriesOf(trial, record, "http", "completed", "failed", "began"), ({ path }) => path);
  for (const [path, entries] of byPath) {
    if (world.read.has(`${trial.number}/${stepIdOf(path)}`)) continue;
    const asked = world.asked.get(`${run}/${path}`);
    const recorded = entries.filter(({ kind }) => kind !== "began");
    const answered = recorded.filter((entry) => entry.kind !== "failed" || entry.error.code !== "lost");
    if (answered.some(isAnswer) && asked === undefined) {
      violations.push(`${path} has an answer and was never asked for`);
      continue;
    }
    if (asked === undefined) continue;
    if (asked.bodies.size > 1) violations.push(`${path} was asked with ${asked.bodies.size} bodies`);
    const began = entries.filter(({ kind }) => kind === "began").length;
    if (began > 0 && asked.times > began)
      violations.push(`the write ${path} began ${began} times, asked ${asked.times}`);
    const seen = new Set<number>();
    for (const entry of answered) {
      if (entry.kind !== "completed" && entry.kind !== "failed") continue;
      const k = numberTold(entry);
      if (k === undefined) continue;
      const told = toldTo(trial, path, k);
      const code = entry.kind === "completed" ? "ok" : entry.error.code;
      if (k > asked.times || seen.has(k) || told !== code)
        violations.push(`${path}: attempt ${entry.attempt} is recorded as ${code} of answer ${k}, which was ${told}`);
      seen.add(k);
    }
    const extra = asked.times - recorded.length;
    if (extra > 0) repeated += extra;
    // A branch that was given up leaves at most one request that nobody recorded.
    if (extra > kills + 1 || (extra > 0 && kills === 0 && !isOver && record.state === "completed" && !mayGiveUp(trial)))
      violations.push(`${path} was asked ${asked.times} times, with ${recorded.length} attempts recorded`);
  }
  for (const [key, { times }] of world.asked) {
    if (!key.startsWith(`${run}/`) || byPath.has(key.slice(run.length + 1))) continue;
    // Under way when its branch was given up, and never recorded.
    if (times > kills + 1) violations.push(`${key} was asked ${times} times and nothing is recorded of it`);
  }
  return { violations, repeated };
}

/** Only what goes on at once can be given up while it is under way. */
function mayGiveUp(trial: Trial): boolean {
  const kinds = [...trial.kinds.values()];
  return kinds.includes("parallel") || kinds.includes("for_each");
}

function isAnswer(entry: Entry): boolean {
  return entry.kind === "completed" || numberTold(entry) !== undefined;
}

/** The how-manieth answer of the world this entry is a record of. */
function numberTold(entry: Entry): number | undefined {
  const detail = entry.kind === "completed" ? entry.output : entry.kind === "failed" ? entry.error.detail : undefined;
  const body = (detail as { body?: { k?: unknown } } | null | undefined)?.body;
  return typeof body?.k === "number" ? body.k : undefined;
}

// ------------------------------------------------------------------------------------------------------------ meaning

const TIMINGS_FEW = 6;
const TIMINGS_MANY = 80;

/** The same ending, the same values, the same asked of the world as the reference says: at any times, or at some. */
function meaning(trial: Trial, record: Record_, world: World): Verdict | string[] {
  const compiled = compile(trial.definition);
  const run = publicId("run", record.id);
  const startedAtMs = idTimeMs(record.id);
  const start: Start = { runId: run, version: 1, startedAtMs, trigger: { kind: "api" }, input: TRIAL_INPUT };
  const replayed = replay(compiled, start, record);
  if (replayed !== undefined) return [replayed];
  const actual = actualOutcome(trial, record, world);
  const recorded = new Map<string, { result: ReturnType<Script>["result"] }>();
  for (const entry of record.entries) {
    if (entry.kind === "completed") recorded.set(keyOf(entry), { result: { ok: true, output: entry.output } });
    if (entry.kind === "failed") recorded.set(keyOf(entry), { result: { ok: false, error: entry.error } });
  }
  const lost = new Map<string, number>();
  for (const entry of record.entries)
    if (entry.kind === "failed" && entry.error.code === "lost") lost.set(keyOf(entry), 0);
  const late = new Set([...recorded].flatMap(([key, { result }]) => (result.ok ? [key] : [])));
  const isCancelled = record.entries.some(({ kind }) => kind === "cancelled") || record.state === "cancelled";
  const told = new Map<string, number>();
  let last = "";
  for (let timing = 0; timing < TIMINGS_MANY; timing++) {
    const chance = (of: string) => hash(`${trial.seed}|${timing}|${of}`) / 2 ** 32;
    // From lock-step to very uneven.
    const spread = [1, 20, 300, 3_000][timing % 4] ?? 1;
    const script: Script = (path, attempt) => ({
      afterMs: 0.01 + chance(`${path}#${attempt}`) ** 3 * spread,
      result: recorded.get(`${path}#${attempt}`)?.result ?? unrecorded(trial, path, attempt),
      silent:
        ["wait_for_event", "approve"].includes(trial.kinds.get(stepIdOf(path)) ?? "") &&
        isSilent(trial, stepIdOf(path)),
      comesLate: false,
    });
    const cancelAtMs = isCancelled ? startedAtMs - 0.5 + chance("cancel") ** 2 * (spread + 1_000) : undefined;
    const lagMs = (path: string) => chance(`${path} lags`) * 0.005;
    const accidents = { lost, late, cancelAtMs, ...(timing % 8 >= 4 && { lagMs }) };
    const meant = meantOutcome(trial, run, interpret(compiled, start, script, accidents));
    last = meant;
    told.set(meant, (told.get(meant) ?? 0) + 1);
    if (timing + 1 >= TIMINGS_FEW && told.has(actual)) return told.size === 1 && !isCancelled ? "same" : "possible";
  }
  if (isCancelled || told.size > 1) return "replayed";
  return [`it differs from the reference.\n  is:    ${actual}\n  meant: ${last}`];
}

function unrecorded(trial: Trial, path: string, attempt: number): ReturnType<Script>["result"] {
  const kind = trial.kinds.get(stepIdOf(path));
  const isOk =
    kind === "http" ? toldTo(trial, path, attempt) === "ok" : kind !== "task" || toldToTask(trial, path, attempt);
  if (isOk) return { ok: true, output: { n: numberOf(trial, stepIdOf(path)), from: path } };
  return { ok: false, error: { class: "retryable", code: "unrecorded", message: "Not recorded.", path } };
}

function replay(compiled: CompiledFlow, start: Start, record: Record_): string | undefined {
  const machine = createMachine(compiled, start);
  try {
    for (const entry of record.entries) machine.apply(entry);
    const now = record.entries.at(-1)?.atMs ?? start.startedAtMs;
    do machine.next(now);
    while (machine.busy);
  } catch (error) {
    return `its journal cannot be replayed: ${error}`;
  }
  // Cancelled before it did anything: it never began.
  if (record.entries.length === 0 && record.state === "cancelled") return undefined;
  const { ending } = machine;
  const is = canonical({ state: record.state, result: record.result });
  const follows =
    ending === undefined
      ? "nothing yet"
      : canonical({
          state: ending.state,
          result: (ending.state === "completed"
            ? ending.output
            : ending.state === "failed"
              ? ending.error
              : ending.reason) as Json,
        });
  return is === follows ? undefined : `it ended as ${is}; from its journal follows ${follows}`;
}

interface Told {
  readonly ending: Json;
  readonly asked: readonly Json[];
  readonly completed: readonly (readonly [string, Json])[];
}

const text = ({ ending, asked, completed }: Told) =>
  canonical({
    ending,
    asked: asked.map((one) => canonical(one)).sort(),
    completed: completed.map((one) => canonical(one as Json)).sort(),
  });

/** What is the same in both, by a name that both know: ids of rows, and what people said at times of their own. */
function replacing(values: ReadonlyMap<string, Json>): (value: Json) => Json {
  const within = (value: Json): Json => {
    if (typeof value !== "object" || value === null) return value;
    const known = values.get(canonical(value));
    if (known !== undefined) return known;
    if (Array.isArray(value)) return value.map(within);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, within(inner)]));
  };
  return within;
}

/** What a step of these kinds gave, as it is spelled here and as it is spelled in the reference: both by the step's name. */
function tokenOf(trial: Trial, run: string, entry: { readonly path: string; readonly output: Json }): Json | undefined {
  const kind = trial.kinds.get(stepIdOf(entry.path));
  const { output } = entry;
  const has = (field: string) =>
    typeof output === "object" && output !== null && !Array.isArray(output) && Object.hasOwn(output, field);
  if (kind === "emit" && has("id")) return { id: `${run}/${entry.path}` };
  if (kind === "call" && has("run")) return { run: `${run}/${entry.path}` };
  const isNothing = canonical(output) === canonical({ event: null }) || canonical(output).includes('"approved":null');
  if ((kind === "wait_for_event" || kind === "approve") && !isNothing) return { answered: stepIdOf(entry.path) };
  return undefined;
}

const PAYLOADS = new Set(["emit", "task", "call"]);

function actualOutcome(trial: Trial, record: Record_, world: World): string {
  const run = publicId("run", record.id);
  const tokens = new Map<string, Json>();
  for (const entry of record.entries) {
    const token = entry.kind === "completed" ? tokenOf(trial, run, entry) : undefined;
    if (entry.kind === "completed" && token !== undefined) tokens.set(canonical(entry.output), token);
  }
  const named = replacing(tokens);
  const eventById = new Map(record.events.map((event) => [event.id, event]));
  const childById = new Map(record.children.map((child) => [child.id, child]));
  const tasks = new Map([...Map.groupBy(record.tasks, ({ key }) => key)].map(([key, rows]) => [key, [...rows]]));
  const calls = new Map(
    [...Map.groupBy(record.children, ({ path }) => path ?? "")].map(([path, rows]) => [path, [...rows]]),
  );
  const asked: Json[] = [];
  for (const entry of record.entries) {
    const { path } = entry;
    const kind = trial.kinds.get(stepIdOf(path)) ?? "";
    if (entry.kind === "cancelled" || path === "") continue;
    const { attempt } = entry;
    let payload: Json | undefined;
    if (entry.kind === "completed" && kind === "emit") {
      const event = eventById.get(textOf(entry, "id"));
      payload = { type: event?.type ?? null, data: event?.data ?? null };
    } else if (entry.kind === "completed" && kind === "call" && textOf(entry, "run") !== "") {
      payload = childById.get(textOf(entry, "run"))?.input ?? null;
    } else if (entry.kind === "waiting") {
      payload = null;
      if (kind === "task") payload = tasks.get(`${run}/${path}`)?.shift()?.input ?? null;
      if (kind === "call") payload = calls.get(path)?.shift()?.input ?? null;
    } else if ((kind === "http" || kind === "code") && entry.kind !== "began") {
      const bodies = [...(world.asked.get(`${run}/${path}`)?.bodies ?? [])];
      payload = bodies[0] === undefined || bodies[0] === "" ? null : (JSON.parse(bodies[0]) as Json);
    }
    if (payload !== undefined) asked.push([kind, path, attempt, named(payload)]);
  }
  const completed = record.entries.flatMap((entry) =>
    entry.kind === "completed" ? [[entry.path, named(entry.output)] as const] : [],
  );
  return text({ ending: { state: record.state, result: named(record.result) }, asked, completed });
}

function meantOutcome(trial: Trial, run: string, outcome: Outcome): string {
  const tokens = new Map<string, Json>();
  for (const [path, output] of outcome.completed) {
    const token = tokenOf(trial, run, { path, output });
    if (token !== undefined) tokens.set(canonical(output), token);
  }
  const named = replacing(tokens);
  const { ending } = outcome;
  const result =
    ending.state === "completed" ? ending.output : ending.state === "failed" ? (ending.error as StepError) : CANCELLED;
  return text({
    ending: { state: ending.state, result: named(result as Json) },
    asked: outcome.asked.map(({ kind, path, attempt, payload }): Json => {
      if (kind === "http") {
        const body = (payload as { body?: Json } | null)?.body ?? null;
        return [kind, path, attempt, named(body)];
      }
      return [kind, path, attempt, PAYLOADS.has(kind) ? named(payload) : null];
    }),
    completed: [...outcome.completed].map(([path, output]) => [path, named(output)] as const),
  });
}

/** Why the scenario cancels what it cancels. */
export const CANCELLED = "scripted";
