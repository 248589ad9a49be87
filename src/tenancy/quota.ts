import { KeyedBucket } from "#kernel";
import type { Application } from "./application.ts";

/** Applications whose use is remembered at once: those beyond begin with a full quota. */
const APPLICATIONS_MAX = 100_000;

export interface QuotaOptions {
  /** Events per second of an application that has no quota of its own; undefined: unlimited. */
  readonly eventsPerSecond: number | undefined;
  /** How many processes take events in: each lets its share through, so that all together keep the quota. */
  readonly processes: () => number;
  readonly monotonic: () => number;
}

/** Asks whether `n` more events of an application may come in now: 0, or the ms to wait. Nothing is taken when it answers with a wait. */
export type TakeQuota = (application: Pick<Application, "id" | "quotas">, n: number) => number;

export function createQuota(options: QuotaOptions): TakeQuota {
  const buckets = new KeyedBucket(APPLICATIONS_MAX);
  return (application, n) => {
    const rate = application.quotas.eventsPerSecond ?? options.eventsPerSecond;
    if (rate === undefined) return 0;
    const share = Math.max(1, Math.ceil(rate / Math.max(1, options.processes())));
    return buckets.take(application.id, share, n, options.monotonic());
  };
}
