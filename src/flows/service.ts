import type { JoinableLog, Planner } from "#events";
import {
  type Chore,
  type CommitMeter,
  DatabaseError,
  type Db,
  type Log,
  type Membership,
  publicId,
  type Queryable,
  uuidLowerBound,
} from "#kernel";
import type { Command, CompiledFlow, Definition, Ending, Machine, Start } from "#language";
import type { CommitPart } from "./commit-part.ts";
import type { RunAdmission } from "./engine/admission.ts";
import { beginningOf, readStartingEvents, UnfitNumber } from "./engine/begin-facts.ts";
import { giveBackRuns, RELEASE_MAX, releaseForgotten, takeOverRuns } from "./engine/claim.ts";
import { type Claimer, createClaimer } from "./engine/claimer.ts";
import { createRunCommits } from "./engine/commits.ts";
import { createEngine, type Engine, type EngineLimits, type EngineOptions, type EngineStats } from "./engine/engine.ts";
import type { Executors } from "./engine/executors.ts";
import { createFlowCache, type FlowCache } from "./flow-cache.ts";
import { createFlowVersions, type FlowVersions } from "./flow-versions.ts";
import { createFlowPlanner } from "./planner.ts";
import { findResponse } from "./response.ts";
import type { Run } from "./run.ts";
import { createStarts, type Started, type StartRequest, type Starts } from "./start.ts";
import { createCallPart } from "./steps/call.ts";
import { createEmitPart } from "./steps/emit.ts";
import { toldOf } from "./told.ts";
import { type FlowUpkeepOptions, flowChores } from "./upkeep.ts";
import { createWaiters, type RunRef, type Waited } from "./waiters.ts";

export interface FlowsOptions {
  readonly db: Db;
  readonly membership: Pick<Membership, "token" | "mayStart" | "onTakeOver" | "onLost" | "onPulse">;
  readonly log: Log;
  /** Whether this process runs flows; otherwise it only plans. */
  readonly runs: boolean;
  /** Where runs append what they emit. Asked for late: the log needs our planner first. */
  readonly events: () => Pick<JoinableLog, "foresee" | "appendWithin">;
  readonly compile: (definition: Definition) => CompiledFlow;
  readonly createMachine: (flow: CompiledFlow, start: Start) => Machine;
  readonly executors: Executors;
  /** Whatever else is written with the commits of runs. */
  readonly parts?: readonly CommitPart[];
  readonly admission?: RunAdmission | undefined;
  readonly approveUrls?: EngineOptions["approveUrls"];
  /** Told what was recorded of runs, after the commit. */
  readonly onEntries?: EngineOptions["onEntries"];
  readonly onEnded?: (run: Run, ending: Ending) => void;
  /** After a commit of events that runs may wait for. */
  readonly onArrivals?: (() => void) | undefined;
  /** Counts the commits of runs. */
  readonly meter?: CommitMeter | undefined;
  readonly limits: EngineLimits;
  /** Between two looks at what is due when nothing else asks for one. */
  readonly idleMs?: number;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly random: () => number;
}

/** Work that appears in a table by another's hand, as a question of SQL. */
export interface FlowLook {
  readonly name: string;
  readonly pending: string;
  readonly everyMs?: number;
  run(): Promise<number> | undefined;
}

export interface FlowStats extends EngineStats {
  /** Runs of processes that were lost, which this one put where everybody finds them. */
  readonly takenOver: number;
}

/** The flows role of one process. */
export interface Flows {
  readonly planner: Planner;
  start(): void;
  /** Takes nothing more, lets what is under way finish, and parks the rest. */
  drain(): Promise<void>;
  stop(): Promise<void>;
  /** Something was just made due, or sent: look at once. */
  lookNow(): void;
  stats(): FlowStats;
  looks(): readonly FlowLook[];
  chores(options: Omit<FlowUpkeepOptions, "db">): Chore[];
  /** Starts runs, in a commit that is shared with others; a result each. Rejects with a fault of the database: after `unknown` they may be there. */
  startRuns(requests: readonly StartRequest[]): Promise<Started[]>;
  /** The same inside somebody's transaction; tell `plan` how that ended. */
  startWithin: Starts["startWithin"];
  /** Waits until the run answers (`respond`) or ends, at most so many ms, and no longer than until `gone` aborts. */
  waitFor(run: RunRef, ms: number, gone?: AbortSignal): Promise<Waited>;
  /** A version ready to run; undefined: there is none, or it cannot be read. */
  compiled(flowId: string, version: number): Promise<CompiledFlow | undefined>;
  /** With what these runs begin, by id; those whose event is gone are absent. */
  startsOf(q: Queryable, runs: readonly Run[]): Promise<Map<string, Start>>;
}

