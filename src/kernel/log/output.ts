import { writeSync } from "node:fs";

/** What a stalled reader may cost in memory before lines are dropped. */
const WAITING_BYTES_MAX = 1024 * 1024;
const RETRY_MS = 50;
const FLUSH_TRIES = 100;
const FLUSH_PAUSE_MS = 10;

export interface Output {
  write(line: string): void;
  /** Waits up to a second for a slow reader to take what is left; for the end of the process, since it blocks. */
  flush(): void;
}

/** Writes some bytes and returns how many were taken; throws with a code like EAGAIN as `fs.writeSync` does. */
export type WriteSome = (bytes: Uint8Array) => number;

/**
 * Lines to a file descriptor, synchronously. When a pipe is full (EAGAIN) lines wait in bounded memory and then are dropped and
 * counted: a log nobody reads must not stop deliveries. When the reader is gone there is nobody left to tell.
 */
export function createOutput(
  options: {
    readonly writeSome?: WriteSome;
    readonly later?: (ms: number, task: () => void) => void;
    readonly pause?: (ms: number) => void;
  } = {},
): Output {
  const writeSome = options.writeSome ?? ((bytes) => writeSync(1, bytes));
  const later = options.later ?? ((ms, task) => void setTimeout(task, ms).unref());
  const pause = options.pause ?? ((ms) => Bun.sleepSync(ms));
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let dropped = 0;
  let retrying = false;
  let gone = false;

  /** The part of `bytes` that was not taken, or nothing when all was. */
  function push(bytes: Uint8Array): Uint8Array | undefined {
    let rest = bytes;
    try {
      while (rest.length > 0) {
        rest = rest.subarray(writeSome(rest));
      }
      return undefined;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EAGAIN") {
        return rest;
      }
      gone = true;
      return undefined;
    }
  }

  function drain(): void {
    for (let head = waiting[0]; head !== undefined; head = waiting[0]) {
      const rest = push(head);
      if (rest !== undefined) {
        waitingBytes -= head.length - rest.length;
        waiting[0] = rest;
        retryLater();
        return;
      }
      waiting.shift();
      waitingBytes -= head.length;
      if (waiting.length === 0 && dropped > 0) {
        const told = droppedLine(dropped);
        dropped = 0;
        waiting.push(told);
        waitingBytes += told.length;
      }
    }
  }

  function retryLater(): void {
    if (!retrying) {
      retrying = true;
      later(RETRY_MS, () => {
        retrying = false;
        drain();
      });
    }
  }

  return {
    write(line) {
      if (gone) {
        return;
      }
      const bytes = Buffer.from(line);
      if (waiting.length > 0 && waitingBytes + bytes.length > WAITING_BYTES_MAX) {
        dropped += 1;
        return;
      }
      waiting.push(bytes);
      waitingBytes += bytes.length;
      drain();
    },
    flush() {
      drain();
      for (let tries = 0; waiting.length > 0 && tries < FLUSH_TRIES; tries++) {
        pause(FLUSH_PAUSE_MS);
        drain();
      }
    },
  };
}

function droppedLine(count: number): Buffer {
  const record = {
    time: new Date().toISOString(),
    level: "warn",
    event: "log_lines_dropped",
    message: "The reader of the log was too slow.",
    count,
  };
  return Buffer.from(`${JSON.stringify(record)}\n`);
}
