import { parsePublicId } from "#kernel";
import { receiver, type TestEngine } from "#test";
import {
  apiOf,
  byEvent,
  type Installation,
  type Ledger,
  mostWithin,
  openLedger,
  startLoad,
  until,
} from "../kit/index.ts";

/** Two engines on one database: what both must get right together. Each function is one story; all of them run on any way to the database. */
export interface Pair extends AsyncDisposable {
  readonly a: TestEngine;
  readonly b: TestEngine;
  readonly ledger: Ledger;
  readonly start: Installation["start"];
}

export async function startPair(installation: Installation, ledgerUrl: string): Promise<Pair> {
  const [a, b] = await Promise.all([installation.start(), installation.start()]);
  const ledger = openLedger(ledgerUrl);
  return {
    a,
    b,
    ledger,
    start: installation.start,
    async [Symbol.asyncDispose]() {
      await Promise.all([a[Symbol.asyncDispose](), b[Symbol.asyncDispose](), ledger[Symbol.asyncDispose]()]);
    },
  };
}

/** Kills one with a request under way; how long until the other sent it again, and what is recorded. */
export async function takeOver({ a, b, ledger }: Pair) {
  await using target = receiver({ answer: (request) => (request.header("x-attempt") === "1" ? "never" : {}) });
  const app = await apiOf(b).app();
  await apiOf(b).endpoint(app, { url: target.url });
  const ids = [];
  for (let i = 0; i < 5; i++) ids.push(await apiOf(a).send(app));
  await target.waitFor(5);
  const killedAt = performance.now();
  a.kill("SIGKILL");
  const again = await target.waitFor(5, { fits: (request) => request.header("x-attempt") === "2" });
  await ledger.drained();
  return {
    tookMs: (again.at(-1)?.atMs ?? 0) - killedAt,
    sent: ids.sort(),
    arrivedAgain: [...byEvent(again).keys()].sort(),
    attempts: (await ledger.attempts()).map(({ number, outcome, reason, settled_as }) =>
      [number, outcome, reason, settled_as].join(" "),
    ),
    contradictions: await ledger.contradictions(),
  };
}

/** Stops one (SIGSTOP) with a request under way until the other has taken over and delivered, lets it be answered, and lets it go on. */
export async function lateCompletion({ a, b, ledger }: Pair) {
  const answer = Promise.withResolvers<void>();
  await using target = receiver({
    answer: async (request) => {
      if (request.header("x-attempt") === "1") await answer.promise;
      return {};
    },
  });
  const app = await apiOf(b).app();
  await apiOf(b).endpoint(app, { url: target.url });
  await apiOf(a).send(app);
  await target.waitFor(1);
  const attempts = () =>
    ledger
      .attempts()
      .then((rows) =>
        rows.map(({ number, outcome, reason, settled_as }) => [number, outcome, reason, settled_as].join(" ")).sort(),
      );
  a.kill("SIGSTOP");
  try {
    await target.waitFor(2);
    await ledger.drained();
    answer.resolve();
  } finally {
    a.kill("SIGCONT");
  }
  await until("the late attempt was recorded", async () => (await attempts()).some((text) => text.endsWith("late")));
  await a.waitForEvent("lease_lost");
  // It goes on under a new lease, with what comes next.
  const next = await apiOf(a).send(app);
  await target.waitFor(1, { fits: (request) => request.header("webhook-id") === next });
  await ledger.drained();
  return {
    attempts: await attempts(),
    contradictions: await ledger.contradictions(),
    requests: target.requests.length,
  };
}

/** What a receiver saw of its limits while events came through two processes and the limit changed hands twice. */
export async function limitsOverHandovers(pair: Pair, limit: { throttleRate: number } | { concurrency: number }) {
  const { ledger } = pair;
  let under = 0;
  let mostUnder = 0;
  await using target = receiver({
    answer: async () => {
      mostUnder = Math.max(mostUnder, ++under);
      await Bun.sleep("concurrency" in limit ? 60 : 5);
      under--;
      return {};
    },
  });
  const running = new Map<number, TestEngine>([pair.a, pair.b].map((engine) => [engine.pid, engine]));
  const app = await apiOf(pair.a).app();
  const endpoint = await apiOf(pair.a).endpoint(app, { url: target.url, ...limit });
  let turn = 0;
  const load = startLoad({
    target: () => {
      const all = [...running.values()];
      return all[turn++ % all.length];
    },
    app,
    clients: 1,
    gapMs: 45,
  });
  const owner = () =>
    until("somebody owned the limit", async () => {
      const [row] = await ledger.rows(
        `select p.name from posthorn.limit_owner o join posthorn.process p on p.token = o.owner and p.ended_at is null where o.subject_id = $1::uuid`,
        [parsePublicId("ep", endpoint) ?? ""],
      );
      return running.get(Number(row?.name.split(":").at(-1)));
    });
  const handOver = async (signal: "SIGTERM" | "SIGKILL") => {
    const leaving = await owner();
    running.delete(leaving.pid);
    leaving.kill(signal);
    await leaving.exited;
    const count = target.requests.length;
    await until("the next owner sent", () => target.requests.length > count + 25, 20_000);
  };
  const next: TestEngine[] = [];
  try {
    await target.waitFor(30);
    await handOver("SIGTERM");
    const replacement = await pair.start();
    next.push(replacement);
    running.set(replacement.pid, replacement);
    await handOver("SIGKILL");
    await load.stop();
    await ledger.drained(40_000);
    const got = byEvent(target.requests);
    return {
      // What was started a second apart may arrive closer, by what a busy machine adds to one and not to the other.
      mostInASecond: mostWithin(
        target.requests.map(({ atMs }) => atMs),
        900,
      ),
      mostUnder,
      missing: [...load.acknowledged.keys()].filter((id) => !got.has(id)),
      contradictions: await ledger.contradictions(),
    };
  } finally {
    for (const engine of next) await engine[Symbol.asyncDispose]();
  }
}

/** Through one an endpoint is created, through the other an event sent right after: how often it was owed to it. */
export async function freshConfiguration({ a, b, ledger }: Pair, times: number) {
  await using target = receiver();
  const app = await apiOf(a).app();
  await apiOf(b).send(app); // B knows the application without endpoints.
  const missed: number[] = [];
  for (let i = 0; i < times; i++) {
    const [one, other] = i % 2 === 0 ? [a, b] : [b, a];
    const path = `/endpoint-${i}`;
    const endpoint = await apiOf(one).endpoint(app, { url: `${target.url}${path}` });
    const id = await apiOf(other).send(app);
    await apiOf(one).patchEndpoint(app, endpoint, { mode: "disabled" });
    const after = await apiOf(other).send(app);
    await ledger.drained();
    const seen = target.requests
      .filter((request) => request.target === path)
      .map((request) => request.header("webhook-id"));
    if (seen.join() !== id) missed.push(i);
    if (seen.includes(after)) missed.push(i);
  }
  return { missed };
}
