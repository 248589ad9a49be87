/**
 * How many notices of dead deliveries one endpoint, and all endpoints together, may give within a minute of this process. A
 * receiver that is gone kills deliveries by the thousand, and each notice would be an event with a delivery of its own.
 */
export interface NoticeBudget {
  /** Whether one more may be given about this endpoint. */
  take(endpointId: string): boolean;
}

export const NOTICES_PER_ENDPOINT = 60;
export const NOTICES_PER_MINUTE = 1_000;
const MINUTE_MS = 60_000;

export function createNoticeBudget(monotonic: () => number): NoticeBudget {
  let minute = Number.NEGATIVE_INFINITY;
  let given = 0;
  const ofEndpoint = new Map<string, number>();
  return {
    take: (endpointId) => {
      const now = Math.floor(monotonic() / MINUTE_MS);
      if (now !== minute) {
        minute = now;
        given = 0;
        ofEndpoint.clear();
      }
      const own = ofEndpoint.get(endpointId) ?? 0;
      if (given >= NOTICES_PER_MINUTE || own >= NOTICES_PER_ENDPOINT) return false;
      given++;
      ofEndpoint.set(endpointId, own + 1);
      return true;
    },
  };
}
