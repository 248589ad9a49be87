// The shapes of the instruments, as the API's document has them.

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface ProcessState {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly version: string;
  readonly startedAt: string;
  readonly lastSeenAt: string;
  readonly memoryBytes: number | null;
  readonly cpuRatio: number | null;
  readonly eventLoopLagMs: number | null;
  readonly inFlight: number | null;
  readonly held: number | null;
  readonly alive: boolean;
}

export interface Attention {
  readonly kind: string;
  readonly severity: "warning" | "critical";
  readonly since: string | null;
  readonly summary: string;
  readonly appId: string | null;
  readonly endpointId: string | null;
  readonly sourceId: string | null;
  readonly value: number | null;
}

export interface OverviewOut {
  readonly now: string;
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly processes: readonly ProcessState[];
  readonly rates: {
    readonly eventsInPerSecond: number;
    readonly attemptsPerSecond: number;
    readonly deliveredPerSecond: number;
    readonly successRatio: number | null;
    readonly rejectedPerSecond: number;
  };
  readonly latencyMs: {
    readonly ack: Percentiles | null;
    readonly delivery: Percentiles | null;
    readonly receiver: Percentiles | null;
  };
  readonly owed: number;
  readonly owedIsExact: boolean;
  readonly oldestOwedAt: string | null;
  readonly leased: number;
  readonly dead24h: number;
  readonly attention: readonly Attention[];
}

export interface SeriesPoint {
  readonly at: string;
  readonly eventsIn: number;
  readonly rejected: number;
  readonly attempts: number;
  readonly delivered: number;
  readonly failed: number;
  readonly successRatio: number | null;
  readonly ackMs: Percentiles | null;
  readonly deliveryMs: Percentiles | null;
  readonly receiverMs: Percentiles | null;
  readonly owed: number | null;
  readonly oldestOwedSeconds: number | null;
  readonly memoryBytes: number | null;
  readonly cpuRatio: number | null;
  readonly inFlight: number | null;
}

export interface SeriesOut {
  readonly stepSeconds: number;
  readonly points: readonly SeriesPoint[];
}

export interface TopRow {
  readonly appId: string;
  readonly appName: string | null;
  readonly endpointId: string | null;
  readonly endpointUrl: string | null;
  readonly value: number;
}
