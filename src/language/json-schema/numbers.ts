import { type Check, type Object_, tell } from "./trial.ts";

export function ofNumbers(schema: Object_): Check[] {
  const bound = (keyword: string, said: string, holds: (value: number, bound: number) => boolean): Check[] => {
    const limit = schema[keyword];
    if (typeof limit !== "number") return [];
    return [
      (value, trial) =>
        typeof value !== "number" || holds(value, limit)
          ? true
          : tell(trial, `is ${value}; it should be ${said} ${limit}`),
    ];
  };
  return [
    ...bound("minimum", "at least", (value, limit) => value >= limit),
    ...bound("maximum", "at most", (value, limit) => value <= limit),
    ...bound("exclusiveMinimum", "more than", (value, limit) => value > limit),
    ...bound("exclusiveMaximum", "less than", (value, limit) => value < limit),
    ...bound("multipleOf", "a multiple of", isMultiple),
  ];
}

/** 0.3 is a multiple of 0.1, whatever doubles say. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Math.abs(times - Math.round(times)) <= 1e-9 * Math.max(1, Math.abs(times));
}
