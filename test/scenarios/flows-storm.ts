import { parsePublicId } from "#kernel";
import type { TestEngine } from "#test";
import { type Installation, openLedger, randomOf, until } from "../kit/index.ts";
import type { Findings } from "./crashes.ts";
import { CANCELLED, type Judged, judge, VERDICTS } from "./flows-judge.ts";
import { CHILD, drawTrials, TRIAL_INPUT, type Trial } from "./flows-trials.ts";
import { animate, type Client, patient, playWorld, type World } from "./flows-world.ts";

export interface FlowStormOptions {
  readonly installation: Installation;
  /** The ledger's way to the database, when the engine has another. */
  readonly ledgerUrl: string;
  readonly seed: number;
  /** The number of the first flow; absent: 0. A wave that broke is repeated by its numbers. */
  readonly from?: number;
  /** Random flows in all, each run once. */
  readonly flows: number;
  /** Flows of one application, begun together. */
  readonly wave: number;
  /** Applications at once. */
  readonly waves: number;
  readonly engines: number;
  /** Between two kills, about. */
  readonly killEveryMs: number;
  readonly killsMax: number;
  readonly tell?: (line: string) => void;
}

/** Nothing new is begun once so much is broken. */
const VIOLATIONS_MAX = 20;
/** A run of hundreds of steps that compensates one after the other goes on only while its engine lives. */
const WAVE_MS_MAX = 400_000;

/**
 * Random flows on real engines that are killed (SIGKILL) again and again while a scripted world answers, and each run then held against the
 * reference interpreter: the same ending, the same values, effects inside once, effects outside under one key.
 *
 * `seen`: `flows`, and how many of them came to each verdict (`VERDICTS`), which add up to them; `entries` of their journals; `lost`, writes
 * that had begun when their process was killed; `repeated`, requests that were made again for the same reason; `kills`.
 */
export async function flowStorm(options: FlowStormOptions): Promise<Findings> {
  const random = randomOf(options.seed);
  await using ledger = openLedger(options.ledgerUrl);
  await using world = playWorld(randomOf(options.seed + 1), ledger);
  const engines: (TestEngine | undefined)[] = await Promise.all(
    Array.from({ length: options.engines }, () => options.installation.start()),
  );
  let isOver = false;
  let kills = 0;
  let turn = 0;
  const target = () => {
    const living = engines.filter((engine) => engine !== undefined);
    return living[turn++ % Math.max(1, living.length)];
  };
  const begun = Promise.withResolvers<void>();
  const killing = (async () => {
    await begun.promise;
    for (let at = 0; !isOver && kills < options.killsMax; at = (at + 1) % engines.length) {
      const endsAt = performance.now() + options.killEveryMs * (0.3 + 1.4 * random());
      while (!isOver && performance.now() < endsAt) await Bun.sleep(5);
      const killed = engines[at];
      if (isOver || killed === undefined) return;
      engines[at] = undefined;
      killed.kill("SIGKILL");
      await killed.exited;
      kills++;
      engines[at] = await options.installation.start();
    }
  })();
  const seen = { flows: 0, same: 0, possible: 0, followed: 0, broken: 0, unended: 0, entries: 0, lost: 0, repeated: 0 };
  const violations: string[] = [];
  let next = options.from ?? 0;
  const end = next + options.flows;
  const waves = Array.from({ length: options.waves }, async () => {
    while (next < end && violations.length < VIOLATIONS_MAX) {
      const from = next;
      const count = Math.min(options.wave, end - from);
      next += count;
      const trials = drawTrials(options.seed, from, count, world.url);
      world.add(trials);
      const { ledgerUrl } = options;
      const judged = await wave({ trials, target, world, ledgerUrl, kills: () => kills, onBegin: begun.resolve });
      violations.push(...judged.violations);
      seen.flows += count;
      for (const verdict of VERDICTS) seen[verdict] += judged.verdicts[verdict];
      seen.entries += judged.entries;
      seen.lost += judged.lost;
      seen.repeated += judged.repeated;
      for (const violation of judged.violations) options.tell?.(violation);
      options.tell?.(`flows ${from} to ${from + count - 1}: ${JSON.stringify({ ...seen, kills })}`);
    }
  });
  try {
    // Each to its end, whatever becomes of the others: none is to look at a database that is gone.
    for (const wave of await Promise.allSettled(waves)) if (wave.status === "rejected") throw wave.reason;
    violations.push(...world.oddities);
    const [left] = await ledger.rows(
      "select ((select count(*) from posthorn.run_leased) + (select count(*) from posthorn.run_waiting))::int as n",
    );
    if (left.n !== 0) violations.push(`P2: ${left.n} runs have not ended`);
  } finally {
    isOver = true;
    begun.resolve();
    await killing;
    for (const engine of engines) engine?.kill();
    await Promise.all(engines.map((engine) => engine?.exited));
  }
  return { violations, seen: { ...seen, kills } };
}

