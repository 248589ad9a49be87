import { accessSync, constants, existsSync, mkdtempSync, readdirSync, statfsSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endOrphan, lockFolder } from "#kernel";

const PREFIX = "posthorn-test-";
const ROOM_MIN = 2 * 1024 ** 3;

/** Memory where there is enough (a database is cloned there in 15 ms, on a disk in 130), else the usual place. */
const base = (() => {
  try {
    accessSync("/dev/shm", constants.W_OK);
    const { bavail, bsize } = statfsSync("/dev/shm");
    if (bavail * bsize > ROOM_MIN) return "/dev/shm";
  } catch {
    // Not a Linux, or a closed one.
  }
  return tmpdir();
})();

/** A new data folder for a server of this test run. */
export async function makeTestFolder(): Promise<string> {
  await sweepOnce();
  return mkdtempSync(join(base, PREFIX));
}

let swept: Promise<void> | undefined;
const sweepOnce = () => {
  swept ??= sweep();
  return swept;
};

/** Removes what killed runs left behind: folders whose lock nobody holds. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(base)) {
    const folder = join(base, name);
    // Without a lock file it may be one that is being made this moment.
    if (
      !name.startsWith(PREFIX) ||
      // It may be gone since it was listed: another run sweeps too.
      statSync(folder, { throwIfNoEntry: false })?.uid !== process.getuid?.() ||
      !existsSync(join(folder, "engine.lock"))
    )
      continue;
    try {
      const lock = lockFolder(folder);
      if (existsSync(join(folder, "postgres"))) await endOrphan(join(folder, "postgres"));
      await rm(folder, { recursive: true, force: true });
      lock.release();
    } catch {
      // In use by another run, or being swept by it.
    }
  }
}
