import type { Flows, RunWatch, Tasks } from "#flows";
import type { Db, Log, LogLevel, Queryable, Sealer, Telemetry } from "#kernel";
import type { Application, ApplicationResolver, Authenticate, ConsoleSessions, Principal } from "#tenancy";

/** Whether this process should be sent requests, and if not, everything that keeps it from being ready. */
export interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly { readonly code: string; readonly detail: string }[];
}

/** Whether a process should go on; if not, a restart would cure it. */
export interface Liveness {
  readonly alive: boolean;
  readonly reasons: readonly { readonly code: string; readonly detail: string }[];
}

/** The process that answers, as `GET /api/v1/instance` shows it. */
export interface InstanceDeps {
  /** Host and pid. */
  readonly process: string;
  readonly startedAt: Date;
  readonly roles: readonly string[];
  readonly embedded: boolean;
  /** In force, secrets masked. */
  readonly settings: readonly {
    readonly name: string;
    readonly value: string;
    readonly source: "default" | "environment";
    readonly description: string;
  }[];
  readonly retentionMs: number;
  readonly logLevel: () => LogLevel | "silent";
  readonly setLogLevel: (level: LogLevel | "silent") => void;
}

/** What the API needs of the rest of the engine; main.ts wires it. */
export interface ApiDeps {
  readonly db: Pick<Db, "query" | "transaction">;
  readonly sealer: Sealer;
  readonly log: Log;
  readonly authenticate: Authenticate;
  /** Told of every application that changes through here. */
  readonly applications: Pick<ApplicationResolver, "forget">;
  /** Judges the URL of an endpoint (P8). */
  readonly checkUrl: (url: string) => { readonly ok: true } | { readonly ok: false; readonly detail: string };
  /**
   * Owes an event to an endpoint once more, now. Answers with the delivery's id; undefined: the endpoint takes nothing
   * (disabled, or deleted a moment ago).
   */
  readonly resend: (q: Queryable, appId: string, eventId: string, endpointId: string) => Promise<string | undefined>;
  /** Called after the commit that shut somebody out: tokens that are remembered are looked up anew. */
  readonly onAccessChanged?: () => void;
  /** Absent: this is not development, and nobody gets in without a token. */
  readonly consoleSessions?: ConsoleSessions | undefined;
  /** Called after the commit that changed a source. */
  readonly onSourcesChanged?: () => void;
  /** Called after the commit that changed a secret of flows. */
  readonly onFlowSecretsChanged?: () => void;
  /** Called after the commit that began or changed a background task. */
  readonly onTask?: () => void;
  /** Called after the commit that owed something now. */
  readonly onOwed?: (endpointId: string) => void;
  readonly limits: {
    /** Largest body of a request; configuration may have 64 KiB however low that is set for payloads. */
    readonly bodyBytesMax: number;
    /** Endpoints of an application that has no quota of its own. */
    readonly endpointsMax: number;
  };
  /** As deliveries name themselves. */
  readonly userAgent: string;
  readonly version: string;
  /** Base URL under which strangers reach this server; absent: the one the request came to. */
  readonly publicUrl?: string | undefined;
  /** How long a request waits for the answer to its twin with the same Idempotency-Key; tenancy's default when absent. */
  readonly twinWaitMs?: number;
  readonly readiness: () => Readiness;
  /** What this process measures, and its token; absent: nothing. */
  readonly instruments?:
    | { readonly telemetry: Telemetry; readonly roles: readonly string[]; readonly process: () => string }
    | undefined;
  /** Absent: it always should go on. */
  readonly liveness?: () => Liveness;
  /** What the process tells of itself to its operators; absent in tests that do not ask. */
  readonly instance?: InstanceDeps;
  /** The queue of tasks, and the applications it is asked for, by id or uid; absent: another process has it. */
  readonly tasks?:
    | { readonly queue: Tasks; readonly application: (asked: string) => Promise<{ readonly id: string } | undefined> }
    | undefined;
  /** What a process does about flows besides their rows; absent: it has no flows. */
  readonly flows?: FlowsDeps | undefined;
  readonly nowMs: () => number;
}

export interface FlowsDeps extends Pick<Flows, "startRuns" | "startWithin" | "waitFor" | "compiled" | "lookNow"> {
  readonly watch: RunWatch["watch"];
  /** The application with this id or uid, perhaps as it was a few seconds ago: whoever starts runs in it has that compared. */
  readonly application: (asked: string) => Promise<Application | undefined>;
}

/** What a handler works with, besides what was asked. */
export interface Scope {
  /** A transaction when the operation changes something, otherwise the pool. */
  readonly q: Queryable;
  readonly deps: ApiDeps;
  readonly principal: Principal;
  /** Scheme, host and port the request came to. */
  readonly origin: string;
  /** Of a POST without a transaction around it: its Idempotency-Key, which it then heeds by itself. */
  readonly idempotencyKey?: string | undefined;
  /** Says which application it turned out to be about, for the record. */
  about(appId: string): void;
  /** `q` is no transaction, and nothing is undone: the operation commits by itself. */
  readonly direct?: true;
  /** Aborts when whoever asked has gone away. */
  readonly gone: AbortSignal;
  /** Runs `work` once what was done is committed, and only then; `otherwise` when it was not, or nobody knows. */
  afterCommit(work: () => void, otherwise?: () => void): void;
}
