import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { BATCH_BYTES_MAX, decide, firedOf, rankOf, rulesAfter, throttleTurns } from "./decide.ts";
import type { Gate, Rule, Stage } from "./gate.ts";

const GATE_OF: Record<Stage, string> = {
  overlap: "g-overlap",
  singleton: "g-singleton",
  debounce: "g-debounce",
  batch: "g-batch",
  rate: "g-rate",
  throttle: "g-throttle",
  concurrency: "g-concurrency",
};
const at = (stage: Stage) => ({ gateId: GATE_OF[stage], key: "k" });

interface Live {
  readonly rank: number;
  readonly priority: number;
  readonly startedMs: number | undefined;
  readonly gates: readonly string[];
}
interface Queued {
  readonly gateId: string | null;
  readonly stage: Stage;
  readonly rank: number;
  readonly sinceMs: number;
}

/** What the tables hold, by the same functions: one key, so that everything meets. */
class World {
  nowMs = 1_000_000;
  readonly live = new Map<string, Live>();
  readonly places = new Map<string, Set<string>>();
  readonly queue = new Map<string, Queued>();
  readonly started: { id: string; atMs: number }[] = [];
  readonly fired: { id: string; count: number }[] = [];
  readonly skipped: string[] = [];
  readonly absorbed: string[] = [];
  readonly #state = new Map<string, { state: Gate["state"]; dueMs: number | undefined }>();
  #ids = 0;

  readonly rules: readonly Rule[];

  constructor(rules: readonly Rule[]) {
    this.rules = rules;
  }

  newId = () => `r${String(++this.#ids).padStart(6, "0")}`;

  gate(id: string): Gate {
    const kept = this.#state.get(id) ?? { state: {}, dueMs: undefined };
    const held = this.places.get(id) ?? new Set();
    return { id, ...kept, held: held.size, holder: [...held][0], next: this.waiting(id)[0], changed: false };
  }

  waiting(gateId: string): string[] {
    return [...this.queue]
      .filter(([, row]) => row.gateId === gateId)
      .sort(([a, x], [b, y]) => x.rank - y.rank || (a < b ? -1 : 1))
      .map(([id]) => id);
  }

  write(gate: Gate): void {
    this.#state.set(gate.id, { state: gate.state, dueMs: gate.dueMs });
  }

  arrive(priorities: readonly number[], bytes = 10): void {
    const ids = priorities.map((priority) => {
      const id = this.newId();
      this.live.set(id, { rank: rankOf(this.nowMs, priority), priority, startedMs: undefined, gates: [] });
      return id;
    });
    this.ask(ids, bytes);
  }

  ask(ids: readonly string[], bytes = 10): void {
    const gates = new Map(this.rules.map((rule) => [rule.gateId, this.gate(rule.gateId)]));
    const asking = ids.map((runId) => {
      const { rank, priority, gates: held } = this.live.get(runId) as Live;
      const queued = this.queue.get(runId);
      const rules = queued === undefined ? this.rules : rulesAfter(this.rules, queued.stage);
      return { runId, rules, gates: held, rank, priority, depth: 0, inputBytes: bytes };
    });
    const decided = decide(asking, gates, this.nowMs, this.newId);
    for (const [id, decision] of decided.decisions) {
      if (decision.kind === "waits") {
        const sinceMs = this.queue.get(id)?.sinceMs ?? this.nowMs;
        const { rank } = this.live.get(id) as Live;
        this.queue.set(id, { gateId: decision.gateId, stage: decision.stage, rank, sinceMs });
        this.live.set(id, { ...(this.live.get(id) as Live), gates: decision.gates });
        continue;
      }
      this.queue.delete(id);
      if (decision.kind === "starts") {
        this.live.set(id, { ...(this.live.get(id) as Live), startedMs: this.nowMs, gates: decision.gates });
        this.started.push({ id, atMs: this.nowMs });
      } else {
        this.live.delete(id);
        (decision.kind === "skipped" ? this.skipped : this.absorbed).push(id);
      }
    }
    for (const { gateId, runId } of decided.freed) this.places.get(gateId)?.delete(runId);
    for (const { gateId, runId } of decided.placed)
      this.places.set(gateId, (this.places.get(gateId) ?? new Set()).add(runId));
    for (const { batchId, count } of decided.fired) this.fired.push({ id: batchId, count });
    for (const gate of gates.values()) if (gate.changed) this.write(gate);
    for (const id of decided.replaced.keys()) {
      this.queue.delete(id);
      this.live.delete(id);
      this.absorbed.push(id);
    }
    for (const id of decided.cancelled.keys()) this.end(id);
    for (const id of decided.reopened) this.give(id);
  }

