import { readdirSync, readFileSync, readlinkSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";

/** The first line of `postmaster.pid`, and whether the server says that it takes connections (its last line). */
export function readPidFile(dir: string): { pid: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(dir, "postmaster.pid"), "utf8").split("\n");
    const pid = Number(lines[0]);
    return Number.isSafeInteger(pid) && pid > 1 ? { pid, ready: lines[7]?.trim() === "ready" } : undefined;
  } catch {
    return undefined;
  }
}

/** A process that ended and was not yet waited for is not alive: where the first process of a container waits for nobody it stays. */
export function isAlive(pid: number): boolean {
  if (process.platform === "linux") {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      return stat[stat.lastIndexOf(")") + 2] !== "Z";
    } catch {
      return false;
    }
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Signals a process that may be gone already. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone, which is what the signal was for.
  }
}

/** Server processes whose current folder is the data folder; every process of PostgreSQL stays in it. Linux only, else empty. */
export function processesIn(dir: string): number[] {
  if (process.platform !== "linux") return [];
  const { dev, ino } = statSync(dir);
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    if (!Number.isSafeInteger(pid) || pid === process.pid) return [];
    try {
      const cwd = statSync(`/proc/${pid}/cwd`);
      return cwd.dev === dev && cwd.ino === ino && readlinkSync(`/proc/${pid}/exe`).includes("/bin/postgres")
        ? [pid]
        : [];
    } catch {
      return []; // Ended meanwhile, or not ours to see, and then not ours.
    }
  });
}

async function isServerOf(dir: string, pid: number): Promise<boolean> {
  if (process.platform === "linux") return processesIn(dir).includes(pid);
  return /postgres/.test((await run(["ps", "-p", String(pid), "-o", "command="])).out);
}

/**
 * Ends what an engine that was killed left running on this data, and clears a stale `postmaster.pid`. Called under the folder's
 * lock: whatever runs there belongs to no living engine. Returns the pid it stopped.
 */
export async function endOrphan(dir: string): Promise<number | undefined> {
  const found = readPidFile(dir);
  let stopped: number | undefined;
  if (found !== undefined && isAlive(found.pid)) {
    if (await isServerOf(dir, found.pid)) {
      stopped = found.pid;
      signal(found.pid, "SIGCONT");
      signal(found.pid, "SIGINT");
      const gone = () => !isAlive(found.pid);
      if (!(await until(gone, 10_000))) signal(found.pid, "SIGQUIT");
      if (!(await until(gone, 10_000))) signal(found.pid, "SIGKILL");
      await until(gone, 5_000);
    } else {
      // The number of a server that is gone was given to another program; PostgreSQL would refuse to start.
      unlinkSync(join(dir, "postmaster.pid"));
    }
  }
  // Processes of a server whose first process was killed end by themselves in a moment; until then a start is refused.
  if (!(await until(() => processesIn(dir).length === 0, 5_000))) {
    for (const pid of processesIn(dir)) {
      signal(pid, "SIGCONT");
      signal(pid, "SIGKILL");
    }
    await until(() => processesIn(dir).length === 0, 5_000);
  }
  return stopped;
}

/** Asks every 20 ms. Processes that are not our children cannot be waited for in any better way. */
export async function until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > end) return false;
    await Bun.sleep(20);
  }
  return true;
}
