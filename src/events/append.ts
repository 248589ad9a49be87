import {
  bareArray,
  DatabaseError,
  type Db,
  type GroupCommitOptions,
  groupCommit,
  newId,
  packBytes,
  type Queryable,
  type Statement,
  storedTrace,
  type TraceContext,
  textArray,
} from "#kernel";
import { type Claim, claimKeys, claimParams, type DedupeKey, digest, giveBackKeys, type Holder } from "./dedupe.ts";
import type { AppendedEvent, EventCause, Plan, Planner } from "./planner.ts";

export interface NewEvent {
  /** Made beforehand by whoever must know it before the commit (a UUIDv7); absent: a new one. */
  readonly id?: string | undefined;
  readonly appId: string;
  /** The uid by which the application was named, when it was: a cached answer may be outdated, the append checks it. */
  readonly appUid?: string | undefined;
  readonly type: string;
  /** The exact bytes (P9). They are kept by reference until the event is delivered: do not change them. */
  readonly payload: Uint8Array;
  readonly contentType: string;
  readonly uid?: string | undefined;
  readonly channels?: readonly string[] | undefined;
  /** Free words to find it by later; no endpoint filters by them. Without commas. */
  readonly tags?: readonly string[] | undefined;
  readonly sourceId?: string | undefined;
  /** What its owner calls that source. Not kept. */
  readonly sourceUid?: string | undefined;
  readonly hops?: number | undefined;
  /** The run that emits it, and how many runs led to that. Not kept. */
  readonly cause?: EventCause | undefined;
  /** The trace it is part of. */
  readonly trace?: TraceContext | undefined;
  /** In order of precedence: the first that was seen before decides the answer. */
  readonly dedupe?: readonly DedupeKey[] | undefined;
}

export type Appended =
  | { readonly kind: "appended"; readonly id: string }
  /** Accepted before under the same key with the same body: the first event's id. */
  | { readonly kind: "repeated"; readonly id: string }
  /** The key belongs to another event. */
  | { readonly kind: "conflict"; readonly id: string; readonly scope: DedupeKey["scope"] }
  | { readonly kind: "no_application" };

/** The event log's way in. */
export interface EventLog {
  /**
   * Appends an event and all that follows from it in one commit (P1). Rejects with DatabaseError: after `unknown` the
   * event may exist, and appending again with the same key is safe.
   */
  append(event: NewEvent): Promise<Appended>;
  /** Not yet committed. */
  readonly pending: number;
  readonly pendingBytes: number;
  /** How long the first of those has waited that were not sent to the database yet. */
  readonly oldestMs: number;
  idle(): Promise<void>;
}

/** The same for those who write rows of their own in the same transaction. */
export interface JoinableLog extends EventLog {
  /**
   * Appends as a part of somebody else's transaction, sent in one go: statements for it, and the plan to be told how it ended.
   * They fail it with SQLSTATE PH001 when what they stand on is outdated. Undefined: not enough is known, use `appendWithin`.
   */
  foresee(events: readonly NewEvent[]): Joined | undefined;
  /** The same inside an open transaction. The plan is to be told how that ended; when this rejects it was told already. */
  appendWithin(tx: Queryable, events: readonly NewEvent[]): Promise<Omit<Joined, "statements">>;
}

/** An append that shares the fate of another transaction. */
export interface Joined {
  readonly statements: readonly Statement[];
  readonly results: readonly Appended[];
  readonly plan: Plan;
}

export interface LiveApplication {
  readonly uid: string | null;
  readonly throttleRate: number | null;
}

export interface EventLogOptions {
  readonly db: Db;
  readonly planners: readonly Planner[];
  /** Which of these applications exist, inside the transaction (tenancy's). */
  readonly liveApplications: (tx: Queryable, ids: readonly string[]) => Promise<ReadonlyMap<string, LiveApplication>>;
  readonly rowsMax?: number;
  /** Counts the commits. */
  readonly meter?: GroupCommitOptions<NewEvent, Appended>["meter"];
  /** Told of every batch once it is committed. */
  readonly onAppended?: ((batch: readonly NewEvent[], results: readonly Appended[]) => void) | undefined;
}

