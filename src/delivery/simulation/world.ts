/**
 * A deterministic world around the tables of what is owed: processes that pause, crash and leave, a network that loses
 * questions and answers, a database that is away or whose clock steps, receivers of every temper. All chance comes from
 * one seed, so that a run that breaks a promise can be run again. The processes are the service in miniature: what they do
 * with leases is what the service does.
 */

import type { OwedAct } from "../owed-acts.ts";
import type { Fate } from "../settlement.ts";
import type { ProcessToken } from "../state.ts";
import { Process, type Request, type Surroundings, type Task } from "./process.ts";
import type { Tables } from "./tables.ts";

export interface WorldOptions {
  readonly tables: Tables;
  readonly seed: number;
  readonly processes: number;
  readonly deliveries: number;
  /** For how long faults happen. Afterwards everything is given the chance to settle. */
  readonly chaosMs: number;
  /** How a taker knows that another is dead: by the database's clock, or by its own, having seen no pulse for a lease. */
  readonly takersJudgeBy: "database_clock" | "own_clock";
  readonly faults: Faults;
}

/** Chances, each from 0 to 1. */
export interface Faults {
  /** That the answer of the database is lost, its commit done or not. Per call. */
  readonly unknownCommit: number;
  // That one of these begins; per 200 ms.
  readonly crash: number;
  readonly pause: number;
  readonly leave: number;
  readonly outage: number;
  readonly clockStep: number;
  /** That an operator holds, lets go or cancels some delivery. */
  readonly operator: number;
}

export const NO_FAULTS: Faults = {
  unknownCommit: 0,
  crash: 0,
  pause: 0,
  leave: 0,
  outage: 0,
  clockStep: 0,
  operator: 0,
};
const QUIET_MS = 600_000;

interface Happening {
  readonly atMs: number;
  readonly run: () => void | Promise<void>;
}

