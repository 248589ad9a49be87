import fc from "fast-check";
import type { Definition, Json, Step } from "#language";
import { definitions, hash } from "#language/simulation";

/** One random flow, fitted to a world that this process plays: its URLs, event types and children are of this trial alone. */
export interface Trial {
  readonly number: number;
  /** Of this trial: what the world answers it. */
  readonly seed: number;
  /** So many of a hundred answers are failures. */
  readonly failing: number;
  readonly name: string;
  readonly definition: Definition;
  readonly startedBy: "event" | "api";
  /** Cancelled so long after its start; undefined: not. */
  readonly cancelAfterMs: number | undefined;
  readonly kinds: ReadonlyMap<string, string>;
}

export const TRIAL_INPUT: Json = { list: [1, 2, 3] };

/** What runs call: gives what it is told to give, or fails when it is told to. */
export const CHILD: Definition = {
  posthorn: 1,
  flow: "other",
  steps: [
    { id: "note", map: { $: "input.n" }, durable: true },
    // biome-ignore lint/suspicious/noThenProperty: the language calls it so.
    { id: "may", if: "input.fail", then: [{ id: "no", fail: { message: "Told to.", code: "told_to" } }] },
  ],
  output: { n: { $: "steps.note" }, from: { $: "input.from" } },
};

/** Definitions by seed; the same for the same seed and number, however many are drawn. */
export function drawTrials(seed: number, from: number, count: number, worldUrl: string): Trial[] {
  return Array.from({ length: count }, (_, i) => {
    const number = from + i;
    const own = hash(`${seed}|${number}`);
    const [drawn] = fc.sample(definitions(), { numRuns: 1, seed: own | 0 });
    if (drawn === undefined) throw new Error("No definition was drawn.");
    return fitted(drawn, number, own, worldUrl);
  });
}

const FAILING = [0, 0, 10, 30, 60] as const;
const SPANS: Readonly<Record<string, string>> = {
  "300ms": "15ms",
  "500ms": "10ms",
  "1s": "40ms",
  "2s": "2300ms", // Longer than what waits in memory.
  "5s": "120ms",
  "6s": "80ms",
};
/** Of a wait that nobody will answer. */
const SILENCE = "400ms";
const HTTP_TIMEOUT = "4s";

/** Nobody ever answers this step. */
export function isSilent(trial: Pick<Trial, "seed">, stepId: string): boolean {
  return hash(`${trial.seed}|${stepId}|silent`) / 2 ** 32 < 0.2;
}

export function numberOf(trial: Pick<Trial, "seed">, stepId: string): number {
  return hash(`${trial.seed}|${stepId}|n`) % 1000;
}

export function childFails(trial: Pick<Trial, "seed" | "failing">, stepId: string): boolean {
  return (hash(`${trial.seed}|${stepId}|child`) / 2 ** 32) * 100 < trial.failing;
}

export type Told = "ok" | "http_503" | "http_404" | "http_429" | "reset" | "never";

/** What the world answers to the n-th time that it is asked for this path (from 1). */
export function toldTo(trial: Pick<Trial, "seed" | "failing">, path: string, n: number): Told {
  const chance = (salt: string) => hash(`${trial.seed}|${path}|${n}|${salt}`) / 2 ** 32;
  if (chance("fails") * 100 >= trial.failing) return "ok";
  const how = chance("how");
  if (how < 0.45) return "http_503";
  if (how < 0.6) return "http_404";
  if (how < 0.75) return "http_429";
  return how < 0.97 ? "reset" : "never";
}

export function toldToTask(trial: Pick<Trial, "seed" | "failing">, path: string, attempt: number): boolean {
  return (hash(`${trial.seed}|${path}|${attempt}|task`) / 2 ** 32) * 100 >= trial.failing;
}

/** The step's id in a path: `orders[12].~charge.refund` is of `refund`. */
export function stepIdOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1).replace(/^[~!]*([^[]*).*$/, "$1");
}