/** Few events have tags, or are traced: a batch without any is inserted as if there were no such column, and pays nothing for it. */
const insertSql = (extra: readonly string[]) => `
  insert into posthorn.event (${["app_id, id, type, uid, channels, content_type, source_id, hops, payload", ...extra].join(", ")})
  select ${["app_id, id, type, uid, string_to_array(channels, ','), content_type, source_id, hops, substring($1::bytea from o for l)", ...extra.map((name) => (name === "tags" ? "string_to_array(tags, ',')" : name))].join(", ")}
    from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::int2[], $10::int[], $11::int[]${extra.map((_, n) => `, $${12 + n}::text[]`).join("")})
         t(${["app_id, id, type, uid, channels, content_type, source_id, hops, o, l", ...extra].join(", ")})`;
const INSERT = insertSql([]);
const INSERT_TAGGED = insertSql(["tags"]);
const INSERT_TRACED = insertSql(["trace"]);
const INSERT_TAGGED_TRACED = insertSql(["tags", "trace"]);

/** With the deadline of a transaction it bounds how long a producer waits for an answer while the database stands still. */
const WAIT_MS_MAX = 2_000;

/** Opens the log. Appends share commits: up to `rowsMax` rows or 8 MiB, two commits under way at once. */
export function createEventLog(options: EventLogOptions): JoinableLog {
  const known = new KnownApplications();
  const commits = groupCommit<NewEvent, Appended>({
    commit: async (batch, answered) => {
      const results = await appendBatch(options, known, batch, answered);
      options.onAppended?.(batch, results);
      return results;
    },
    rowsMax: options.rowsMax ?? 1_000,
    bytesMax: 8 * 1024 * 1024,
    bytesOf: (event) => event.payload.length,
    commitsMax: 2,
    waitMsMax: WAIT_MS_MAX,
    meter: options.meter,
  });
  const told = (batch: readonly NewEvent[], results: readonly Appended[], plans: readonly Plan[]): Plan => ({
    committed: () => {
      for (const plan of plans) plan.committed();
      options.onAppended?.(batch, results);
    },
    abandoned: () => {
      for (const plan of plans) plan.abandoned();
    },
  });
  return {
    append: (event) => commits.add(event),
    foresee: (events) => {
      const foreseen = foresee(options, known, events);
      if (foreseen === undefined) return undefined;
      const { statements, results, plans } = foreseen;
      return { statements, results, plan: told(events, results, plans) };
    },
    appendWithin: async (tx, events) => {
      const plans: Plan[] = [];
      try {
        const results = await appendIn(options, known, tx, events, plans, () => false);
        return { results, plan: told(events, results, plans) };
      } catch (error) {
        for (const plan of plans) plan.abandoned();
        throw error;
      }
    },
    get pending() {
      return commits.pending;
    },
    get pendingBytes() {
      return commits.pendingBytes;
    },
    get oldestMs() {
      return commits.oldestMs;
    },
    idle: () => commits.idle(),
  };
}

/** What the last careful append saw of an application. Wrong only until the database says so (PH001). */
class KnownApplications {
  readonly #known = new Map<string, LiveApplication>();
  readonly #max = 20_000;

  get(id: string): LiveApplication | undefined {
    return this.#known.get(id);
  }

