import { readdir, readFile, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { ImportModule } from "../operator/session.ts";
import { type ProgramFault, runDefinition } from "./program.ts";

/** A definition as it stands in a folder kept in git. */
export interface FlowFile {
  /** As it is told: relative, as it was given. */
  readonly path: string;
  /** What is handed to the check and to the engine. */
  readonly input: { readonly source: string; readonly format: "yaml" | "json" } | { readonly definition: unknown };
}

export interface FolderFault extends ProgramFault {
  readonly path: string;
}

export const FOLDER_DEFAULT = "flows";
/** More files than an application may have flows are no folder of flows. */
const FILES_MAX = 1_000;
const FILE_BYTES_MAX = 1024 * 1024;

const DEFINITIONS = new Set([".yaml", ".yml", ".json", ".ts"]);
const isTest = (name: string) => /\.test\.(ya?ml|ts|json)$/.test(name);
const isDefinition = (name: string) =>
  DEFINITIONS.has(extname(name)) && !isTest(name) && !name.endsWith(".d.ts") && !name.startsWith(".");

/** The definitions of a folder (not of folders within), or one file, by name; what cannot be read is told. A `.ts` file is run: it is the user's own. */
export async function readFolder(
  folder: string,
  importModule: ImportModule,
): Promise<{ readonly files: readonly FlowFile[]; readonly faults: readonly FolderFault[] }> {
  const listed = await paths(folder, isDefinition);
  if (!listed.ok) return { files: [], faults: [listed.fault] };
  const files: FlowFile[] = [];
  const faults: FolderFault[] = [];
  for (const path of listed.paths) {
    const read = await readDefinition(path, importModule);
    if ("message" in read) faults.push(read);
    else files.push(read);
  }
  return { files, faults };
}

/** The files with cases (`x.test.yaml`) of a folder, or one of them. */
export async function caseFiles(
  folder: string,
): Promise<{ readonly paths: readonly string[]; readonly faults: readonly FolderFault[] }> {
  // A program beside them that tests flows (posthorn/testing) is run by its own test runner.
  const listed = await paths(folder, (name) => isTest(name) && !name.endsWith(".ts"));
  return listed.ok ? { paths: listed.paths, faults: [] } : { paths: [], faults: [listed.fault] };
}

export async function readDefinition(path: string, importModule: ImportModule): Promise<FlowFile | FolderFault> {
  if (extname(path) === ".ts") {
    const made = await runDefinition(path, importModule);
    return made.ok ? { path, input: { definition: made.definition } } : { path, ...made.fault };
  }
  try {
    const { size } = await stat(path);
    if (size > FILE_BYTES_MAX)
      return { path, message: `It has ${size} bytes; a definition has at most ${FILE_BYTES_MAX}` };
    return {
      path,
      input: { source: await readFile(path, "utf8"), format: extname(path) === ".json" ? "json" : "yaml" },
    };
  } catch (error) {
    return { path, message: `It cannot be read: ${error instanceof Error ? error.message : error}` };
  }
}

type Listed =
  | { readonly ok: true; readonly paths: readonly string[] }
  | { readonly ok: false; readonly fault: FolderFault };

async function paths(folder: string, fits: (name: string) => boolean): Promise<Listed> {
  try {
    if (!(await stat(folder)).isDirectory()) return { ok: true, paths: fits(basename(folder)) ? [folder] : [] };
    const names = (await readdir(folder)).filter(fits).sort();
    if (names.length > FILES_MAX) {
      return {
        ok: false,
        fault: { path: folder, message: `It holds ${names.length} files; at most ${FILES_MAX} are read` },
      };
    }
    return { ok: true, paths: names.map((name) => join(folder, name)) };
  } catch (error) {
    const message = `There is no such folder or file: ${error instanceof Error ? error.message : error}`;
    return { ok: false, fault: { path: folder, message } };
  }
}