/** Every span, wait and answer within a test's time; every effect with this trial's name on it. */
function fitted(drawn: Definition, number: number, seed: number, worldUrl: string): Trial {
  const failing = FAILING[seed % FAILING.length] ?? 0;
  const kinds = new Map<string, string>();
  const trial = { seed, failing };
  const name = `trial-${number}`;
  const spanOf = (span: string | undefined) => (span === undefined ? undefined : (SPANS[span] ?? span));
  const list = (steps: readonly Step[]): Step[] => steps.map(one);
  const one = (step: Step): Step => {
    const { retry, timeout: _, on_failure, compensate, ...rest } = step;
    const common = {
      ...(retry !== undefined && {
        retry: { ...retry, wait: spanOf(retry.wait) ?? "10ms", max: spanOf(retry.max) ?? "80ms" },
      }),
      ...(on_failure !== undefined && { on_failure: list(on_failure) }),
      ...(compensate !== undefined && { compensate: list(compensate) }),
    };
    return { ...own(rest as Step), ...common } as Step;
  };
  const own = (step: Step): Step => {
    const { id } = step;
    const n = numberOf(trial, id);
    const kind = Object.keys(step).find((key) => key !== "id" && key !== "effect") ?? "";
    kinds.set(id, kind);
    if ("http" in step) {
      const url = `${worldUrl}/${number}/${id}`;
      return { ...step, timeout: HTTP_TIMEOUT, http: { ...step.http, url } } as Step;
    }
    if ("emit" in step) return { ...step, emit: { ...step.emit, type: `sim.${number}.${id}` } } as Step;
    if ("wait" in step && "for" in step.wait && typeof step.wait.for === "string") {
      return { ...step, wait: { for: spanOf(step.wait.for) ?? "15ms" } } as Step;
    }
    if ("wait_for_event" in step) {
      const silence = isSilent(trial, id) ? { timeout: SILENCE } : {};
      return { ...step, ...silence, wait_for_event: { type: `answer.${number}.${id}` } } as Step;
    }
    if ("approve" in step) return { ...step, ...(isSilent(trial, id) && { timeout: SILENCE }) } as Step;
    if ("call" in step) {
      const input = { n, from: id, fail: childFails(trial, id), value: step.call.input ?? null };
      return { ...step, call: { ...step.call, input } } as Step;
    }
    if ("code" in step) {
      // A program costs a sandbox its turn: one trial in eight has real ones.
      const { code: _, input: __, ...bare } = step as Step & { code: string; input?: Json };
      if (seed % 8 !== 0) {
        kinds.set(id, "map");
        return { ...bare, map: { n, from: id }, durable: true } as Step;
      }
      return { ...step, timeout: "2s", code: `return { n: ${n}, from: ${JSON.stringify(id)} };` } as Step;
    }
    if ("if" in step) {
      // biome-ignore lint/suspicious/noThenProperty: the language calls it so.
      const branches = { then: list(step.then), ...(step.else !== undefined && { else: list(step.else) }) };
      return { ...step, ...branches, if: conditionOf(step.if) } as Step;
    }
    if ("switch" in step) {
      return {
        ...step,
        switch: step.switch.map(({ when, do: steps }) => ({ when: conditionOf(when), do: list(steps) })),
        ...(step.else !== undefined && { else: list(step.else) }),
      } as Step;
    }
    if ("for_each" in step) return { ...step, do: list(step.do) } as Step;
    if ("parallel" in step) {
      return {
        ...step,
        parallel: Object.fromEntries(Object.entries(step.parallel).map(([branch, steps]) => [branch, list(steps)])),
      } as Step;
    }
    return step;
  };
  /** What people and other programs answered is known by its path only: nothing may look inside. */
  const conditionOf = (text: string): string => {
    const [, id = ""] = /^dyn\(steps\.(\w+)\)\.n > 500$/.exec(text) ?? [];
    return ["wait_for_event", "approve"].includes(kinds.get(id) ?? "") ? "false" : text;
  };
  const { timeout: _, steps, on_failure, ...rest } = drawn;
  const startedBy = seed % 2 === 0 ? "event" : "api";
  const definition: Definition = {
    ...rest,
    flow: name,
    ...(startedBy === "event" && { on: [{ event: `begin.${number}` }] }),
    steps: list(steps),
    ...(on_failure !== undefined && { on_failure: list(on_failure) }),
  };
  const cancelAfterMs = seed % 9 === 0 ? (seed >>> 8) % 1_500 : undefined;
  return { number, ...trial, name, definition, startedBy, cancelAfterMs, kinds };
}
