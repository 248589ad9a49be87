import { LOG_LEVELS } from "../log/level.ts";
import type { Secret } from "../secret.ts";
import { SAMPLERS } from "../trace/sampler.ts";
import type { ListenAddress, Reader } from "./values.ts";
import {
  choice,
  choices,
  count,
  databaseUrl,
  duration,
  folder,
  listenAddress,
  masterKeys,
  networks,
  origins,
  pairs,
  ratio,
  secretPairs,
  size,
  token,
  webAddress,
  word,
  yesOrNo,
} from "./values.ts";

export const ROLES = ["ingest", "api", "delivery", "flows", "upkeep"] as const;
export type Role = (typeof ROLES)[number];

export type SettingGroup =
  | "server"
  | "storage"
  | "secrets"
  | "intake"
  | "delivery"
  | "flows"
  | "upkeep"
  | "metrics"
  | "logs"
  | "traces";

/** A default that follows from other settings: the sentence that tells it, and the rule itself. */
export interface DerivedDefault<T> {
  readonly told: string;
  from(known: { readonly listen: ListenAddress; readonly embedded: boolean }): T;
}

/** Everything there is to know about a setting. A setting without a default is absent unless it is set. */
export interface Setting<T = unknown> {
  readonly name: string;
  readonly group: SettingGroup;
  readonly value: Reader<T>;
  readonly default?: string | DerivedDefault<T>;
  /** What an operator reads where a default would stand, for a setting that has none. */
  readonly absent?: string;
  /** Its value is quoted nowhere. */
  readonly secret?: true;
  /** One sentence. */
  readonly summary: string;
}

const LOOPBACK_NETWORKS: readonly string[] = Object.freeze(["127.0.0.0/8", "::1/128"]);

