import { chmod, cp, lstat, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** A folder in which a copy of the server's programs may be kept; `shared`: other accounts must be able to read it. */
export interface Candidate {
  readonly folder: string;
  readonly shared: boolean;
}

/** What the server needs of the package: not the static libraries, which are half of it. */
const NEEDED = (path: string) => !path.endsWith(".a") && !path.endsWith("/pkgconfig");

/**
 * Copies the programs once, to `<folder>/postgresql-<hash of what is copied>`, and returns that path. It appears there whole or
 * not at all, and what is there is only believed when it is ours: the account that runs these programs must not have written them.
 */
export async function installCopy(native: string, candidate: Candidate): Promise<string> {
  await ownFolder(candidate);
  const home = join(candidate.folder, `postgresql-${await fingerprint(native)}`);
  if (await exists(home)) {
    await mustBeOurs(home);
    return home;
  }
  const staging = await mkdtemp(join(candidate.folder, ".copying-"));
  try {
    await cp(native, staging, { recursive: true, filter: NEEDED, verbatimSymlinks: true });
    await openUp(staging);
    await rename(staging, home);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    // Two engines may have started at once: the other's copy is as good.
    if (!(await exists(home))) throw error;
    await mustBeOurs(home);
  }
  return home;
}

async function ownFolder({ folder, shared }: Candidate): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o755 });
    if (shared) await chmod(folder, 0o755); // The umask may have closed it.
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  await mustBeOurs(folder);
}

async function mustBeOurs(path: string): Promise<void> {
  const { uid, mode } = await lstat(path);
  if ((mode & 0o170000) !== 0o040000) throw new Error(`${path} is not a folder`);
  if (uid !== process.getuid?.()) throw new Error(`${path} belongs to account ${uid}, not to ${process.getuid?.()}`);
  if ((mode & 0o022) !== 0) throw new Error(`${path} can be written by others`);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Readable by all, writable by us, whatever the umask was when npm unpacked it. */
async function openUp(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openUp(path);
    else if (entry.isFile()) await chmod(path, (await lstat(path)).mode & 0o100 ? 0o755 : 0o644);
  }
}

/** Tells one build from another: names and sizes of everything, contents of the programs. */
async function fingerprint(native: string): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  const walk = async (folder: string, below: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = join(folder, entry.name);
      const name = `${below}/${entry.name}`;
      if (!NEEDED(path)) continue;
      if (entry.isDirectory()) await walk(path, name);
      if (!entry.isFile()) continue;
      hasher.update(`${name} ${Bun.file(path).size}\n`);
      if (below === "/bin") hasher.update(await Bun.file(path).bytes());
    }
  };
  await walk(native, "");
  return hasher.digest("hex").slice(0, 16);
}
