import { readdirSync, readFileSync } from "node:fs";

/**
 * What processes used, read from /proc. On systems without it memory and CPU are unknown (NaN), and the tables say so.
 */
export interface Usage {
  /** CPU seconds since the processes started, children that ended and were waited for included. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** The kernel's unit for times in /proc/<pid>/stat: 100 per second on every Linux that can run this. */
const TICKS_PER_SECOND = 100;
const NOTHING: Usage = { cpuSeconds: Number.NaN, rssBytes: Number.NaN };

export function usageOf(pid: number): Usage {
  const stat = readStat(pid);
  return stat === undefined ? NOTHING : { cpuSeconds: stat.ticks / TICKS_PER_SECOND, rssBytes: readRss(pid, "VmRSS") };
}

/** The highest resident size the process ever had. */
export function peakRssBytes(pid: number): number {
  return readRss(pid, "VmHWM");
}

/**
 * A process with all that descend from it: PostgreSQL, nginx. Children that ended are counted by the parent that waited.
 * Shared memory is counted once per process that touches it, so the sum of RSS says too much; only CPU is quoted from this.
 */
export function usageOfTree(root: number): Usage {
  const stats = new Map<number, Stat>();
  try {
    for (const entry of readdirSync("/proc")) {
      const pid = Number(entry);
      const stat = Number.isInteger(pid) ? readStat(pid) : undefined;
      if (stat !== undefined) {
        stats.set(pid, stat);
      }
    }
  } catch {
    return NOTHING; // no /proc here
  }
  let ticks = 0;
  let rssBytes = 0;
  for (const [pid, stat] of stats) {
    if (descends(pid, root, stats)) {
      ticks += stat.ticks;
      const rss = readRss(pid, "VmRSS");
      rssBytes += Number.isNaN(rss) ? 0 : rss;
    }
  }
  return { cpuSeconds: ticks / TICKS_PER_SECOND, rssBytes };
}

interface Stat {
  readonly parent: number;
  /** user + system, its own and its waited-for children's */
  readonly ticks: number;
}

function descends(pid: number, root: number, stats: ReadonlyMap<number, Stat>): boolean {
  for (let at = pid; at > 1; ) {
    if (at === root) {
      return true;
    }
    const parent = stats.get(at)?.parent;
    if (parent === undefined) {
      return false;
    }
    at = parent;
  }
  return false;
}

function readStat(pid: number): Stat | undefined {
  try {
    // The second field is the name in brackets and may itself contain spaces and brackets: what follows the last one is safe.
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const at = (i: number): number => Number(fields[i] ?? 0);
    return { parent: at(1), ticks: at(11) + at(12) + at(13) + at(14) };
  } catch {
    return undefined; // it ended between two looks
  }
}

function readRss(pid: number, line: "VmRSS" | "VmHWM"): number {
  try {
    const found = new RegExp(`^${line}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "latin1"));
    return found?.[1] === undefined ? Number.NaN : Number(found[1]) * 1024;
  } catch {
    return Number.NaN;
  }
}
