import { type Command, InvalidArgumentError, Option } from "commander";
import type { Environment } from "#kernel";
import { createClient, OperatorFault } from "./client.ts";
import { type Asking, connect, type ImportModule, open, type Session } from "./session.ts";

/** What the commands stand in. */
export interface OperatorSurroundings {
  readonly env: Environment;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly fetch?: typeof fetch;
  readonly nowMs?: () => number;
  /** Ends what runs until it is told to stop. */
  readonly signal?: AbortSignal;
  readonly importModule: ImportModule;
  /** Called with the exit code of a command that ran. */
  done(exitCode: number): void;
}

export const EXIT_REFUSED = 1;

/** Adds a command that asks a running engine; `work` gets its arguments and options; a number that it gives is the exit code, otherwise 0. */
export type AddAsking = <O extends object>(
  parent: Command,
  usage: string,
  description: string,
  options: readonly Option[],
  work: (session: Session, args: readonly string[], options: O) => Promise<unknown>,
) => Command;

/** Each command has --url, --token and --json, and speaks to the same API as everybody. */
export function askingCommands(at: OperatorSurroundings): AddAsking {
  async function asked(command: Command, work: (session: Session) => Promise<unknown>) {
    const asking = command.opts<Asking>();
    try {
      const { url, token } = await connect(at.env, asking);
      const { out, err: tell, importModule, signal = endsWithCtrlC(), nowMs = Date.now } = at;
      const io = { out, tell, importModule, signal, nowMs: nowMs() };
      const code = await work(open(createClient(url, token, at.fetch), asking, io));
      at.done(typeof code === "number" ? code : 0);
    } catch (error) {
      if (!(error instanceof OperatorFault)) throw error;
      at.err(`${error.message}\n`);
      at.done(EXIT_REFUSED);
    }
  }

  return (parent, usage, description, options, work) => {
    const command = parent.command(usage).description(description);
    for (const option of [...options, ...askingOptions()]) command.addOption(option);
    // Commander hands the arguments, then the options, then itself; a list argument arrives as a list.
    command.action(() => asked(command, (session) => work(session, command.args, command.opts())));
    return command;
  };
}

export function group(program: Command, name: string, description: string): Command {
  return program.command(name).description(description);
}

/** Options are objects that remember what was given: each command needs its own. */
function askingOptions(): Option[] {
  return [
    new Option("--url <url>", "where the engine is; POSTHORN_URL"),
    new Option("--token <token>", "who asks; POSTHORN_TOKEN, or the token generated on this machine"),
    new Option("--json", "print what the API answers"),
  ];
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It should be a whole number.");
  return Number(text);
}

function endsWithCtrlC(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  return controller.signal;
}