/** mulberry32: small, fast, and the same everywhere. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export class World implements Surroundings {
  readonly options: WorldOptions;
  readonly tables: Tables;
  readonly random: () => number;
  /** What an operator does is chosen by chance of its own: without one, a seed means the world that it always meant. */
  readonly #operators: () => number;
  readonly requests = new Map<string, Request[]>();
  readonly acknowledged = new Set<string>();
  readonly ended = new Set<ProcessToken>();
  /** What went wrong in this world: one in which nothing did proves nothing. */
  readonly seen = { late: 0, crashed: 0, duplicates: 0, takeovers: 0, held: 0, cancelled: 0 };
  nowMs = 0;
  outageUntilMs = 0;
  clockStepped = false;
  readonly #ids: string[] = [];
  readonly #agenda: Happening[] = [];
  readonly #processes: Process[] = [];
  readonly #log: string[] = [];
  readonly #sent = new Set<string>();
  #newestToken = 0n;

  constructor(options: WorldOptions) {
    this.options = options;
    this.tables = options.tables;
    this.random = randomOf(options.seed);
    this.#operators = randomOf(options.seed ^ 0x0b5e55ed);
  }

  /** Runs chaos, then calm, and throws with the seed and the last happenings when a promise is broken. */
  async run(): Promise<void> {
    try {
      await this.#run();
    } catch (error) {
      throw new Error(`Seed ${this.options.seed}: ${String(error)}\n  ${this.#log.slice(-40).join("\n  ")}`, {
        cause: error,
      });
    }
  }

  async #run(): Promise<void> {
    const { processes, deliveries, chaosMs } = this.options;
    for (let i = 0; i < processes; i += 1) {
      const process = new Process(this, `P${i}`);
      this.#processes.push(process);
      process.boot();
    }
    for (let i = 0; i < deliveries; i += 1) {
      this.at(this.random() * chaosMs, () => this.#accept());
    }
    for (let ms = 200; ms < chaosMs; ms += 200) this.at(ms, () => this.#fault());
    if (this.options.faults.operator > 0) {
      for (let ms = 50; ms < chaosMs; ms += 100) this.at(ms, () => this.#operate());
      this.at(chaosMs, () => this.#letAllGo());
    }
    while (this.nowMs < chaosMs || !(await this.#isQuiet())) {
      if (this.nowMs > chaosMs + QUIET_MS) throw new Error("something is still owed long after all faults ended (P2)");
      await this.#next();
    }
    await this.#audit();
  }

  at(afterMs: number, run: () => void | Promise<void>): void {
    this.#agenda.push({ atMs: this.nowMs + afterMs, run });
  }

  log(line: string): void {
    this.#log.push(`${this.nowMs.toFixed(1).padStart(9)} ${line}`);
    if (this.#log.length > 400) this.#log.splice(0, 200);
  }

  get isCalm(): boolean {
    return this.nowMs >= this.options.chaosMs;
  }

  get isDatabaseAway(): boolean {
    return this.nowMs < this.outageUntilMs;
  }

  get unknownCommit(): number {
    return this.options.faults.unknownCommit;
  }

  get takersJudgeBy(): WorldOptions["takersJudgeBy"] {
    return this.options.takersJudgeBy;
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  async #next(): Promise<void> {
    let first = 0;
    for (let i = 1; i < this.#agenda.length; i += 1) {
      if ((this.#agenda[i]?.atMs ?? 0) < (this.#agenda[first]?.atMs ?? 0)) first = i;
    }
    const happening = this.#agenda[first];
    const last = this.#agenda.pop();
    if (happening === undefined || last === undefined)
      throw new Error("nothing is left to happen, yet something is owed");
    if (first < this.#agenda.length) this.#agenda[first] = last;
    const passed = happening.atMs - this.nowMs;
    if (passed > 0) {
      this.nowMs = happening.atMs;
      await this.tables.advance(passed);
    }
    await happening.run();
  }

  /** The id that the next event would have: ids grow with time. */
  get nextId(): string {
    return `d${String(this.#ids.length).padStart(3, "0")}`;
  }

  #accept(): void {
    const up = this.#processes.filter((process) => process.accepts);
    const process = up[Math.floor(this.random() * up.length)];
    if (process === undefined) return;
    const id = this.nextId;
    this.#ids.push(id);
    process.accept(id);
  }

  async #fault(): Promise<void> {
    const { faults } = this.options;
    const process = this.#processes[Math.floor(this.random() * this.#processes.length)];
    if (process === undefined) return;
    if (this.chance(faults.crash)) process.crash();
    if (this.chance(faults.pause)) process.pause(this.random() * 12_000);
    if (this.chance(faults.leave)) process.leave();
    if (this.chance(faults.outage)) {
      this.outageUntilMs = this.nowMs + this.random() * 12_000;
      this.log(`the database is away until ${this.outageUntilMs.toFixed(1)}`);
    }
    if (this.chance(faults.clockStep)) {
      const step = (this.random() - 0.5) * 20_000;
      this.clockStepped = true;
      this.log(`the database's clock steps by ${step.toFixed(0)} ms`);
      await this.tables.advance(step);
    }
  }

  async #operate(): Promise<void> {
    if (this.isDatabaseAway || this.#operators() >= this.options.faults.operator) return;
    const id = this.#ids[Math.floor(this.#operators() * this.#ids.length)];
    const chosen = this.#operators();
    if (id === undefined) return;
    await this.#act(chosen < 0.6 ? "hold" : chosen < 0.85 ? "let_go" : "cancel", id);
  }

  async #letAllGo(): Promise<void> {
    for (const id of this.#ids) {
      const [row] = await this.tables.rowsOf(id);
      if (row?.state === "held") await this.#act("let_go", id);
    }
  }

  /** Runs an operator's act and holds it to the states it may start from. */
  async #act(act: OwedAct, id: string): Promise<void> {
    const [before] = await this.tables.rowsOf(id);
    const done = await this.tables.act(act, id);
    const [after] = await this.tables.rowsOf(id);
    this.log(`an operator asks to ${act} ${id}, which is ${before?.state}: ${done}`);
    const from = { hold: ["owed"], let_go: ["held"], cancel: ["owed", "held"] }[act];
    const to = { hold: "held", let_go: "owed", cancel: "dead" }[act];
    if (done !== from.includes(before?.state ?? "")) throw new Error(`${act} of ${id}, ${before?.state}, said ${done}`);
    if (done && (after?.state !== to || after.attempts !== before?.attempts))
      throw new Error(
        `after ${act}, ${id} is ${after?.state} with ${after?.attempts} attempts, not ${before?.attempts}`,
      );
    if (!done && JSON.stringify(before) !== JSON.stringify(after))
      throw new Error(`${act} of ${id}, which was ${before?.state}, was refused and changed it`);
    if (done && act === "hold") this.seen.held += 1;
    if (done && act === "cancel") this.seen.cancelled += 1;
    await this.checkOne(id);
  }

  async #isQuiet(): Promise<boolean> {
    if (this.#processes.some((process) => process.isBusy)) return false;
    for (const id of this.#ids) {
      for (const row of await this.tables.rowsOf(id))
        if (row.state !== "delivered" && row.state !== "dead") return false;
    }
    return true;
  }

  // ------------------------------------------------------------------------------------------------- what must hold

  joined(token: ProcessToken): void {
    if (BigInt(token) <= this.#newestToken) throw new Error(`token ${token} came after ${this.#newestToken} (P3)`);
    this.#newestToken = BigInt(token);
  }

  left(token: ProcessToken): void {
    this.ended.add(token);
  }

  acknowledges(id: string): void {
    this.acknowledged.add(id);
  }

  async tookOver(dead: ProcessToken): Promise<void> {
    this.ended.add(dead);
    this.seen.takeovers += 1;
    for (const list of this.requests.values()) {
      for (const request of list)
        if (request.task.owner === dead && !request.settled && request.excuse !== "crash")
          request.excuse = "lease_lost";
    }
    for (const id of this.#ids) {
      for (const row of await this.tables.rowsOf(id)) {
        if (row.state === "leased" && row.owner === dead)
          throw new Error(`${id} is still in the hands of ${dead}, which ended (P2)`);
      }
    }
  }

  /**
   * Nobody was declared dead who could still believe in its lease. Otherwise it may lease and send under a token that ended,
   * have the row taken back with nothing said about it, and lease it again.
   */
  get #judgedRightly(): boolean {
    return this.options.takersJudgeBy === "own_clock" || !this.clockStepped;
  }

  starts(task: Task): Request {
    const { id, attempts } = task.held;
    if (this.#judgedRightly && this.ended.has(task.owner)) {
      throw new Error(`${task.owner} starts a request of ${id} although it was declared dead (P3)`);
    }
    const key = `${id} ${task.owner} ${attempts}`;
    if (this.#judgedRightly && this.#sent.has(key)) throw new Error(`${id} is sent twice under one lease (P4)`);
    this.#sent.add(key);
    const list = this.requests.get(id) ?? [];
    this.requests.set(id, list);
    // Declared dead by a clock that stepped, it cannot know: its lease has not ended by its own clock.
    const excuse = this.ended.has(task.owner) ? "lease_lost" : "none";
    const request: Request = { id: `${id}#${list.length + 1}`, task, acted: false, excuse, settled: false };
    list.push(request);
    return request;
  }

  /** Runs a settle and holds it to the fence. */
  async settle(request: Request, fate: Fate): Promise<boolean> {
    const { tables } = this;
    const { owner, held } = request.task;
    const before = await tables.rowsOf(held.id);
    const known = (await tables.attemptsOf(held.id)).some(({ id }) => id === request.id);
    const ours = await tables.settle(owner, held, request.id, fate);
    const after = await tables.rowsOf(held.id);
    const mine = before.some((row) => row.state === "leased" && row.owner === owner && row.attempts === held.attempts);
    if (ours !== mine) throw new Error(`the settle of ${request.id} said ours=${ours}, the table said ${mine} (P3)`);
    if (!ours && JSON.stringify(before) !== JSON.stringify(after))
      throw new Error(`a late settle of ${request.id} changed the delivery (P3)`);
    const recorded = (await tables.attemptsOf(held.id)).find(({ id }) => id === request.id);
    if (recorded === undefined) throw new Error(`the attempt ${request.id} was not recorded (P3)`);
    if (!known && recorded.settledAs !== (ours ? fate.kind : "late")) {
      throw new Error(`the attempt ${request.id} was recorded as ${recorded.settledAs}, ours=${ours} (P3)`);
    }
    request.settled = true;
    if (!ours && !known) this.seen.late += 1;
    if (!ours && !known && request.excuse === "none")
      throw new Error(`${request.id} came late and no lease was lost (P3)`);
    await this.checkOne(held.id);
    return ours;
  }

  async checkOne(id: string): Promise<void> {
    const rows = await this.tables.rowsOf(id);
    if (rows.length > 1) throw new Error(`${id} is ${rows.map((row) => row.state).join(" and ")} at once`);
  }

  async #audit(): Promise<void> {
    for (const id of this.#ids) {
      await this.checkOne(id);
      const rows = await this.tables.rowsOf(id);
      if (this.acknowledged.has(id) && rows.length === 0) throw new Error(`${id} was acknowledged and is nowhere (P1)`);
      const requests = this.requests.get(id) ?? [];
      const attempts = await this.tables.attemptsOf(id);
      for (const request of requests) {
        // Of a request whose process was lost with it, the takeover says that there may have been one.
        const isRecorded = attempts.some((attempt) =>
          request.excuse === "crash" ? attempt.number === request.task.held.attempts + 1 : attempt.id === request.id,
        );
        if (!isRecorded) throw new Error(`${request.id} left no attempt (P4)`);
      }
      if (new Set(attempts.map((attempt) => attempt.id)).size < attempts.length)
        throw new Error(`an attempt of ${id} is recorded twice (P4)`);
      const acted = requests.filter((request) => request.acted);
      this.seen.duplicates += Math.max(0, acted.length - 1);
      this.seen.crashed += requests.filter((request) => request.excuse === "crash").length;
      const unexcused = acted.filter((request) => request.excuse === "none");
      if (unexcused.length > 1)
        throw new Error(`${id} was acted on ${acted.length} times, ${unexcused.length} of them with no excuse (P4)`);
      if (rows[0]?.state === "delivered" && acted.length === 0)
        throw new Error(`${id} counts as delivered and nobody saw it (P5)`);
    }
  }
}
