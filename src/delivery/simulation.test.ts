import { expect, test } from "bun:test";
import type { Fate } from "./settlement.ts";
import { LEASE_MS } from "./simulation/process.ts";
import type { Held, Other, Row, Tables } from "./simulation/tables.ts";
import { type Faults, NO_FAULTS, World, type WorldOptions } from "./simulation/world.ts";
import type { DeadReason, ProcessToken } from "./state.ts";

interface Process {
  beat: number;
  leaseEndsAtMs: number;
  ended: boolean;
}

/** posthorn.process, delivery_leased, delivery_owed, delivery_dead and attempt, each statement as its SQL means it. */
class Model implements Tables {
  readonly #processes = new Map<ProcessToken, Process>();
  readonly #leased = new Map<string, Held & { owner: ProcessToken }>();
  readonly #owed = new Map<string, Held & { dueAtMs: number }>();
  readonly #dead = new Map<string, { attempts: number; reason: DeadReason }>();
  readonly #attempts = new Map<string, { id: string; settledAs: string; number: number }[]>();
  #nowMs = 1_000_000;
  #lastToken = 0;

  async join(): Promise<ProcessToken> {
    this.#lastToken += 1;
    const token = String(this.#lastToken);
    this.#processes.set(token, { beat: 0, leaseEndsAtMs: this.#nowMs + LEASE_MS, ended: false });
    return token;
  }

  async pulse(token: ProcessToken): Promise<{ alive: boolean; others: Other[] }> {
    const mine = this.#processes.get(token);
    if (mine === undefined || mine.ended) return { alive: false, others: [] };
    mine.beat += 1;
    mine.leaseEndsAtMs = this.#nowMs + LEASE_MS;
    const others: Other[] = [];
    for (const [other, { beat, leaseEndsAtMs, ended }] of this.#processes) {
      if (other === token) continue;
      if (!ended) others.push({ token: other, beat: String(beat), expired: leaseEndsAtMs < this.#nowMs });
      else if (this.#heldBy(other).length > 0) others.push({ token: other, beat: undefined, expired: true });
    }
    return { alive: true, others };
  }

  async takeOver(dead: ProcessToken, beat: string | undefined): Promise<boolean> {
    const process = this.#processes.get(dead);
    if (process === undefined) return false;
    if (!process.ended && String(process.beat) !== beat) return false;
    process.ended = true;
    for (const { id, attempts, step } of this.#heldBy(dead)) {
      this.#leased.delete(id);
      this.#owed.set(id, { id, attempts: attempts + 1, step, dueAtMs: this.#nowMs });
      this.#record(id, `lost ${id} ${dead} ${attempts}`, attempts + 1, "owed");
    }
    return true;
  }

  async leave(token: ProcessToken): Promise<void> {
    const process = this.#processes.get(token);
    if (process !== undefined) process.ended = true;
  }

  async accept(owner: ProcessToken, id: string): Promise<void> {
    this.#leased.set(id, { id, attempts: 0, step: 0, owner });
  }

  async claim(owner: ProcessToken, max: number): Promise<Held[]> {
    const due = [...this.#owed.values()].filter(({ dueAtMs }) => dueAtMs <= this.#nowMs).slice(0, max);
    return due.map(({ id, attempts, step }) => {
      this.#owed.delete(id);
      this.#leased.set(id, { id, attempts, step, owner });
      return { id, attempts, step };
    });
  }

  async settle(owner: ProcessToken, { id, attempts }: Held, attemptId: string, fate: Fate): Promise<boolean> {
    const row = this.#leased.get(id);
    const ours = row !== undefined && row.owner === owner && row.attempts === attempts;
    this.#record(id, attemptId, attempts + 1, ours ? fate.kind : "late");
    if (!ours) return false;
    this.#leased.delete(id);
    if (fate.kind === "owed") {
      this.#owed.set(id, { id, attempts: attempts + 1, step: fate.step, dueAtMs: this.#nowMs + fate.waitMs });
    }
    if (fate.kind === "dead") this.#dead.set(id, { attempts: attempts + 1, reason: fate.reason });
    return true;
  }

  async release(owner: ProcessToken, { id, attempts }: Held): Promise<void> {
    const row = this.#leased.get(id);
    if (row !== undefined && row.owner === owner && row.attempts === attempts) this.#giveBack(row);
  }

  async releaseUnknown(owner: ProcessToken, known: readonly string[], olderThan: string): Promise<void> {
    for (const row of this.#heldBy(owner)) if (row.id < olderThan && !known.includes(row.id)) this.#giveBack(row);
  }

  async advance(ms: number): Promise<void> {
    this.#nowMs += ms;
  }

  async rowsOf(id: string): Promise<Row[]> {
    const rows: Row[] = [];
    const leased = this.#leased.get(id);
    const owed = this.#owed.get(id);
    const dead = this.#dead.get(id);
    if (leased !== undefined) rows.push({ state: "leased", owner: leased.owner, attempts: leased.attempts });
    if (owed !== undefined) rows.push({ state: "owed", attempts: owed.attempts });
    if (dead !== undefined) rows.push({ state: "dead", attempts: dead.attempts });
    for (const { settledAs, number } of this.#attempts.get(id) ?? []) {
      if (settledAs === "delivered") rows.push({ state: "delivered", attempts: number });
    }
    return rows;
  }

  async attemptsOf(id: string): Promise<{ id: string; number: number; settledAs: string }[]> {
    return this.#attempts.get(id) ?? [];
  }

  #heldBy(owner: ProcessToken): (Held & { owner: ProcessToken })[] {
    return [...this.#leased.values()].filter((row) => row.owner === owner);
  }

  #giveBack({ id, attempts, step }: Held): void {
    this.#leased.delete(id);
    this.#owed.set(id, { id, attempts, step, dueAtMs: this.#nowMs });
  }

  /** On conflict do nothing: the first settle of an attempt that was committed is the truth about it. */
  #record(id: string, attemptId: string, number: number, settledAs: string): void {
    const attempts = this.#attempts.get(id) ?? [];
    this.#attempts.set(id, attempts);
    if (!attempts.some((attempt) => attempt.id === attemptId)) attempts.push({ id: attemptId, settledAs, number });
  }
}

const CHAOS: Faults = { unknownCommit: 0.12, crash: 0.02, pause: 0.03, leave: 0.02, outage: 0.02, clockStep: 0 };

async function run(seed: number, over: Partial<WorldOptions> = {}): Promise<World> {
  const world = new World({
    tables: new Model(),
    seed,
    processes: 3,
    deliveries: 24,
    chaosMs: 20_000,
    takersJudgeBy: "own_clock",
    faults: CHAOS,
    ...over,
  });
  await world.run();
  return world;
}

/** POSTHORN_SEED runs a single seed again, POSTHORN_SEEDS many more than the suite does. */
const only = process.env["POSTHORN_SEED"];
const count = Number(process.env["POSTHORN_SEEDS"] ?? 500);
const seeds = only === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(only)];

test("P2, P3, P4: crashes, pauses, outages and unknown commits lose nothing and settle nothing twice", async () => {
  const seen = { late: 0, crashed: 0, duplicates: 0, takeovers: 0 };
  for (const seed of seeds) {
    const world = await run(seed);
    seen.late += world.seen.late;
    seen.crashed += world.seen.crashed;
    seen.duplicates += world.seen.duplicates;
    seen.takeovers += world.seen.takeovers;
  }
  if (only !== undefined || count < 500) return;
  expect(seen.late).toBeGreaterThan(40);
  expect(seen.crashed).toBeGreaterThan(150);
  expect(seen.duplicates).toBeGreaterThan(300);
  expect(seen.takeovers).toBeGreaterThan(700);
}, 30_000);

test("P2, P3, P4: the same when the database's clock steps under processes that judge by their own", async () => {
  for (const seed of seeds) await run(seed, { faults: { ...CHAOS, clockStep: 0.03 } });
}, 30_000);

test("P2, P3, P4: processes that judge by the database's clock lose nothing either, whatever it does", async () => {
  for (const seed of seeds) {
    await run(seed, { takersJudgeBy: "database_clock", faults: { ...CHAOS, clockStep: seed % 2 === 0 ? 0.03 : 0 } });
  }
}, 30_000);

test("P3: after an outage of the database nobody takes over from those who lived through it", async () => {
  for (const seed of seeds.slice(0, 100)) {
    for (const takersJudgeBy of ["own_clock", "database_clock"] as const) {
      const world = new World({
        tables: new Model(),
        seed,
        processes: 4,
        deliveries: 10,
        chaosMs: 30_000,
        takersJudgeBy,
        faults: NO_FAULTS,
      });
      world.at(5_000, () => {
        world.outageUntilMs = world.nowMs + 4_000 + world.random() * 10_000;
      });
      await world.run();
      expect([seed, world.ended.size]).toEqual([seed, 0]);
    }
  }
}, 30_000);

test("P4: when nothing fails but receivers, nothing is late and each request is excused by nothing but a timeout", async () => {
  for (const seed of seeds.slice(0, 100)) {
    const world = await run(seed, { faults: NO_FAULTS });
    expect(world.acknowledged.size).toBeGreaterThan(20);
    for (const list of world.requests.values()) {
      for (const { excuse } of list) expect(["none", "timeout"]).toContain(excuse);
    }
  }
}, 30_000);
