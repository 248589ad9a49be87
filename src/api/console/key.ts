import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** What changes no byte of the bundle, or is not ours to look at. */
const isLeftOut = (name: string): boolean =>
  name === "node_modules" || name.startsWith(".") || /\.(md|test\.tsx?)$/.test(name);

/**
 * Names one state of the console's sources: the same files, lock and builder give the same key, so a bundle that was made under it is
 * current. 16 hexadecimal digits.
 *
 * @param root the folder that holds `console/`, `package-lock.json` and `tools/console-build.ts`
 */
export async function bundleKey(root: string): Promise<string> {
  const hash = createHash("sha256");
  const files = [
    ...(await filesIn(join(root, "console"))),
    ...["package-lock.json", "tools/console-build.ts"].map((file) => join(root, file)),
  ];
  for (const file of files) {
    const bytes = await readFile(file).catch(absent);
    hash.update(`${file.slice(root.length)}\0${bytes.byteLength}\0`).update(bytes);
  }
  return hash.digest("hex").slice(0, 16);
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries
      .filter((entry) => !isLeftOut(entry.name))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((entry) => (entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)])),
  );
  return found.flat();
}

/** A file that is not there counts as an empty one: an installation need not have a lock. */
function absent(error: unknown): Uint8Array {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return new Uint8Array();
  throw error;
}
