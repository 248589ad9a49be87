import { unreachable } from "#kernel";
import { type Gate, type Rule, type RuleOf, STAGES, type Stage } from "./gate.ts";
import { nextRoomAtMs, room, take } from "./window.ts";

/**
 * Flow control as a pure function: what becomes of runs that ask to begin, given the gates of their keys (locked, so that nobody
 * decides for the same keys meanwhile) and the time. It changes the gates it is given and says what follows for other runs.
 *
 *   overlap → singleton → debounce → batch → rate → throttle → concurrency → starts
 *      │          │           │         │       │        │           │
 *      └──────────┴───────────┴─ waits ─┴───────┼────────┴───────────┘   and goes on behind its stage when its turn has come
 *                       skipped, absorbed ◀─────┘
 */
export interface Asking {
  readonly runId: string;
  /** Those it has not passed yet, in order. */
  readonly rules: readonly Rule[];
  /** Places that it holds already. */
  readonly gates: readonly string[];
  /** Least first. */
  readonly rank: number;
  readonly priority: number;
  readonly depth: number;
  /** Of its input as JSON. */
  readonly inputBytes: number;
}

export type Decision =
  | { readonly kind: "starts"; readonly gates: readonly string[] }
  | {
      readonly kind: "waits";
      readonly stage: Exclude<Stage, "rate">;
      readonly gateId: string;
      readonly gates: readonly string[];
    }
  /** Another run begins in its place: a later one, or that of the batch that it is part of. */
  | { readonly kind: "absorbed"; readonly rule: Rule; readonly by: string; readonly isBatch: boolean }
  | { readonly kind: "skipped"; readonly rule: Rule; readonly by: string | undefined };

/** A batch that is complete. */
export interface Fired {
  readonly gateId: string;
  readonly batchId: string;
  readonly count: number;
  readonly depth: number;
  readonly rules: readonly Rule[];
  readonly priority: number;
}

export interface Decided {
  readonly decisions: ReadonlyMap<string, Decision>;
  /** Runs of before that have to end for a later one: those that hold a place, and those that wait in its stead. */
  readonly cancelled: ReadonlyMap<string, { readonly stage: Stage; readonly by: string }>;
  readonly replaced: ReadonlyMap<string, { readonly stage: Stage; readonly key: string; readonly by: string }>;
  readonly fired: readonly Fired[];
  /** Places that runs held which are not to begin after all. */
  readonly freed: readonly { readonly gateId: string; readonly runId: string }[];
  /** Gates with a place that somebody did not take after all: for those that wait for it. */
  readonly reopened: ReadonlySet<string>;
  /** Places that were given, to runs that start and to runs that wait further on. */
  readonly placed: readonly { readonly gateId: string; readonly runId: string }[];
}

/** What a batch gathers at most, in bytes of JSON: with what is around it a value stays below 8 MiB. */
export const BATCH_BYTES_MAX = 7 * 1024 * 1024;
/** A point of priority weighs as much as a minute of waiting. */
export const PRIORITY_MS = 60_000;

/** Of two that wait it stays the same who is first, so it is an index and nothing that changes: nobody starves. */
export function rankOf(sinceMs: number, priority: number): number {
  return sinceMs - priority * PRIORITY_MS;
}

export function decide(
  asking: readonly Asking[],
  gates: ReadonlyMap<string, Gate>,
  nowMs: number,
  newId: () => string,
): Decided {
  const deciding = new Deciding(gates, nowMs, newId);
  const inOrder = [...asking].sort((a, b) => a.rank - b.rank || (a.runId < b.runId ? -1 : 1));
  for (const one of inOrder) deciding.decide(one);
  return deciding;
}

type Step =
  | { readonly kind: "passes"; readonly holds: boolean }
  | { readonly kind: "stays"; readonly decision: Decision };
const PASSES: Step = { kind: "passes", holds: false };
const PASSES_HOLDING: Step = { kind: "passes", holds: true };

class Deciding implements Decided {
  readonly decisions = new Map<string, Decision>();
  readonly cancelled = new Map<string, { stage: Stage; by: string }>();
  readonly replaced = new Map<string, { stage: Stage; key: string; by: string }>();
  readonly fired: Fired[] = [];
  readonly freed: { gateId: string; runId: string }[] = [];
  readonly reopened = new Set<string>();
  placed: { gateId: string; runId: string }[] = [];
  readonly #gates: ReadonlyMap<string, Gate>;
  readonly #nowMs: number;
  readonly #newId: () => string;

  constructor(gates: ReadonlyMap<string, Gate>, nowMs: number, newId: () => string) {
    this.#gates = gates;
    this.#nowMs = nowMs;
    this.#newId = newId;
  }

