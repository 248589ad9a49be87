import { QueryClient } from "@tanstack/react-query";
import { asFailure } from "./failure.ts";

const RETRIES_MAX = 3;
const WAIT_MS_MAX = 10_000;

/**
 * Reads are tried again when nobody answered or the engine was busy, and never when it said no. Changes are not repeated behind the
 * user's back: what may have happened is told, with a button that asks again under the same key.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: true,
      networkMode: "always",
      retry: (failures, error) => {
        const { kind } = asFailure(error);
        return failures < RETRIES_MAX && (kind === "unreachable" || kind === "busy" || kind === "maybe");
      },
      retryDelay: (failures, error) => {
        const asked = asFailure(error).retryAfterSeconds;
        return Math.min(asked === undefined ? 400 * 2 ** failures : asked * 1_000, WAIT_MS_MAX);
      },
    },
    mutations: { retry: false, networkMode: "always" },
  },
});