const AUDIT_MS = 5_000;
/** An append, a start or a claim younger than this may still be on its way to our memory. */
const AUDIT_AGE_MS = 10_000;
const REVIEW_MS = 1_000;
/** At rest other processes' work is found by the shared look; this only guards against its failing. */
const IDLE_MS = 30_000;
const EVENT_BYTES_MAX = 8 * 1024 * 1024;

// Only what fell due of late: whatever is older is known to those who claim, and looked for by them every half a minute. What was claimed stays
// in the indexes while anybody holds an older snapshot (P11), and would be walked over each second. A second ahead, so that what another process
// parked, whose time this one does not know, is woken at its time and not by the look after.
const DUE_PENDING = `
  exists (with recursive a (app_id) as (
            (select app_id from posthorn.run_waiting where due_at > now() - interval '1 minute' order by app_id limit 1)
            union all
            select (select w.app_id from posthorn.run_waiting w
                     where w.due_at > now() - interval '1 minute' and w.app_id > a.app_id order by w.app_id limit 1)
              from a where a.app_id is not null
          )
          select from a
           cross join lateral (select w.due_at from posthorn.run_waiting w
                                where w.app_id = a.app_id and w.due_at > now() - interval '1 minute'
                                order by w.due_at, w.id limit 1) first
           where a.app_id is not null and first.due_at <= clock_timestamp() + interval '1 second')`;
// What was sent to a run that is over stays for a minute, and is nothing to look for. By the time in their ids.
const SIGNALS_PENDING = `
  exists (select from posthorn.run_signal s
           where s.id >= (select uuidv7(interval '-1 minute'))
             and (exists (select from posthorn.run_waiting w where w.id = s.run_id)
               or exists (select from posthorn.run_leased l where l.id = s.run_id)))`;

export function createFlows(options: FlowsOptions): Flows {
  const { db } = options;
  const flows = createFlowCache();
  const versions = createFlowVersions(options);
  const shared = {
    compiled: async (flowId: string, version: number) => {
      await versions.load(db, [{ flowId, version }]);
      const ready = versions.peek({ flowId, version });
      return ready?.ok === true ? ready.flow : undefined;
    },
    startsOf: (q: Queryable, runs: readonly Run[]) => startsOf(q, runs, versions, options),
    chores: (upkeep: Omit<FlowUpkeepOptions, "db">) => flowChores({ ...upkeep, db }),
  };
  return options.runs ? running(options, flows, versions, shared) : planningOnly(options, flows, versions, shared);
}

type Shared = Pick<Flows, "compiled" | "startsOf" | "chores">;

