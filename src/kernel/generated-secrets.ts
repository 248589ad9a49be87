import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";

/**
 * A secret that is made at the first start and kept in `<folder>/<name>`, readable by its owner only; the same ever after.
 * When two starts race, both get what the first one wrote.
 */
export async function generatedSecret(folder: string, name: string, generate: () => string): Promise<string> {
  const path = join(folder, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const kept = await readIfThere(path);
  if (kept !== undefined) return kept;
  // Written under another name and linked: whoever finds the file finds all of it, and the first link stands.
  const draft = `${path}.${randomBytes(8).toString("hex")}`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(`${generate()}\n`);
    await file.sync();
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await file.close();
    await unlink(draft);
  }
  const written = await readIfThere(path);
  if (written === undefined)
    throw new Error(`The file ${path} is empty; it should hold a generated secret. Delete it to have a new one made.`);
  return written;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    const text = (await readFile(path, "utf8")).trim();
    return text === "" ? undefined : text;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** A token that a person may copy: 256 bits, with a prefix that secret scanners can look for. */
export function generateApiToken(): string {
  return `ph_${randomBytes(32).toString("base64url")}`;
}