/** Runs that should have ended, with what might tell why they have not. */
const STUCK = `
  select f.name, r.at, r.phase, p.name as owner, p.ended_at is not null as owner_ended,
         (select json_agg(json_build_object('path', path, 'kind', kind, 'at', created_at)) from posthorn.run_signal s where s.run_id = r.id) as signals,
         (select json_agg(json_build_object('path', path, 'type', type, 'looked', looked)) from posthorn.flow_wait w where w.run_id = r.id) as waits,
         (select json_agg(json_build_object('state', state, 'facts', facts)) from posthorn.run_ended c where c.parent_id = r.id) as children,
         (select json_agg(concat_ws(' ', seq, kind, path, attempt, at::text, due_at::text)) from
            (select * from posthorn.run_step s where s.run_id = r.id order by seq desc limit 12) last) as last
    from (select id, flow_id, app_id, waiting_for as at, phase, null::bigint as owner from posthorn.run_waiting
          union all select id, flow_id, app_id, 'leased', phase, owner from posthorn.run_leased) r
    join posthorn.flow f on f.id = r.flow_id
    left join posthorn.process p on p.token = r.owner
   where r.app_id = $1
   limit 5`;

/** One application's flows: made, begun, answered, awaited and judged. Those of a wave that is not over in time are `unended`. */
async function wave(on: {
  readonly trials: readonly Trial[];
  readonly target: () => TestEngine | undefined;
  readonly world: World;
  readonly ledgerUrl: string;
  readonly kills: () => number;
  readonly onBegin: () => void;
}): Promise<Judged> {
  const { trials } = on;
  let isOver = false;
  const over = () => isOver;
  await using ledger = openLedger(on.ledgerUrl);
  const client = patient(on.target, over);
  const name = `wave-${trials[0]?.number}`;
  const made = await client.ask("POST", "/app", { name, uid: name }, `app-${name}`);
  // What was made by a request that was not answered is found by its uid.
  const publicAppId: string =
    made.status < 300 ? made.body.id : (await client.ask("GET", `/app/${name}`, undefined)).body.id;
  const app = { id: parsePublicId("app", publicAppId) ?? "", publicId: publicAppId };
  const base = `/app/${publicAppId}`;
  const put = async (flow: string, definition: unknown) => {
    const answer = await client.ask("PUT", `${base}/flow/${flow}`, { definition });
    if (answer.status >= 300) throw new Error(`${flow} was refused: ${answer.status} ${JSON.stringify(answer.body)}`);
  };
  await put("other", CHILD);
  await inParallel(trials, 8, (trial) => put(trial.name, trial.definition));
  const killsBefore = on.kills();
  const living = animate({ app, trials, client, ledger, isOver: over });
  const cancelling: Promise<void>[] = [];
  on.onBegin();
  try {
    await inParallel(trials, 8, async (trial) => {
      await begin(client, base, trial);
      if (trial.cancelAfterMs !== undefined) cancelling.push(cancelLater(client, base, trial, trial.cancelAfterMs));
    });
    await Promise.all(cancelling);
    const isAllEnded = async () => {
      const [row] = await ledger.rows(
        `select (select count(*)::int from posthorn.run_leased where app_id = $1)
                + (select count(*)::int from posthorn.run_waiting where app_id = $1)
                + (select count(*)::int from posthorn.task_owed where app_id = $1)
                + (select count(*)::int from posthorn.task_leased where app_id = $1) as n`,
        [app.id],
      );
      return row.n === 0;
    };
    const lateAt = performance.now() + WAVE_MS_MAX;
    const became = await until(
      `the runs of ${name} have ended, or are late`,
      async () => ((await isAllEnded()) ? "ended" : performance.now() > lateAt && "late"),
      2 * WAVE_MS_MAX,
    );
    if (became === "late") return unended(name, trials, await ledger.rows(STUCK, [app.id]));
    return await judge({ ledger, appId: app.id, trials, world: on.world, kills: on.kills() - killsBefore });
  } finally {
    isOver = true;
    await living;
  }
}

function unended(name: string, trials: readonly Trial[], left: readonly unknown[]): Judged {
  return {
    violations: [`P2: after ${WAVE_MS_MAX / 1_000} s some of ${name} have not ended: ${JSON.stringify(left, null, 1)}`],
    verdicts: { same: 0, possible: 0, followed: 0, broken: 0, unended: trials.length },
    entries: 0,
    lost: 0,
    repeated: 0,
  };
}

async function begin(client: Client, base: string, trial: Trial): Promise<void> {
  const answer =
    trial.startedBy === "event"
      ? await client.ask(
          "POST",
          `${base}/msg`,
          { eventType: `begin.${trial.number}`, payload: TRIAL_INPUT },
          `begin-${trial.number}`,
        )
      : await client.ask("POST", `${base}/flow/${trial.name}/run`, { input: TRIAL_INPUT }, `begin-${trial.number}`);
  if (answer.status >= 300 && answer.status !== 0)
    throw new Error(`${trial.name} was not begun: ${answer.status} ${JSON.stringify(answer.body)}`);
}

async function cancelLater(client: Client, base: string, trial: Trial, afterMs: number): Promise<void> {
  const endsAt = performance.now() + afterMs;
  while (performance.now() < endsAt) await Bun.sleep(5);
  const found = await client.ask("GET", `${base}/run?flow=${trial.name}`);
  const id = found.body?.data?.find(({ parentId }: { parentId: string | null }) => parentId === null)?.id;
  if (id !== undefined) await client.ask("POST", `${base}/run/${id}/cancel`, { reason: CANCELLED });
}

/** At most so many at once. */
async function inParallel<T>(items: readonly T[], most: number, act: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await act(item);
  };
  await Promise.all(Array.from({ length: most }, lane));
}
