import { Connection } from "./connection.ts";
import { type Percentiles, percentiles } from "./stats.ts";
import { until } from "./until.ts";

/**
 * Sends at a fixed rate whatever the answers do, and counts every time from the moment a request was due, not from the moment
 * it could be sent: a stall of 100 ms is 100 ms for everybody who would have called during it (no coordinated omission).
 */
export interface OpenLoop {
  readonly origin: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** Called when it is due; the bytes of a whole request. */
  readonly request: (sequence: number) => Uint8Array;
  /** More than this many requests unanswered at once wait for a connection; their time runs on. */
  readonly connectionsMax: number;
}

export interface OpenLoopResult {
  /** `performance.now()` when request n was due. */
  readonly dueAt: Float64Array;
  /** From due to acknowledged. */
  readonly ackMs: Percentiles;
  /** From due to the moment this process got round to it: the share of the times above that is the generator's own. */
  readonly lateMs: Percentiles;
  readonly accepted: number;
  readonly refused: number;
  readonly broken: number;
}

export async function openLoop(loop: OpenLoop): Promise<OpenLoopResult> {
  const { hostname, port } = new URL(loop.origin);
  const total = Math.round(loop.perSecond * loop.seconds);
  const idle = await Promise.all(
    Array.from({ length: Math.min(16, loop.connectionsMax) }, () => Connection.open(hostname, Number(port))),
  );
  const all = new Set(idle);
  const dueAt = new Float64Array(total);
  const late = new Float64Array(total);
  const ack = new Float64Array(total).fill(Number.NaN);
  const waiting: number[] = [];
  const finished = Promise.withResolvers<void>();
  let opening = 0;
  let done = 0;
  let refused = 0;
  let broken = 0;

  const finish = (): void => {
    if (++done === total) {
      finished.resolve();
    }
  };
  const send = async (sequence: number, connection: Connection): Promise<void> => {
    try {
      const status = await connection.exchange(loop.request(sequence));
      ack[sequence] = performance.now() - (dueAt[sequence] ?? 0);
      refused += status >= 300 ? 1 : 0;
      free(connection);
    } catch {
      broken++; // counted and shown
      all.delete(connection);
    }
    finish();
  };
  const free = (connection: Connection): void => {
    const next = waiting.shift();
    if (next === undefined) {
      idle.push(connection);
    } else {
      void send(next, connection);
    }
  };
  const fire = (sequence: number): void => {
    const connection = idle.pop();
    if (connection !== undefined) {
      void send(sequence, connection);
      return;
    }
    waiting.push(sequence);
    if (all.size + opening < loop.connectionsMax) {
      opening++;
      Connection.open(hostname, Number(port)).then(
        (opened) => {
          opening--;
          all.add(opened);
          free(opened);
        },
        () => {
          opening--;
          if (waiting.shift() !== undefined) {
            broken++;
            finish();
          }
        },
      );
    }
  };

  const start = performance.now() + 10;
  const interval = 1000 / loop.perSecond;
  let next = 0;
  const tick = (): void => {
    const now = performance.now();
    while (next < total && start + next * interval <= now) {
      dueAt[next] = start + next * interval;
      late[next] = now - (dueAt[next] ?? 0);
      fire(next++);
    }
    if (next < total) {
      setTimeout(tick, 1);
    }
  };
  tick();
  await Promise.race([finished.promise, Bun.sleep(loop.seconds * 1000 + 60_000)]);
  for (const connection of all) {
    connection.close();
  }
  const answered = ack.filter((ms) => !Number.isNaN(ms));
  return {
    dueAt,
    ackMs: percentiles(answered),
    lateMs: percentiles(late),
    accepted: answered.length - refused,
    refused,
    broken: broken + (total - done),
  };
}

/** A receiver in this process: the same clock as the sender's, so that one subtraction gives the time between. */
export interface Arrivals {
  readonly origin: string;
  /** `performance.now()` of the first arrival of event n; NaN until then. */
  readonly at: Float64Array;
  readonly duplicates: number;
  /** Requests to this path are read and never answered. */
  hang(path: string | undefined): void;
  /** Forgets what arrived; the sequence starts again at 0. */
  reset(): void;
  /** Waits until each of `sequences` arrived; returns those that did not in time. */
  missing(sequences: readonly number[], timeoutMs: number): Promise<number[]>;
  stop(): Promise<void>;
}

const SEQUENCE_DIGITS = 9;
const MARK = '"seq":"';

/** The extra member that `orderPayload` puts first, and that arrivals are known by. */
export const SEQUENCE = { seq: "0".repeat(SEQUENCE_DIGITS) } as const;

export function receiveArrivals(most: number): Arrivals {
  const at = new Float64Array(most).fill(Number.NaN);
  let duplicates = 0;
  let hanging: string | undefined;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const now = performance.now();
      const body = await request.text();
      const mark = body.indexOf(MARK) + MARK.length;
      const sequence = Number(body.slice(mark, mark + SEQUENCE_DIGITS));
      if (hanging !== undefined && request.url.endsWith(hanging)) {
        return new Promise<Response>(() => {}); // never
      }
      if (Number.isNaN(at[sequence])) {
        at[sequence] = now;
      } else {
        duplicates++;
      }
      return new Response("ok");
    },
  });
  return {
    origin: server.url.origin,
    at,
    get duplicates() {
      return duplicates;
    },
    hang(path) {
      hanging = path;
    },
    reset() {
      at.fill(Number.NaN);
      duplicates = 0;
    },
    async missing(sequences, timeoutMs) {
      const absent = (): number[] => sequences.filter((sequence) => Number.isNaN(at[sequence]));
      await until("arrivals", timeoutMs, 50, () => absent().length === 0).catch(() => undefined); // told by what is returned
      return absent();
    },
    stop: () => server.stop(true),
  };
}

/** Makes requests that differ in their sequence number only: the digits are written into a copy of the same bytes. */
export function sequenced(request: string): (sequence: number) => Uint8Array {
  const template = Buffer.from(request);
  const at = template.indexOf(MARK + SEQUENCE.seq) + MARK.length;
  if (at < MARK.length) {
    throw new Error(`A request of an open loop must carry ${JSON.stringify(SEQUENCE)}; it does not.`);
  }
  return (sequence) => {
    const copy = Buffer.from(template);
    copy.write(String(sequence).padStart(SEQUENCE_DIGITS, "0"), at, "latin1");
    return copy;
  };
}
