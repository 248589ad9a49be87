import { readdirSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { type AnyTask, isTask } from "./define.ts";

const MODULE = /\.(ts|tsx|mts|js|mjs|jsx)$/;
const NOT_OURS = /(\.test|\.spec|\.d)\.[a-z]+$|^[._]/;
const FILES_MAX = 5_000;
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.:/-]{0,127}$/;

/** What a folder cannot be loaded for; whole, and for people. */
export class LoadFault extends Error {
  override readonly name = "LoadFault";
}

/** `mail/send.ts` is `mail.send`, `mail/index.ts` is `mail`. */
export function nameOfFile(path: string): string {
  const parts = path.replace(MODULE, "").split(sep);
  if (parts.length > 1 && parts.at(-1) === "index") parts.pop();
  return parts.join(".");
}

function modulesIn(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && MODULE.test(entry.name) && !NOT_OURS.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes(`${sep}node_modules${sep}`))
    .sort();
}

/**
 * The tasks that the modules of a folder (or one module) export. A default export is named after its file unless it has a name;
 * others are named after file and export. Throws a LoadFault.
 */
export async function loadTasks(folder: string): Promise<AnyTask[]> {
  const root = resolve(folder);
  let files: string[];
  try {
    files = modulesIn(root);
  } catch (error) {
    throw new LoadFault(
      `${JSON.stringify(folder)} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (files.length > FILES_MAX)
    throw new LoadFault(`${JSON.stringify(folder)} has ${files.length} modules; at most ${FILES_MAX} are loaded`);
  const tasks = new Map<string, { readonly task: AnyTask; readonly file: string }>();
  for (const file of files) {
    let exported: Record<string, unknown>;
    try {
      exported = await import(pathToFileURL(file).href);
    } catch (error) {
      throw new LoadFault(
        `${file} cannot be loaded: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
    const named = nameOfFile(file === root ? (file.split(sep).at(-1) ?? file) : relative(root, file));
    for (const [key, value] of Object.entries(exported)) {
      if (!isTask(value)) continue;
      value.name ??= key === "default" ? named : `${named}.${key}`;
      const before = tasks.get(value.name);
      if (before !== undefined && before.task !== value)
        throw new LoadFault(`${before.file} and ${file} both have a task ${JSON.stringify(value.name)}`);
      if (!NAME.test(value.name)) throw new LoadFault(`${file}: a task cannot be named ${JSON.stringify(value.name)}`);
      tasks.set(value.name, { task: value, file });
    }
  }
  if (tasks.size === 0) {
    throw new LoadFault(
      `${JSON.stringify(folder)} exports no task; a module should say: export default task({}, async (input) => …)`,
    );
  }
  return [...tasks.values()].map(({ task }) => task);
}
