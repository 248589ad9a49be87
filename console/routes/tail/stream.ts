import { requestTo, send } from "../../api/client.ts";
import { asFailure, type Failure } from "../../api/failure.ts";
import type { TailBatch } from "./items.ts";
import { createEventParser } from "./sse.ts";

export interface TailQuery {
  readonly appId: string | undefined;
  /** The key is of one application: it may ask only there. */
  readonly isScoped: boolean;
  readonly kinds: readonly string[];
  /** Words that must stand in what is sent; the engine looks for them. */
  readonly words: string;
}

export interface TailListener {
  onOpen(): void;
  onBatch(batch: TailBatch): void;
  /** The stream ended or did not begin; it is tried again by itself unless the failure says no for good. */
  onLost(failure: Failure | undefined, isFinal: boolean): void;
}

const WAIT_MS_MIN = 500;
const WAIT_MS_MAX = 8_000;

/** Follows the tail until `signal` says stop, over every interruption. */
export async function followTail(query: TailQuery, listener: TailListener, signal: AbortSignal): Promise<void> {
  let waitMs = WAIT_MS_MIN;
  while (!signal.aborted) {
    let failure: Failure | undefined;
    try {
      const path =
        query.isScoped && query.appId !== undefined
          ? `/api/v1/app/${encodeURIComponent(query.appId)}/tail`
          : "/api/v1/tail";
      const request = requestTo(path, {
        query: {
          kinds: query.kinds.join(","),
          app_id: query.isScoped ? undefined : query.appId,
          q: query.words || undefined,
        },
        signal,
      });
      request.headers.set("accept", "text/event-stream");
      const response = await send(request);
      waitMs = WAIT_MS_MIN;
      listener.onOpen();
      await read(response, listener);
    } catch (error) {
      if (signal.aborted) return;
      failure = asFailure(error);
    }
    if (signal.aborted) return;
    const isFinal = failure !== undefined && ["forbidden", "signed_out", "missing", "invalid"].includes(failure.kind);
    listener.onLost(failure, isFinal);
    if (isFinal) return;
    await pause(failure?.retryAfterSeconds === undefined ? waitMs : failure.retryAfterSeconds * 1_000, signal);
    waitMs = Math.min(waitMs * 2, WAIT_MS_MAX);
  }
}

async function read(response: Response, listener: TailListener): Promise<void> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  const parse = createEventParser();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    for (const { event, data } of parse(decoder.decode(chunk.value, { stream: true }))) {
      if (event === "batch") listener.onBatch(JSON.parse(data));
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    });
  });
}
