import { unreachable } from "../unreachable.ts";
import type { TraceContext } from "./context.ts";

/** By the names of OTEL_TRACES_SAMPLER: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export const SAMPLERS = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;
export type SamplerName = (typeof SAMPLERS)[number];

/**
 * The context of an event, decided at the head: undefined when it is neither part of a trace nor begins one. An event of a
 * trace that is not sampled still carries its context on.
 */
export type Sampler = (incoming: TraceContext | undefined) => TraceContext | undefined;

/** Of the 56 random bits of a trace id the first 52: as many as a number holds exactly. */
const RANDOM_VALUES = 2 ** 52;
const RANDOM_AT = 18;
const RANDOM_DIGITS = 13;

/**
 * Ratio sampling is consistent: a trace is sampled when the random part of its id is at or above a threshold, as
 * https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/ has it, so that everybody who samples by the
 * id at the same ratio keeps the same traces. `random` answers in [0, 1). A trace that is not sampled costs one call of it.
 */
export function createSampler(name: SamplerName, ratio: number, random: () => number): Sampler {
  const threshold = Math.round((1 - Math.min(1, Math.max(0, ratio))) * RANDOM_VALUES);
  const isParentBased = name.startsWith("parentbased_");

  function isChosen(value: number): boolean {
    switch (name) {
      case "always_on":
      case "parentbased_always_on":
        return true;
      case "always_off":
      case "parentbased_always_off":
        return false;
      case "traceidratio":
      case "parentbased_traceidratio":
        return value >= threshold;
      default:
        return unreachable(name);
    }
  }

  return (incoming) => {
    if (incoming !== undefined) {
      if (isParentBased) return incoming;
      const value = Number.parseInt(incoming.traceId.slice(RANDOM_AT, RANDOM_AT + RANDOM_DIGITS), 16);
      return { ...incoming, sampled: isChosen(value) };
    }
    const value = Math.floor(random() * RANDOM_VALUES);
    if (!isChosen(value)) return undefined;
    const traceId = `${hex(random, 9)}${hex(random, 9)}${hex(value, RANDOM_DIGITS)}${hex(random, 1)}`;
    return { traceId, parentId: undefined, sampled: true, state: undefined };
  };
}

function hex(from: number | (() => number), digits: number): string {
  const value = typeof from === "number" ? from : Math.floor(from() * 16 ** digits);
  return value.toString(16).padStart(digits, "0");
}
