import type { EventLog } from "#events";
import {
  type Db,
  type Intake,
  type Log,
  publicId,
  type Sealer,
  type Service,
  type Telemetry,
  type Tracing,
} from "#kernel";
import { createReceiveMeter } from "./meter.ts";
import { createSpikeWatch, type SpikeLimits } from "./notice-spike.ts";
import { createReceiver, type QuotaRefusal, type Receive } from "./receive.ts";
import { createRejectionRecorder } from "./rejections.ts";
import { createSourceCache } from "./source-cache.ts";

export interface IngestOptions {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly log: Log;
  readonly events: Pick<EventLog, "append">;
  readonly bodyBytesMax: number;
  readonly dedupeWindowMs: number;
  readonly hopsMax?: number;
  readonly intake?: Pick<Intake, "refusal">;
  readonly admit?: (appId: string, payloadBytes: number) => Promise<QuotaRefusal | undefined>;
  /** When it is told that a source refuses much more than it takes; absent: never. */
  readonly spikes?: { readonly limits: SpikeLimits; readonly processes: () => number };
  readonly nowMs?: () => number;
  /** Absent: nothing is measured. */
  readonly telemetry?: Telemetry | undefined;
  readonly tracing?: Tracing | undefined;
}

export interface Ingest extends Service {
  /** Handles `POST /in/<token>`. */
  readonly receive: Receive;
  /** To be called after this process committed a change of a source, so that it counts here at once. */
  sourcesChanged(): void;
  /** Writes down now which requests were refused; otherwise that happens once a second. */
  flushRejections(): Promise<void>;
}

/** The role `ingest` of a process. It holds nothing that must be finished: what was answered is committed. */
export function createIngest(options: IngestOptions): Ingest {
  const { db, sealer, log } = options;
  const sources = createSourceCache({
    q: db,
    sealer,
    onBroken: (sourceId, error) =>
      log.limited(`source_broken:${sourceId}`, "error", "source_broken", "A source cannot be read; it answers 503.", {
        sourceId: publicId("src", sourceId),
        error,
      }),
  });
  const rejections = createRejectionRecorder({ q: db, log });
  const spikes = options.spikes && createSpikeWatch({ q: db, log, ...options.spikes });
  const meter =
    options.telemetry === undefined ? undefined : createReceiveMeter(options.telemetry, options.nowMs ?? Date.now);
  return {
    name: "ingest",
    receive: createReceiver({ ...options, sources, rejections, spikes, meter }),
    sourcesChanged: () => sources.changed(),
    flushRejections: () => rejections.flush(),
    stop: () => {
      spikes?.stop();
      return rejections.stop();
    },
  };
}
