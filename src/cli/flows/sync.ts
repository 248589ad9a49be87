import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonical, type Definition, type DefinitionFault, toYaml } from "#language";
import { OperatorFault } from "../operator/client.ts";
import type { Session } from "../operator/session.ts";
import { table } from "../operator/table.ts";
import { readFolder } from "./folder.ts";
import { lineDiff } from "./line-diff.ts";
import { type Linted, lintFiles, lintText } from "./lint.ts";

export const appPath = (app: string) => `/api/v1/app/${encodeURIComponent(app)}`;
export const flowPath = (app: string, flow: string) => `${appPath(app)}/flow/${encodeURIComponent(flow)}`;

interface Runs {
  readonly finish: number;
  readonly migrate: number;
  readonly cancel: number;
  readonly cannot: readonly { runId: string; reason: string }[];
  readonly isComplete: boolean;
}
interface Put {
  readonly name: string;
  readonly version: number;
  readonly created: boolean;
  readonly changed: boolean;
  readonly runs: Runs | null;
}
interface Flow {
  readonly name: string;
  readonly title: string | null;
  readonly mode: string;
  readonly version: number;
  readonly live: number;
  readonly waiting: number;
  readonly lastRun: { state: string; endedAt: string } | null;
}
interface Detail extends Flow {
  readonly definition: Definition;
  readonly source: string | null;
}

/** So often is a deploy asked again for runs that were in somebody's hands, or were too many at once. */
const ROUNDS_MAX = 60;

/** Reads a folder, all of it or nothing: one definition that is not valid keeps all from being pushed. */
async function linted(session: Session, folder: string): Promise<readonly Linted[]> {
  const { files, faults } = await readFolder(folder, session.importModule);
  const found = lintFiles(files, faults);
  session.tell(lintText(found));
  if (found.some(({ definition }) => definition === undefined)) {
    throw new OperatorFault("definition_invalid", `Nothing was done: not every definition in ${folder} is valid.`);
  }
  if (found.length === 0)
    throw new OperatorFault("no_flows", `There are no definitions (.yaml, .json, .ts) in ${folder}.`);
  return found;
}

/** Checks under way at once: the engine reads what the application has for each. */
const CHECKS_AT_ONCE = 4;

interface Checked {
  readonly valid: boolean;
  readonly faults: readonly DefinitionFault[];
  readonly warnings: readonly DefinitionFault[];
}

/**
 * Holds what is valid by itself against what the application has, before anything is changed: all faults are told at once, also those that
 * only the engine knows, which may be of another release.
 */
async function checked(session: Session, app: string, files: readonly Linted[]): Promise<void> {
  const names = new Set(files.map(({ definition }) => definition?.flow));
  const found: Linted[] = [];
  let next = 0;
  const some = async () => {
    for (let one = files[next++]; one !== undefined; one = files[next++]) {
      const { path, file, definition } = one;
      if (file === undefined || definition === undefined) continue;
      const answer = await session.client.send<Checked>("POST", `${appPath(app)}/flow/check`, file.input);
      // What the file alone says was told already; and a flow that comes with the same push is there in a moment.
      const known = new Set(one.warnings.map(({ code, path: at }) => `${code} ${at}`));
      const warnings = answer.warnings.filter(
        (warning) =>
          !known.has(`${warning.code} ${warning.path}`) &&
          !(warning.code === "flow_unknown" && [...names].some((name) => warning.message.includes(`${name}`))),
      );
      found.push({ path, file, definition: answer.valid ? definition : undefined, faults: answer.faults, warnings });
    }
  };
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, some));
  found.sort((a, b) => (a.path < b.path ? -1 : 1));
  session.tell(lintText(found));
  if (found.some(({ definition }) => definition === undefined)) {
    throw new OperatorFault("definition_invalid", "Nothing was done: the engine does not take every definition.");
  }
}

/** Makes the application's flows what a folder says; the same once more changes nothing. Flows that are not in the folder stay. */
export async function push(
  session: Session,
  app: string,
  folder: string,
  asked: { readonly dryRun?: true; readonly running?: string; readonly note?: string },
): Promise<void> {
  const answers: Put[] = [];
  const dryRun = asked.dryRun === true;
  const files = await linted(session, folder);
  await checked(session, app, files);
  for (const { definition, file } of files) {
    if (definition === undefined || file === undefined) continue;
    const body = { ...file.input, dryRun, running: asked.running ?? "finish", note: asked.note ?? "" };
    const answer = await session.client.send<Put>("PUT", flowPath(app, definition.flow), body);
    answers.push(answer);
    if (session.json) continue;
    const what = answer.created ? "created" : answer.changed ? "changed" : "unchanged";
    session.out(`${dryRun ? "would be " : ""}${what.padEnd(9)}  ${answer.name}  version ${answer.version}\n`);
    if (answer.runs !== null) tellRuns(session, answer.runs);
    if (!dryRun && answer.runs?.isComplete === false && asked.running !== undefined && asked.running !== "finish") {
      await untilSettled(session, app, answer, asked.running);
    }
  }
  if (session.json) session.out(`${JSON.stringify(answers)}\n`);
  if (dryRun) session.tell("Nothing was changed.\n");
}