function running(options: FlowsOptions, flows: FlowCache, versions: FlowVersions, shared: Shared): Flows {
  const { db, membership, log } = options;
  const token = () => membership.token;
  let isOver = false;
  let takenOver = 0;
  let auditTimer: Timer | undefined;
  let reviewTimer: Timer | undefined;
  let auditing: Promise<void> | undefined;
  let reviewing: Promise<void> | undefined;

  const starts = createStarts({
    db,
    flows,
    versions,
    token,
    room: {
      hasRoom: (bytes) => engine.hasRoom(bytes),
      reserve: (runId, bytes) => engine.reserve(runId, bytes),
      cancelReservation: (runId, bytes) => engine.cancelReservation(runId, bytes),
      prelude: (run) => engine.prelude(run),
      takeStarted: ({ run, pinned, isBegun, bytes }, owner) => {
        const begin = () => ({ run, ...beginningOf(run, undefined), entries: pinned, isBegun, signals: [], bytes });
        engine.take(begin, run, owner, bytes);
      },
    },
    onWaiting: (dueInMs) => claimer.wakeIn(Math.max(1, dueInMs)),
  });
  const parts: readonly CommitPart[] = [
    createEmitPart({
      foresee: (events) => options.events().foresee(events),
      appendWithin: (tx, events) => options.events().appendWithin(tx, events),
    }),
    createCallPart(starts, () => claimer.wakeIn(1)),
    ...(options.parts ?? []),
  ];
  const serves = new Set<Command["kind"]>(parts.flatMap((part) => part.serves ?? []));
  const commits = createRunCommits({
    db,
    token,
    parts,
    log,
    now: options.now,
    isOver: () => isOver,
    meter: options.meter,
  });
  const waiters = createWaiters({
    db,
    isHere: (runId) => engine.has(runId),
    findResponse: (run) => findResponse(db, run, shared.compiled),
    now: options.now,
  });
  const engine: Engine = createEngine({
    ...options,
    commits,
    versions,
    loadVersions: (refs) => versions.load(db, refs),
    serves,
    token,
    mayStart: () => membership.mayStart(),
    modeOf: (run) => {
      if (!flows.knows(run.appId)) return "enabled";
      return flows.find(run.appId, { id: run.flowId })?.mode ?? "gone";
    },
    giveBack,
    onParked: (dueInMs) => claimer.wakeIn(dueInMs + 1),
    onRoom: () => claimer.wakeIn(1),
    onEnded: (run, ending, commit) => {
      waiters.ended(run.id, ending, () => toldOf(commit));
      options.onEnded?.(run, ending);
    },
    onResponse: (commit, status, body) => waiters.responded(commit.run.id, status, body, () => toldOf(commit)),
  });
  const claimer: Claimer = createClaimer({
    db,
    token,
    mayStart: () => membership.mayStart(),
    engine,
    flows,
    giveBack,
    monotonic: options.monotonic,
    now: options.now,
    idleMs: options.idleMs ?? IDLE_MS,
    log,
  });

  /** What could not be given back the audit finds. */
  function giveBack(runIds: readonly string[]): void {
    if (runIds.length === 0 || isOver) return;
    giveBackRuns(db, token(), runIds).then((given) => {
      if (given > 0) claimer.wakeIn(1);
    }, reportFault);
  }

  function reportFault(error: unknown): void {
    if (!(error instanceof DatabaseError)) throw error;
    log.limited(
      "run_chore_failed",
      "warn",
      "run_chore_failed",
      "A chore of the flows role failed; it is tried again.",
      {
        error,
      },
    );
  }

  async function audit(): Promise<void> {
    if (isOver || !db.available) return;
    let given = 0;
    for (let more = RELEASE_MAX; more === RELEASE_MAX && !isOver; given += more) {
      more = await claimer.between(() => {
        const old = uuidLowerBound(options.now() - AUDIT_AGE_MS);
        return releaseForgotten(db, membership.token, engine.heldIds(), old);
      });
    }
    if (given === 0) return;
    log.info("runs_given_back", `${given} runs that nobody worked on wait for whoever has room.`, {
      given,
    });
    claimer.wakeIn(1);
  }

  /** Changes of flows whose runs are in memory count for these too, though nothing new starts them. */
  async function review(): Promise<void> {
    const apps = engine.apps();
    if (apps.size === 0 || !db.available) return;
    await flows.refresh(db, apps);
    engine.review();
  }

  membership.onTakeOver(async (tx, dead) => {
    const taken = await takeOverRuns(tx, dead);
    return () => {
      takenOver += taken;
      if (taken === 0) return;
      log.info("runs_taken_over", `Took over ${taken} runs of a process that was lost.`, { process: dead, taken });
      claimer.wakeIn(1);
    };
  });
  membership.onLost(() => engine.forget());
  membership.onPulse(() => engine.resume());
  db.onRecovered(() => {
    claimer.wakeIn(1);
    engine.resume();
  });

  return {
    ...shared,
    planner: createFlowPlanner({
      flows,
      token,
      onArrivals: options.onArrivals,
      room: {
        hasRoom: (bytes) => engine.hasRoom(bytes),
        reserve: (runId, bytes) => engine.reserve(runId, bytes),
        cancelReservation: (runId, bytes) => engine.cancelReservation(runId, bytes),
        take: ({ run, event }, owner) => {
          const bytes = event.payload.length;
          const begin = () => ({ run, ...beginningOf(run, event), entries: [], signals: [], bytes: 512 + bytes });
          engine.take(begin, run, owner, bytes);
        },
      },
      onWaiting: () => claimer.wakeIn(1),
    }),
    start: () => {
      claimer.start();
      auditTimer = setInterval(
        () => {
          auditing ??= audit()
            .catch(reportFault)
            .finally(() => {
              auditing = undefined;
            });
        },
        Math.max(AUDIT_MS, options.idleMs ?? IDLE_MS),
      );
      reviewTimer = setInterval(() => {
        reviewing ??= review()
          .catch(reportFault)
          .finally(() => {
            reviewing = undefined;
          });
      }, REVIEW_MS);
    },
    drain: async () => {
      await claimer.stop();
      await starts.idle();
      await engine.drain();
    },
    stop: async () => {
      clearInterval(auditTimer);
      clearInterval(reviewTimer);
      await claimer.stop();
      // What outlived the grace is cut off and recorded, and what waits is parked, before the lease is given up.
      engine.interrupt();
      await starts.idle();
      await engine.drain();
      isOver = true;
      await auditing;
      await reviewing;
    },
    lookNow: () => claimer.wakeIn(1),
    stats: () => ({ ...engine.stats(), takenOver }),
    looks: () => [
      { name: "runs_due", pending: DUE_PENDING, run: wake },
      // At rest nothing is leased, and nothing asked.
      {
        name: "runs_forgotten",
        pending: "exists (select from posthorn.run_leased)",
        everyMs: AUDIT_MS,
        run: () => audit().then(() => 0),
      },
      { name: "run_signals", pending: SIGNALS_PENDING, run: wake },
    ],
    startRuns: (requests) => starts.start(requests),
    startWithin: starts.startWithin,
    waitFor: (run, ms, gone) => waiters.wait(run, ms, gone),
  };

  function wake(): undefined {
    claimer.wakeIn(1);
  }
}

