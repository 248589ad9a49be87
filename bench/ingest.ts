// Receiving signed webhooks at 1,200 per second, durably, in a process that plays the ingest role only.
import { createHmac, randomBytes } from "node:crypto";
import { join } from "node:path";
import { count, engineEnv, listening, startEngine } from "./harness/engine.ts";
import { orderPayload } from "./harness/load.ts";
import { type OpenLoopResult, openLoop } from "./harness/open-loop.ts";
import type { Cell, Target } from "./harness/report.ts";
import { scenario } from "./harness/scenario.ts";
import { spread } from "./harness/stats.ts";
import { peakRssBytes, usageOf } from "./harness/usage.ts";

const PER_SECOND = 1200;
const WANTED_MB = 50;

interface Run {
  readonly sent: OpenLoopResult;
  readonly peakRssMb: number;
  readonly rssMb: number;
  readonly cores: number;
  /** Accepted but not in the event log: must be 0. */
  readonly missing: number;
}

await scenario("ingest", async (bench) => {
  const seconds = bench.seconds(20);
  const body = JSON.stringify({ type: "order.placed", timestamp: new Date().toISOString(), data: orderPayload(900) });
  const runs = new Map<string, Run[]>();
  for (let turn = 0; turn < bench.repeat(3); turn++) {
    keep("a bare Bun.serve", await bare());
    if (bench.subjects.includes("engine")) {
      keep("engine, ingest role", await ingest());
    }
  }
  const columns = [
    "receiver",
    "resident MB",
    "peak MB",
    "cores",
    "ack p50 ms",
    "ack p99 ms",
    "ack max ms",
    "refused",
    "missing",
  ];
  const over = (list: readonly Run[], pick: (run: Run) => number) => spread(list.map(pick));
  const rows = [...runs].map(([name, list]): Cell[] => [
    name,
    over(list, (run) => run.rssMb),
    over(list, (run) => run.peakRssMb),
    over(list, (run) => run.cores),
    over(list, (run) => run.sent.ackMs.p50),
    over(list, (run) => run.sent.ackMs.p99),
    over(list, (run) => run.sent.ackMs.max),
    over(list, (run) => run.sent.refused + run.sent.broken),
    over(list, (run) => run.missing),
  ]);
  return {
    settings: { perSecond: PER_SECOND, seconds, preset: "standard-webhooks", bodyBytes: body.length, endpoints: 0 },
    tables: [{ title: `Webhooks received and committed, open loop at ${PER_SECOND}/s`, columns, rows }],
    targets: targets(),
    notes: [
      "Every webhook has an id and a signature of its own; acknowledged means verified and committed. Times count from when it was due.",
    ],
  };

  function keep(name: string, run: Run): void {
    bench.say(`${name}: peak ${run.peakRssMb.toFixed(1)} MB, ack p99 ${run.sent.ackMs.p99.toFixed(2)} ms`);
    runs.set(name, [...(runs.get(name) ?? []), run]);
  }

  async function ingest(): Promise<Run> {
    const env = engineEnv(bench);
    const whole = await startEngine(bench, env);
    const app = await whole.api.createApp("bench");
    const secret = randomBytes(32);
    const source = await whole.api.createSource(app, {
      name: "bench",
      preset: "standard-webhooks",
      secret: `whsec_${secret.toString("base64")}`,
    });
    await whole.child.stop();
    await whole.server.close();
    const engine = await startEngine(bench, { ...env, POSTHORN_ROLES: "ingest" });
    const path = new URL(source["url"] ?? `/in/${source["token"]}`, engine.origin).pathname;
    const run = await measure(
      engine.origin,
      engine.child.pid,
      (n) => signed(engine.origin, path, secret, n),
      () => count(engine.server, "select count(*) as n from posthorn.event"),
    );
    await engine.child.stop();
    await engine.server.discard();
    return run;
  }

  async function bare(): Promise<Run> {
    const server = bench.children.start("floor", [process.execPath, join(bench.root, "bench/floors/receive.ts")]);
    const origin = await listening(server);
    const secret = randomBytes(32);
    const run = await measure(origin, server.pid, (n) => signed(origin, "/", secret, n), undefined);
    await server.stop();
    return run;
  }

  async function measure(
    origin: string,
    pid: number,
    request: (n: number) => Uint8Array,
    stored: (() => Promise<number>) | undefined,
  ): Promise<Run> {
    await openLoop({
      origin,
      perSecond: PER_SECOND,
      seconds: Math.min(3, seconds),
      request: (n) => request(n + 1e6),
      connectionsMax: 256,
    });
    const before = (await stored?.()) ?? 0;
    const cpu = usageOf(pid).cpuSeconds;
    const sent = await openLoop({ origin, perSecond: PER_SECOND, seconds, request, connectionsMax: 256 });
    const used = usageOf(pid);
    const kept = stored === undefined ? sent.accepted : (await stored()) - before;
    return {
      sent,
      rssMb: used.rssBytes / 1e6,
      peakRssMb: peakRssBytes(pid) / 1e6,
      cores: (used.cpuSeconds - cpu) / seconds,
      missing: Math.max(0, sent.accepted - kept),
    };
  }

  /** A whole request as a provider that follows Standard Webhooks sends it. */
  function signed(origin: string, path: string, secret: Uint8Array, n: number): Uint8Array {
    const id = `msg_bench_${n}`;
    const timestamp = Math.floor(Date.now() / 1000);
    const signature = createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64");
    return Buffer.from(
      `POST ${path} HTTP/1.1\r\nhost: ${new URL(origin).host}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n` +
        `webhook-id: ${id}\r\nwebhook-timestamp: ${timestamp}\r\nwebhook-signature: v1,${signature}\r\n\r\n${body}`,
    );
  }

  function targets(): Target[] {
    const engine = runs.get("engine, ingest role");
    if (engine === undefined) {
      return [];
    }
    const peak = over(engine, (run) => run.peakRssMb).median;
    const worst = over(engine, (run) => run.sent.refused + run.sent.broken + run.missing).max;
    return [
      {
        what: `receiving ${PER_SECOND}/s durably (ingest role)`,
        wanted: `≤ ${WANTED_MB} MB`,
        found: `${peak.toFixed(1)} MB, ${worst} refused or missing`,
        reached: peak <= WANTED_MB && worst === 0,
      },
    ];
  }
});