  end(id: string): void {
    const run = this.live.get(id);
    if (run === undefined) return;
    this.live.delete(id);
    this.queue.delete(id);
    for (const gateId of run.gates) {
      this.places.get(gateId)?.delete(id);
      this.give(gateId);
    }
  }

  /** As posthorn.give_places does. */
  give(gateId: string): void {
    const rule = this.rules.find((one) => one.gateId === gateId);
    const limit = rule?.stage === "concurrency" ? rule.limit : 1;
    for (;;) {
      const [next] = this.waiting(gateId);
      const held = this.places.get(gateId) ?? new Set<string>();
      if (next === undefined || held.size >= limit) return;
      held.add(next);
      this.places.set(gateId, held);
      const run = this.live.get(next) as Live;
      this.live.set(next, { ...run, gates: [...run.gates, gateId] });
      const queued = this.queue.get(next) as Queued;
      this.queue.set(next, { ...queued, gateId: null });
      this.ask([next]);
    }
  }

  /** As the look at gates that are due does. */
  turn(): void {
    for (const rule of this.rules) {
      const gate = this.gate(rule.gateId);
      if (gate.dueMs === undefined || gate.dueMs > this.nowMs) continue;
      let turns: string[] = [];
      if (rule.stage === "debounce") {
        turns = gate.state.runId === undefined ? [] : [gate.state.runId];
        gate.state = {};
        gate.dueMs = undefined;
      } else if (rule.stage === "batch") {
        const fired = firedOf(gate);
        if (fired !== undefined) this.fired.push({ id: fired.batchId, count: fired.count });
      } else if (rule.stage === "throttle") {
        const waiting = this.waiting(gate.id);
        turns = waiting.slice(0, throttleTurns(gate, waiting.length, this.nowMs));
      } else gate.dueMs = undefined;
      this.write(gate);
      for (const id of turns) this.queue.set(id, { ...(this.queue.get(id) as Queued), gateId: null });
      if (turns.length > 0) this.ask(turns);
      if (rule.stage === "concurrency" || rule.stage === "singleton") this.give(rule.gateId);
    }
  }

  running(): string[] {
    return [...this.live].filter(([, run]) => run.startedMs !== undefined).map(([id]) => id);
  }
}

const concurrency = (limit: number): Rule => ({ stage: "concurrency", ...at("concurrency"), limit });
const singleton = (mode: "skip" | "replace"): Rule => ({ stage: "singleton", ...at("singleton"), mode });

type Act =
  | { readonly kind: "arrive"; readonly priorities: readonly number[] }
  | { readonly kind: "end" }
  | { readonly kind: "wait"; readonly ms: number };
const acts = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("arrive" as const),
      priorities: fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 6 }),
    }),
    fc.record({ kind: fc.constant("end" as const) }),
    fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(2_000) }),
  ),
  { maxLength: 60 },
);

function play(world: World, done: readonly Act[], check: () => void): void {
  for (const act of done) {
    if (act.kind === "arrive") world.arrive(act.priorities);
    if (act.kind === "end") {
      const [first] = world.running();
      if (first !== undefined) world.end(first);
    }
    if (act.kind === "wait") world.nowMs += act.ms;
    world.turn();
    check();
  }
}

