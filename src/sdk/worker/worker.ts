import { type Attempt, runAttempt } from "./attempt.ts";
import type { AnyTask, TaskLog } from "./define.ts";
import { TaskAborted } from "./errors.ts";
import { baseOf, createAsk, EngineError, type Place } from "./http.ts";
import type { CancelledTask, LeaseAnswer, LeasedTask } from "./protocol.ts";
import { createPulse, type Pulse } from "./pulse.ts";
import { createReporter } from "./reporter.ts";

export interface WorkerOptions extends Place {
  /** As operators see it. */
  readonly name: string;
  readonly tasks: readonly AnyTask[];
  /** Which queues to serve; default: those of the tasks. */
  readonly queues?: readonly string[] | undefined;
  /** Tasks at once. */
  readonly concurrency: number;
  /** How long what is under way may go on when the worker is told to stop. */
  readonly graceMs: number;
  readonly log: TaskLog;
}

export interface Worker {
  /** Joins and works until `stop`. Rejects with an EngineError when the engine refuses it for good. */
  run(): Promise<void>;
  /** Takes no more, finishes what is under way or gives it back within the grace, and leaves. */
  stop(): void;
  stats(): { readonly running: number; readonly held: number; readonly done: number };
}

const LEASE_WAIT_S = 20;
const LEASE_MAX = 1_000;
/** Fetched ahead is what so much time of work needs: a round to the engine takes longer than a short task does. */
const AHEAD_MS = 50;
/** While something is fetched ahead, so little is waited until there is room for many more at once. */
const GATHER_MS = 2;
/** Results that wait to be reported: with more, nothing new is taken. */
const UNREPORTED_MAX = 4 * LEASE_MAX;
const BACKOFF_MIN_MS = 100;
const BACKOFF_MAX_MS = 5_000;
/** The last words of functions that were told to stop. */
const LAST_WORDS_MS = 2_000;

