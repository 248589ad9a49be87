import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client.ts";
import type { OverviewOut, SeriesOut, TopRow } from "../../api/overview.ts";
import { stepFor } from "../../kit/series.ts";
import type { TimeWindowState } from "../../kit/time-window.tsx";
import { ratesOf } from "./rates.ts";

const NOW_EVERY_MS = 3_000;

/** What is true now. */
export function useNowOverview() {
  return useQuery({
    queryKey: ["overview"],
    queryFn: ({ signal }) => ask<OverviewOut>("/api/v1/overview", { signal }),
    refetchInterval: NOW_EVERY_MS,
    staleTime: 1_000,
  });
}

export interface Scope {
  readonly process?: string | undefined;
  readonly role?: string | undefined;
}

/** What was, point by point. A live window is asked for again about once for each new point. */
export function useOverviewSeries(window: TimeWindowState, scope: Scope) {
  const stepSeconds = stepFor(window.spanMs);
  return useQuery({
    queryKey: ["overview", "series", window.key, scope.process, scope.role],
    queryFn: async ({ signal }) => {
      const { since, until } = window.now();
      const answer = await ask<SeriesOut>("/api/v1/overview/series", {
        query: {
          since: new Date(since).toISOString(),
          until: new Date(until).toISOString(),
          step_seconds: stepSeconds,
          process: scope.process,
          role: scope.role,
        },
        signal,
      });
      return { stepSeconds: answer.stepSeconds, points: ratesOf(answer, until), since, until };
    },
    refetchInterval: window.isLive ? Math.max(3_000, Math.min(stepSeconds * 1_000, 30_000)) : false,
    placeholderData: keepPreviousData,
  });
}

export type TopBy = "events" | "failures" | "owed";

export function useTop(by: TopBy) {
  return useQuery({
    queryKey: ["overview", "top", by],
    queryFn: async ({ signal }) =>
      (await ask<{ readonly data: readonly TopRow[] }>("/api/v1/overview/top", { query: { by, limit: 5 }, signal }))
        .data,
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
  });
}

/** Whether nobody has used this engine yet: it has no application. Undefined until that is known. */
export function useIsUnused(): boolean | undefined {
  const { data } = useQuery({
    queryKey: ["overview", "first-app"],
    queryFn: ({ signal }) => ask<{ readonly data: readonly unknown[] }>("/api/v1/app", { query: { limit: 1 }, signal }),
    refetchInterval: (query) => (query.state.data?.data.length === 0 ? 2_000 : false),
  });
  return data && data.data.length === 0;
}
