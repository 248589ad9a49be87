import { type EntryRow, entryOf } from "#flows";
import { idTimeMs, publicId, unreachable } from "#kernel";
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
import { type Accidents, hash, interpret, type Outcome, type Script } from "#language/simulation";
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
    /** Of the step that waits for it; undefined: none does. */
    readonly path: string | undefined;
    readonly attempt: number;
    readonly input: Json;
    readonly notes: number;
  }[];
}

/**
 * What a trial came to; each has exactly one.
 * - `same`: whenever answers come, the reference ends as the run did.
 * - `possible`: the end depends on who comes first; at the recorded times, and at some that were drawn, the reference ends as the run did.
 * - `followed`: it depends so much on times that none of those drawn led there; at the recorded ones the reference ends as the run did.
 * - `broken`: the reference ends otherwise, or the start led to no run or to several: a violation says how.
 * - `unended`: its wave was not over in time, so that none of it was judged: a violation says what is left.
 */
export const VERDICTS = ["same", "possible", "followed", "broken", "unended"] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Judged {
  readonly violations: readonly string[];
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Of all journals. */
  readonly entries: number;
  /** Writes that had begun when their process was killed, and are recorded as ambiguous. */
  readonly lost: number;
  /** Requests beyond the recorded attempts: of processes that were killed while these were under way. */
  readonly repeated: number;
}

const factsOf = ({ facts }: { readonly facts: unknown }): { readonly path?: string; readonly attempt?: number } =>
  (typeof facts === "string" ? JSON.parse(facts) : facts) ?? {};
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
  const verdicts: Record<Verdict, number> = { same: 0, possible: 0, followed: 0, broken: 0, unended: 0 };
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
      verdicts.broken++;
      continue;
    }
    entries += record.entries.length;
    lost += record.entries.filter((entry) => entry.kind === "failed" && entry.error.code === "lost").length;
    for (const text of inside(trial, record)) say("P2", text);
    const outside = outsideOf(trial, record, world, on.kills);
    for (const text of outside.violations) say("P4", text);
    repeated += outside.repeated;
    const meant = meaning(trial, record, world, on.kills);
    verdicts[meant.verdict]++;
    if (meant.verdict === "broken") say("P2", meant.how);
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
        path: factsOf(row).path,
        attempt: factsOf(row).attempt ?? 1,
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

function keysOf(...of: Parameters<typeof entriesOf>): string[] {
  return entriesOf(...of).flatMap((entry) => (entry.kind === "cancelled" ? [] : [keyOf(entry)]));
}

