import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Children } from "./children.ts";
import type { Workshop } from "./engine.ts";
import { describeMachine, describeVersions } from "./machine.ts";
import { type Options, readOptions, type SubjectName } from "./options.ts";
import { print, type Report, type Result, save } from "./report.ts";

/** What a scenario works with. */
export interface Bench extends Workshop {
  readonly options: Options;
  /** The subjects asked for that can run here. */
  readonly subjects: readonly SubjectName[];
  /** `n`, or the little that --quick allows; --seconds and --repeat win over both. */
  seconds(n: number): number;
  repeat(n: number): number;
  /** Tells how far it is, on standard error, so that standard output is the report. */
  say(text: string): void;
}

/**
 * Runs one scenario from its command line to its result file. Everything it starts is ended and everything it wrote to the
 * scratch folder is removed, also when it fails and when it is interrupted.
 */
export async function scenario(name: string, run: (bench: Bench) => Promise<Report>): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const root = resolve(import.meta.dir, "../..");
  const children = new Children();
  const scratch = mkdtempSync(join(options.scratch ?? tmpdir(), "posthorn-bench-"));
  chmodSync(scratch, 0o755); // PostgreSQL and nginx may run as another user and must reach their own folders in it
  process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
  const interrupted = Promise.withResolvers<never>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () =>
      interrupted.reject(new Error(`Interrupted by ${signal}; everything started was ended.`)),
    );
  }
  let code = 0;
  try {
    await Promise.race([interrupted.promise, measure()]);
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    code = 1;
  }
  await children.stopAll();
  process.exit(code);

  async function measure(): Promise<void> {
    const machine = describeMachine(scratch);
    const say = (text: string): void => console.error(`[${name}] ${text}`);
    if (machine.fileSystem === "tmpfs") {
      say(`WARNING: ${scratch} is in memory; fsync costs nothing there and no figure can be quoted. Use --scratch.`);
    }
    const profile = options.profile ? join(root, "bench/results/profile") : undefined;
    if (profile !== undefined) {
      mkdirSync(profile, { recursive: true });
    }
    const bench: Bench = {
      root,
      scratch,
      children,
      profile,
      options,
      subjects: options.subjects.filter((subject) => subject === "yardstick" || existsSync(join(root, "src/main.ts"))),
      seconds: (n) => options.seconds ?? (options.quick ? Math.min(n, 2) : n),
      repeat: (n) => options.repeat ?? (options.quick ? 1 : n),
      say,
    };
    const report = await run(bench);
    const versions = describeVersions(root);
    const date = new Date().toISOString();
    const settings = {
      ...report.settings,
      postgres: "embedded, fsync on, with the engine's settings (src/kernel/postgres/settings.ts)",
    };
    const result: Result = { scenario: name, date, quick: options.quick, machine, versions, ...report, settings };
    print(result);
    say(`kept in ${save(root, result)}`);
  }
}
