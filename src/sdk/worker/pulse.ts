import { Worker } from "node:worker_threads";
import type { TaskLog } from "./define.ts";

export interface PulseOptions {
  /** `…/worker/heartbeat` of the engine. */
  readonly url: string;
  /** Who asks. */
  readonly bearer: string;
  readonly heartbeatMs: number;
  readonly log: TaskLog;
}

/** Speaks for a worker whose own loop computes and cannot. */
export interface Pulse {
  /** The worker has spoken for itself, as the holder of this token. */
  beat(token: string): void;
  stop(): Promise<void>;
}

/** Silence of the worker itself after which the thread speaks, in heartbeats. */
const SILENT_BEATS = 1.5;
/** A loop that computes longer than that is taken for one that never ends: the engine is told nothing more, and takes its tasks. */
const BLOCKED_MAX_MS = 3_600_000;

// A text and not a module, so that it is there wherever the worker is: in a package, a bundle or a single program.
const THREAD = `
const { parentPort, workerData } = require("node:worker_threads");
const { url, bearer, heartbeatMs, spokenAt, silentMs, blockedMaxMs } = workerData;
let token = "";
parentPort.on("message", (message) => { token = message; });
setInterval(async () => {
  const silent = Date.now() - Number(Atomics.load(spokenAt, 0));
  if (token === "" || silent < silentMs || silent > blockedMaxMs) return;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: "Bearer " + bearer, "content-type": "application/json" },
      body: JSON.stringify({ token }),
      redirect: "error",
      signal: AbortSignal.timeout(heartbeatMs * 3),
    });
    await response.arrayBuffer();
  } catch {
    // The worker itself tells of an engine that does not answer, once it can.
  }
}, heartbeatMs / 2);
`;

/**
 * A thread that sends heartbeats while the worker's own loop is busy with a function that computes for long; as long as the worker speaks for
 * itself, it asks nothing. Where no thread can be had the worker does without, and says so.
 */
export function createPulse({ url, bearer, heartbeatMs, log }: PulseOptions): Pulse {
  const spokenAt = new BigInt64Array(new SharedArrayBuffer(8));
  let told = "";
  let thread: Worker | undefined;
  const without = (error: unknown) => {
    thread = undefined;
    const why = error instanceof Error ? error.message : String(error);
    log.warn("There is no thread for heartbeats: functions that compute for seconds are taken for lost.", {
      error: why,
    });
  };
  try {
    const silentMs = SILENT_BEATS * heartbeatMs;
    const workerData = { url, bearer, heartbeatMs, spokenAt, silentMs, blockedMaxMs: BLOCKED_MAX_MS };
    thread = new Worker(THREAD, { eval: true, workerData });
    thread.on("error", without);
    thread.unref();
  } catch (error) {
    without(error);
  }
  return {
    beat: (token) => {
      Atomics.store(spokenAt, 0, BigInt(Date.now()));
      if (token === told) return;
      told = token;
      thread?.postMessage(token);
    },
    stop: async () => {
      await thread?.terminate();
    },
  };
}