/** Calls that were given up in the commit that would have begun them: nobody was called, and so they have no end of their own. */
function notBegunOf(trial: Trial, record: Record_): Set<string> {
  const begun = record.children.flatMap(({ path, attempt }) => (path === undefined ? [] : [keyOf({ path, attempt })]));
  const answered = keysOf(trial, record, "call", "completed", "failed");
  return new Set(keysOf(trial, record, "call", "waiting")).difference(new Set([...begun, ...answered]));
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
  const notBegun = notBegunOf(trial, record);
  same(
    "runs called and waited for",
    keysOf(trial, record, "call", "waiting").filter((key) => !notBegun.has(key)),
    record.children.flatMap(({ path, attempt }) => (path === undefined ? [] : [keyOf({ path, attempt })])),
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

type Meant =
  | { readonly verdict: "same" | "possible" | "followed" }
  | { readonly verdict: "broken"; readonly how: string };

/**
 * Whether the reference comes to the same ending, the same values, and the same asked of the world. First it is told when each thing was
 * recorded, as it knows no journal and no timers of ours: what follows from that is one outcome, and the run must have come to it. Then it
 * is asked at times of our own how much of that was chance.
 */
function meaning(trial: Trial, record: Record_, world: World, kills: number): Meant {
  const compiled = compile(trial.definition);
  const run = publicId("run", record.id);
  const startedAtMs = idTimeMs(record.id);
  const start: Start = { runId: run, version: 1, startedAtMs, trigger: { kind: "api" }, input: TRIAL_INPUT };
  const replayed = replay(compiled, start, record);
  if (replayed !== undefined) return { verdict: "broken", how: replayed };
  const actual = actualOutcome(trial, record, world);
  // Cancelled before its first entry, it never began: the reference begins at once, and may have come to an end before it is told. What it asks
  // first, when that may be repeated, is asked before anything is recorded: its process may have been killed meanwhile, and nobody knows of it.
  if (record.state === "cancelled" && record.entries.length === 0) {
    if (trial.cancelAfterMs === undefined) return { verdict: "broken", how: "it is cancelled, and was not to be" };
    const first = kills > 0 ? firstAsked(compiled, start) : new Set<string>();
    const odd = world.asked.keys().find((key) => key.startsWith(`${run}/`) && !first.has(key.slice(run.length + 1)));
    if (odd === undefined) return { verdict: "possible" };
    return { verdict: "broken", how: `it is cancelled with nothing recorded, and has asked for ${odd}` };
  }
  const differing = (meant: string): Meant => ({
    verdict: "broken",
    how: `it differs from the reference.\n  is:    ${actual}\n  meant: ${meant}\n  journal: ${journalText(record)}`,
  });
  const recorded = new Map<string, { result: ReturnType<Script>["result"] }>();
  for (const entry of record.entries) {
    if (entry.kind === "completed") recorded.set(keyOf(entry), { result: { ok: true, output: entry.output } });
    if (entry.kind === "failed") recorded.set(keyOf(entry), { result: { ok: false, error: entry.error } });
  }
  const scriptAt = (afterMs: (of: string) => number): Script => {
    return (path, attempt) => ({
      afterMs: afterMs(`${path}#${attempt}`),
      result: recorded.get(`${path}#${attempt}`)?.result ?? unrecorded(trial, path, attempt),
      silent:
        ["wait_for_event", "approve"].includes(trial.kinds.get(stepIdOf(path)) ?? "") &&
        isSilent(trial, stepIdOf(path)),
      comesLate: false,
    });
  };
  const atRecorded = { lost: new Map(), late: new Set<string>(), ...recordedTimes(record, startedAtMs) };
  const followed = meantOutcome(
    trial,
    record,
    world,
    interpret(
      compiled,
      start,
      scriptAt(() => 0),
      atRecorded,
    ),
  );
  if (followed !== actual) return differing(followed);
  const lost = lostOf(record);
  const late = new Set([...recorded].flatMap(([key, { result }]) => (result.ok ? [key] : [])));
  const isCancelled = atRecorded.cancelAtMs !== undefined;
  const told = new Set<string>();
  for (let timing = 0; timing < TIMINGS_MANY; timing++) {
    const chance = (of: string) => hash(`${trial.seed}|${timing}|${of}`) / 2 ** 32;
    // From lock-step to very uneven.
    const spread = [1, 20, 300, 3_000][timing % 4] ?? 1;
    const script = scriptAt((of) => 0.01 + chance(of) ** 3 * spread);
    const cancelAtMs = isCancelled ? startedAtMs - 0.5 + chance("cancel") ** 2 * (spread + 1_000) : undefined;
    const lagMs = (path: string) => chance(`${path} lags`) * 0.005;
    const accidents = { lost, late, cancelAtMs, ...(timing % 8 >= 4 && { lagMs }) };
    told.add(meantOutcome(trial, record, world, interpret(compiled, start, script, accidents)));
    if (timing + 1 >= TIMINGS_FEW && told.has(actual))
      return { verdict: told.size === 1 && !isCancelled ? "same" : "possible" };
  }
  return { verdict: "followed" };
}

/** For whoever looks for the cause. */
function journalText({ entries }: Record_): string {
  return entries
    .map((entry) => (entry.kind === "cancelled" ? "cancelled" : `${entry.kind} ${keyOf(entry)}`))
    .join(", ");
}

/** Writes whose process was killed, as the reference takes them: at once. */
function lostOf({ entries }: Record_): Map<string, number> {
  return new Map(
    entries.flatMap((entry) => (entry.kind === "failed" && entry.error.code === "lost" ? [[keyOf(entry), 0]] : [])),
  );
}

/** A clock that ticks once for each entry of the journal: the order is what matters, and entries of one moment have one. */
function recordedTimes(
  record: Record_,
  startedAtMs: number,
): Pick<Accidents, "cancelAtMs"> & Required<Pick<Accidents, "moments">> {
  const asked = new Map<string, number>();
  const ended = new Map<string, number>();
  // Cancelled before it did anything, it has no entry that says so.
  let cancelAtMs = record.state === "cancelled" ? startedAtMs - 1 : undefined;
  for (const [i, entry] of record.entries.entries()) {
    const atMs = startedAtMs + 1 + i;
    switch (entry.kind) {
      case "waiting":
        asked.set(keyOf(entry), atMs);
        break;
      case "completed":
      case "failed":
        ended.set(keyOf(entry), atMs);
        break;
      case "cancelled":
        cancelAtMs = atMs;
        break;
      case "began":
        break;
      default:
        unreachable(entry);
    }
  }
  return {
    cancelAtMs,
    moments: (path, attempt) => {
      const key = keyOf({ path, attempt });
      return { askedMs: asked.get(key), endedMs: ended.get(key) };
    },
  };
}

function unrecorded(trial: Trial, path: string, attempt: number): ReturnType<Script>["result"] {
  const kind = trial.kinds.get(stepIdOf(path));
  const isOk =
    kind === "http" ? toldTo(trial, path, attempt) === "ok" : kind !== "task" || toldToTask(trial, path, attempt);
  if (isOk) return { ok: true, output: { n: numberOf(trial, stepIdOf(path)), from: path } };
  return { ok: false, error: { class: "retryable", code: "unrecorded", message: "Not recorded.", path } };
}

/** The steps that ask the world as soon as a run begins. */
function firstAsked(compiled: CompiledFlow, start: Start): ReadonlySet<string> {
  const machine = createMachine(compiled, start);
  const paths = new Set<string>();
  do {
    for (const command of machine.next(start.startedAtMs)) if (command.kind === "http") paths.add(command.path);
  } while (machine.busy);
  return paths;
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
  const called = new Map(
    record.children.map((child) => [keyOf({ path: child.path ?? "", attempt: child.attempt }), child]),
  );
  const notBegun = notBegunOf(trial, record);
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
      if (kind === "call" && notBegun.has(keyOf(entry))) continue;
      if (kind === "call") payload = called.get(keyOf(entry))?.input ?? null;
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

function meantOutcome(trial: Trial, record: Record_, world: World, outcome: Outcome): string {
  const run = publicId("run", record.id);
  const notBegun = notBegunOf(trial, record);
  const lost = lostOf(record);
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
    asked: outcome.asked.flatMap(({ kind, path, attempt, payload }): Json[] => {
      if (notBegun.has(keyOf({ path, attempt }))) return [];
      if (kind === "http") {
        // Lost between the commit of its beginning and its request: nobody saw what it would have said.
        if (lost.has(keyOf({ path, attempt })) && !world.asked.has(`${run}/${path}`))
          return [[kind, path, attempt, null]];
        const body = (payload as { body?: Json } | null)?.body ?? null;
        return [[kind, path, attempt, named(body)]];
      }
      return [[kind, path, attempt, PAYLOADS.has(kind) ? named(payload) : null]];
    }),
    completed: [...outcome.completed].map(([path, output]) => [path, named(output)] as const),
  });
}

/** Why the scenario cancels what it cancels. */
export const CANCELLED = "scripted";
