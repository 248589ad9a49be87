import { hostname } from "node:os";
import type { RootLog } from "#kernel";
import { provideImports } from "../imports.ts";
import type { TaskLog } from "./define.ts";
import { EngineError } from "./http.ts";
import { LoadFault, loadTasks } from "./load.ts";
import { createWorker } from "./worker.ts";

export interface WorkerCommand {
  readonly folder: string;
  readonly url: string;
  readonly token: string;
  readonly app: string;
  readonly name: string | undefined;
  readonly queues: readonly string[] | undefined;
  readonly concurrency: number;
  readonly graceMs: number;
  readonly log: RootLog;
  readonly signal: AbortSignal;
}

const EXIT_FAILED = 1;

/** `posthorn worker <folder>`: loads the folder's tasks and does them until it is told to stop. Answers with the exit code. */
export async function runWorker(command: WorkerCommand): Promise<number> {
  const { log, signal } = command;
  provideImports();
  try {
    const tasks = await loadTasks(command.folder);
    const worker = createWorker({
      url: command.url,
      token: command.token,
      app: command.app,
      name: command.name ?? `${hostname()}:${process.pid}`,
      tasks,
      queues: command.queues,
      concurrency: command.concurrency,
      graceMs: command.graceMs,
      log: taskLog(log),
    });
    signal.addEventListener("abort", () => worker.stop(), { once: true });
    if (signal.aborted) worker.stop();
    await worker.run();
    return 0;
  } catch (error) {
    if (error instanceof LoadFault) log.error("worker_load_failed", error.message);
    else if (error instanceof EngineError)
      log.error("worker_refused", error.message, { code: error.code, status: error.status });
    else throw error;
    return EXIT_FAILED;
  } finally {
    log.flush();
  }
}

const EVENTS = {
  "Joined.": "worker_joined",
  "Stopping.": "worker_stopping",
  "Stopped.": "worker_stopped",
  "A task failed.": "task_failed",
} as const;

/** The worker's own words have events to search by; whatever a task says is `task_says`. */
function taskLog(log: RootLog): TaskLog {
  const write =
    (level: keyof TaskLog) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
      log[level](
        EVENTS[message as keyof typeof EVENTS] ??
          ("task" in fields && "attempt" in fields ? "task_says" : "worker_trouble"),
        message,
        { ...fields },
      );
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