/** Whether only programs of this machine can reach a server that listens there. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Each setting, declared once, under the name of its property in `Config`; units stand last. The order is the reference's. */
export const SETTINGS = {
  listen: {
    name: "POSTHORN_LISTEN",
    group: "server",
    value: listenAddress,
    default: "127.0.0.1:8420",
    summary: "Address and port of the HTTP server; port 0 lets the operating system choose one.",
  },
  publicUrl: {
    name: "POSTHORN_PUBLIC_URL",
    group: "server",
    value: webAddress,
    absent: "the address a request came to",
    summary:
      "Base URL under which clients and providers reach this server; the URLs of sources and the links of approvals are made from it.",
  },
  roles: {
    name: "POSTHORN_ROLES",
    group: "server",
    value: choices(...ROLES),
    default: "all",
    summary: "What this process does; several processes on one database may share the roles as they like.",
  },
  console: {
    name: "POSTHORN_CONSOLE",
    group: "server",
    value: choice("on", "off"),
    default: "on",
    summary: "Whether processes with the role api serve the console and the customer portal.",
  },
  consoleDir: {
    name: "POSTHORN_CONSOLE_DIR",
    group: "server",
    value: folder,
    absent: "made from console/ when first needed, and kept in node_modules/.cache or the data folder",
    summary: "Folder with a built console, as `tools/console-build.ts --out` makes it.",
  },
  portalFrameAncestors: {
    name: "POSTHORN_PORTAL_FRAME_ANCESTORS",
    group: "server",
    value: origins,
    default: "none",
    summary:
      "Origins whose pages may show the customer portal in a frame, beside those of its own origin; the console is shown in no frame.",
  },
  corsOrigins: {
    name: "POSTHORN_CORS_ORIGINS",
    group: "server",
    value: origins,
    default: "*",
    summary:
      "Origins whose pages may use the API from a browser; they need a token all the same, for there are no cookies.",
  },
  shutdownDelayMs: {
    name: "POSTHORN_SHUTDOWN_DELAY",
    group: "server",
    value: duration({ min: "0s", max: "5m" }),
    default: "0s",
    summary:
      "After SIGTERM, how long the server reports that it is not ready but still accepts, so that balancers can look away.",
  },
  shutdownGraceMs: {
    name: "POSTHORN_SHUTDOWN_GRACE",
    group: "server",
    value: duration({ min: "1s", max: "10m" }),
    default: "25s",
    summary:
      "How long a stopping process may finish what it holds; a request that outlives it is recorded as ambiguous and sent again.",
  },
  databaseUrl: {
    name: "DATABASE_URL",
    group: "storage",
    value: databaseUrl,
    absent: "the embedded PostgreSQL",
    secret: true,
    summary: "PostgreSQL 18 to use instead of the embedded server.",
  },
  databasePool: {
    name: "POSTHORN_DATABASE_POOL",
    group: "storage",
    value: count(2, 200),
    default: "6",
    summary: "Connections this process opens to PostgreSQL.",
  },
  dataDir: {
    name: "POSTHORN_DATA",
    group: "storage",
    value: folder,
    default: "./.posthorn",
    summary: "Folder of the embedded PostgreSQL and of the generated token and key.",
  },
  diskFreeBytesMin: {
    name: "POSTHORN_DISK_FREE_MIN",
    group: "storage",
    value: size({ min: "0B", max: "1024GiB" }),
    default: "512MiB",
    summary:
      "Free space under which intake stops with 503, before the embedded PostgreSQL runs out of disk; 0B watches nothing.",
  },
  apiToken: {
    name: "POSTHORN_API_TOKEN",
    group: "secrets",
    value: token,
    absent: "generated and kept in the data folder; required with DATABASE_URL",
    secret: true,
    summary: "Bearer token that may do everything through the API.",
  },
  masterKeys: {
    name: "POSTHORN_MASTER_KEY",
    group: "secrets",
    value: masterKeys,
    absent: "generated and kept in the data folder; required with DATABASE_URL",
    secret: true,
    summary:
      "Encrypts stored secrets; of several keys, comma separated, the first encrypts and all decrypt, which is how a key is rotated.",
  },
  bodyBytesMax: {
    name: "POSTHORN_BODY_BYTES_MAX",
    group: "intake",
    value: size({ min: "1KiB", max: "64MiB" }),
    default: "1MiB",
    summary: "Largest payload of one event and largest body of one received webhook.",
  },
  batchEventsMax: {
    name: "POSTHORN_BATCH_EVENTS_MAX",
    group: "intake",
    value: count(1, 10_000),
    default: "1000",
    summary: "Most events in one batch request.",
  },
  batchBytesMax: {
    name: "POSTHORN_BATCH_BYTES_MAX",
    group: "intake",
    value: size({ min: "1KiB", max: "256MiB" }),
    default: "16MiB",
    summary: "Largest body of one batch request.",
  },
  queueEventsMax: {
    name: "POSTHORN_QUEUE_EVENTS_MAX",
    group: "intake",
    value: count(100, 10_000_000),
    default: "20000",
    summary:
      "Events waiting for their commit above which intake answers 503; and deliveries held in memory, beyond which they wait in the database.",
  },
  queueBytesMax: {
    name: "POSTHORN_QUEUE_BYTES_MAX",
    group: "intake",
    value: size({ min: "1MiB", max: "64GiB" }),
    default: "64MiB",
    summary: "The same in bytes of their payloads.",
  },
  eventsPerSecond: {
    name: "POSTHORN_EVENTS_PER_SECOND",
    group: "intake",
    value: count(1, 10_000_000),
    absent: "unlimited",
    summary: "Events each application may send per second unless it has a quota of its own; more is answered 429.",
  },
  endpointsMax: {
    name: "POSTHORN_ENDPOINTS_MAX",
    group: "intake",
    value: count(1, 10_000_000),
    default: "10000",
    summary: "Endpoints each application may have unless it has a quota of its own.",
  },
  dedupeWindowMs: {
    name: "POSTHORN_DEDUPE_WINDOW",
    group: "intake",
    value: duration({ min: "1m", max: "30d" }),
    default: "24h",
    summary:
      "How long an Idempotency-Key or a provider's own id is remembered to recognise a repetition; an eventId is as long as its event is kept.",
  },
  spikeRejections: {
    name: "POSTHORN_SPIKE_REJECTIONS",
    group: "intake",
    value: count(1, 10_000_000),
    default: "60",
    summary: "Requests that one source refuses within a minute before an operational webhook tells of it.",
  },
  spikePercent: {
    name: "POSTHORN_SPIKE_PERCENT",
    group: "intake",
    value: count(1, 100),
    default: "50",
    summary: "And how many of a hundred requests to the source these must be.",
  },
  allowNetworks: {
    name: "POSTHORN_ALLOW_NETWORKS",
    group: "delivery",
    value: networks,
    default: {
      told: "127.0.0.0/8, ::1/128 with the embedded PostgreSQL on a loopback address; otherwise none",
      from: ({ listen, embedded }) => (embedded && isLoopback(listen.host) ? LOOPBACK_NETWORKS : Object.freeze([])),
    },
    summary: "Networks that deliveries may reach although they are private.",
  },
  inFlightMax: {
    name: "POSTHORN_IN_FLIGHT_MAX",
    group: "delivery",
    value: count(1, 65_000),
    default: "10000",
    summary: "Outbound requests this process has in flight at most.",
  },
  endpointConcurrency: {
    name: "POSTHORN_ENDPOINT_CONCURRENCY",
    group: "delivery",
    value: count(1, 10_000),
    default: "100",
    summary:
      "Outbound requests this process has in flight to one endpoint at most, unless the endpoint has a cap of its own.",
  },
  deliveryTimeoutMs: {
    name: "POSTHORN_DELIVERY_TIMEOUT",
    group: "delivery",
    value: duration({ min: "1s", max: "60s" }),
    default: "15s",
    summary:
      "The one deadline of an attempt, from the look-up of the name to the last byte of the answer, unless the endpoint has its own.",
  },
  responseBytesMax: {
    name: "POSTHORN_RESPONSE_BYTES_MAX",
    group: "delivery",
    value: size({ min: "0B", max: "1MiB" }),
    default: "16KiB",
    summary: "Bytes of an answer's body that are kept with its attempt.",
  },
  heldMax: {
    name: "POSTHORN_HELD_MAX",
    group: "delivery",
    value: count(1, 1_000_000_000),
    default: "1000000",
    summary: "Deliveries held for one paused or disabled endpoint; the oldest beyond that are dead-lettered.",
  },
  heldForMs: {
    name: "POSTHORN_HELD_FOR",
    group: "delivery",
    value: duration({ min: "1m", max: "365d" }),
    default: "14d",
    summary: "How long a delivery is held for a paused or disabled endpoint before it is dead-lettered.",
  },
  backlogAgeMs: {
    name: "POSTHORN_BACKLOG_AGE",
    group: "delivery",
    value: duration({ min: "10s", max: "7d" }),
    default: "5m",
    summary:
      "How long a delivery that could be sent may wait beyond its time before an operational webhook tells of the backlog.",
  },
  flowsRunsMax: {
    name: "POSTHORN_FLOWS_RUNS_MAX",
    group: "flows",
    value: count(10, 1_000_000),
    default: "10000",
    summary:
      "Runs of flows that one process has in hand; more wait in the database, as those do that wait for a time or for somebody.",
  },
  flowsBytesMax: {
    name: "POSTHORN_FLOWS_BYTES_MAX",
    group: "flows",
    value: size({ min: "1MiB", max: "64GiB" }),
    default: "64MiB",
    summary: "The same in bytes of what they keep: inputs and the outputs of their steps.",
  },
  sandboxProcesses: {
    name: "POSTHORN_SANDBOX_PROCESSES",
    group: "flows",
    value: count(1, 64),
    default: "1",
    summary:
      "Processes that run code steps, at most; started when the first program comes, some 70 MB each, ended after 30 s without work.",
  },
  retentionMs: {
    name: "POSTHORN_RETENTION",
    group: "upkeep",
    value: duration({ min: "1d", max: "3650d" }),
    default: "90d",
    summary: "How long events and attempts are kept; what is still owed is kept longer.",
  },
  auditRetentionMs: {
    name: "POSTHORN_AUDIT_RETENTION",
    group: "upkeep",
    value: duration({ min: "1d", max: "3650d" }),
    default: "365d",
    summary: "How long the audit log says who changed what.",
  },
  metrics: {
    name: "POSTHORN_METRICS",
    group: "metrics",
    value: choice("on", "off"),
    default: "on",
    summary:
      "Whether this process measures what it does, for /metrics, the overview and the live tail; off costs them, and saves next to nothing.",
  },
  metricsListen: {
    name: "POSTHORN_METRICS_LISTEN",
    group: "metrics",
    value: listenAddress,
    absent: "metrics are served at /metrics of the main server only, to this machine or with a token",
    summary:
      "Address and port that serve /metrics, /livez and /readyz, and nothing else, to whoever reaches them, without a token.",
  },
  logLevel: {
    name: "POSTHORN_LOG_LEVEL",
    group: "logs",
    value: choice(...LOG_LEVELS, "silent"),
    default: "info",
    summary: "Least important line that is written.",
  },
  logFormat: {
    name: "POSTHORN_LOG_FORMAT",
    group: "logs",
    value: choice("auto", "json", "pretty"),
    default: "auto",
    summary: "One JSON object per line, or lines for people; auto is pretty in a terminal and json elsewhere.",
  },
  otlpEndpoint: {
    name: "OTEL_EXPORTER_OTLP_ENDPOINT",
    group: "traces",
    value: webAddress,
    absent: "no traces",
    summary: "Base URL of an OpenTelemetry collector that takes OTLP over HTTP; traces go to `/v1/traces` under it.",
  },
  otlpTracesEndpoint: {
    name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    group: "traces",
    value: webAddress,
    absent: "made from OTEL_EXPORTER_OTLP_ENDPOINT",
    summary: "The whole URL that traces are posted to, where it is not `/v1/traces` under the base URL.",
  },
  otlpProtocol: {
    name: "OTEL_EXPORTER_OTLP_PROTOCOL",
    group: "traces",
    value: choice("http/protobuf"),
    default: "http/protobuf",
    summary: "How traces are sent.",
  },
  otlpHeaders: {
    name: "OTEL_EXPORTER_OTLP_HEADERS",
    group: "traces",
    value: secretPairs,
    absent: "none",
    secret: true,
    summary: "Headers of the requests to the collector, such as its credentials.",
  },
  otlpTimeoutMs: {
    name: "OTEL_EXPORTER_OTLP_TIMEOUT",
    group: "traces",
    value: count(100, 60_000),
    default: "10000",
    summary: "Milliseconds in which the collector must have taken a batch of spans.",
  },
  tracesSampler: {
    name: "OTEL_TRACES_SAMPLER",
    group: "traces",
    value: choice(...SAMPLERS),
    default: "parentbased_always_on",
    summary:
      "Which events are traced; one that arrives with a `traceparent` follows what its sender decided if parent-based.",
  },
  tracesSamplerRatio: {
    name: "OTEL_TRACES_SAMPLER_ARG",
    group: "traces",
    value: ratio,
    default: "1",
    summary: "The share of events that the samplers by ratio trace, from 0 to 1.",
  },
  traceQueueMax: {
    name: "OTEL_BSP_MAX_QUEUE_SIZE",
    group: "traces",
    value: count(512, 1_000_000),
    default: "8192",
    summary: "Spans that wait for the collector at most; what comes beyond is dropped, counted and told in the log.",
  },
  serviceName: {
    name: "OTEL_SERVICE_NAME",
    group: "traces",
    value: word(255),
    default: "posthorn",
    summary: "What the spans are of: `service.name`.",
  },
  resourceAttributes: {
    name: "OTEL_RESOURCE_ATTRIBUTES",
    group: "traces",
    value: pairs,
    absent: "none",
    summary: "Further attributes of this process on all spans, as `name=value,name=value`.",
  },
  tracingDisabled: {
    name: "OTEL_SDK_DISABLED",
    group: "traces",
    value: yesOrNo,
    default: "false",
    summary: "Turns traces off whatever else is set.",
  },
  tracePropagate: {
    name: "POSTHORN_TRACE_PROPAGATE",
    group: "traces",
    value: choice("auto", "on", "off"),
    default: "auto",
    summary:
      "Whether deliveries of traced events carry `traceparent` to their receivers; auto: where traces are exported.",
  },
} as const satisfies Readonly<Record<string, Setting<never> | Setting>>;

type Settings = typeof SETTINGS;
type SettingKey = keyof Settings;
type ValueOf<S> = S extends { readonly value: Reader<infer T> } ? T : never;
type KeyWithDefault = { [K in SettingKey]: Settings[K] extends { readonly default: unknown } ? K : never }[SettingKey];

/** The settings in force: sizes in bytes, times in milliseconds; a setting without value and default is absent. */
export type Config = Readonly<
  { [K in KeyWithDefault]: ValueOf<Settings[K]> } & {
    [K in Exclude<SettingKey, KeyWithDefault>]?: ValueOf<Settings[K]>;
  }
>;

/** The value of a secret setting is always wrapped; this fails to compile when one is not. */
type SecretKey = { [K in SettingKey]: Settings[K] extends { readonly secret: true } ? K : never }[SettingKey];
type Wrapped<T> = [NonNullable<T>] extends [Secret | readonly Secret[]] ? true : false;
export const SECRETS_ARE_WRAPPED: { [K in SecretKey]: Wrapped<Config[K]> } = {
  databaseUrl: true,
  apiToken: true,
  masterKeys: true,
  otlpHeaders: true,
};
