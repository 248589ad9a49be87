import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { checkDefinition, compile, mismatches, mismatchText, type Rehearsed, readCaseFile, rehearse } from "#language";
import type { ImportModule } from "../operator/session.ts";
import { caseFiles, readDefinition } from "./folder.ts";

/** More is no file of cases that somebody wrote. */
const CASE_FILE_BYTES_MAX = 16 * 1024 * 1024;

/** What came of one case of a file. */
export interface CaseResult {
  readonly file: string;
  readonly name: string;
  /** Undefined: it passed. */
  readonly failure: string | undefined;
  readonly ms: number;
}

/** Rehearses the cases of a folder, or of one file. Nothing is asked of anybody; a file that cannot be read is a failed case. */
export async function testFolder(
  folder: string,
  importModule: ImportModule,
  monotonic: () => number,
): Promise<readonly CaseResult[]> {
  const { paths, faults } = await caseFiles(folder);
  const results: CaseResult[] = faults.map(({ path, message }) => ({ file: path, name: "", failure: message, ms: 0 }));
  for (const path of paths) results.push(...(await testFile(path, importModule, monotonic)));
  return results;
}

async function testFile(file: string, importModule: ImportModule, monotonic: () => number): Promise<CaseResult[]> {
  const broken = (failure: string): CaseResult[] => [{ file, name: "", failure, ms: 0 }];
  const { size } = await stat(file);
  if (size > CASE_FILE_BYTES_MAX)
    return broken(`It has ${size} bytes; a file of cases has at most ${CASE_FILE_BYTES_MAX}`);
  const read = readCaseFile(await readFile(file, "utf8"));
  if (!read.ok) return broken(read.faults.map(({ path, message }) => `${path}: ${message}`).join("\n"));
  const { flow } = read.file;
  // A definition in YAML is read, one in TypeScript is run: a file of cases names none that lies elsewhere.
  if (flow.endsWith(".ts") && basename(flow) !== flow)
    return broken(
      `flow: ${JSON.stringify(flow)} is a program and lies elsewhere; cases stand beside the program they try`,
    );
  const path = join(dirname(file), flow);
  const found = await readDefinition(path, importModule);
  if ("message" in found) return broken(`${path}: ${found.message}`);
  const checked = checkDefinition("definition" in found.input ? found.input.definition : found.input);
  if (checked.definition === null) {
    return broken(checked.faults.map((fault) => `${path}: ${fault.path}: ${fault.message}`).join("\n"));
  }
  const compiled = compile(checked.definition);
  const codeRunner = [...compiled.byId.values()].some(({ kind }) => kind === "code") ? await localRunner() : undefined;
  return read.file.cases.map(({ name, rehearsal, expect }) => {
    const beganAt = monotonic();
    const rehearsed = rehearse(compiled, { ...rehearsal, ...(codeRunner !== undefined && { codeRunner }) });
    const missed = mismatches(expect, rehearsed, rehearsal);
    const failure = missed.length === 0 ? undefined : `${mismatchText(missed)}${writtenText(rehearsed)}`;
    return { file, name, failure, ms: monotonic() - beganAt };
  });
}

/** What the programs of a case that failed wrote: they were asked to, to find out why. */
function writtenText({ logs }: Rehearsed): string {
  return logs.map(({ path, text }) => `\nlog ${path}: ${text}`).join("");
}

/** The sandbox is loaded when a program is to be run: most cases need none. */
async function localRunner() {
  const { createLocalRunner } = await import("#flows");
  return createLocalRunner();
}

export function testText(results: readonly CaseResult[]): string {
  const text = results.map(({ file, name, failure, ms }) =>
    failure === undefined
      ? `ok    ${file} › ${name} (${ms.toFixed(1)} ms)\n`
      : `FAIL  ${file}${name === "" ? "" : ` › ${name}`}\n${failure.replace(/^/gm, "        ")}\n`,
  );
  const failed = results.filter(({ failure }) => failure !== undefined).length;
  return `${text.join("")}${results.length - failed} passed, ${failed} failed\n`;
}

/** As continuous integration reads it. */
export function testJunit(results: readonly CaseResult[]): string {
  const encoded = (text: string) =>
    text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[^\P{Cc}\n\t]/gu, "?");
  const cases = results.map(({ file, name, failure, ms }) => {
    const head = `<testcase classname="${encoded(file)}" name="${encoded(name)}" time="${(ms / 1_000).toFixed(4)}"`;
    return failure === undefined ? `${head}/>` : `${head}><failure>${encoded(failure)}</failure></testcase>`;
  });
  const failed = results.filter(({ failure }) => failure !== undefined).length;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="posthorn flows" tests="${results.length}" failures="${failed}">\n${cases.join("\n")}\n</testsuite>\n`;
}