function planningOnly(options: FlowsOptions, flows: FlowCache, versions: FlowVersions, shared: Shared): Flows {
  const { db } = options;
  const token = () => options.membership.token;
  const starts = createStarts({ db, flows, versions, token, room: undefined, onWaiting: () => undefined });
  const waiters = createWaiters({
    db,
    isHere: () => false,
    findResponse: (run) => findResponse(db, run, shared.compiled),
    now: options.now,
  });
  const ended = { completed: 0, failed: 0, cancelled: 0 };
  const none: FlowStats = {
    live: 0,
    bytes: 0,
    flights: 0,
    started: new Map(),
    parked: 0,
    ended,
    steps: new Map(),
    commits: 0,
    takenOver: 0,
  };
  // What an ended process leaves is taken over by whoever sees it, whatever its roles.
  options.membership.onTakeOver(async (tx, dead) => {
    await takeOverRuns(tx, dead);
    return () => undefined;
  });
  return {
    ...shared,
    planner: createFlowPlanner({ flows, token, room: undefined, onWaiting: () => undefined }),
    start: () => undefined,
    drain: () => Promise.resolve(),
    stop: () => starts.idle(),
    lookNow: () => undefined,
    stats: () => none,
    looks: () => [],
    startRuns: (requests) => starts.start(requests),
    startWithin: starts.startWithin,
    waitFor: (run, ms, gone) => waiters.wait(run, ms, gone),
  };
}

async function startsOf(
  q: Queryable,
  runs: readonly Run[],
  versions: FlowVersions,
  options: Pick<FlowsOptions, "approveUrls">,
): Promise<Map<string, Start>> {
  await versions.load(q, runs);
  const refs = runs.flatMap(({ appId, eventId }) => (eventId === undefined ? [] : [{ appId, id: eventId }]));
  const events = await readStartingEvents(q, refs, EVENT_BYTES_MAX);
  const starts = new Map<string, Start>();
  for (const run of runs) {
    const stored = run.eventId === undefined ? undefined : events.get(run.eventId);
    if (run.eventId !== undefined && stored === undefined) continue;
    const event = stored === undefined || run.eventId === undefined ? undefined : { ...stored, id: run.eventId };
    let beginning: ReturnType<typeof beginningOf>;
    try {
      beginning = beginningOf(run, event);
    } catch (error) {
      // Its event is as good as gone: it began with nothing that anybody could show.
      if (error instanceof UnfitNumber) continue;
      throw error;
    }
    const { facts, input } = beginning;
    const ready = versions.peek(run);
    const urls = ready?.ok === true ? options.approveUrls?.(run.id, ready.flow) : undefined;
    starts.set(run.id, {
      runId: publicId("run", run.id),
      version: run.version,
      startedAtMs: run.startedAtMs,
      trigger: facts,
      input,
      ...(urls !== undefined && { approveUrls: urls }),
    });
  }
  return starts;
}
