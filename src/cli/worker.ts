import { watch } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { createLog, type Environment, LOG_LEVELS, type LogLevel, type RootLog } from "#kernel";
import { createClient, OperatorFault } from "./operator/client.ts";
import { type Asking, connect } from "./operator/session.ts";

/** What the command gathered; `main.ts` gives it to the worker. */
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

export interface WorkerSurroundings {
  readonly env: Environment;
  readonly err: (text: string) => void;
  readonly fetch?: typeof fetch;
  /** Ends what runs until it is told to stop. */
  readonly signal?: AbortSignal;
  work(command: WorkerCommand): Promise<number>;
  done(exitCode: number): void;
}

interface Options extends Asking {
  readonly app?: string;
  readonly name?: string;
  readonly queues?: readonly string[];
  readonly concurrency: number;
  readonly grace: number;
  readonly logFormat: "auto" | "json" | "pretty";
  readonly logLevel: LogLevel;
  readonly watch?: true;
}

const APP_VARIABLE = "POSTHORN_APP";
const EXIT_REFUSED = 1;
/** Editors write a file in several steps. */
const SETTLED_MS = 150;

/** `posthorn worker <folder>`: does the tasks that a folder's modules export. */
export function addWorkerCommand(program: Command, at: WorkerSurroundings): void {
  program
    .command("worker <folder>")
    .description("Do tasks: run the functions that a folder's modules export.")
    .option("--app <app>", `of which application; ${APP_VARIABLE}, or that of the key, when absent`)
    .option("--name <name>", "as operators see it; host and process id when absent")
    .option("--queues <queues>", "which queues to serve, comma separated; those of the tasks when absent", list)
    .addOption(new Option("--concurrency <n>", "tasks at once").argParser(whole(1, 10_000)).default(10))
    .addOption(
      new Option("--grace <seconds>", "how long tasks may go on after SIGTERM").argParser(whole(0, 86_400)).default(30),
    )
    .option("--watch", "begin anew when a file of the folder changes")
    .addOption(
      new Option("--log-format <format>", "how lines look").choices(["auto", "json", "pretty"]).default("auto"),
    )
    .addOption(new Option("--log-level <level>", "the least that is written").choices([...LOG_LEVELS]).default("info"))
    .option("--url <url>", "the engine; POSTHORN_URL, or the one on this machine, when absent")
    .option("--token <token>", "who asks; POSTHORN_TOKEN when absent. A key of the role `worker` is enough")
    .addHelpText(
      "after",
      `
A module says: export default task({ input: schema }, async (input, { signal }) => …), from "posthorn/tasks"; docs/guides/tasks.md shows how.
SIGTERM or Ctrl-C takes no more tasks, lets those under way finish within the grace, and gives back the rest.

Exit codes: 0 stopped as told, 1 refused by the engine or the folder cannot be loaded.

Examples:
  posthorn worker ./tasks --app acme
  posthorn worker ./tasks --queues mail,default --concurrency 50
  posthorn worker ./tasks --watch`,
    )
    .action(async (folder: string, options: Options) => {
      const signal = at.signal ?? endsWhenTold();
      try {
        at.done(options.watch ? await supervise(folder, signal, at.err) : await work(at, folder, options, signal));
      } catch (error) {
        if (!(error instanceof OperatorFault)) throw error;
        at.err(`${error.message}\n`);
        at.done(EXIT_REFUSED);
      }
    });
}

async function work(at: WorkerSurroundings, folder: string, options: Options, signal: AbortSignal): Promise<number> {
  const { url, token } = await connect(at.env, options);
  const app = options.app ?? (at.env[APP_VARIABLE]?.trim() || (await appOfKey(url, token, at.fetch)));
  return at.work({
    folder,
    url,
    token,
    app,
    name: options.name,
    queues: options.queues,
    concurrency: options.concurrency,
    graceMs: options.grace * 1_000,
    log: createLog({ level: options.logLevel, format: options.logFormat }),
    signal,
  });
}

async function appOfKey(url: string, token: string, ask: typeof fetch | undefined): Promise<string> {
  const { appId } = await createClient(url, token, ask).get<{ appId: string | null }>("/api/v1/whoami");
  if (appId !== null) return appId;
  throw new OperatorFault("no_app", `A worker is of one application: say which with --app, or in ${APP_VARIABLE}.`);
}

/** The same command in a process of its own, begun anew with every change: a module that was loaded cannot be loaded again. */
async function supervise(folder: string, signal: AbortSignal, err: (text: string) => void): Promise<number> {
  const command = [
    process.execPath,
    ...process.execArgv,
    ...process.argv.slice(1).filter((word) => word !== "--watch"),
  ];
  let changed = Promise.withResolvers<void>();
  const watcher = watch(folder, { recursive: true }, () => changed.resolve());
  const told = new Promise<"told">((resolve) =>
    signal.addEventListener("abort", () => resolve("told"), { once: true }),
  );
  try {
    for (;;) {
      changed = Promise.withResolvers();
      const child = Bun.spawn(command, { stdio: ["ignore", "inherit", "inherit"] });
      // One that ended by itself (it could not be loaded) is begun again with the next change.
      const why = await Promise.race([told, changed.promise.then(() => "changed" as const)]);
      if (child.exitCode === null) child.kill("SIGTERM");
      const code = await child.exited;
      if (why === "told" || signal.aborted) return code;
      await Bun.sleep(SETTLED_MS);
      err(`${JSON.stringify(folder)} has changed: the worker begins anew.\n`);
    }
  } finally {
    watcher.close();
  }
}

function endsWhenTold(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => controller.abort());
  return controller.signal;
}

const list = (text: string): string[] => {
  const words = text.split(",").map((word) => word.trim());
  if (words.includes("")) throw new InvalidArgumentError("It should be names, comma separated.");
  return words;
};

const whole = (min: number, max: number) => (text: string) => {
  const n = Number(text);
  if (!Number.isInteger(n) || n < min || n > max) {
    throw new InvalidArgumentError(`It should be a whole number from ${min} to ${max}.`);
  }
  return n;
};