/** Runs that a process had in hand a moment ago are waiting the next, and can be moved. */
async function untilSettled(session: Session, app: string, { name, version }: Put, running: string): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    await Bun.sleep(1_000);
    const path = `${flowPath(app, name)}/version/${version}/deploy`;
    const { runs } = await session.client.send<{ runs: Runs }>("POST", path, { running });
    if (runs.migrate + runs.cancel > 0) tellRuns(session, runs);
    if (runs.isComplete) return;
  }
  session.tell(`Not all runs of ${name} were looked at; \`posthorn flows push --running ${running}\` goes on.\n`);
}

function tellRuns(session: Session, runs: Runs): void {
  const parts = [
    runs.migrate > 0 ? `${runs.migrate} runs move` : "",
    runs.cancel > 0 ? `${runs.cancel} are cancelled` : "",
    runs.finish > 0 ? `${runs.finish} finish as they began` : "",
  ].filter((part) => part !== "");
  if (parts.length > 0) session.out(`           ${parts.join(", ")}\n`);
  for (const { runId, reason } of runs.cannot) session.out(`           ${runId} cannot move: ${reason}\n`);
}

async function allFlows(session: Session, app: string): Promise<Flow[]> {
  const flows: Flow[] = [];
  for (let iterator: string | undefined; ; ) {
    const page = await session.client.get<{ data: Flow[]; done: boolean; iterator: string | null }>(
      `${appPath(app)}/flow`,
      { limit: 250, iterator },
    );
    flows.push(...page.data);
    if (page.done || page.iterator === null) return flows;
    iterator = page.iterator;
  }
}

const detail = (session: Session, app: string, name: string) => session.client.get<Detail>(flowPath(app, name));
const textOf = (flow: Pick<Detail, "definition" | "source">) => flow.source ?? toYaml(flow.definition);

/** Writes the application's flows, or those named, into a folder: as they were written, comments and all. */
export async function pull(session: Session, app: string, folder: string, names: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const wanted = names.length > 0 ? names : (await allFlows(session, app)).map(({ name }) => name);
  for (const name of wanted) {
    const flow = await detail(session, app, name);
    // The engine's names are letters, digits and dashes: none leads out of the folder. An engine that says otherwise is not believed.
    if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(flow.name)) {
      throw new OperatorFault("unexpected_answer", `${JSON.stringify(flow.name)} is no name of a flow`);
    }
    const path = join(folder, `${flow.name}.yaml`);
    await writeFile(path, textOf(flow));
    session.out(session.json ? `${JSON.stringify({ name: flow.name, path })}\n` : `${path}\n`);
  }
}

/** What a push would change. 1: something would. */
export async function diff(session: Session, app: string, folder: string): Promise<number> {
  const there = new Map((await allFlows(session, app)).map((flow) => [flow.name, flow]));
  const differ: { name: string; path: string; isThere: boolean; diff: string }[] = [];
  for (const { path, definition } of await linted(session, folder)) {
    if (definition === undefined) continue;
    const isThere = there.delete(definition.flow);
    const before = isThere ? (await detail(session, app, definition.flow)).definition : undefined;
    if (before !== undefined && canonical(before) === canonical(definition)) continue;
    const lines = lineDiff(before === undefined ? "" : inOneOrder(before), inOneOrder(definition));
    differ.push({ name: definition.flow, path, isThere, diff: lines });
    if (session.json) continue;
    session.out(`--- ${before === undefined ? "(nothing)" : `${definition.flow} in ${app}`}\n+++ ${path}\n${lines}`);
  }
  if (session.json) session.out(`${JSON.stringify({ differ, onlyThere: [...there.keys()] })}\n`);
  for (const name of there.keys()) session.tell(`${name} is in ${app} and not in ${folder}; a push leaves it.\n`);
  return differ.length === 0 ? 0 : 1;
}

/** As YAML whose members stand by name: the database keeps no order of members, and what only stands elsewhere is no difference. */
const inOneOrder = (definition: Definition) => toYaml(JSON.parse(canonical(definition)) as Definition);

export async function listFlows(session: Session, app: string): Promise<void> {
  const flows = await allFlows(session, app);
  if (session.json) return session.out(`${JSON.stringify(flows)}\n`);
  session.out(
    table(
      ["FLOW", "VERSION", "MODE", "RUNNING", "WAITING", "LAST ENDED", "AT"],
      flows.map((flow) => [
        flow.name,
        flow.version,
        flow.mode,
        flow.live,
        flow.waiting,
        flow.lastRun?.state,
        flow.lastRun?.endedAt,
      ]),
    ),
  );
}
