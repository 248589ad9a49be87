import type { StoredPayload } from "#events";
import { DatabaseError, type Db, type Log, uuidLowerBound } from "#kernel";
import type { FlowCache } from "../flow-cache.ts";
import type { Run } from "../run.ts";
import { beginningOf, readStartingEvents } from "./begin-facts.ts";
import { claimRuns, dueApps, entryOf, ourSignals, readJournals, signalledRuns, signalsOf } from "./claim.ts";
import type { Engine } from "./engine.ts";
import type { Signal } from "./live.ts";

export interface ClaimerOptions {
  readonly db: Db;
  readonly token: () => string;
  readonly mayStart: () => boolean;
  readonly engine: Engine;
  readonly flows: FlowCache;
  readonly giveBack: (runIds: readonly string[]) => void;
  readonly monotonic: () => number;
  readonly now: () => number;
  /** The floor under every other wake-up. */
  readonly idleMs: number;
  readonly log: Log;
}

/** Takes runs up that are due or have signals, as many as there is room for, whoever left them (P2). */
export interface Claimer {
  start(): void;
  /** Something falls due in so many ms, or was sent. */
  wakeIn(ms: number): void;
  /** Runs `work` while no claim is between its commit and our memory: an audit would take its rows for forgotten ones. */
  between<T>(work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** Between two looks while there is work. */
const BUSY_MS = 5;
/** After a look that took all that was due. */
const AGAIN_MS = 20;
/** Between two looks at all there is. */
const WHOLE_MS = 30_000;
/** Signals older than this are seen by those alone. */
const SIGNALS_MS = 60_000;
const CLAIM_MAX = 1_000;
const SIGNALS_MAX = 2_000;
const JOURNAL_BYTES_MAX = 16 * 1024 * 1024;
const EVENT_BYTES_MAX = 8 * 1024 * 1024;
/** A look costs two probes of an index for each application that has something waiting: at most a fifth of the time is for looking. */
const LOOK_SHARE = 5;

/** Where a look begins. */
interface From {
  readonly dueMs: number;
  readonly signals: string | undefined;
}

export function createClaimer(options: ClaimerOptions): Claimer {
  const { db, engine, flows, monotonic } = options;
  let timer: Timer | undefined;
  let timerAt = Number.POSITIVE_INFINITY;
  let notBefore = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  let stopped = false;
  let wholeAt = Number.NEGATIVE_INFINITY;
  let seenMs = 0;
  let turn: Promise<void> = Promise.resolve();

  function wakeIn(ms: number): void {
    // Nothing is looked for later than that anyhow, and a timer takes no more than 2^31 ms.
    const at = Math.max(monotonic() + Math.min(ms, options.idleMs), notBefore);
    if (stopped || at >= timerAt) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(
      () => {
        timerAt = Number.POSITIVE_INFINITY;
        if (looking !== undefined) {
          // What fell due since it began is not seen by the look that is under way.
          lookAgain = true;
          return;
        }
        lookAgain = false;
        looking = look().finally(() => {
          looking = undefined;
        });
      },
      Math.max(1, at - monotonic()),
    );
  }

  async function look(): Promise<void> {
    let next = options.idleMs;
    try {
      if (options.mayStart()) {
        const beganAt = monotonic();
        const from = lookFrom();
        const { due, nextInMs, fromMs } = await dueApps(db, from.dueMs);
        seenMs = fromMs;
        notBefore = monotonic() + (LOOK_SHARE - 1) * (monotonic() - beganAt);
        await handOver(from);
        const claimed = await between(() => claim(due, from));
        if (claimed === "more") next = BUSY_MS;
        // When the next of these applications falls due was hidden by what was due of them.
        else if (claimed === "some" && due.length > 0) next = AGAIN_MS;
        else if (nextInMs !== undefined) next = Math.min(next, Math.max(1, nextInMs));
      }
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      options.log.limited("run_claim_failed", "warn", "run_claim_failed", "Runs that are due could not be taken up.", {
        error,
      });
      next = Math.min(next, 1_000);
    }
    wakeIn(lookAgain ? 1 : next);
  }

  /**
   * Most looks leave out what was claimed before, which somebody's old snapshot may keep in the indexes (P11). Every so often one is whole: a clock
   * may have been set, or a transaction have been slow.
   */
  function lookFrom(): From {
    if (monotonic() >= wholeAt) {
      wholeAt = monotonic() + WHOLE_MS;
      return { dueMs: 0, signals: undefined };
    }
    return { dueMs: seenMs, signals: uuidLowerBound(options.now() - SIGNALS_MS) };
  }

  /** Signals for runs that are here. */
  async function handOver({ signals: since }: From): Promise<void> {
    if (engine.stats().live === 0) return;
    for (const [runId, signals] of await ourSignals(db, options.token(), since)) engine.signal(runId, signals);
  }

  /** What was taken: `more` may be there. */
  async function claim(due: readonly string[], from: From): Promise<"none" | "some" | "more"> {
    const room = Math.min(CLAIM_MAX, engine.room());
    if (room === 0) return "none"; // Looked at again when there is some.
    const signalled = await signalledRuns(db, SIGNALS_MAX, from.signals);
    if (due.length === 0 && signalled.length === 0) return "none";
    const byApp = Map.groupBy(signalled, ({ appId }) => appId);
    const share = Math.max(1, Math.floor(room / Math.max(1, due.length + byApp.size)));
    const runIds = [...byApp.values()].flatMap((own) => own.slice(0, share).map(({ runId }) => runId));
    const owner = options.token();
    const wants = { due: due.map((appId) => ({ appId, n: share })), runIds, fromMs: from.dueMs };
    const runs = await claimRuns(db, owner, wants);
    if (runs.length > 0) await bringIn(runs, owner);
    if (runs.length >= Math.min(share, room) || signalled.length > runIds.length) return "more";
    return runs.length > 0 ? "some" : "none";
  }

  async function bringIn(runs: readonly Run[], owner: string): Promise<void> {
    try {
      await flows.refresh(
        db,
        runs.map(({ appId }) => appId),
      );
      const events = await readStartingEvents(
        db,
        runs.flatMap(({ appId, eventId }) => (eventId === undefined ? [] : [{ appId, id: eventId }])),
        EVENT_BYTES_MAX,
      );
      const signals = await signalsOf(
        db,
        runs.map(({ id }) => id),
      );
      let left = runs.map(({ id }) => id);
      const byId = new Map(runs.map((run) => [run.id, run]));
      while (left.length > 0) {
        const journals = await readJournals(db, left, JOURNAL_BYTES_MAX);
        const isWhole = journals.size === 0 || bytesOf(journals) < JOURNAL_BYTES_MAX / 2;
        const next: string[] = [];
        for (const id of left) {
          const run = byId.get(id) as Run; // left holds ids of runs.
          const rows = journals.get(id);
          if (rows === undefined && !isWhole) next.push(id);
          else
            bring(
              run,
              owner,
              rows ?? [],
              run.eventId === undefined ? undefined : events.get(run.eventId),
              signals.get(id) ?? [],
            );
        }
        left = next;
      }
    } catch (error) {
      if (error instanceof DatabaseError) {
        options.giveBack(runs.filter(({ id }) => !engine.has(id)).map(({ id }) => id));
      }
      throw error;
    }
  }

  function bring(
    run: Run,
    owner: string,
    rows: readonly Parameters<typeof entryOf>[0][],
    stored: StoredPayload | undefined,
    signals: readonly Signal[],
  ): void {
    let bytes = 512 + (run.input?.length ?? 0) + (stored?.payload?.length ?? 0);
    for (const { value } of rows) bytes += 64 + (value?.length ?? 0);
    if (engine.room() === 0 && engine.stats().live > 0) {
      // Larger than what came before made us expect. It waits in the table, where it costs nothing.
      options.giveBack([run.id]);
      return;
    }
    engine.reserve(run.id, bytes);
    const event = stored === undefined || run.eventId === undefined ? undefined : { ...stored, id: run.eventId };
    engine.take(
      () => ({ run, ...beginningOf(run, event), entries: rows.map(entryOf), signals, bytes }),
      run,
      owner,
      bytes,
    );
  }

  /** Claims and audits, one after another. */
  async function between<T>(work: () => Promise<T>): Promise<T> {
    const before = turn;
    const own = Promise.withResolvers<void>();
    turn = own.promise;
    await before;
    try {
      return await work();
    } finally {
      own.resolve();
    }
  }

  return {
    start: () => wakeIn(1),
    wakeIn,
    between,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

function bytesOf(journals: ReadonlyMap<string, readonly { readonly value: Uint8Array | null }[]>): number {
  let bytes = 0;
  for (const rows of journals.values()) for (const { value } of rows) bytes += 64 + (value?.length ?? 0);
  return bytes;
}
