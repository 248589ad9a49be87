import { parsePublicId } from "#kernel";
import { type Receiver, receiver, type TestEngine } from "#test";
import type { Ledger } from "../kit/index.ts";
import { isSilent, numberOf, stepIdOf, type Trial, toldTo, toldToTask } from "./flows-trials.ts";

/** What was asked of the world under one key. */
export interface Asked {
  readonly bodies: Set<string>;
  times: number;
}

/** What is outside: receivers, workers, people who approve and programs that send events, all by each trial's script. */
export interface World extends AsyncDisposable {
  readonly url: string;
  /** By idempotency key. */
  readonly asked: ReadonlyMap<string, Asked>;
  /** Requests that had no key, and none was wanted: by trial and step. */
  readonly read: ReadonlyMap<string, number>;
  readonly oddities: readonly string[];
  add(trials: readonly Trial[]): void;
}

const GAP_MS = 60;

export function playWorld(random: () => number, ledger: Ledger): World {
  const asked = new Map<string, Asked>();
  const read = new Map<string, number>();
  const trials = new Map<number, Trial>();
  const oddities: string[] = [];
  const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) => ({
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const shop: Receiver = receiver({
    answer: async (request) => {
      // It takes its time, so that a killed engine has requests under way.
      await Bun.sleep(random() * 50);
      if (shop.requests.length > 500) shop.clear();
      const [, number, id = ""] = request.target.split("/");
      const trial = trials.get(Number(number));
      if (trial === undefined) {
        oddities.push(`a request of no trial: ${request.method} ${request.target}`);
        return { status: 400 };
      }
      const n = numberOf(trial, id);
      const key = request.header("idempotency-key");
      if (request.method === "GET") {
        if (key !== undefined && key !== null) oddities.push(`a read with the key ${key}`);
        read.set(`${number}/${id}`, (read.get(`${number}/${id}`) ?? 0) + 1);
        return json(200, { n, from: id });
      }
      if (key === undefined || key === null) {
        oddities.push(`a write without a key: ${request.method} ${request.target}`);
        return { status: 400 };
      }
      const path = key.slice(key.indexOf("/") + 1);
      const isWrite = request.method === "POST";
      const began = isWrite ? await beganTimes(ledger, key.slice(0, key.indexOf("/")), path) : undefined;
      if (stepIdOf(path) !== id) oddities.push(`the key ${key} for the step ${id}`);
      const known = asked.get(key) ?? { bodies: new Set(), times: 0 };
      asked.set(key, known);
      known.times++;
      known.bodies.add(request.text());
      const k = known.times;
      if (began !== undefined && began < k)
        oddities.push(`P4: the write ${key} came before its beginning was recorded`);
      const told = toldTo(trial, path, k);
      switch (told) {
        case "ok":
          return json(200, { n, from: path, k });
        case "http_503":
          return json(503, { k });
        case "http_404":
          return json(404, { k });
        case "http_429":
          return json(429, { k }, { "retry-after": "1" });
        case "reset":
          return "reset";
        case "never":
          return "never";
        default:
          return told satisfies never;
      }
    },
  });
  return {
    url: shop.url,
    asked,
    read,
    oddities,
    add: (more) => {
      for (const trial of more) trials.set(trial.number, trial);
    },
    [Symbol.asyncDispose]: () => shop[Symbol.asyncDispose](),
  };
}

async function beganTimes(ledger: Ledger, run: string, path: string): Promise<number> {
  const [row] = await ledger.rows(
    "select count(*)::int as n from posthorn.run_step where run_id = $1::uuid and path = $2 and kind = 'began'",
    [parsePublicId("run", run) ?? null, path],
  );
  return row.n;
}

export interface Client {
  /** How many requests got no answer so far, and were repeated. */
  readonly unanswered: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON; what is not there fails the scenario.
  ask(method: string, path: string, body?: unknown, key?: string): Promise<any>;
}

/** A client of the API as one should be: what was not answered, or with 503 or 429, is asked again under the same key. */
export function patient(target: () => Pick<TestEngine, "url" | "token"> | undefined, isOver: () => boolean): Client {
  let unanswered = 0;
  return {
    get unanswered() {
      return unanswered;
    },
    ask: async (method, path, body, key) => {
      while (!isOver()) {
        const engine = target();
        const answer = engine === undefined ? undefined : await once(engine, method, path, body, key);
        if (answer === undefined || answer.status === 503 || answer.status === 429) {
          if (engine !== undefined && answer === undefined) unanswered++;
          await Bun.sleep(GAP_MS);
          continue;
        }
        return answer;
      }
      return { status: 0, body: undefined };
    },
  };
}

async function once(
  engine: Pick<TestEngine, "url" | "token">,
  method: string,
  path: string,
  body: unknown,
  key: string | undefined,
) {
  try {
    const response = await fetch(`${engine.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${engine.token}`,
        "content-type": "application/json",
        ...(key !== undefined && { "idempotency-key": key }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  } catch {
    return undefined; // Its process was killed: asked again.
  }
}

/** Workers, people and senders of one application, until `stop`. */
export function animate(on: {
  readonly app: { readonly id: string; readonly publicId: string };
  readonly trials: readonly Trial[];
  readonly client: Client;
  readonly ledger: Ledger;
  readonly isOver: () => boolean;
}): Promise<unknown> {
  const { app, client, ledger, isOver } = on;
  const byNumber = new Map(on.trials.map((trial) => [trial.number, trial]));
  const byFlow = new Map(on.trials.map((trial) => [trial.name, trial]));
  const base = `/app/${app.publicId}`;
  const loop = async (turn: () => Promise<boolean>) => {
    while (!isOver()) if (!(await turn())) await Bun.sleep(GAP_MS);
  };
  const runs = new Map<string, Trial>();
  const trialOfRun = async (runId: string): Promise<Trial | undefined> => {
    const known = runs.get(runId);
    if (known !== undefined) return known;
    const rows = await ledger.rows(
      `select f.name from posthorn.flow f
        where f.id in (select flow_id from posthorn.run_leased where posthorn.public_id('run', id) = $1 and app_id = $2
                       union all select flow_id from posthorn.run_waiting where posthorn.public_id('run', id) = $1 and app_id = $2
                       union all select flow_id from posthorn.run_ended where posthorn.public_id('run', id) = $1 and app_id = $2)`,
      [runId, app.id],
    );
    const trial = byFlow.get(rows[0]?.name ?? "");
    if (trial !== undefined) runs.set(runId, trial);
    return trial;
  };
  const profile = { name: "world", queues: ["default"], names: ["work"], concurrency: 1_000 };
  let worker: object = profile;
  /** Of each step its tasks: one for each attempt. */
  const attemptsOf = new Map<string, string[]>();
  const work = () =>
    loop(async () => {
      const unanswered = client.unanswered;
      const leased = await client.ask("POST", `${base}/worker/lease`, { worker, max: 200, waitSeconds: 1 });
      // It was not heard of for too long: it joins again.
      if (leased.status !== 200) {
        worker = profile;
        return false;
      }
      const { token } = leased.body.worker;
      worker = { token };
      // An answer that was lost may have brought tasks: what nobody has in hand is owed again once the worker leaves.
      if (client.unanswered !== unanswered) {
        await client.ask("POST", `${base}/worker/leave`, { token });
        worker = profile;
        return true;
      }
      const results = [];
      for (const task of leased.body.tasks) {
        const [runId = "", ...rest] = String(task.key).split("/");
        const path = rest.join("/");
        const trial = await trialOfRun(runId);
        if (trial === undefined) continue;
        const before = attemptsOf.get(task.key) ?? [];
        if (!before.includes(task.id)) attemptsOf.set(task.key, [...before, task.id]);
        const isDone = toldToTask(trial, path, (attemptsOf.get(task.key) ?? []).indexOf(task.id) + 1);
        results.push(
          isDone
            ? { id: task.id, attempt: task.attempt, ok: true, output: { n: numberOf(trial, path), from: path } }
            : { id: task.id, attempt: task.attempt, ok: false, error: { code: "scripted", message: "Scripted." } },
        );
      }
      if (results.length > 0) await client.ask("POST", `${base}/worker/report`, { token, results });
      return results.length > 0;
    });
  const send = () =>
    loop(async () => {
      const waits = await ledger.rows("select distinct type from posthorn.flow_wait where app_id = $1 limit 500", [
        app.id,
      ]);
      const wanted = waits.filter(({ type }) => {
        const [, number, id = ""] = String(type).split(".");
        const trial = byNumber.get(Number(number));
        return trial !== undefined && !isSilent(trial, id);
      });
      if (wanted.length === 0) return false;
      const messages = wanted.map(({ type }) => ({ eventType: type, payload: {} }));
      await client.ask("POST", `${base}/msg/batch`, { messages });
      return false;
    });
  const decide = () =>
    loop(async () => {
      const open = await ledger.rows(
        `select posthorn.public_id('run', a.run_id) as run, a.path, f.name from posthorn.flow_approval a
           join posthorn.flow f on f.id = a.flow_id where a.app_id = $1 and a.approved is null limit 50`,
        [app.id],
      );
      const wanted = open.filter(({ name, path }) => {
        const trial = byFlow.get(name);
        return trial !== undefined && !isSilent(trial, stepIdOf(path));
      });
      const decision = (path: string) => ({ path, approved: true, reason: path });
      await Promise.all(
        wanted.map(({ run, path }) => client.ask("POST", `${base}/run/${run}/approve`, decision(path))),
      );
      return false;
    });
  return Promise.all([work(), send(), decide()]);
}
