import type { Session } from "./session.ts";
import { amount, facts, table } from "./table.ts";

const TASKS = "/api/v1/background-task";

interface Task {
  readonly id: string;
  readonly task: string;
  readonly status: string;
  readonly appId?: string | null;
  readonly data: { matched?: number | null; done?: number; skipped?: number; error?: string | null };
  readonly createdAt?: string;
  readonly updatedAt: string;
}

export interface Replay {
  readonly what: string;
  readonly since: string;
  readonly until?: string;
  readonly endpoint?: readonly string[];
  readonly type?: readonly string[];
  readonly channel?: readonly string[];
  readonly tag?: readonly string[];
  readonly outcome?: readonly string[];
  readonly rate?: number;
  readonly yes?: true;
}

/** Counts first; starts the job with `--yes`. */
export async function replay(session: Session, app: string, asked: Replay): Promise<void> {
  const dryRun = asked.yes !== true;
  const answer = await session.client.send<
    Task & { matched: number; matchedIsExact: boolean; byEndpoint?: { endpointId: string; matched: number }[] }
  >("POST", `/api/v1/app/${encodeURIComponent(app)}/replay`, {
    what: asked.what,
    since: session.when(asked.since),
    ...(asked.until !== undefined && { until: session.when(asked.until) }),
    ...(asked.endpoint !== undefined && { endpointIds: asked.endpoint }),
    ...(asked.type !== undefined && { eventTypes: asked.type }),
    ...(asked.channel !== undefined && { channels: asked.channel }),
    ...(asked.tag !== undefined && { tags: asked.tag }),
    ...(asked.outcome !== undefined && { outcomes: asked.outcome }),
    ...(asked.rate !== undefined && { ratePerSecond: asked.rate }),
    dryRun,
  });
  if (session.json) return session.out(`${JSON.stringify(answer)}\n`);
  if (!dryRun)
    return session.out(`The job ${answer.id} has begun; \`posthorn job show ${answer.id}\` tells how far it is.\n`);
  session.out(`Would send ${amount(answer.matched, answer.matchedIsExact)} deliveries again.\n`);
  if (answer.byEndpoint !== undefined && answer.byEndpoint.length > 0)
    session.out(
      table(
        ["ENDPOINT", "DELIVERIES"],
        answer.byEndpoint.map((one) => [one.endpointId, one.matched]),
      ),
    );
  session.tell("Nothing was done; --yes does it.\n");
}

export async function listJobs(session: Session, status: string | undefined): Promise<void> {
  const page = await session.client.get<{ data: readonly Task[] }>(TASKS, { limit: 100, status });
  if (session.json) return session.out(`${JSON.stringify(page)}\n`);
  session.out(
    table(
      ["JOB", "WHAT", "STATUS", "DONE", "OF", "UPDATED"],
      page.data.map((task) => [task.id, task.task, task.status, task.data.done, task.data.matched, task.updatedAt]),
    ),
  );
}

export async function showJob(session: Session, id: string): Promise<void> {
  const task = await session.client.get<Task>(`${TASKS}/${encodeURIComponent(id)}`);
  if (session.json) return session.out(`${JSON.stringify(task)}\n`);
  session.out(
    facts([
      ["job", task.id],
      ["what", task.task],
      ["status", task.status],
      [
        "done",
        task.data.matched === null || task.data.matched === undefined
          ? task.data.done
          : `${task.data.done} of ${task.data.matched}`,
      ],
      ["skipped", task.data.skipped],
      ["error", task.data.error],
      ["updated", task.updatedAt],
    ]),
  );
}

export type JobAct = "cancel" | "pause" | "resume";

export async function actOnJob(session: Session, id: string, what: JobAct): Promise<void> {
  const task = await session.client.send<Task>("POST", `${TASKS}/${encodeURIComponent(id)}/${what}`);
  session.out(session.json ? `${JSON.stringify(task)}\n` : `${task.id} is ${task.status}.\n`);
}
