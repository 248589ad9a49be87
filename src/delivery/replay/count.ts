import type { Queryable } from "#kernel";
import { look, replayEndpoint } from "./past.ts";
import type { Selection } from "./selection.ts";
import { cursorBefore } from "./store.ts";

export interface ReplayCount {
  readonly matched: number;
  /** False: looking was given up, and at least so many match. */
  readonly matchedIsExact: boolean;
  readonly byEndpoint: readonly { readonly endpointId: string; readonly matched: number }[];
}

/** Events looked at per statement, here and by jobs that count. */
export const COUNT_CHUNK = 1_000;

/**
 * What a replay would owe now (the dry run): looks at what the job would look at, and judges as it would. Gives up after
 * `budgetMs` of the clock `monotonic` and says so.
 */
export async function countReplay(
  q: Queryable,
  spec: Selection & { readonly appId: string; readonly endpointIds: readonly string[] },
  options: { readonly budgetMs: number; readonly monotonic: () => number },
): Promise<ReplayCount> {
  const endsAt = options.monotonic() + options.budgetMs;
  // Up to this moment, unlike a job, which waits for what is being committed: who counts wants to know of the newest too.
  const until = cursorBefore(spec.untilMs);
  const byEndpoint: { endpointId: string; matched: number }[] = [];
  let isExact = true;
  for (const endpointId of new Set(spec.endpointIds)) {
    const endpoint = await replayEndpoint(q, spec.appId, endpointId);
    if (endpoint === undefined || endpoint.mode === "disabled") continue;
    const counted = { endpointId, matched: 0 };
    byEndpoint.push(counted);
    let cursor = cursorBefore(spec.sinceMs);
    for (;;) {
      if (options.monotonic() > endsAt) {
        isExact = false;
        break;
      }
      const stretch = await look(q, spec, { appId: spec.appId, endpointId, endpoint }, cursor, until, COUNT_CHUNK);
      counted.matched += stretch.judged.filter(({ verdict }) => verdict === "send").length;
      cursor = stretch.cursor;
      if (stretch.isLast) break;
    }
  }
  const matched = byEndpoint.reduce((sum, one) => sum + one.matched, 0);
  return { matched, matchedIsExact: isExact, byEndpoint };
}
