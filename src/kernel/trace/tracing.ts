import type { RootLog } from "../log.ts";
import type { Secret } from "../secret.ts";
import { parseTraceparent, type TraceContext } from "./context.ts";
import { parsePairs } from "./pairs.ts";
import { createSpanQueue, type SpanStats } from "./queue.ts";
import { createSampler, type SamplerName } from "./sampler.ts";
import type { Span } from "./span.ts";

/** The part of the settings that traces are made by. */
export interface TracingConfig {
  readonly otlpEndpoint?: string;
  readonly otlpTracesEndpoint?: string;
  readonly otlpHeaders?: Secret;
  readonly otlpTimeoutMs: number;
  readonly tracesSampler: SamplerName;
  readonly tracesSamplerRatio: number;
  readonly traceQueueMax: number;
  readonly tracePropagate: "auto" | "on" | "off";
  readonly serviceName: string;
  readonly resourceAttributes?: readonly (readonly [string, string])[];
  readonly tracingDisabled: boolean;
}

/** Absent wherever it is optional: traces are off, and nothing about them is read, kept or sent. */
export interface Tracing {
  /** What a request's headers say, to be asked once for a request. */
  incoming(headers: { get(name: string): string | null }): TraceContext | undefined;
  /** The context of one event that comes with this: undefined when nothing of it is to be kept. */
  begin(incoming: TraceContext | undefined): TraceContext | undefined;
  /** Takes a span that has ended. Only those of sampled traces may come. */
  record(span: Span): void;
  /** Whether deliveries carry `traceparent`. */
  readonly propagates: boolean;
  readonly stats: SpanStats;
  /** Sends off what was recorded, as long as `signal` lets it. */
  flush(signal?: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

const NO_STATS: SpanStats = { exported: 0, dropped: 0, failed: 0, waiting: 0 };

/**
 * Tracing as the settings ask for it, or undefined. Without a collector but with POSTHORN_TRACE_PROPAGATE=on contexts pass
 * through (in, kept, out) and no span is made.
 */
export async function createTracing(
  config: TracingConfig,
  options: {
    readonly log: Pick<RootLog, "limited" | "info">;
    /** Tells this process from others: `service.instance.id`. */
    readonly instance: string;
    readonly version: string;
    readonly random: () => number;
  },
): Promise<Tracing | undefined> {
  const url = collectorOf(config);
  const propagates = config.tracePropagate === "on" || (config.tracePropagate === "auto" && url !== undefined);
  if (config.tracingDisabled || (url === undefined && !propagates)) return undefined;
  const incoming: Tracing["incoming"] = (headers) =>
    parseTraceparent(headers.get("traceparent"), headers.get("tracestate"));
  if (url === undefined) {
    return {
      incoming,
      // Nobody here records, so nothing begins here.
      begin: (context) => context,
      record: () => undefined,
      propagates,
      stats: NO_STATS,
      flush: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    };
  }
  const { otlpExport } = await import("./otlp.ts");
  const collector = otlpExport({
    url,
    headers: headersOf(config.otlpHeaders),
    timeoutMs: config.otlpTimeoutMs,
    resource: {
      "service.name": config.serviceName,
      "service.version": options.version,
      "service.instance.id": options.instance,
      ...Object.fromEntries(config.resourceAttributes ?? []),
    },
    version: options.version,
  });
  const queue = createSpanQueue({ send: collector.send, log: options.log, max: config.traceQueueMax });
  options.log.info("tracing", `Traces go to ${url}.`, {
    url,
    sampler: config.tracesSampler,
    ratio: config.tracesSamplerRatio,
    propagates,
  });
  return {
    incoming,
    begin: createSampler(config.tracesSampler, config.tracesSamplerRatio, options.random),
    record: queue.add,
    propagates,
    get stats() {
      return queue.stats;
    },
    flush: queue.flush,
    stop: async () => {
      queue.stop();
      await collector.close();
    },
  };
}

/** OTLP/HTTP: the URL for traces as it stands, or the common one with the path of traces behind it. */
function collectorOf({ otlpTracesEndpoint, otlpEndpoint }: TracingConfig): string | undefined {
  return otlpTracesEndpoint ?? (otlpEndpoint === undefined ? undefined : `${otlpEndpoint}/v1/traces`);
}

/** `name=value,name=value`, percent-encoded as in W3C Baggage. The setting was checked when it was read. */
function headersOf(setting: Secret | undefined): Record<string, string> {
  return setting === undefined ? {} : Object.fromEntries(parsePairs(setting.reveal()) ?? []);
}
