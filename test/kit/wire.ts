import type { ReceivedRequest } from "#test";

/** Requests by the delivery they belong to: more than one is a duplicate of one delivery. */
export function byDelivery(requests: readonly ReceivedRequest[]): Map<string, ReceivedRequest[]> {
  return groupBy(requests, (request) => request.header("x-delivery-id") ?? "none");
}

export function byEvent(requests: readonly ReceivedRequest[]): Map<string, ReceivedRequest[]> {
  return groupBy(requests, (request) => request.header("webhook-id") ?? "none");
}

function groupBy(requests: readonly ReceivedRequest[], of: (request: ReceivedRequest) => string) {
  const groups = new Map<string, ReceivedRequest[]>();
  for (const request of requests) {
    const group = groups.get(of(request));
    if (group === undefined) groups.set(of(request), [request]);
    else group.push(request);
  }
  return groups;
}

/** The most of these moments within any window of `windowMs`, its end left out. */
export function mostWithin(atMs: readonly number[], windowMs: number): number {
  const sorted = [...atMs].sort((a, b) => a - b);
  let most = 0;
  let from = 0;
  for (const [to, at] of sorted.entries()) {
    while (at - (sorted[from] ?? at) >= windowMs) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}
