import { clean, cleanText, type Fields } from "./log/fields.ts";
import { LOG_LEVELS, type LogLevel } from "./log/level.ts";
import { createLimiter } from "./log/limiter.ts";
import { createOutput } from "./log/output.ts";
import { prettyLine } from "./log/pretty.ts";

export type { Fields } from "./log/fields.ts";

export { LOG_LEVELS, type LogLevel } from "./log/level.ts";

/** One line: `event` is a stable snake_case name to search and count by, `message` a sentence for people. */
export type WriteLine = (event: string, message: string, fields?: Fields) => void;

/** What rooms ask for. Every line has time, level, event and message; fields stand beside them, secrets masked. */
export interface Log extends Readonly<Record<LogLevel, WriteLine>> {
  /**
   * For faults that repeat. The first line of a key is written at once; those that follow within ten seconds are counted, and
   * then one line (the last) is written with their number as `suppressed`.
   */
  limited(key: string, level: LogLevel, event: string, message: string, fields?: Fields): void;
  /** A log whose lines all carry these fields too. */
  child(fields: Fields): Log;
  /** Whether a line of this level would be written: for lines whose fields are dear to make. */
  enabled(level: LogLevel): boolean;
}

export interface RootLog extends Log {
  /** Takes effect at once, also for every child. */
  level: LogLevel | "silent";
  /** Writes what was counted by `limited` and not yet told, and empties the buffer of the output. */
  flush(): void;
}

export interface LogOptions {
  readonly level: LogLevel | "silent";
  /** `auto` is pretty when standard output is a terminal. */
  readonly format: "auto" | "json" | "pretty";
  /** Takes whole lines, newline included. Standard output when absent. */
  readonly write?: (line: string) => void;
  readonly colour?: boolean;
  readonly now?: () => Date;
  /** Runs `task` once after `ms` and returns how to call that off; the default does not keep the process alive. */
  readonly later?: (ms: number, task: () => void) => () => void;
}

/** The log of a process. Lines are written synchronously, so that the last line before a crash is there to be read. */
export function createLog(options: LogOptions): RootLog {
  const now = options.now ?? (() => new Date());
  const terminal = process.stdout.isTTY === true;
  const pretty = options.format === "pretty" || (options.format === "auto" && terminal);
  const output = options.write === undefined ? createOutput() : undefined;
  const write = options.write ?? ((line: string) => output?.write(line));
  const colour = options.colour ?? (terminal && !process.env["NO_COLOR"]);
  let threshold = rank(options.level);
  let level = options.level;

  function emit(at: LogLevel, event: string, message: string, fields: Fields): void {
    const cleaned = clean(fields);
    if (pretty) {
      write(prettyLine({ time: now(), level: at, event, message: cleanText(message), fields: cleaned }, colour));
    } else {
      // The four names come last in precedence and first in order: every line begins alike whatever its fields are.
      const head = { time: now().toISOString(), level: at, event, message: cleanText(message) };
      write(`${JSON.stringify({ ...head, ...cleaned, ...head })}\n`);
    }
  }

  const limiter = createLimiter({
    later: options.later ?? laterUnreferenced,
    write: ({ level: at, event, message, fields }, suppressed) =>
      emit(at, event, message, suppressed > 0 ? { ...fields, suppressed } : fields),
  });

  function logWith(bound: Fields): Log {
    const at = (lineLevel: LogLevel): WriteLine => {
      const lineRank = rank(lineLevel);
      return (event, message, fields) => {
        if (lineRank >= threshold) {
          emit(lineLevel, event, message, fields === undefined ? bound : { ...bound, ...fields });
        }
      };
    };
    return {
      trace: at("trace"),
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      fatal: at("fatal"),
      limited(key, lineLevel, event, message, fields) {
        if (rank(lineLevel) >= threshold) {
          limiter.take(key, { level: lineLevel, event, message, fields: { ...bound, ...fields } });
        }
      },
      child: (fields) => logWith({ ...bound, ...fields }),
      enabled: (lineLevel) => rank(lineLevel) >= threshold,
    };
  }

  function flush(): void {
    limiter.flush();
    output?.flush();
  }
  if (output !== undefined) {
    process.on("exit", flush);
  }

  return Object.defineProperty(
    Object.assign(logWith({}), {
      level,
      flush,
    }),
    "level",
    {
      enumerable: true,
      get: () => level,
      set(next: LogLevel | "silent") {
        level = next;
        threshold = rank(next);
      },
    },
  );
}

const rank = (level: LogLevel | "silent"): number =>
  level === "silent" ? LOG_LEVELS.length : LOG_LEVELS.indexOf(level);

function laterUnreferenced(ms: number, task: () => void): () => void {
  const timer = setTimeout(task, ms);
  timer.unref();
  return () => clearTimeout(timer);
}
