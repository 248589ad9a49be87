import type { Disbelieved } from "./preset.ts";

/** What Stripe, Slack and Standard Webhooks all advise. */
export const TOLERANCE_S = 300;

/**
 * Checks that a signed timestamp is near our clock, in both directions: too old may be a replay, too new may be one kept
 * for later. Returns nothing when it is fine.
 */
export function checkTimestamp(
  text: string | null,
  nowMs: number,
  toleranceS: number,
  header: string,
  unit: "s" | "ms" = "s",
): Disbelieved | undefined {
  if (text === null || text === "") {
    return { kind: "rejected", reason: "timestamp_missing", detail: `The request has no timestamp in ${header}.` };
  }
  if (!/^[0-9]{1,15}$/.test(text)) {
    return {
      kind: "rejected",
      reason: "timestamp_malformed",
      detail: `The timestamp in ${header} is not a whole number of ${unit === "s" ? "seconds" : "milliseconds"} since 1970.`,
    };
  }
  const aheadS = Number(text) / (unit === "s" ? 1 : 1000) - nowMs / 1000;
  if (Math.abs(aheadS) <= toleranceS) return undefined;
  const off = Math.round(Math.abs(aheadS));
  return aheadS < 0
    ? {
        kind: "rejected",
        reason: "timestamp_too_old",
        detail: `The timestamp in ${header} is ${off} s behind our clock; at most ${toleranceS} s are tolerated.`,
      }
    : {
        kind: "rejected",
        reason: "timestamp_too_new",
        detail: `The timestamp in ${header} is ${off} s ahead of our clock; at most ${toleranceS} s are tolerated.`,
      };
}
