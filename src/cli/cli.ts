import { Command, CommanderError } from "commander";
import type { Config, Environment } from "#kernel";
import { parseConfig } from "#kernel";
import packageJson from "../../package.json" with { type: "json" };
import { addDiagnosticCommands } from "./doctor/commands.ts";
import { addFlowCommands } from "./flows/commands.ts";
import type { OperatorSurroundings } from "./operator/asking.ts";
import { addOperatorCommands } from "./operator/commands.ts";
import type { ImportModule } from "./operator/session.ts";
import { effectiveTable, referenceTable, settingsPage } from "./reference.ts";
import { addTaskCommands } from "./tasks/commands.ts";
import { tellToken } from "./token.ts";
import { addWorkerCommand, type WorkerCommand } from "./worker.ts";

/** What the commands do, given by `main.ts`; each resolves to the exit code of the process. */
export interface Commands {
  serve(config: Config): Promise<number>;
  migrate(config: Config): Promise<number>;
  worker(command: WorkerCommand): Promise<number>;
}

/** What a command line stands in; absent parts are those of this process. */
export interface CliSurroundings {
  readonly env?: Environment;
  readonly out?: (text: string) => void;
  readonly err?: (text: string) => void;
  /** What commands that ask an engine send their requests through. */
  readonly fetch?: typeof fetch;
  /** Ends what runs until it is told to stop. */
  readonly signal?: AbortSignal;
  /** Runs a module of the user's, by its URL; what it imports besides its own files is to be there for it. */
  readonly importModule?: ImportModule;
}

/** The command line was wrong, or the settings were: nothing was started and trying again changes nothing. */
const EXIT_USAGE = 2;

/**
 * Runs one command line (without the program's own name) and resolves to the exit code: 0, the command's own, or 2 when the command line or
 * the settings are wrong. Errors a command throws are the caller's.
 */
export async function runCli(
  argv: readonly string[],
  commands: Commands,
  surroundings: CliSurroundings = {},
): Promise<number> {
  const env = surroundings.env ?? process.env;
  const out = surroundings.out ?? ((text) => void process.stdout.write(text));
  const err = surroundings.err ?? ((text) => void process.stderr.write(text));
  let exitCode = 0;

  /** Hands the settings to a command, or tells all their faults. */
  async function withConfig(run: (config: Config) => number | Promise<number>): Promise<void> {
    const parsed = parseConfig(env);
    if (parsed.ok) {
      exitCode = await run(parsed.config);
      return;
    }
    const faults = parsed.faults.map((fault) => `  ${fault.message}\n`).join("");
    err(
      `The settings have ${parsed.faults.length === 1 ? "a fault" : `${parsed.faults.length} faults`}:\n${faults}\`posthorn config\` explains each setting.\n`,
    );
    exitCode = EXIT_USAGE;
  }

  const program = new Command("posthorn")
    .description("Webhooks in, one durable log, flows and tasks on it, webhooks out.")
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err })
    .helpCommand("help [command]", "Explain a command.")
    .helpOption("-h, --help", "Explain this command.")
    .addHelpText(
      "after",
      `
Settings are environment variables; \`posthorn config\` lists them with their defaults.

Examples:
  posthorn serve                                   Start here, with an own PostgreSQL under ./.posthorn
  POSTHORN_LISTEN=0.0.0.0:80 posthorn serve        Listen elsewhere
  DATABASE_URL=postgres://… posthorn migrate       Bring a database to this version's schema
  posthorn config --effective                      What is in force here, and why`,
    );

  program
    .command("serve")
    .description("Run the engine until it is told to stop.")
    .addHelpText(
      "after",
      `
Without DATABASE_URL it creates and runs its own PostgreSQL under POSTHORN_DATA, generates the API token and the master key there, and
migrates. With DATABASE_URL it uses that server; POSTHORN_API_TOKEN and POSTHORN_MASTER_KEY must then be set.
SIGTERM or Ctrl-C finishes what is held within POSTHORN_SHUTDOWN_GRACE; a second one stops at once.

Exit codes: 0 stopped as told, 1 an error, 2 wrong settings, 130 or 143 stopped by a second signal.

Examples:
  posthorn serve
  POSTHORN_ROLES=ingest,api posthorn serve
  POSTHORN_DATA=/var/lib/posthorn POSTHORN_LISTEN=[::]:8420 posthorn serve`,
    )
    .action(() => withConfig((config) => commands.serve(config)));

  program
    .command("migrate")
    .description("Bring the database to the schema of this version, and end.")
    .addHelpText(
      "after",
      `
It is safe to run while older processes serve, and to run twice.

Examples:
  posthorn migrate
  DATABASE_URL=postgres://posthorn@db/posthorn posthorn migrate`,
    )
    .action(() => withConfig((config) => commands.migrate(config)));

  program
    .command("config")
    .description("Print all settings, or those in force.")
    .option("-e, --effective", "print what is in force and where it comes from; secrets are masked")
    .option("-m, --markdown", "print the reference as the page docs/reference/settings.md")
    .addHelpText(
      "after",
      `
Examples:
  posthorn config
  POSTHORN_BODY_BYTES_MAX=2MB posthorn config --effective     Tell what is wrong, without starting anything`,
    )
    .action(async (options: { effective?: true; markdown?: true }) => {
      if (options.effective) {
        await withConfig((config) => {
          out(effectiveTable(env, config));
          return 0;
        });
      } else {
        out(options.markdown ? settingsPage() : referenceTable());
      }
    });

  program
    .command("token")
    .description("Print the API token that was generated for the embedded setup.")
    .addHelpText(
      "after",
      `
Example:
  curl -H "Authorization: Bearer $(posthorn token)" http://127.0.0.1:8420/api/v1/app`,
    )
    .action(() =>
      withConfig(async (config) => {
        const told = await tellToken(config);
        (told.ok ? out : err)(`${told.text}\n`);
        return told.ok ? 0 : 1;
      }),
    );

  addDiagnosticCommands(program, {
    env,
    out,
    exit: (code) => {
      exitCode = code;
    },
  });

  program
    .command("version")
    .description("Print the versions of Posthorn and of the Bun it runs on.")
    .action(() => out(`posthorn ${packageJson.version} (bun ${Bun.version})\n`));

  addWorkerCommand(program, {
    env,
    err,
    ...(surroundings.fetch !== undefined && { fetch: surroundings.fetch }),
    ...(surroundings.signal !== undefined && { signal: surroundings.signal }),
    work: (command) => commands.worker(command),
    done: (code) => {
      exitCode = code;
    },
  });

  const asking: OperatorSurroundings = {
    env,
    out,
    err,
    importModule: surroundings.importModule ?? ((url) => import(url)),
    ...(surroundings.fetch !== undefined && { fetch: surroundings.fetch }),
    ...(surroundings.signal !== undefined && { signal: surroundings.signal }),
    done: (code) => {
      exitCode = code;
    },
  };
  addOperatorCommands(program, asking);
  addFlowCommands(program, asking);
  addTaskCommands(program, asking);

  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? 0 : EXIT_USAGE;
    }
    throw error;
  }
  return exitCode;
}
