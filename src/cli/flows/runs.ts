import { readFile } from "node:fs/promises";
import { numberOutOfRange } from "#kernel";
import { OperatorFault } from "../operator/client.ts";
import type { Session } from "../operator/session.ts";
import { amount, facts, table } from "../operator/table.ts";
import { readDefinition } from "./folder.ts";
import { appPath, flowPath } from "./sync.ts";

interface Run {
  readonly id: string;
  readonly flow: string;
  readonly version: number;
  readonly state: string;
  readonly waitingFor: string | null;
  readonly dueAt: string | null;
  readonly trigger: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly error: { code: string; message: string; path: string | null } | null;
  readonly reason: string | null;
}
interface Step {
  readonly path: string;
  readonly kind: string | null;
  readonly state: string;
  readonly attempts: readonly {
    number: number;
    at: string;
    outcome: string;
    error?: { code: string; message: string };
  }[];
}

const runPath = (app: string, id: string) => `${appPath(app)}/run/${encodeURIComponent(id)}`;

/** `--input`: JSON, or `@file`, or `-` for standard input. */
export async function jsonInput(text: string | undefined): Promise<unknown> {
  if (text === undefined) return undefined;
  const content =
    text === "-" ? await Bun.stdin.text() : text.startsWith("@") ? await readFile(text.slice(1), "utf8") : text;
  let input: unknown;
  try {
    input = JSON.parse(content);
  } catch (error) {
    throw new OperatorFault("bad_input", `The input is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  const beyond = numberOutOfRange(content, input);
  if (beyond === undefined) return input;
  const place = beyond.length === 0 ? "The input" : `The input's number at ${JSON.stringify(beyond.join("."))}`;
  throw new OperatorFault("bad_input", `${place} is out of range: it should be less than 1.8e308`);
}

export async function startRun(
  session: Session,
  app: string,
  flow: string,
  asked: { readonly input?: string; readonly delay?: string; readonly wait?: number },
): Promise<number | undefined> {
  const answer = await session.client.send<Run | { run: Run; response: unknown; output: unknown }>(
    "POST",
    `${flowPath(app, flow)}/run`,
    { input: await jsonInput(asked.input), delay: asked.delay, wait: asked.wait },
  );
  const run = "run" in answer ? answer.run : answer;
  const isUnwell = run.state === "failed" || run.state === "cancelled";
  if (session.json) session.out(`${JSON.stringify(answer)}\n`);
  else {
    session.out(`${run.id} is ${run.state}.\n`);
    if (isUnwell) session.out(`${whyOf(run)}\n`);
    else if ("run" in answer) session.out(`${JSON.stringify(answer.response ?? answer.output, undefined, 2)}\n`);
  }
  return isUnwell ? 1 : undefined;
}

/** Of one that did not complete. */
const whyOf = ({ error, reason }: Run) =>
  error === null ? (reason ?? "") : `${error.code}${error.path ? ` at ${error.path}` : ""}: ${error.message}`;

export async function listRuns(
  session: Session,
  app: string,
  asked: { flow?: string; state?: string; since?: string; until?: string; fingerprint?: string },
): Promise<void> {
  const page = await session.client.get<{ data: Run[]; done: boolean }>(`${appPath(app)}/run`, {
    limit: 100,
    flow: asked.flow,
    state: asked.state,
    since: session.when(asked.since),
    until: session.when(asked.until),
    fingerprint: asked.fingerprint,
  });
  if (session.json) return session.out(`${JSON.stringify(page)}\n`);
  session.out(
    table(
      ["RUN", "FLOW", "STATE", "FOR", "STARTED", "ENDED", "ERROR"],
      page.data.map((run) => [
        run.id,
        run.flow,
        run.state,
        run.waitingFor,
        run.startedAt,
        run.endedAt,
        run.error?.code,
      ]),
    ),
  );
  if (!page.done) session.tell(`The newest ${page.data.length}; --json and the API's iterator show the rest.\n`);
}

export async function showRun(session: Session, app: string, id: string): Promise<void> {
  const run = await session.client.get<
    Run & { steps: Step[]; output: unknown; isComplete: boolean; logs: { at: string; path: string; text: string }[] }
  >(runPath(app, id));
  if (session.json) return session.out(`${JSON.stringify(run)}\n`);
  session.out(
    facts([
      ["run", run.id],
      ["flow", `${run.flow}, version ${run.version}`],
      [
        "state",
        run.waitingFor === null ? run.state : `${run.state} for ${run.waitingFor} until ${run.dueAt ?? "whenever"}`,
      ],
      ["trigger", run.trigger],
      ["started", run.startedAt],
      ["ended", run.endedAt],
      [
        "error",
        run.error === null ? null : `${run.error.code} at ${run.error.path ?? "the run"}: ${run.error.message}`,
      ],
      ["reason", run.reason],
      ["output", run.endedAt === null ? null : JSON.stringify(run.output)],
    ]),
  );
  session.out(
    table(
      ["STEP", "KIND", "STATE", "ATTEMPTS", "AT", "ERROR"],
      run.steps.map((step) => {
        const last = step.attempts.at(-1);
        return [
          step.path,
          step.kind,
          step.state,
          step.attempts.length,
          last?.at,
          last?.error && `${last.error.code}: ${last.error.message}`,
        ];
      }),
    ),
  );
  if (run.logs.length > 0) {
    // Whatever a program writes stays text: a terminal is told no commands by it.
    const line = (text: string) => text.replace(/[^\P{Cc}\n\t]/gu, "�").replaceAll("\n", "\n    ");
    session.out(`\nLogs\n${run.logs.map(({ at, path, text }) => `${at}  ${path}  ${line(text)}\n`).join("")}`);
  }
  if (!run.isComplete) session.tell("There are more steps; the API's journal has them.\n");
}

export async function cancelRun(session: Session, app: string, id: string, reason: string | undefined): Promise<void> {
  const run = await session.client.send<Run>("POST", `${runPath(app, id)}/cancel`, { reason });
  session.out(session.json ? `${JSON.stringify(run)}\n` : `${run.id} will end.\n`);
}

export async function rerun(
  session: Session,
  app: string,
  id: string,
  asked: { from?: string; input?: string; version?: string },
): Promise<void> {
  const run = await session.client.send<Run>("POST", `${runPath(app, id)}/rerun`, {
    from: asked.from,
    input: await jsonInput(asked.input),
    version: versionOf(asked.version),
  });
  session.out(session.json ? `${JSON.stringify(run)}\n` : `${run.id} repeats ${id}.\n`);
}

export const versionOf = (text: string | undefined) => (text !== undefined && /^\d+$/.test(text) ? Number(text) : text);

/** A run as it goes on, until it ends or Ctrl-C. 1: it did not complete. */
export async function watchRun(session: Session, app: string, id: string): Promise<number> {
  let state = "";
  try {
    for await (const line of session.client.lines(
      `${runPath(app, id)}/tail`,
      {},
      "text/event-stream",
      session.signal,
    )) {
      if (!line.startsWith("data:")) continue;
      const told: { run?: Run; items?: { path: string; kind: string; attempt: number; at: string }[] } & Partial<Run> =
        JSON.parse(line.slice("data:".length));
      if (session.json) session.out(`${JSON.stringify(told)}\n`);
      for (const item of told.items ?? []) {
        if (!session.json)
          session.out(
            `${item.at}  ${item.kind.padEnd(9)}  ${item.path}${item.attempt > 1 ? ` (attempt ${item.attempt})` : ""}\n`,
          );
      }
      const run = told.run ?? (told.state === undefined ? undefined : (told as Run));
      if (run === undefined) continue;
      state = run.state;
      if (!session.json)
        session.out(
          `${run.endedAt ?? run.startedAt}  run ${run.state}${run.waitingFor === null ? "" : ` for ${run.waitingFor}`}${run.error === null ? "" : ` (${whyOf(run)})`}\n`,
        );
    }
  } catch (error) {
    if (!session.signal.aborted) throw error;
  }
  return state === "failed" || state === "cancelled" ? 1 : 0;
}

// ---------------------------------------------------------------------------------------------------------- approvals

interface Approval {
  readonly runId: string;
  readonly path: string;
  readonly flow: string;
  readonly title: string;
  readonly askedAt: string;
  readonly until: string | null;
}

export async function listApprovals(session: Session, app: string, flow: string | undefined): Promise<void> {
  const page = await session.client.get<{ data: Approval[]; done: boolean }>(`${appPath(app)}/approval`, {
    limit: 100,
    flow,
  });
  if (session.json) return session.out(`${JSON.stringify(page)}\n`);
  session.out(
    table(
      ["RUN", "STEP", "FLOW", "ASKED", "UNTIL", "TITLE"],
      page.data.map((one) => [one.runId, one.path, one.flow, one.askedAt, one.until, one.title]),
    ),
  );
}

export async function decide(
  session: Session,
  app: string,
  id: string,
  path: string,
  approved: boolean,
  reason: string | undefined,
) {
  const approval = await session.client.send<Approval>("POST", `${runPath(app, id)}/approve`, {
    path,
    approved,
    reason,
  });
  session.out(
    session.json ? `${JSON.stringify(approval)}\n` : `${approved ? "Approved" : "Rejected"}: ${approval.title}\n`,
  );
}

// --------------------------------------------------------------------------------------------------- what many runs did

export async function failures(session: Session, app: string, flow: string, since: string | undefined): Promise<void> {
  const answer = await session.client.get<{
    data: {
      fingerprint: string;
      count: number;
      code: string;
      step: string | null;
      message: string;
      lastAt: string;
      lastRunId: string;
    }[];
  }>(`${flowPath(app, flow)}/failure`, { since: session.when(since) });
  if (session.json) return session.out(`${JSON.stringify(answer)}\n`);
  session.out(
    table(
      ["COUNT", "CODE", "STEP", "LAST", "LAST RUN", "FINGERPRINT", "MESSAGE"],
      answer.data.map((one) => [
        one.count,
        one.code,
        one.step,
        one.lastAt,
        one.lastRunId,
        one.fingerprint,
        one.message,
      ]),
    ),
  );
}

export interface RerunMany {
  readonly state?: string;
  readonly fingerprint?: string;
  readonly since?: string;
  readonly until?: string;
  readonly from?: string;
  readonly version?: string;
  readonly rate?: number;
  readonly yes?: true;
}

/** Counts first; begins with `--yes`. */
export async function rerunMany(session: Session, app: string, flow: string, asked: RerunMany): Promise<void> {
  const dryRun = asked.yes !== true;
  const filter = {
    state: asked.state,
    fingerprint: asked.fingerprint,
    since: session.when(asked.since),
    until: session.when(asked.until),
  };
  const body = { filter, from: asked.from, version: versionOf(asked.version), ratePerSecond: asked.rate, dryRun };
  const answer = await session.client.send<{ id: string; count: number; isExact: boolean }>(
    "POST",
    `${flowPath(app, flow)}/rerun`,
    body,
  );
  if (session.json) return session.out(`${JSON.stringify(answer)}\n`);
  if (!dryRun)
    return session.out(
      `The rerun ${answer.id} has begun; \`posthorn flows rerun-show ${flow} ${answer.id}\` tells how far it is.\n`,
    );
  session.out(`Would run ${amount(answer.count, answer.isExact)} runs again.\n`);
  session.tell("Nothing was done; --yes does it.\n");
}

export async function showRerun(session: Session, app: string, flow: string, id: string): Promise<void> {
  const job = await session.client.get<{
    id: string;
    state: string;
    matched: number;
    started: number;
    skipped: number;
    lastSkipped: { runId: string; reason: string } | null;
  }>(`${flowPath(app, flow)}/rerun/${encodeURIComponent(id)}`);
  if (session.json) return session.out(`${JSON.stringify(job)}\n`);
  session.out(
    facts([
      ["rerun", job.id],
      ["state", job.state],
      ["chosen", job.matched],
      ["begun", job.started],
      ["skipped", job.skipped],
      ["last skipped", job.lastSkipped === null ? null : `${job.lastSkipped.runId}: ${job.lastSkipped.reason}`],
    ]),
  );
}

/** Tries a file on real runs of the past. 1: something would differ. */
export async function backtest(
  session: Session,
  app: string,
  flow: string,
  file: string,
  last: number | undefined,
): Promise<number> {
  const read = await readDefinition(file, session.importModule);
  if ("message" in read) throw new OperatorFault("unreadable", `${read.path}: ${read.message}`);
  const answer = await session.client.send<{
    runs: number;
    same: number;
    isComplete: boolean;
    differ: {
      runId: string;
      at: string | null;
      was: { kind: string; text: string };
      would: { kind: string; text: string };
    }[];
    cannot: { runId: string; reason: string }[];
  }>("POST", `${flowPath(app, flow)}/backtest`, { ...read.input, last });
  if (session.json) session.out(`${JSON.stringify(answer)}\n`);
  else {
    session.out(
      `${answer.same} of ${answer.runs} runs would be the same${answer.isComplete ? "" : "; there was no time for more"}.\n`,
    );
    for (const one of answer.differ) {
      session.out(
        `${one.runId}  ${one.at ?? "ending"}\n  was    ${one.was.kind} ${one.was.text}\n  would  ${one.would.kind} ${one.would.text}\n`,
      );
    }
    for (const one of answer.cannot) session.out(`${one.runId}  cannot be tried: ${one.reason}\n`);
  }
  return answer.differ.length === 0 ? 0 : 1;
}
