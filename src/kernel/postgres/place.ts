import { createHash } from "node:crypto";
import { chmod, chown, lstat, mkdir, readFile, realpath, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EmbeddedPostgresError } from "./errors.ts";
import type { Account } from "./run.ts";
import { run } from "./run.ts";

/** Where a server's data is, and how the account that runs it reaches it. */
export interface Place {
  /** As we see it. Programs of the server are started with this as their current folder. */
  readonly dir: string;
  /** As the server names it (`-D`). */
  readonly pgdata: string;
  readonly as: Account | undefined;
}

/** In the data folder, when the data had to go elsewhere. */
const POINTER = "postgres.place";
const ELSEWHERE = "/var/lib/posthorn";

/** The folder that holds (or will hold) the folder `postgres`: the data folder itself unless a start before had to go elsewhere. */
export async function homeOfData(dataDir: string): Promise<string> {
  const pointed = await readFile(join(dataDir, POINTER), "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
  return pointed ?? dataDir;
}

/** Whose the data is; undefined where there is none yet. */
export async function ownerOf(dir: string): Promise<Account | undefined> {
  return lstat(dir).then(
    ({ uid, gid }) => ({ uid, gid }),
    () => undefined,
  );
}

/** Makes an empty folder that belongs to the account alone. */
export async function makePrivateFolder(dir: string, as: Account | undefined): Promise<void> {
  await mkdir(dir, { mode: 0o700 });
  await chmod(dir, 0o700);
  if (as !== undefined) await chown(dir, as.uid, as.gid);
}

/**
 * How the account reaches `dir`, found by trying: by its path; else, when a parent is closed to it (a checkout under /root), as
 * its own current folder, which it inherits from us open. Undefined when neither works.
 */
export async function reach(dir: string, as: Account | undefined): Promise<Place | undefined> {
  for (const pgdata of [dir, "/proc/self/cwd"]) {
    const probe = await run(["/bin/sh", "-c", 'cd "$1" && test -w . && test -O .', "sh", pgdata], { as, cwd: dir });
    if (probe.code === 0) return { dir, pgdata, as };
  }
  return undefined;
}

/** The last resort of root on a system without /proc: a folder of its own under /var/lib, remembered in the data folder. */
export async function dataElsewhere(dataDir: string, elsewhere = ELSEWHERE): Promise<string> {
  const name = createHash("sha256")
    .update(await realpath(dataDir))
    .digest("hex")
    .slice(0, 16);
  const home = join(elsewhere, `data-${name}`);
  for (const folder of [elsewhere, home]) {
    await mkdir(folder, { mode: 0o755 }).catch((error) => {
      if (error.code !== "EEXIST") throw error;
    });
    const { uid, mode } = await lstat(folder);
    if (uid !== 0 || (mode & 0o170022) !== 0o040000)
      throw new EmbeddedPostgresError(
        "unreachable",
        `The data of PostgreSQL cannot stay in ${dataDir}, and ${folder} is not a folder that only root may write.`,
      );
    await chmod(folder, 0o755);
  }
  const pointer = join(dataDir, POINTER);
  await writeFile(`${pointer}.new`, `${home}\n`, { mode: 0o600 });
  await rename(`${pointer}.new`, pointer);
  return home;
}

/** Writes a file of the data folder as the account that owns the folder: root must not follow what that account may have put there. */
export async function writeAs(place: Place, name: string, text: string): Promise<void> {
  const ran = await run(["/bin/sh", "-c", 'umask 077; cat > "$1.new" && mv -f "$1.new" "$1"', "sh", name], {
    as: place.as,
    cwd: place.dir,
    stdin: text,
  });
  if (ran.code !== 0)
    throw new EmbeddedPostgresError(
      /No space left|quota/.test(ran.err) ? "disk_full" : "no_permission",
      `Writing ${join(place.dir, name)} failed: ${ran.err.trim()}`,
    );
}
