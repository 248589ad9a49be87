import fc from "fast-check";
import type { Definition, Step } from "../definition.ts";

/**
 * Random definitions that are valid: what is shrunk is a tree of plans without names; names and references to steps before are given
 * when a definition is made of it, so that every part of the tree can be left out.
 */
export function definitions(size: { readonly steps: number } = { steps: 4 }): fc.Arbitrary<Definition> {
  return fc
    .record({
      steps: plans(size.steps),
      onFailure: fc.option(fc.array(leaf(), { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 3 }),
      timeout: fc.option(fc.constantFrom("3s", "8s", "20s"), { nil: undefined, freq: 1 }),
      output: fc.nat(),
    })
    .map(({ steps, onFailure, timeout, output }): Definition => {
      const names = new Names();
      const seen: string[] = [];
      const made = stepsOf(steps, seen, names);
      return {
        posthorn: 1,
        flow: "simulated",
        ...(timeout !== undefined && { timeout }),
        steps: made,
        ...(onFailure !== undefined && { on_failure: stepsOf(onFailure, [], names) }),
        output: templateOf(seen, output),
      };
    })
    .filter((definition) => JSON.stringify(definition).split('"id":').length <= STEPS_MAX);
}

const STEPS_MAX = 500;

interface Plan {
  readonly kind: string;
  readonly pick: number;
  readonly span: number;
  readonly retry: number;
  readonly lists: readonly (readonly Plan[])[];
  readonly onFailure: readonly Plan[] | undefined;
  readonly compensate: readonly Plan[] | undefined;
}

const LEAVES = [
  ...["map", "durable", "http", "http", "read", "write", "write", "emit", "task", "task", "code"],
  ...["wait", "wait_for_event", "approve", "call", "fire", "respond"],
];

function leaf(kinds: readonly string[] = LEAVES): fc.Arbitrary<Plan> {
  return fc.record({
    kind: fc.constantFrom(...kinds),
    pick: fc.nat(1000),
    span: fc.nat(5),
    retry: fc.nat(5),
    lists: fc.constant([]),
    onFailure: fc.constant(undefined),
    compensate: fc.constant(undefined),
  });
}

function plans(steps: number): fc.Arbitrary<readonly Plan[]> {
  const { list } = fc.letrec<{ list: readonly Plan[]; step: Plan }>((tie) => ({
    list: fc.array(tie("step"), { minLength: 1, maxLength: steps, size: "max" }),
    step: fc.oneof(
      { maxDepth: 4, depthIdentifier: "plan", depthSize: "max" },
      {
        weight: 30,
        arbitrary: fc
          .tuple(
            leaf(),
            fc.option(fc.array(leaf([...LEAVES, "fail", "stop"]), { minLength: 1, maxLength: 2 }), {
              nil: undefined,
              freq: 3,
            }),
            fc.option(fc.array(leaf([...LEAVES, "fail"]), { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 2 }),
          )
          .map(([plan, onFailure, compensate]) => ({ ...plan, onFailure, compensate })),
      },
      { weight: 1, arbitrary: leaf(["stop", "fail"]) },
      {
        weight: 20,
        arbitrary: fc
          .tuple(
            leaf(["if", "switch", "for_each", "parallel"]),
            fc.array(tie("list"), { minLength: 1, maxLength: 3, size: "max" }),
            fc.option(fc.array(leaf(), { minLength: 1, maxLength: 1 }), { nil: undefined, freq: 3 }),
            fc.option(fc.array(leaf(), { minLength: 1, maxLength: 1 }), { nil: undefined, freq: 4 }),
          )
          .map(([plan, lists, onFailure, compensate]) => ({ ...plan, lists, onFailure, compensate })),
      },
    ),
  }));
  return list;
}

class Names {
  #count = 0;
  next(): string {
    this.#count += 1;
    return `s${this.#count}`;
  }
}

const SPANS = ["0s", "300ms", "1s", "1s", "2s", "5s"] as const;

/** Adds the names of the steps to `seen`, as those after them see them. */
function stepsOf(list: readonly Plan[], seen: string[], names: Names): Step[] {
  return list.map((plan) => {
    const step = stepOf(plan, [...seen], names);
    seen.push(step.id);
    return step;
  });
}

function templateOf(seen: readonly string[], pick: number) {
  const id = seen[pick % Math.max(1, seen.length)];
  return id === undefined ? pick : { n: pick, of: { $: `steps.${id}` } };
}

/** Now and then something that is not there, so that expressions fail too. */
function conditionOf(seen: readonly string[], pick: number): string {
  const id = seen[pick % Math.max(1, seen.length)];
  if (id === undefined || pick % 3 === 0) {
    return pick % 4 === 0 ? "false" : "true";
  }
  return pick % 9 === 1 ? `dyn(steps.${id}).n > 500` : `steps.${id} != null`;
}

function stepOf(plan: Plan, seen: readonly string[], names: Names): Step {
  const id = names.next();
  const { pick, onFailure, compensate } = plan;
  const span = SPANS[plan.span] ?? "1s";
  const within = (list: readonly Plan[] | undefined) => stepsOf(list ?? [], [...seen], names);
  const value = templateOf(seen, pick);
  const retry = { attempts: 1 + plan.retry, wait: span === "0s" ? "500ms" : span, factor: 1 + (pick % 3), max: "6s" };
  const common = {
    id,
    ...(onFailure !== undefined && { on_failure: stepsOf(onFailure, [...seen], names) }),
    ...(compensate !== undefined && { compensate: stepsOf(compensate, [...seen, id], names) }),
  };
  const retried = { ...common, retry };
  const timeout = (ms: number) =>
    pick % 5 === 0
      ? { $: `duration("${ms}ms")` }
      : pick % 5 === 1 && seen.length > 0
        ? { $: `steps.${seen[pick % seen.length]} != null ? ${ms / 1000} : 9` }
        : `${ms}ms`;
  const url = `https://example.com/${id}`;
  switch (plan.kind) {
    case "map":
      return { ...common, map: value };
    case "durable":
      return { ...common, map: value, durable: true };
    case "http":
      return { ...retried, http: { method: "PUT", url, body: value } };
    case "read":
      return { ...retried, http: { url } };
    case "write":
      return { ...retried, effect: "write", http: { method: "POST", url, body: value } };
    case "emit":
      return { ...common, emit: { type: "simulated.happened", data: value } };
    case "task":
      return { ...retried, ...(pick % 2 === 0 && { timeout: timeout(2000) }), task: { name: "work", input: value } };
    case "code":
      return { ...common, code: "return input;", input: value };
    case "wait":
      return { ...common, wait: { for: span } };
    case "wait_for_event":
      return { ...common, timeout: timeout(2000), wait_for_event: { type: "simulated.answer" } };
    case "approve":
      return { ...common, timeout: timeout(2000), approve: { title: "May it?", details: value } };
    case "call":
      return { ...common, timeout: timeout(3000), call: { flow: "other", input: value } };
    case "fire":
      return { ...common, call: { flow: "other", input: value, wait: false } };
    case "respond":
      return { ...common, respond: { status: 200, body: value } };
    case "fail":
      return { ...common, fail: { message: `Failed on purpose in ${id}.`, code: "on_purpose" } };
    case "stop":
      return { ...common, stop: { output: value } };
    case "if":
      return {
        ...common,
        if: conditionOf(seen, pick),
        // biome-ignore lint/suspicious/noThenProperty: the language calls it so.
        then: within(plan.lists[0]),
        ...(plan.lists[1] !== undefined && { else: within(plan.lists[1]) }),
      };
    case "switch":
      return {
        ...common,
        switch: plan.lists.slice(0, 2).map((list, at) => ({ when: conditionOf(seen, pick + at), do: within(list) })),
        ...(plan.lists[2] !== undefined && { else: within(plan.lists[2]) }),
      };
    case "for_each": {
      const items = Array.from({ length: pick % 6 }, (_, at) => at * 10);
      const failure = [undefined, "fail", "continue", { tolerate: 1 }] as const;
      const chosen = failure[pick % 4];
      return {
        ...common,
        for_each: JSON.stringify(items),
        do: within(plan.lists[0]),
        parallel: 1 + (pick % 4),
        ...(chosen !== undefined && { on_item_failure: chosen }),
        ...(pick % 5 === 0 && { output: { item: { $: "item" }, index: { $: "index" } } }),
      };
    }
    default:
      return {
        ...common,
        parallel: Object.fromEntries(plan.lists.map((list, at) => [`b${at}`, within(list)])),
      };
  }
}
