import type { Command, CommandOf, Entry, Json, StepError, StepLogs } from "#language";
import { entryValue, logsLength } from "./commit-sql.ts";
import { type LiveRun, noteEntry } from "./live.ts";
import type { Tally } from "./tally.ts";

/** Of which command an entry tells. */
export type Told = Pick<Command, "kind" | "path" | "attempt">;

export interface EntriesOptions {
  readonly tally: Tally;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly random: () => number;
}

/** Adds to the journals of live runs: the machine takes an entry at once, the next commit makes it true. */
export class Entries {
  readonly #options: EntriesOptions;
  /** What came from outside and cannot be had again, unlike what follows from the journal. */
  readonly #fromOutside = new WeakSet<Entry>();
  #isFromOutside = false;

  constructor(options: EntriesOptions) {
    this.#options = options;
  }

  /** What time it is for the run: never before what its journal says. When the clock was set back it goes on from there, not once that is caught up. */
  at(live: LiveRun): number {
    const behindMs = live.lastAtMs - (this.#options.now() + live.aheadMs);
    if (behindMs > 0) live.aheadMs += behindMs;
    return this.#options.now() + live.aheadMs;
  }

  /** What `work` adds came from outside. */
  outside(work: () => void): void {
    this.#isFromOutside = true;
    try {
      work();
    } finally {
      this.#isFromOutside = false;
    }
  }

  isFromOutside(entry: Entry): boolean {
    return this.#fromOutside.has(entry);
  }

  complete(live: LiveRun, told: Told, output: Json, value?: Uint8Array | null, logs?: StepLogs): void {
    const { path, attempt } = told;
    const atMs = this.at(live);
    this.#push(live, { kind: "completed", path, attempt, atMs, output, ...(logs !== undefined && { logs }) }, value);
    this.#options.tally.step(told.kind, "completed");
  }

  /** Completes a step that is nothing but its output; what it answers is told with the next commit. */
  record(live: LiveRun, command: CommandOf<"record">): void {
    this.complete(live, command, command.output);
    if (command.respond !== undefined) live.response = { status: command.respond.status, body: command.output };
  }

  /** `notBeforeMs`: the other side asked for quiet until then (wall clock). */
  fail(live: LiveRun, told: Told, error: StepError, notBeforeMs?: number, logs?: StepLogs): void {
    const { path, attempt } = told;
    const entry = live.machine.failure(path, attempt, error, this.at(live), this.#options.random(), notBeforeMs);
    this.#push(live, logs === undefined || entry.kind !== "failed" ? entry : { ...entry, logs });
    this.#options.tally.step(told.kind, error.class);
  }

  began(live: LiveRun, { path, attempt }: Told): void {
    this.#push(live, { kind: "began", path, attempt, atMs: this.at(live) });
  }

  waits(live: LiveRun, { path, attempt }: Told, untilMs: number | undefined): void {
    this.#push(live, {
      kind: "waiting",
      path,
      attempt,
      atMs: this.at(live),
      ...(untilMs !== undefined && { untilMs }),
    });
  }

  cancel(live: LiveRun, reason: string): void {
    if (!live.isCancelled) this.#push(live, { kind: "cancelled", path: "", atMs: this.at(live), reason });
  }

  #push(live: LiveRun, entry: Entry, value: Uint8Array | null = entryValue(entry)): void {
    if (this.#isFromOutside) this.#fromOutside.add(entry);
    live.machine.apply(entry);
    noteEntry(live, entry);
    live.pending.push(entry);
    live.values.push(value);
    live.pendingBytes += 128 + (value?.length ?? 0) + logsLength(entry);
  }
}
