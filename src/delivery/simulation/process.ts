import { unreachable } from "#kernel";
import { decide, type RetryPolicy } from "../policy.ts";
import type { Fate } from "../settlement.ts";
import type { ProcessToken } from "../state.ts";
import type { Held, Other, Tables } from "./tables.ts";

export const LEASE_MS = 3_600;
export const PULSE_MS = 1_000;
const LEASE_MARGIN_MS = 600;
const DEADLINE_MS = 2_500;
const POLICY: RetryPolicy = { preset: "default", scheduleSeconds: [1, 2, 4] };

type Answer<T> = { readonly kind: "answer"; readonly value: T } | { readonly kind: "unknown" };

export interface Task {
  readonly held: Held;
  readonly owner: ProcessToken;
  phase: "queued" | "sending" | "settling";
}

/** One request as the receiver saw it, and why the engine may honestly send another one. */
export interface Request {
  readonly id: string;
  readonly task: Task;
  acted: boolean;
  excuse: "none" | "timeout" | "crash" | "lease_lost";
  settled: boolean;
}

/** The world as a process meets it. */
export interface Surroundings {
  readonly tables: Tables;
  readonly nowMs: number;
  readonly isCalm: boolean;
  readonly isDatabaseAway: boolean;
  readonly unknownCommit: number;
  readonly takersJudgeBy: "database_clock" | "own_clock";
  /** The id that the next event would have. */
  readonly nextId: string;
  random(): number;
  chance(probability: number): boolean;
  at(afterMs: number, run: () => void | Promise<void>): void;
  log(line: string): void;
  joined(token: ProcessToken): void;
  left(token: ProcessToken): void;
  tookOver(dead: ProcessToken): Promise<void>;
  acknowledges(id: string): void;
  starts(task: Task): Request;
  settle(request: Request, fate: Fate): Promise<boolean>;
}

/** One process of the engine, as far as leases go. Its incarnations come and go; what was said to one is not heard by the next. */
export class Process {
  token: ProcessToken | undefined;
  readonly #world: Surroundings;
  readonly #name: string;
  /** Clocks go at slightly different speeds. */
  readonly #clockRate: number;
  #incarnation = 0;
  #isUp = false;
  #isLeaving = false;
  #pausedUntilMs = 0;
  #leaseEndsAt = Number.NEGATIVE_INFINITY;
  #healthySince = Number.POSITIVE_INFINITY;
  #tasks = new Set<Task>();
  #requests = new Set<Request>();
  /** Appends and claims whose answer is awaited: they may bring tasks, so nothing of ours is unknown meanwhile. */
  #bringing = 0;
  #isTaking = false;
  /** When another's beat was first seen, by our own clock. */
  #beats = new Map<ProcessToken, { beat: string; sinceMs: number }>();

  constructor(world: Surroundings, name: string) {
    this.#world = world;
    this.#name = name;
    this.#clockRate = 1 + (world.random() - 0.5) * 0.02;
  }

  get accepts(): boolean {
    return this.#isUp && !this.#isLeaving && this.token !== undefined && !this.#isPaused;
  }

  get isBusy(): boolean {
    return this.#tasks.size > 0 || this.#requests.size > 0 || this.#bringing > 0 || this.#isLeaving || !this.#isUp;
  }

