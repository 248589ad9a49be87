import { hostname } from "node:os";
import { type Config, createTracing, type RootLog, type Service, type Telemetry, type Tracing } from "#kernel";
import { VERSION } from "./engine.ts";

/** Of the seconds that stopping may take: what the last settles recorded is sent off, or given up. */
const LAST_FLUSH_MS = 1_500;

/** Traces, where the settings ask for them. Starts before whatever records spans, and so leaves after it. */
export function tracingService(
  config: Config,
  log: RootLog,
  telemetry: Telemetry | undefined,
): Service & { tracing(): Tracing | undefined } {
  let tracing: Tracing | undefined;
  return {
    name: "tracing",
    tracing: () => tracing,
    start: async () => {
      tracing = await createTracing(config, {
        log,
        instance: `${hostname()}:${process.pid}`,
        version: VERSION,
        random: Math.random,
      });
      const made = tracing;
      if (made === undefined) return;
      telemetry?.registry.readCounter("spansExported", () => made.stats.exported);
      telemetry?.registry.readCounter("spansLost", () => made.stats.dropped + made.stats.failed);
    },
    drain: async (over) => {
      await tracing?.flush(over);
    },
    stop: async () => {
      await tracing?.flush(AbortSignal.timeout(LAST_FLUSH_MS));
      await tracing?.stop();
      tracing = undefined;
    },
  };
}