  decide(one: Asking): void {
    const held = [...one.gates];
    for (const rule of one.rules) {
      const gate = this.#gates.get(rule.gateId);
      if (gate === undefined) throw new Error(`The gate ${rule.gateId} was not locked for the run ${one.runId}.`);
      const step = this.#pass(one, rule, gate, held);
      if (step.kind === "stays") {
        this.decisions.set(one.runId, step.decision);
        if (step.decision.kind === "skipped" || step.decision.kind === "absorbed") this.#giveBack(one.runId, held);
        return;
      }
      if (step.holds) {
        held.push(gate.id);
        this.placed.push({ gateId: gate.id, runId: one.runId });
      }
    }
    this.decisions.set(one.runId, { kind: "starts", gates: held });
  }

  #pass(one: Asking, rule: Rule, gate: Gate, held: readonly string[]): Step {
    switch (rule.stage) {
      case "overlap":
        if (rule.mode === "queue") return this.#place(one, rule, gate, held, 1);
        return this.#single(one, rule, rule.mode, gate, held);
      case "singleton":
        return this.#single(one, rule, rule.mode, gate, held);
      case "debounce":
        return this.#debounce(one, rule, gate, held);
      case "batch":
        return this.#batch(one, rule, gate);
      case "rate":
        if (room(gate.state.window ?? [], rule, this.#nowMs) === 0) {
          return { kind: "stays", decision: { kind: "skipped", rule, by: undefined } };
        }
        this.#started(rule, gate);
        return PASSES;
      case "throttle":
        return this.#throttle(one, rule, gate, held);
      case "concurrency":
        return this.#place(one, rule, gate, held, rule.limit);
      default:
        return unreachable(rule);
    }
  }