  get #isPaused(): boolean {
    return this.#world.nowMs < this.#pausedUntilMs;
  }

  /** Monotonic milliseconds; they pass while the process is paused. */
  get #clock(): number {
    return this.#world.nowMs * this.#clockRate;
  }

  boot(): void {
    this.#incarnation += 1;
    this.#isUp = true;
    this.#isLeaving = false;
    this.#pausedUntilMs = 0;
    this.#join();
    this.#later(PULSE_MS, () => this.#tick());
  }

  crash(): void {
    if (!this.#isUp) return;
    this.#world.log(`${this.#name} crashes`);
    this.#down("crash");
  }

  pause(ms: number): void {
    if (!this.#isUp) return;
    this.#pausedUntilMs = this.#world.nowMs + ms;
    this.#world.log(`${this.#name} is paused for ${ms.toFixed(0)} ms`);
  }

  leave(): void {
    if (!this.accepts) return;
    this.#world.log(`${this.#name} is told to leave`);
    this.#isLeaving = true;
    this.#workOff();
  }

  accept(id: string): void {
    const owner = this.token;
    if (owner === undefined) return;
    this.#bringing += 1;
    this.#ask(
      `accepts ${id}`,
      () => this.#world.tables.accept(owner, id),
      (answer) => {
        this.#bringing -= 1;
        if (answer.kind === "unknown") return; // 503: not confirmed.
        this.#world.acknowledges(id);
        this.#take([{ id, attempts: 0, step: 0 }], owner);
      },
    );
  }

  #down(excuse: "crash" | "none"): void {
    for (const request of this.#requests) if (!request.settled && excuse === "crash") request.excuse = "crash";
    this.#incarnation += 1;
    this.#isUp = false;
    this.#isLeaving = false;
    this.token = undefined;
    this.#leaseEndsAt = Number.NEGATIVE_INFINITY;
    this.#healthySince = Number.POSITIVE_INFINITY;
    this.#tasks = new Set();
    this.#requests = new Set();
    this.#beats = new Map();
    this.#bringing = 0;
    this.#isTaking = false;
    this.#world.at(100 + this.#world.random() * 6_000, () => this.boot());
  }

  /** Something that this incarnation does later; when it is paused then, after it. */
  #later(ms: number, run: () => void): void {
    const incarnation = this.#incarnation;
    const when = (): void => {
      if (this.#incarnation !== incarnation) return;
      if (this.#isPaused) this.#world.at(this.#pausedUntilMs - this.#world.nowMs + this.#world.random(), when);
      else run();
    };
    this.#world.at(ms, when);
  }

  /**
   * Asks the database. The question takes its way, the answer another; either may be lost, and a question may arrive after
   * it was given up. A process that crashed meanwhile does not hear the answer, but the database heard the question.
   */
  #ask<T>(
    what: string,
    transaction: () => Promise<T>,
    hear: (answer: Answer<T>) => void,
    { mayLinger = true }: { readonly mayLinger?: boolean } = {},
  ): void {
    const world = this.#world;
    const incarnation = this.#incarnation;
    const isLost = !world.isCalm && world.chance(world.unknownCommit);
    const fate = fateOf(isLost, mayLinger, world.random());
    const way = 1 + world.random() * (world.chance(0.25) ? 800 : 20);
    const say = (answer: Answer<T>): void => {
      if (this.#incarnation === incarnation) this.#later(1 + world.random() * 20, () => hear(answer));
    };
    const name = `${this.#name}(${this.token ?? "-"})`;
    if (fate === "question_lost") {
      world.log(`${name} ${what}: lost on the way`);
      world.at(way, () => say({ kind: "unknown" }));
      return;
    }
    if (fate === "lingers") world.at(way, () => say({ kind: "unknown" }));
    world.at(fate === "lingers" ? way + world.random() * 6_000 : way, async () => {
      if (world.isDatabaseAway) {
        if (fate !== "lingers") say({ kind: "unknown" });
        return;
      }
      const value = await transaction();
      world.log(`${name} ${what}: ${JSON.stringify(value) ?? "done"}${fate === "heard" ? "" : ", not heard"}`);
      if (fate === "heard") say({ kind: "answer", value });
      if (fate === "answer_lost") say({ kind: "unknown" });
    });
  }

  #join(): void {
    const sentAt = this.#clock;
    this.#ask(
      "joins",
      async () => {
        const token = await this.#world.tables.join();
        this.#world.joined(token);
        return token;
      },
      (answer) => {
        if (answer.kind === "unknown") {
          this.#later(200, () => this.#join());
          return;
        }
        this.token = answer.value;
        this.#leaseEndsAt = sentAt + LEASE_MS;
        this.#healthySince = sentAt;
      },
    );
  }

  #tick(): void {
    this.#later(PULSE_MS, () => this.#tick());
    const { token } = this;
    if (token === undefined) return;
    const sentAt = this.#clock;
    this.#ask(
      "pulses",
      () => this.#world.tables.pulse(token),
      (answer) => {
        if (this.token !== token) return;
        if (answer.kind === "unknown") {
          this.#healthySince = Number.POSITIVE_INFINITY;
          this.#beats.clear();
          return;
        }
        if (!answer.value.alive) {
          this.#lost();
          return;
        }
        this.#leaseEndsAt = Math.max(this.#leaseEndsAt, sentAt + LEASE_MS);
        this.#healthySince = Math.min(this.#healthySince, sentAt);
        this.#judge(answer.value.others);
        this.#workOff();
      },
    );
  }

  /** Declared dead: what is queued belongs to others now; what is on the wire ends, late. */
  #lost(): void {
    this.#world.log(`${this.#name} learns that ${this.token} is dead`);
    this.token = undefined;
    this.#tasks = new Set();
    this.#beats = new Map();
    this.#healthySince = Number.POSITIVE_INFINITY;
    this.#join();
  }

  #judge(others: readonly Other[]): void {
    const { tables, takersJudgeBy } = this.#world;
    const isHealthyForALease = this.#clock - this.#healthySince >= LEASE_MS;
    for (const { token, beat, expired } of others) {
      const seen = this.#beats.get(token);
      if (seen === undefined || seen.beat !== beat) this.#beats.set(token, { beat, sinceMs: this.#clock });
      const silentMs = this.#clock - (this.#beats.get(token)?.sinceMs ?? this.#clock);
      const isSilent = takersJudgeBy === "own_clock" ? silentMs >= LEASE_MS : expired;
      if (this.#isTaking || !isHealthyForALease || !isSilent) continue;
      this.#isTaking = true;
      this.#ask(
        `takes over from ${token}`,
        async () => {
          const done = await tables.takeOver(token, beat);
          if (done) await this.#world.tookOver(token);
          return done;
        },
        () => {
          this.#isTaking = false;
        },
      );
    }
  }

  #take(rows: readonly Held[], owner: ProcessToken): void {
    // An answer that comes after the lease was lost brings what is no longer ours.
    if (owner !== this.token) return;
    for (const held of rows) this.#tasks.add({ held, owner, phase: "queued" });
    this.#workOff();
  }

  /** Starts what is queued, claims what is due, gives back what was left behind; or, on its way out, only gives back. */
  #workOff(): void {
    const { token } = this;
    if (token === undefined) return;
    const { tables } = this.#world;
    if (this.#isLeaving) {
      this.#giveBack(token);
      return;
    }
    if (this.#clock >= this.#leaseEndsAt - LEASE_MARGIN_MS) return;
    for (const task of this.#tasks) if (task.phase === "queued") this.#send(task);
    if (this.#bringing > 0) return;
    this.#bringing += 1;
    if (this.#world.chance(0.3)) {
      const known = Array.from(this.#tasks, (task) => task.held.id);
      const olderThan = this.#world.nextId;
      this.#ask(
        "gives back what nobody knows of",
        async () => {
          await tables.releaseOfEnded();
          await tables.releaseUnknown(token, known, olderThan);
        },
        () => {
          this.#bringing -= 1;
        },
        // One that began after it was given up would take from us what we have claimed since. Its snapshot is as old as
        // its question, so the database does not let it.
        { mayLinger: false },
      );
      return;
    }
    this.#ask(
      "claims",
      () => tables.claim(token, 3),
      (answer) => {
        this.#bringing -= 1;
        if (answer.kind === "answer") this.#take(answer.value, token);
      },
    );
  }

  #giveBack(token: ProcessToken): void {
    const { tables } = this.#world;
    for (const task of this.#tasks) {
      if (task.phase !== "queued") continue;
      task.phase = "settling";
      this.#ask(
        `releases ${task.held.id}`,
        () => tables.release(token, task.held),
        (answer) => {
          if (answer.kind === "answer") this.#tasks.delete(task);
          else task.phase = "queued";
          this.#workOff();
        },
      );
    }
    if (this.#tasks.size > 0 || this.#requests.size > 0 || this.#bringing > 0) return;
    this.#ask(
      "leaves",
      async () => {
        await tables.leave(token);
        this.#world.left(token);
      },
      () => {
        if (this.#isLeaving) this.#down("none");
      },
    );
  }

  #send(task: Task): void {
    const world = this.#world;
    const request = world.starts(task);
    task.phase = "sending";
    this.#requests.add(request);
    world.log(`${this.#name}(${task.owner}) sends ${request.id}, attempt ${task.held.attempts + 1}`);
    const tookMs = world.random() * (world.chance(0.4) ? DEADLINE_MS * 1.2 : 100);
    const status = world.chance(0.6) ? 200 : [404, 429, 503, 503][Math.floor(world.random() * 4)];
    world.at(tookMs, () => {
      request.acted = status === 200;
    });
    this.#later(Math.min(tookMs, DEADLINE_MS), () => {
      if (tookMs >= DEADLINE_MS) {
        if (request.excuse === "none") request.excuse = "timeout";
        this.#decide(request, { class: "timeout", reason: "timeout_headers" });
      } else if (status === 200) this.#decide(request, { class: "delivered", reason: "http_200" });
      else if (status === 404) this.#decide(request, { class: "permanent", reason: "http_404" });
      else if (status === 429) this.#decide(request, { class: "retryable", reason: "http_429", retryAfterMs: 1_000 });
      else this.#decide(request, { class: "retryable", reason: "http_503" });
    });
  }

  #decide(request: Request, outcome: Parameters<typeof decide>[2]): void {
    const { held } = request.task;
    const nowMs = this.#clock;
    const decision = decide(POLICY, held, outcome, nowMs, this.#world.random);
    request.task.phase = "settling";
    switch (decision.kind) {
      case "delivered":
      case "dead":
        this.#settle(request, decision);
        break;
      case "retry":
      case "hold":
      case "gone":
        this.#settle(request, { kind: "owed", waitMs: decision.dueAtMs - nowMs, step: decision.step });
        break;
      default:
        unreachable(decision);
    }
  }

  #settle(request: Request, fate: Fate): void {
    this.#ask(
      `settles ${request.id} as ${fate.kind}`,
      () => this.#world.settle(request, fate),
      (answer) => {
        if (answer.kind === "unknown") {
          // Asked again until it is known: the fence makes the second time harmless.
          this.#later(100, () => this.#settle(request, fate));
          return;
        }
        this.#requests.delete(request);
        this.#tasks.delete(request.task);
        this.#workOff();
      },
    );
  }
}

/** What becomes of a question to the database: `lingers` is executed long after it was given up. */
function fateOf(
  isLost: boolean,
  mayLinger: boolean,
  random: number,
): "heard" | "question_lost" | "answer_lost" | "lingers" {
  if (!isLost) return "heard";
  if (random < 1 / 3) return "question_lost";
  return random < 2 / 3 || !mayLinger ? "answer_lost" : "lingers";
}