  set(id: string, application: LiveApplication): void {
    if (this.#known.size >= this.#max) this.#known.clear();
    this.#known.set(id, application);
  }

  forget(id: string): void {
    this.#known.delete(id);
  }
}

/**
 * Appends a batch in one of two ways with the same result. When everything it stands on is known (applications, endpoints)
 * and no key is taken, as nearly always, the whole transaction is sent in one go, with statements that fail it should the
 * database know better. Otherwise it is done step by step, and what was seen is known to the next.
 */
async function appendBatch(
  options: EventLogOptions,
  known: KnownApplications,
  batch: readonly NewEvent[],
  answered: () => void,
): Promise<Appended[]> {
  const foreseen = foresee(options, known, batch);
  if (foreseen === undefined) return appendStepwise(options, known, batch);
  const { statements, plans, results } = foreseen;
  try {
    await options.db.atOnce(statements);
  } catch (error) {
    for (const plan of plans) plan.abandoned();
    if (error instanceof DatabaseError && error.sqlState === OUTDATED) return appendStepwise(options, known, batch);
    throw error;
  }
  answered();
  for (const plan of plans) plan.committed();
  return results;
}

/** Raised by the functions that look whether what was expected still holds. */
const OUTDATED = "PH001";
const EXPECT_APPLICATIONS = "select posthorn.expect_applications($1::uuid[], $2::text[], $3::int[])";
const CLAIM_KEYS = "select posthorn.claim_keys($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[])";

interface Foreseen {
  readonly statements: readonly Statement[];
  readonly plans: readonly Plan[];
  readonly results: Appended[];
}

function foresee(options: EventLogOptions, known: KnownApplications, batch: readonly NewEvent[]): Foreseen | undefined {
  const apps = new Map<string, LiveApplication>();
  const appended: AppendedEvent[] = [];
  const claims = new Map<string, Claim>();
  for (const event of batch) {
    const app = apps.get(event.appId) ?? known.get(event.appId);
    if (app === undefined || (event.appUid !== undefined && app.uid !== event.appUid)) return undefined;
    apps.set(event.appId, app);
    const fact = appendedEvent(event, event.id ?? newId(), app);
    appended.push(fact);
    for (const wanted of event.dedupe ?? []) {
      const key = digest(event.appId, wanted.scope, wanted.key);
      if (claims.has(key)) return undefined; // Twins within the batch.
      claims.set(key, { key, eventId: fact.id, bodyHash: wanted.bodyHash, windowMs: wanted.windowMs });
    }
  }
  const planned = [];
  for (const planner of options.planners) {
    const plan = planner.foresee(appended);
    if (plan === undefined) {
      for (const { plan: made } of planned) made.abandoned();
      return undefined;
    }
    planned.push(plan);
  }
  const ids = [...apps.keys()];
  const live = [...apps.values()];
  const expectation = {
    text: EXPECT_APPLICATIONS,
    params: [
      bareArray(ids),
      textArray(live.map(({ uid }) => uid)),
      bareArray(live.map(({ throttleRate }) => throttleRate)),
    ],
  };
  return {
    statements: [
      expectation,
      ...(claims.size > 0 ? [{ text: CLAIM_KEYS, params: claimParams([...claims.values()]) }] : []),
      insertion(batch, appended),
      ...planned.flatMap(({ statements }) => statements),
    ],
    plans: planned.map(({ plan }) => plan),
    results: appended.map(({ id }) => ({ kind: "appended", id })),
  };
}

function appendedEvent(event: NewEvent, id: string, app: LiveApplication | undefined): AppendedEvent {
  return {
    id,
    appId: event.appId,
    type: event.type,
    channels: event.channels,
    payload: event.payload,
    contentType: event.contentType,
    hops: event.hops ?? 0,
    sourceId: event.sourceId,
    sourceUid: event.sourceUid,
    cause: event.cause,
    appThrottleRate: app?.throttleRate ?? undefined,
    trace: event.trace === undefined ? undefined : storedTrace(event.trace, id),
  };
}

async function appendStepwise(
  options: EventLogOptions,
  known: KnownApplications,
  batch: readonly NewEvent[],
): Promise<Appended[]> {
  let plans: Plan[] = [];
  let results: Appended[] = [];
  let isOver = false;
  try {
    await options.db.transaction(async (tx) => {
      plans = [];
      results = await appendIn(options, known, tx, batch, plans, () => isOver);
    });
  } catch (error) {
    isOver = true;
    for (const plan of plans) plan.abandoned();
    throw error;
  }
  for (const plan of plans) plan.committed();
  return results;
}

/** Adds to `plans` what the planners made of it, as soon as each has. */
async function appendIn(
  options: EventLogOptions,
  known: KnownApplications,
  tx: Queryable,
  batch: readonly NewEvent[],
  plans: Plan[],
  isOver: () => boolean,
): Promise<Appended[]> {
  const apps = await options.liveApplications(tx, [...new Set(batch.map((event) => event.appId))]);
  for (const { appId } of batch) {
    const app = apps.get(appId);
    if (app === undefined) known.forget(appId);
    else known.set(appId, app);
  }
  const results = batch.map((event): Appended => {
    const app = apps.get(event.appId);
    const exists = app !== undefined && (event.appUid === undefined || app.uid === event.appUid);
    return exists ? { kind: "appended", id: event.id ?? newId() } : { kind: "no_application" };
  });
  await dedupe(tx, batch, results);
  const appended: AppendedEvent[] = [];
  const inserted: NewEvent[] = [];
  for (const [i, event] of batch.entries()) {
    const result = results[i] as Appended;
    if (result.kind !== "appended") continue;
    inserted.push(event);
    appended.push(appendedEvent(event, result.id, apps.get(event.appId)));
  }
  if (appended.length === 0) return results;
  const { text, params } = insertion(inserted, appended);
  await tx.query(text, params);
  for (const planner of options.planners) {
    const plan = await planner.plan(tx, appended);
    plans.push(plan);
    // Given up while it was being made: it came too late to be told with the others.
    if (isOver()) plan.abandoned();
  }
  return results;
}

function insertion(events: readonly NewEvent[], appended: readonly AppendedEvent[]): Statement {
  const payloads = packBytes(events.map((event) => event.payload));
  const params = [
    payloads.bytes,
    bareArray(events.map((event) => event.appId)),
    bareArray(appended.map((event) => event.id)),
    textArray(events.map((event) => event.type)),
    textArray(events.map((event) => event.uid ?? null)),
    textArray(events.map((event) => event.channels?.join(",") ?? null)),
    textArray(events.map((event) => event.contentType)),
    bareArray(events.map((event) => event.sourceId ?? null)),
    bareArray(events.map((event) => event.hops ?? 0)),
    payloads.offsets,
    payloads.lengths,
  ];
  const isTagged = events.some(({ tags }) => tags !== undefined);
  const isTraced = appended.some(({ trace }) => trace !== undefined);
  if (isTagged) params.push(textArray(events.map((event) => event.tags?.join(",") ?? null)));
  if (isTraced) params.push(textArray(appended.map(({ trace }) => trace ?? null)));
  return {
    text: isTraced ? (isTagged ? INSERT_TAGGED_TRACED : INSERT_TRACED) : isTagged ? INSERT_TAGGED : INSERT,
    params,
  };
}

/** Changes the results of events whose keys are taken, by earlier events or by earlier ones of the same batch. */
async function dedupe(
  tx: Queryable,
  batch: readonly NewEvent[],
  results: Appended[],
  only?: ReadonlySet<number>,
): Promise<void> {
  const claims = new Map<string, Claim>();
  const claimsOf = new Map<number, { readonly wanted: DedupeKey; readonly key: string }[]>();
  const twins = new Set<number>();
  for (const [i, event] of batch.entries()) {
    const result = results[i] as Appended;
    if (result.kind !== "appended" || event.dedupe === undefined || event.dedupe.length === 0) continue;
    if (only !== undefined && !only.has(i)) continue;
    const own = event.dedupe.map((wanted) => ({ wanted, key: digest(event.appId, wanted.scope, wanted.key) }));
    claimsOf.set(i, own);
    // A twin within the batch does not claim again; it is judged below by what became of the first.
    if (own.some(({ key }) => claims.has(key))) {
      twins.add(i);
      continue;
    }
    for (const { wanted, key } of own) {
      claims.set(key, { key, eventId: result.id, bodyHash: wanted.bodyHash, windowMs: wanted.windowMs });
    }
  }
  if (claims.size === 0) return;
  const holders = await claimKeys(tx, [...claims.values()]);
  const givenBack: Claim[] = [];
  for (const [i, own] of claimsOf) {
    const id = (results[i] as Extract<Appended, { kind: "appended" }>).id;
    const taken = own
      .map(({ wanted, key }) => ({ wanted, holder: holderOf(key, id, claims, holders) }))
      .find(({ holder }) => holder !== undefined);
    if (taken?.holder === undefined) continue;
    const { wanted, holder } = taken;
    const repeats = wanted.scope !== "uid" && holder.bodyHash === wanted.bodyHash;
    results[i] = repeats
      ? { kind: "repeated", id: holder.eventId }
      : { kind: "conflict", id: holder.eventId, scope: wanted.scope };
    for (const { key } of own) {
      const claim = claims.get(key);
      if (claim?.eventId !== id || holders.has(key)) continue;
      givenBack.push(claim);
      claims.delete(key);
    }
  }
  await giveBackKeys(tx, givenBack);
  // The first of two twins may have lost and given its keys back: then the second has none of its own yet.
  const keyless = new Set([...twins].filter((i) => results[i]?.kind === "appended"));
  if (keyless.size > 0) await dedupe(tx, batch, results, keyless);
}

function holderOf(
  key: string,
  id: string,
  claims: ReadonlyMap<string, Claim>,
  holders: ReadonlyMap<string, Holder>,
): Holder | undefined {
  const earlier = holders.get(key);
  if (earlier !== undefined) return earlier;
  const inBatch = claims.get(key);
  return inBatch === undefined || inBatch.eventId === id ? undefined : inBatch;
}

/** Whether asking again with the same key is safe and may help: the answer is 503 with Retry-After. */
export function isNotConfirmed(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.fault !== "rejected" && error.fault !== "conflict";
}
