import { parseArgs } from "node:util";

/** What every scenario can be told on its command line. */
export interface Options {
  /** Length of one measured window; absent: the scenario's own choice. */
  readonly seconds: number | undefined;
  /** Repetitions of each row; absent: the scenario's own choice. */
  readonly repeat: number | undefined;
  /** Everything short and small: shows that the scenario works, says nothing about speed. */
  readonly quick: boolean;
  /** `yardstick` measures the harness itself where there is no engine to run. */
  readonly subjects: readonly SubjectName[];
  /** Only the rows whose name contains this. */
  readonly only: string | undefined;
  /** Use the built-in generator and receiver even where wrk and nginx are installed. */
  readonly builtIn: boolean;
  /** Folder for PostgreSQL's data and everything else that is temporary. It should be on a real disk. */
  readonly scratch: string | undefined;
  /** Peers to measure beside the engine in `flows` and `tasks`; empty: none. */
  readonly peers: readonly string[];
  /** In `history`: millions of runs that ended. */
  readonly millions: number | undefined;
  /** Write CPU profiles of the engine to `bench/results/profile/`. */
  readonly profile: boolean;
}

export const SUBJECTS = ["engine", "engine-unmeasured", "engine-traced", "yardstick"] as const;
/**
 * To see what the instruments cost: `engine-unmeasured` is the engine without them, `engine-traced` with its metrics and with one
 * trace in a hundred sent to a collector.
 */
export type SubjectName = (typeof SUBJECTS)[number];

/** What `flows` and `tasks` can be measured beside; which of them each one uses stands there. */
export const PEERS = ["restate", "dbos", "graphile-worker", "pg-boss", "bullmq-redis", "bullmq-postgres"] as const;

const USAGE = `Options:
  --seconds <n>     length of one measured window
  --repeat <n>      repetitions; the table shows the median and the range
  --quick           short and small: is everything in order? (no numbers to quote)
  --only <text>     only rows whose name contains the text
  --subjects <list> engine,engine-unmeasured,engine-traced,yardstick, interleaved (default: engine,yardstick)
  --peers <list>    in flows and tasks: those to measure beside the engine, all, or none (default: all; none with --quick)
  --millions <n>    in history: so many million runs (default: 100)
  --built-in        do not use wrk and nginx
  --scratch <dir>   where PostgreSQL's data goes (default: the system's temporary folder)
  --profile         write CPU profiles of the engine to bench/results/profile/
  --help`;

/** Reads the command line; prints the usage and ends the process when it cannot be understood. */
export function readOptions(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: "string" },
        repeat: { type: "string" },
        quick: { type: "boolean", default: false },
        only: { type: "string" },
        subjects: { type: "string", default: "engine,yardstick" },
        peers: { type: "string" },
        millions: { type: "string" },
        "built-in": { type: "boolean", default: false },
        scratch: { type: "string" },
        profile: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    return {
      seconds: positive("--seconds", values.seconds),
      repeat: positive("--repeat", values.repeat),
      quick: values.quick,
      only: values.only,
      subjects: values.subjects.split(",").map(subjectName),
      peers: peerNames(values.peers ?? (values.quick ? "none" : "all")),
      millions: positive("--millions", values.millions),
      builtIn: values["built-in"],
      scratch: values.scratch,
      profile: values.profile,
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}

function positive(name: string, text: string | undefined): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 3600) {
    throw new Error(`${name} was ${JSON.stringify(text)}; it must be a whole number from 1 to 3600.`);
  }
  return value;
}

function peerNames(text: string): readonly string[] {
  if (text === "none") return [];
  const names = text === "all" ? PEERS : text.split(",");
  const stranger = names.find((name) => !PEERS.some((known) => known === name));
  if (stranger !== undefined) {
    throw new Error(`--peers named ${JSON.stringify(stranger)}; it must be all, none, or some of ${PEERS.join(", ")}.`);
  }
  return names;
}

function subjectName(text: string): SubjectName {
  const known = SUBJECTS.find((name) => name === text);
  if (known === undefined) {
    throw new Error(
      `--subjects named ${JSON.stringify(text)}; it must be some of ${SUBJECTS.join(", ")}, with commas.`,
    );
  }
  return known;
}