  #wait(rule: RuleOf<Exclude<Stage, "rate">>, gate: Gate, held: readonly string[]): Step {
    return { kind: "stays", decision: { kind: "waits", stage: rule.stage, gateId: gate.id, gates: [...held] } };
  }

  /** Behind those that wait already, even where there is room: their turn comes first. */
  #place(
    one: Asking,
    rule: RuleOf<"concurrency" | "overlap">,
    gate: Gate,
    held: readonly string[],
    limit: number,
  ): Step {
    if (gate.held < limit && (gate.next === undefined || gate.next === one.runId)) {
      gate.held++;
      gate.holder ??= one.runId;
      if (gate.next === one.runId) gate.next = undefined;
      return PASSES_HOLDING;
    }
    gate.next ??= one.runId;
    if (gate.held < limit) {
      // Somebody was passed over when the place became free.
      gate.dueMs = this.#nowMs;
      gate.changed = true;
    }
    return this.#wait(rule, gate, held);
  }

  #single(
    one: Asking,
    rule: RuleOf<"singleton" | "overlap">,
    mode: "skip" | "replace",
    gate: Gate,
    held: readonly string[],
  ): Step {
    if (gate.held === 0 && (gate.next === undefined || gate.next === one.runId)) {
      gate.held = 1;
      gate.holder = one.runId;
      gate.next = undefined;
      return PASSES_HOLDING;
    }
    if (mode === "skip") {
      return { kind: "stays", decision: { kind: "skipped", rule, by: gate.holder ?? gate.next } };
    }
    if (gate.next !== undefined && gate.next !== one.runId) {
      if (gate.next > one.runId)
        return { kind: "stays", decision: { kind: "absorbed", rule, by: gate.next, isBatch: false } };
      this.#replace(gate.next, rule, one.runId);
    }
    gate.next = one.runId;
    if (gate.holder !== undefined && gate.state.cancelled !== gate.holder) {
      this.cancelled.set(gate.holder, { stage: rule.stage, by: one.runId });
      gate.state = { ...gate.state, cancelled: gate.holder };
      gate.changed = true;
    }
    return this.#wait(rule, gate, held);
  }

  #debounce(one: Asking, rule: RuleOf<"debounce">, gate: Gate, held: readonly string[]): Step {
    const { runId, firstMs = this.#nowMs } = gate.state;
    if (runId === one.runId) return this.#wait(rule, gate, held);
    const latestMs = rule.maxMs === undefined ? Number.POSITIVE_INFINITY : firstMs + rule.maxMs;
    const isLast = runId === undefined || runId < one.runId;
    gate.state = { runId: isLast ? one.runId : runId, firstMs };
    gate.dueMs = Math.min(this.#nowMs + rule.waitMs, latestMs);
    gate.changed = true;
    if (!isLast) return { kind: "stays", decision: { kind: "absorbed", rule, by: runId, isBatch: false } };
    if (runId !== undefined) this.#replace(runId, rule, one.runId);
    return this.#wait(rule, gate, held);
  }

  #batch(one: Asking, rule: RuleOf<"batch">, gate: Gate): Step {
    if ((gate.state.bytes ?? 0) + one.inputBytes + 1 > BATCH_BYTES_MAX) this.#fire(gate);
    const { batchId = this.#newId(), count = 0, bytes = 2, depth = 0 } = gate.state;
    const { rules = rulesAfter(one.rules, "batch"), priority = one.priority } = gate.state;
    gate.dueMs = count === 0 ? this.#nowMs + rule.waitMs : gate.dueMs;
    gate.state = {
      batchId,
      count: count + 1,
      bytes: bytes + one.inputBytes + 1,
      depth: Math.max(depth, one.depth),
      rules,
      priority,
    };
    gate.changed = true;
    if (count + 1 >= rule.size) this.#fire(gate);
    return { kind: "stays", decision: { kind: "absorbed", rule, by: batchId, isBatch: true } };
  }

  #fire(gate: Gate): void {
    const fired = firedOf(gate);
    if (fired !== undefined) this.fired.push(fired);
  }

  #throttle(one: Asking, rule: RuleOf<"throttle">, gate: Gate, held: readonly string[]): Step {
    const window = gate.state.window ?? [];
    if ((gate.next === undefined || gate.next === one.runId) && room(window, rule, this.#nowMs) > 0) {
      this.#started(rule, gate);
      if (gate.next === one.runId) gate.next = undefined;
      return PASSES;
    }
    gate.next ??= one.runId;
    gate.state = { ...gate.state, limit: rule.limit, perMs: rule.perMs };
    gate.dueMs = nextRoomAtMs(window, rule, this.#nowMs);
    gate.changed = true;
    return this.#wait(rule, gate, held);
  }

  #started(rule: RuleOf<"rate" | "throttle">, gate: Gate): void {
    gate.state = {
      window: take(gate.state.window ?? [], rule, 1, this.#nowMs),
      limit: rule.limit,
      perMs: rule.perMs,
    };
    gate.changed = true;
  }

  /** `runId` gives way: one of these, or one that waits since before. */
  #replace(runId: string, rule: Rule, by: string): void {
    const own = this.decisions.get(runId);
    if (own === undefined) {
      this.replaced.set(runId, { stage: rule.stage, key: rule.key, by });
      return;
    }
    this.decisions.set(runId, { kind: "absorbed", rule, by, isBatch: false });
    if (own.kind === "waits" || own.kind === "starts") this.#giveBack(runId, own.gates);
  }

  #giveBack(runId: string, held: readonly string[]): void {
    for (const gateId of held) {
      const isNew = this.placed.some((place) => place.gateId === gateId && place.runId === runId);
      if (isNew) this.placed = this.placed.filter((place) => place.gateId !== gateId || place.runId !== runId);
      else this.freed.push({ gateId, runId });
      this.reopened.add(gateId);
      const gate = this.#gates.get(gateId);
      if (gate === undefined) continue;
      gate.held = Math.max(0, gate.held - 1);
      if (gate.holder === runId) gate.holder = undefined;
    }
  }
}

/** Closes what is gathered; undefined when there is nothing. */
export function firedOf(gate: Gate): Fired | undefined {
  const { batchId, count = 0, depth = 0, rules = [], priority = 0 } = gate.state;
  if (batchId === undefined || count === 0) return undefined;
  gate.state = {};
  gate.dueMs = undefined;
  gate.changed = true;
  return { gateId: gate.id, batchId, count, depth, rules, priority };
}

/** How many of those that wait at a throttle may go on at `nowMs`, at most `waiting`; the gate counts them as started. */
export function throttleTurns(gate: Gate, waiting: number, nowMs: number): number {
  const { window = [], limit, perMs } = gate.state;
  if (limit === undefined || perMs === undefined) return waiting;
  const rule = { limit, perMs };
  const turns = Math.min(waiting, room(window, rule, nowMs));
  const after = turns === 0 ? window : take(window, rule, turns, nowMs);
  gate.state = { window: after, limit, perMs };
  gate.dueMs = waiting > turns ? nextRoomAtMs(after, rule, nowMs) : undefined;
  gate.changed = true;
  return turns;
}

/** The rules behind a stage. */
export function rulesAfter(rules: readonly Rule[], stage: Stage): readonly Rule[] {
  return rules.filter((rule) => STAGES.indexOf(rule.stage) > STAGES.indexOf(stage));
}
/** The rules from a stage on. */
export function rulesFrom(rules: readonly Rule[], stage: Stage): readonly Rule[] {
  return rules.filter((rule) => STAGES.indexOf(rule.stage) >= STAGES.indexOf(stage));
}
