import type { Fields } from "./fields.ts";
import type { LogLevel } from "./level.ts";

export interface LimitedLine {
  readonly level: LogLevel;
  readonly event: string;
  readonly message: string;
  readonly fields: Fields;
}

export interface Limiter {
  take(key: string, line: LimitedLine): void;
  flush(): void;
}

/** Keys may be made from strangers' input (an endpoint, an address); beyond this many at once they share one window. */
const KEYS_MAX = 1000;
const WINDOW_MS = 10_000;

interface Window {
  suppressed: number;
  last: LimitedLine;
  readonly cancel: () => void;
}

/**
 * One line per key and window. A window opens with a line, counts those that follow, and closes with the last of them
 * and their number; while lines keep coming the next window opens at once, so a lasting fault costs one line per window.
 */
export function createLimiter(options: {
  readonly later: (ms: number, task: () => void) => () => void;
  readonly write: (line: LimitedLine, suppressed: number) => void;
}): Limiter {
  const windows = new Map<string, Window>();

  function open(key: string, line: LimitedLine): void {
    windows.set(key, { suppressed: 0, last: line, cancel: options.later(WINDOW_MS, () => close(key)) });
  }

  function close(key: string): void {
    const window = windows.get(key);
    windows.delete(key);
    if (window !== undefined && window.suppressed > 0) {
      open(key, window.last);
      // The line that is written stands for itself; the others of the window were suppressed.
      options.write(window.last, window.suppressed - 1);
    }
  }

  return {
    take(wantedKey, line) {
      const key = windows.has(wantedKey) || windows.size < KEYS_MAX ? wantedKey : "(more keys than are kept)";
      const window = windows.get(key);
      if (window === undefined) {
        open(key, line);
        options.write(line, 0);
      } else {
        window.suppressed += 1;
        window.last = line;
      }
    },
    flush() {
      for (const [key, window] of [...windows]) {
        window.cancel();
        windows.delete(key);
        if (window.suppressed > 0) {
          options.write(window.last, window.suppressed - 1);
        }
      }
    },
  };
}