const sleep = (ms: number, signal?: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** A promise and what resolves it; Promise.withResolvers is not in every Node that workers run on. */
function bell(): { readonly rung: Promise<void>; readonly ring: () => void } {
  let ring = () => {};
  const rung = new Promise<void>((resolve) => {
    ring = resolve;
  });
  return { rung, ring };
}

/** A program that does tasks of an engine. */
export function createWorker(options: WorkerOptions): Worker {
  const { log, concurrency } = options;
  const ask = createAsk(options);
  const monotonic = performance.now.bind(performance);
  const byName = new Map(options.tasks.map((task) => [task.name ?? "", task]));
  const stopping = new AbortController();
  /** Leased and not begun. */
  let buffer: LeasedTask[] = [];
  const running = new Map<string, Attempt>();
  /** Reported and not yet told; by attempt, because one that is tried again may come back before that. */
  const reporting = new Set<string>();
  const runningByName = new Map<string, number>();
  /** Functions that went on after their attempt was reported. */
  let stray = 0;
  let token = "";
  let heartbeatMs = 1_000;
  let lostAfterMs = 3_600;
  let heardAt = monotonic();
  let done = 0;
  let averageMs = AHEAD_MS;
  let wake = bell();
  let pulse: Pulse | undefined;

  const reporter = createReporter({
    ask,
    token: () => token,
    onTold: (result, state) => {
      reporting.delete(`${result.id} ${result.attempt}`);
      if (state === "late") log.warn("A result came too late: somebody else has the task by now.", { task: result.id });
    },
    onTrouble: (error) => log.warn("Results could not be reported.", { code: error.code, error: error.message }),
  });

  const held = () => buffer.length + running.size + stray + reporter.pending;

  function stir(): void {
    wake.ring();
    wake = bell();
  }

  /** So many may be in hand, those that are fetched ahead among them. */
  function capacity(): number {
    const ahead = averageMs >= AHEAD_MS ? 0 : Math.floor((concurrency * AHEAD_MS) / Math.max(averageMs, 0.1));
    return concurrency + Math.min(ahead, LEASE_MAX);
  }

  /** Room for so many more. */
  function wanted(): number {
    if (reporter.pending >= UNREPORTED_MAX) return 0;
    return Math.min(LEASE_MAX, capacity() - buffer.length - running.size - stray);
  }

  function profile(): object {
    const tasks = [...byName.values()];
    const schedules = tasks.flatMap(({ name, schedule, queue, priority, retry, timeoutMs }) =>
      schedule === undefined
        ? []
        : [
            {
              name,
              queue,
              priority,
              cron: schedule.cron,
              zone: schedule.zone,
              input: schedule.input,
              retry,
              timeoutMs,
            },
          ],
    );
    return {
      name: options.name,
      queues: options.queues ?? [...new Set(tasks.map(({ queue }) => queue))],
      names: [...byName.keys()],
      concurrency,
      ...(schedules.length > 0 && { schedules }),
    };
  }

  async function lease(max: number, waitSeconds: number): Promise<LeaseAnswer> {
    const worker = token === "" ? profile() : { token };
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout((waitSeconds + 15) * 1_000)]);
    const answer = await ask<LeaseAnswer>("/worker/lease", JSON.stringify({ worker, max, waitSeconds }), signal);
    heardAt = monotonic();
    return answer;
  }

  async function join(): Promise<void> {
    token = "";
    const answer = await lease(0, 0);
    token = answer.worker.token;
    heartbeatMs = answer.heartbeatMs;
    lostAfterMs = answer.lostAfterMs;
    // A thread cannot be handed a `fetch`.
    if (options.fetch === undefined)
      pulse ??= createPulse({ url: `${baseOf(options)}/worker/heartbeat`, bearer: options.token, heartbeatMs, log });
    pulse?.beat(token);
    log.info("Joined.", {
      worker: answer.worker.id,
      tasks: [...byName.keys()],
      queues: (profile() as { queues: string[] }).queues,
    });
  }

  /** What it had is somebody else's: whatever is done of it from now on is done twice. */
  function lose(): void {
    if (token === "") return;
    log.warn("The engine had not heard of this worker for too long; what it had is done by others.", { held: held() });
    token = "";
    pulse?.beat(token);
    buffer = [];
    for (const attempt of running.values())
      attempt.abort(new TaskAborted("lost", "The worker was not heard of for too long"));
    stir();
  }

  async function leaseLoop(): Promise<void> {
    let backoffMs = BACKOFF_MIN_MS;
    while (!stopping.signal.aborted) {
      try {
        if (token === "") await join();
        const room = wanted();
        if (room <= 0) {
          await Promise.race([wake.rung, sleep(heartbeatMs)]);
          continue;
        }
        // Each round costs the engine a statement: rather few large ones, while there is enough to do.
        if (buffer.length > 0 && room < capacity() / 2) {
          await sleep(GATHER_MS);
          continue;
        }
        const { tasks, cancelled } = await lease(Math.max(1, wanted()), LEASE_WAIT_S);
        backoffMs = BACKOFF_MIN_MS;
        buffer.push(...tasks);
        cancel(cancelled);
        begin();
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        if (stopping.signal.aborted) return;
        if (error.code === "worker_lost") lose();
        else if (!error.isPassing) throw error;
        else {
          log.warn("The engine gives no tasks.", { code: error.code, error: error.message });
          await sleep(error.retryAfterMs ?? backoffMs, stopping.signal);
          backoffMs = Math.min(backoffMs * 2, BACKOFF_MAX_MS);
        }
      }
    }
  }

  /** Begins what there is room for, in the order it came; tasks of a name that is at its limit let others pass. */
  function begin(): void {
    const kept: LeasedTask[] = [];
    let looked = 0;
    for (const task of buffer) {
      if (running.size + stray >= concurrency) break;
      looked++;
      const definition = byName.get(task.name);
      // It knows the task by a name that it did not tell: the engine would not hand it out.
      if (definition === undefined) release(task);
      else if ((runningByName.get(task.name) ?? 0) >= (definition.concurrency ?? Number.POSITIVE_INFINITY))
        kept.push(task);
      else start(definition, task);
    }
    if (looked > 0) buffer.splice(0, looked, ...kept);
  }

  function start(definition: AnyTask, task: LeasedTask): void {
    const attempt = runAttempt(definition, task, () => childLog(log, task), monotonic);
    running.set(task.id, attempt);
    runningByName.set(task.name, (runningByName.get(task.name) ?? 0) + 1);
    let isOver = false;
    void attempt.result.then((result) => {
      if (running.get(task.id) === attempt) running.delete(task.id);
      if (!isOver) stray++;
      done++;
      averageMs = averageMs * 0.95 + (monotonic() - attempt.startedAtMs) * 0.05;
      if (result !== undefined) {
        reporting.add(`${task.id} ${task.attempt}`);
        reporter.add(result);
        if (result.ok === false)
          log.warn("A task failed.", { task: task.id, name: task.name, attempt: task.attempt, ...result.error });
      }
      begin();
      stir();
    });
    void attempt.ended.then(() => {
      isOver = true;
      runningByName.set(task.name, (runningByName.get(task.name) ?? 1) - 1);
      if (running.get(task.id) === attempt) return;
      stray--;
      begin();
      stir();
    });
  }

  function release({ id, attempt }: LeasedTask): void {
    reporting.add(`${id} ${attempt}`);
    reporter.add({ id, attempt, released: true });
  }

  function cancel(cancelled: readonly CancelledTask[]): void {
    for (const { id, reason } of cancelled) {
      const queued = buffer.find((task) => task.id === id);
      if (queued !== undefined) {
        buffer = buffer.filter((task) => task !== queued);
        release(queued); // Who asked for it to be cancelled has it ended by that.
      }
      running.get(id)?.abort(new TaskAborted("cancelled", reason));
    }
  }

  async function heartbeatLoop(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await sleep(heartbeatMs, over);
      if (over.aborted || token === "") continue;
      pulse?.beat(token);
      const progress: string[] = [];
      for (const attempt of running.values()) {
        if (attempt.progress === undefined) continue;
        progress.push(`{"id":"${attempt.task.id}","attempt":${attempt.task.attempt},"value":${attempt.progress}}`);
        attempt.progress = undefined;
        if (progress.length === 500) break;
      }
      const holding = [
        ...buffer.map(({ id }) => id),
        ...running.keys(),
        ...[...reporting].map((key) => key.slice(0, key.indexOf(" "))),
      ];
      const body = `{"token":"${token}","holding":${JSON.stringify(holding.slice(0, 10_000))},"progress":[${progress.join(",")}]}`;
      try {
        const { cancelled } = await ask<{ cancelled: CancelledTask[] }>(
          "/worker/heartbeat",
          body,
          AbortSignal.timeout(lostAfterMs),
        );
        heardAt = monotonic();
        cancel(cancelled);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        if (error.code === "worker_lost") lose();
        else
          log.warn("A heartbeat was not taken.", {
            code: error.code,
            error: error.message,
            silentMs: Math.round(monotonic() - heardAt),
          });
      }
    }
  }

  async function drain(): Promise<void> {
    for (const task of buffer) release(task);
    buffer = [];
    const grace = AbortSignal.timeout(options.graceMs);
    log.info("Stopping.", { running: running.size });
    while (running.size > 0 && !grace.aborted) await Promise.race([wake.rung, sleep(1_000, grace)]);
    for (const attempt of running.values()) {
      attempt.abort(new TaskAborted("stopping", "The worker was told to stop and its grace is over"));
    }
    const last = AbortSignal.timeout(LAST_WORDS_MS);
    while (running.size > 0 && !last.aborted) await Promise.race([wake.rung, sleep(100, last)]);
    await reporter.idle(AbortSignal.timeout(LAST_WORDS_MS));
    if (token !== "") await ask("/worker/leave", JSON.stringify({ token }), AbortSignal.timeout(LAST_WORDS_MS));
  }

  return {
    run: async () => {
      const over = new AbortController();
      const beating = heartbeatLoop(over.signal);
      try {
        await leaseLoop();
        await drain();
      } catch (error) {
        if (!stopping.signal.aborted || !(error instanceof EngineError)) throw error;
        log.warn("Leaving was not heard: what is left is taken over in time.", { error: error.message });
      } finally {
        over.abort();
        await beating;
        await pulse?.stop();
      }
      log.info("Stopped.", { done });
    },
    stop: () => stopping.abort(),
    stats: () => ({ running: running.size, held: held(), done }),
  };
}

function childLog(log: TaskLog, task: LeasedTask): TaskLog {
  const of = { task: task.id, name: task.name, attempt: task.attempt };
  const write =
    (level: keyof TaskLog) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
      log[level](message, { ...fields, ...of });
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