describe("flow control", () => {
  test("P7: never do more runs of a key go on at once than its limit, and no place stays free while somebody waits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), acts, (limit, done) => {
        const world = new World([concurrency(limit)]);
        play(world, done, () => {
          expect(world.running().length).toBeLessThanOrEqual(limit);
          if (world.running().length < limit) expect(world.queue.size).toBe(0);
        });
      }),
    );
  });

  test("whoever waits begins in the end, whatever comes with a higher priority meanwhile", () => {
    const world = new World([concurrency(1)]);
    world.arrive([0]);
    world.arrive([-100]);
    const [, patient] = [...world.live.keys()] as [string, string];
    let minutes = 0;
    while (world.live.get(patient)?.startedMs === undefined) {
      minutes++;
      world.nowMs += 60_000;
      world.arrive([100]);
      world.end(world.running()[0] as string);
      expect(minutes).toBeLessThanOrEqual(202);
    }
    expect(minutes).toBeGreaterThan(190);
  });

  test("of those that wait the higher priority goes first, and of equals the earlier", () => {
    const world = new World([concurrency(1)]);
    world.arrive([0]);
    world.arrive([0]);
    world.arrive([5]);
    const [first, second, third] = [...world.live.keys()] as [string, string, string];
    world.end(first);
    expect(world.running()).toEqual([third]);
    world.end(third);
    expect(world.running()).toEqual([second]);
  });

  test("a singleton that skips has at most one run of a key, waiting ones included", () => {
    fc.assert(
      fc.property(acts, (done) => {
        const world = new World([singleton("skip"), concurrency(1)]);
        play(world, done, () => expect(world.live.size).toBeLessThanOrEqual(1));
      }),
    );
  });

  test("a singleton that replaces lets one run go on, and the last that came begins once it has ended", () => {
    fc.assert(
      fc.property(acts, (done) => {
        const world = new World([singleton("replace")]);
        let last: string | undefined;
        play(world, done, () => {
          expect(world.running().length).toBeLessThanOrEqual(1);
          last = [...world.live.keys()].sort().at(-1) ?? last;
          if (world.live.size > 0) expect(world.running()).toEqual([last as string]);
        });
      }),
    );
  });

  test("a debounced run begins when nothing came for `wait`, at the latest `max` after the first; the last one counts", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 1, max: 3_000 }),
        fc.array(fc.nat(1_500), { minLength: 1, maxLength: 40 }),
        (waitMs, maxMs, gaps) => {
          const world = new World([{ stage: "debounce", ...at("debounce"), waitMs, maxMs }]);
          let firstMs: number | undefined;
          let lastMs = 0;
          let last: string | undefined;
          for (const gap of gaps) {
            const untilMs = world.nowMs + gap;
            if (firstMs !== undefined) {
              const dueMs = Math.min(lastMs + waitMs, firstMs + maxMs);
              if (dueMs <= untilMs) {
                world.nowMs = dueMs - 1;
                world.turn();
                const before = world.started.length;
                world.nowMs = dueMs;
                world.turn();
                expect(world.started.length).toBe(before + 1);
                expect(world.started.at(-1)?.id).toBe(last as string);
                firstMs = undefined;
              }
            }
            world.nowMs = untilMs;
            world.arrive([0, 0]);
            firstMs ??= world.nowMs;
            lastMs = world.nowMs;
            last = [...world.queue.keys()][0];
            expect(world.queue.size).toBe(1);
          }
        },
      ),
    );
  });

  test("a batch never exceeds its size, loses nothing, and begins at the latest `wait` after its first", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), acts, (size, done) => {
        const world = new World([{ stage: "batch", ...at("batch"), size, waitMs: 500 }]);
        play(world, done, () => {
          for (const { count } of world.fired) expect(count).toBeLessThanOrEqual(size);
          const { count = 0 } = world.gate(GATE_OF.batch).state;
          expect(world.fired.reduce((sum, { count: n }) => sum + n, count)).toBe(world.absorbed.length);
          expect(count).toBeLessThan(size);
        });
        world.nowMs += 500;
        world.turn();
        expect(world.fired.reduce((sum, { count }) => sum + count, 0)).toBe(world.absorbed.length);
      }),
    );
  });

  test("a batch begins before its inputs become more than a value may be", () => {
    const world = new World([{ stage: "batch", ...at("batch"), size: 1_000, waitMs: 60_000 }]);
    for (let i = 0; i < 4; i++) world.arrive([0], BATCH_BYTES_MAX / 2 - 100);
    expect(world.fired.map(({ count }) => count)).toEqual([2]);
    expect(world.gate(GATE_OF.batch).state.count).toBe(2);
  });

  test("a rate skips what is more, a throttle lets it wait; neither lets more start in any period", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("rate" as const, "throttle" as const),
        fc.integer({ min: 1, max: 5 }),
        acts,
        (stage, limit, done) => {
          const world = new World([{ stage, ...at(stage), limit, perMs: 1_000 } as Rule]);
          play(world, done, () => {
            const recent = world.started.filter(({ atMs }) => atMs > world.nowMs - 1_000);
            expect(recent.length).toBeLessThanOrEqual(limit);
            if (stage === "rate") expect(world.queue.size).toBe(0);
            else {
              expect(world.skipped).toEqual([]);
              if (recent.length < limit) expect(world.queue.size).toBe(0);
            }
          });
        },
      ),
    );
  });

  test("one that is skipped further on gives back the place that it had taken", () => {
    const world = new World([singleton("skip"), { stage: "rate", ...at("rate"), limit: 1, perMs: 1_000 }]);
    world.arrive([0]);
    world.end(world.running()[0] as string);
    world.arrive([0]);
    expect(world.skipped.length).toBe(1);
    expect(world.places.get(GATE_OF.singleton)?.size).toBe(0);
    world.nowMs += 1_000;
    world.arrive([0]);
    expect(world.running().length).toBe(1);
  });
});
