import { expect, test } from "bun:test";
import { receiver, testDatabase } from "#test";
import { apiOf, flowsOf, installation, type Ledger, openLedger, startStepped, until } from "./kit/index.ts";

// An engine whose wall clock is set while things wait. The database keeps its own: by that one nothing may come a lot too early, and nothing may
// wait for the engine's clock to get there again.

const WAIT_MS = 6_000;
const HOUR_MS = 3_600_000;
/** What a wait of `WAIT_MS` may come too early: retries by their jitter (a fifth), and all by the way from one clock to the other. */
const EARLY_MS = { wait: 100, retry: WAIT_MS / 5 + 100 };

const nowOf = async (ledger: Ledger): Promise<number> => {
  const [row] = await ledger.rows("select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms");
  return row.ms;
};

/** When runs of a flow began to wait for nothing more, by the database's clock. */
const endedAt = async (ledger: Ledger, flow: string): Promise<number[]> => {
  const rows = await ledger.rows(
    `select (extract(epoch from r.ended_at) * 1000)::float8 as ms
       from posthorn.run_ended r join posthorn.flow f on f.id = r.flow_id where f.name = $1 order by r.ended_at`,
    [flow],
  );
  return rows.map(({ ms }) => ms);
};

const STEPS = [
  { name: "jumps ahead an hour", to: HOUR_MS },
  { name: "runs ahead five seconds", to: 5_000 },
] as const;

test.each(STEPS)(
  "P2: while the clock $name, nothing that waits is lost, doubled, or a lot too early",
  async ({ to }) => {
    await using database = await testDatabase();
    await using ledger = openLedger(database.url);
    await using shop = receiver({ answer: (_, index) => ({ status: index === 0 ? 503 : 200 }) });
    await using engine = await startStepped(installation(database.url).env);
    const api = apiOf(engine);
    const app = await api.app();
    const flows = flowsOf(() => api, app, ledger);
    const put = (flow: string, rest: object) => flows.put({ posthorn: 1, flow, ...rest });
    const wait = (span: string) => ({ steps: [{ id: "w", wait: { for: span } }] });
    await put("resting", wait(`${WAIT_MS}ms`));
    await put("napping", wait("1500ms"));
    await put("until", { steps: [{ id: "w", wait: { until: { $: "timestamp(input)" } } }] });
    await put("calm", {
      on: [{ event: "noise" }],
      control: { debounce: { wait: `${WAIT_MS}ms` } },
      steps: [{ id: "n", map: { $: "event.data.n" } }],
      output: { $: "steps.n" },
    });
    await put("retrying", {
      steps: [
        {
          id: "ask",
          http: { method: "POST", url: `${shop.url}/ask` },
          retry: { attempts: 2, wait: `${WAIT_MS}ms`, max: `${WAIT_MS}ms` },
        },
      ],
    });
    await put("ticking", {
      on: [{ schedule: "*/2 * * * * *", missed: "all", within: "10m", overlap: "queue" }],
      steps: [{ id: "at", map: { $: "string(trigger.scheduled_at)" } }],
      output: { $: "steps.at" },
    });

    const beganAt = await nowOf(ledger);
    await Promise.all(["resting", "napping", "retrying"].map((flow) => flows.start(flow)));
    await flows.start("until", new Date(beganAt + WAIT_MS).toISOString());
    await api.sendMany(
      app,
      [1, 2, 3].map((n) => ({ eventType: "noise", payload: { n } })),
    );
    const task = await api.call("POST", `/api/v1/app/${app}/task`, { name: "work", delayMs: WAIT_MS });
    expect(task.status).toBe(202);
    await shop.waitFor(1);
    await until("all of them wait", async () => {
      const [row] = await ledger.rows(
        `select count(distinct f.name)::int as n from posthorn.run_waiting r join posthorn.flow f on f.id = r.flow_id
          where f.name in ('resting', 'until', 'calm', 'retrying')`,
      );
      return row.n === 4;
    });
    await engine.setClock(to);
    const steppedAt = await nowOf(ledger);

    const profile = { name: "w", queues: ["default"], names: ["work"], concurrency: 5 };
    let worker: object = profile;
    const leased = await until("the task was leased", async () => {
      const answer = await api.call("POST", `/api/v1/app/${app}/worker/lease`, { worker, max: 5, waitSeconds: 1 });
      // On a busy machine it may not have been heard of for too long: it joins again.
      worker = answer.status === 200 ? { token: answer.body.worker.token } : profile;
      return answer.status === 200 && answer.body.tasks.length > 0 && answer.body.tasks;
    });
    expect(leased.map(({ id }: { id: string }) => id)).toEqual([task.body.id]);
    expect((await nowOf(ledger)) - beganAt).toBeGreaterThan(WAIT_MS - EARLY_MS.wait);

    for (const flow of ["resting", "napping", "until", "calm", "retrying"]) {
      const [run, ...others] = await flows.waitFor(flow, 1);
      expect([flow, run?.state, others.length]).toEqual([flow, "completed", 0]);
      if (flow === "calm") expect(run?.result).toBe(3);
      if (flow === "napping") continue; // In memory, by the engine's clock: two seconds at most.
      const [at] = await endedAt(ledger, flow);
      expect([flow, (at ?? 0) - beganAt > WAIT_MS - (flow === "retrying" ? EARLY_MS.retry : EARLY_MS.wait)]).toEqual([
        flow,
        true,
      ]);
    }
    expect(shop.requests.length).toBe(2);
    expect(new Set(shop.requests.map((request) => request.header("idempotency-key"))).size).toBe(1);

    // The schedule goes on by the database's clock, each moment once, none before it has come.
    await until("it ticked four times since", async () => {
      const since = (await endedAt(ledger, "ticking")).filter((ms) => ms > steppedAt);
      return since.length >= 4;
    });
    const ticks = await flows.ended("ticking");
    const moments = ticks.map(({ result }) => Date.parse(result));
    expect(new Set(moments).size).toBe(moments.length);
    const ends = await endedAt(ledger, "ticking");
    const latest = ends.at(-1) ?? 0;
    expect(moments.filter((ms) => ms > latest + 1_000)).toEqual([]);
    expect(await flows.live()).toBeLessThanOrEqual(1);
  },
  60_000,
);
