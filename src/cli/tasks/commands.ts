import { type Command, InvalidArgumentError, Option } from "commander";
import { askingCommands, group, type OperatorSurroundings } from "../operator/asking.ts";
import {
  cancelTask,
  changeQueue,
  enqueueTask,
  listQueues,
  listTasks,
  type NewTask,
  type RetryMany,
  retryTasks,
  showTask,
} from "./tasks.ts";

type App = { readonly app: string };

/** `task` and `queue`: what workers are to do, are doing and have done. */
export function addTaskCommands(program: Command, at: OperatorSurroundings): void {
  const add = askingCommands(at);
  const app = () =>
    new Option("--app <app>", "the application, by id or uid; POSTHORN_APP").env("POSTHORN_APP").makeOptionMandatory();
  const queueOption = (what: string) => new Option("--queue <queue>", what);
  const nameOption = () => new Option("--name <name>", "only tasks of this name");

  const task = group(program, "task", "Tasks: enqueue them, see what became of them, try again, cancel.");
  add<App & NewTask>(
    task,
    "enqueue <name>",
    "Enqueue a task. What it answers is committed.",
    [
      app(),
      new Option("--input <json>", "its input: JSON, @file, or - for standard input"),
      queueOption("which queue; default when absent"),
      new Option("--priority <n>", "the higher goes first").argParser(signedNumber),
      new Option("--delay <span>", "not before so long from now: 90s, 15m, 6h, 2d"),
      new Option("--unique <key>", "at most one task of this name and key"),
      new Option("--unique-for <span>", "until it is handed out: waiting; until it has ended: done; or a span of time"),
    ],
    (session, [name = ""], o) => enqueueTask(session, o.app, name, o),
  );
  add<App & { state?: string; queue?: string; name?: string }>(
    task,
    "list",
    "List the newest tasks.",
    [
      app(),
      new Option("--state <state>", "only these").choices(["waiting", "running", "completed", "failed", "cancelled"]),
      queueOption("only tasks of this queue"),
      nameOption(),
    ],
    (session, _, o) => listTasks(session, o.app, o),
  );
  add<App>(task, "show <task>", "Show a task with its input, output and attempts.", [app()], (session, [id = ""], o) =>
    showTask(session, o.app, id),
  );
  add<App & RetryMany>(
    task,
    "retry [tasks...]",
    "Try tasks again: those named, or all that failed and fit. Counts first; does it with --yes.",
    [
      app(),
      queueOption("only tasks of this queue"),
      nameOption(),
      new Option("--since <when>", "enqueued since then: 6h, 2d, 2026-05-01T10:00:00Z"),
      new Option("--until <when>", "enqueued until then"),
      new Option("--all", "all that failed"),
      new Option("--yes", "do it"),
    ],
    (session, ids, o) => retryTasks(session, o.app, ids, o),
  );
  add<App & { reason?: string }>(
    task,
    "cancel <task>",
    "Cancel a task: one that waits at once, one that runs through its worker.",
    [app(), new Option("--reason <text>", "why")],
    (session, [id = ""], o) => cancelTask(session, o.app, id, o.reason),
  );

  const queue = group(program, "queue", "Queues of tasks: how long they are, and their limits.");
  add<App>(queue, "list", "List an application's queues.", [app()], (session, _, o) => listQueues(session, o.app));
  add<App>(queue, "pause <queue>", "Hand out nothing more of it.", [app()], (session, [name = ""], o) =>
    changeQueue(session, o.app, name, { paused: true }),
  );
  add<App>(queue, "resume <queue>", "Hand out its tasks again.", [app()], (session, [name = ""], o) =>
    changeQueue(session, o.app, name, { paused: false }),
  );
  add<App & { concurrency?: Limit; rate?: Limit }>(
    queue,
    "limit <queue>",
    "Limit what is handed out of it, over all workers.",
    [
      app(),
      new Option("--concurrency <n>", "so many at once; none: as many as are taken").argParser(limit),
      new Option("--rate <perSecond>", "so many a second; none: as fast as they are taken").argParser(limit),
    ],
    (session, [name = ""], { app: of, concurrency, rate }) =>
      changeQueue(session, of, name, { concurrency: wire(concurrency), rate: wire(rate) }),
  );
}

function signedNumber(text: string): number {
  if (!/^-?\d{1,3}$/.test(text)) throw new InvalidArgumentError("It should be a whole number from -100 to 100.");
  return Number(text);
}

type Limit = number | "none";

/** Absent: as it is. */
const wire = (told: Limit | undefined): number | null | undefined => (told === "none" ? null : told);

function limit(text: string): Limit {
  if (text === "none") return text;
  const n = Number(text);
  if (!(n > 0)) throw new InvalidArgumentError("It should be a number above 0, or none.");
  return n;
}
