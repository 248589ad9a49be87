import { closeSync, copyFileSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";

const BYTES_MAX = 16 * 1024 * 1024;
const CHECK_MS = 60_000;

export interface ServerLog {
  readonly path: string;
  /** To hand to the server as its standard error; it writes there itself, also when the engine is gone. */
  readonly fd: number;
  /** Where the log ends now. */
  mark(): number;
  /** What was written since that mark, at most its last 64 KiB. */
  since(mark: number): string;
  close(): void;
}

/**
 * The server's log in the engine's data folder: at most 16 MiB and as much again in `<path>.1`, looked after once a minute. The
 * file is opened for appending, so it can be cut under the server's hands.
 */
export function openServerLog(path: string): ServerLog {
  const fd = openSync(path, "a+", 0o600);
  const keepSmall = () => {
    if (fstatSync(fd).size <= BYTES_MAX) return;
    try {
      copyFileSync(path, `${path}.1`);
    } catch {
      // A full disk is when the log must be cut all the more; what is lost is the older half of it.
    }
    ftruncateSync(fd, 0);
  };
  keepSmall();
  const timer = setInterval(keepSmall, CHECK_MS);
  timer.unref();
  return {
    path,
    fd,
    mark: () => fstatSync(fd).size,
    since(mark) {
      const end = fstatSync(fd).size;
      const from = Math.max(mark > end ? 0 : mark, end - 65_536);
      const bytes = Buffer.alloc(end - from);
      return bytes.toString("utf8", 0, readSync(fd, bytes, 0, bytes.length, from));
    },
    close() {
      clearInterval(timer);
      closeSync(fd);
    },
  };
}
