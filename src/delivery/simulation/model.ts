import { unreachable } from "#kernel";
import type { OwedAct } from "../owed-acts.ts";
import type { Fate } from "../settlement.ts";
import type { DeadReason, ProcessToken } from "../state.ts";
import { LEASE_MS } from "./process.ts";
import type { Held, Other, Row, Tables } from "./tables.ts";

interface Process {
  beat: number;
  leaseEndsAtMs: number;
  ended: boolean;
}

/** posthorn.process, delivery_leased, delivery_owed, delivery_dead and attempt, each statement as its SQL means it. */
export class Model implements Tables {
  readonly #processes = new Map<ProcessToken, Process>();
  readonly #leased = new Map<string, Held & { owner: ProcessToken }>();
  readonly #owed = new Map<string, Held & { dueAtMs: number }>();
  readonly #held = new Map<string, Held & { dueAtMs: number }>();
  readonly #dead = new Map<string, { attempts: number; reason: DeadReason }>();
  readonly #attempts = new Map<string, { id: string; settledAs: string; number: number }[]>();
  #passedMs = 0;
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
      if (other === token || ended) continue;
      others.push({ token: other, beat: String(beat), expired: leaseEndsAtMs < this.#nowMs });
    }
    return { alive: true, others };
  }

  async takeOver(dead: ProcessToken, beat: string): Promise<boolean> {
    const process = this.#processes.get(dead);
    if (process === undefined || process.ended || String(process.beat) !== beat) return false;
    process.ended = true;
    for (const { id, attempts, step } of this.#heldBy(dead)) {
      this.#leased.delete(id);
      this.#owed.set(id, { id, attempts: attempts + 1, step, dueAtMs: this.#nowMs });
      this.#record(id, `lost after ${attempts}`, attempts + 1, "owed");
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
    const due = [...this.#owed.values()]
      .filter(({ dueAtMs }) => dueAtMs <= this.#nowMs)
      .sort((a, b) => a.dueAtMs - b.dueAtMs || (a.id < b.id ? -1 : 1));
    const taken = due.slice(0, max).map(({ id, attempts, step }) => {
      this.#owed.delete(id);
      this.#leased.set(id, { id, attempts, step, owner });
      return { id, attempts, step };
    });
    // In what order a statement returns rows is not promised.
    return taken.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async settle(owner: ProcessToken, { id, attempts }: Held, attemptId: string, fate: Fate): Promise<boolean> {
    const row = this.#leased.get(id);
    const ours = row !== undefined && row.owner === owner && row.attempts === attempts;
    this.#record(id, attemptId, attempts + 1, ours ? fate.kind : "late");
    if (!ours) return false;
    this.#leased.delete(id);
    if (fate.kind === "owed") {
      this.#owed.set(id, {
        id,
        attempts: attempts + 1,
        step: fate.step,
        dueAtMs: this.#nowMs + Math.round(fate.waitMs),
      });
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

  async releaseOfEnded(): Promise<void> {
    for (const [token, { ended }] of this.#processes)
      if (ended) for (const row of this.#heldBy(token)) this.#giveBack(row);
  }

  async act(act: OwedAct, id: string): Promise<boolean> {
    const owed = this.#owed.get(id);
    const held = this.#held.get(id);
    switch (act) {
      case "hold":
        if (owed === undefined) return false;
        this.#owed.delete(id);
        this.#held.set(id, owed);
        return true;
      case "let_go":
        if (held === undefined) return false;
        this.#held.delete(id);
        this.#owed.set(id, held);
        return true;
      case "cancel": {
        const waiting = owed ?? held;
        if (waiting === undefined) return false;
        this.#owed.delete(id);
        this.#held.delete(id);
        this.#dead.set(id, { attempts: waiting.attempts, reason: "cancelled" });
        return true;
      }
      default:
        return unreachable(act);
    }
  }

  async advance(ms: number): Promise<void> {
    this.#passedMs += ms;
  }

  async rowsOf(id: string): Promise<Row[]> {
    const rows: Row[] = [];
    const leased = this.#leased.get(id);
    const owed = this.#owed.get(id);
    const held = this.#held.get(id);
    const dead = this.#dead.get(id);
    if (leased !== undefined) rows.push({ state: "leased", owner: leased.owner, attempts: leased.attempts });
    if (owed !== undefined) rows.push({ state: "owed", attempts: owed.attempts });
    if (held !== undefined) rows.push({ state: "held", attempts: held.attempts });
    if (dead !== undefined) rows.push({ state: "dead", attempts: dead.attempts });
    for (const { settledAs, number } of this.#attempts.get(id) ?? []) {
      if (settledAs === "delivered") rows.push({ state: "delivered", attempts: number });
    }
    return rows;
  }

  async attemptsOf(id: string): Promise<{ id: string; number: number; settledAs: string }[]> {
    return this.#attempts.get(id) ?? [];
  }

  /** PostgreSQL counts whole microseconds. */
  get #nowMs(): number {
    return Math.round(this.#passedMs * 1_000) / 1_000;
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
