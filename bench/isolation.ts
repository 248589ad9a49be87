// One of 100 endpoints hangs: what do the other 99 feel?

import { engineEnv, startEngine } from "./harness/engine.ts";
import { orderPayload, requestParts } from "./harness/load.ts";
import { openLoop, receiveArrivals, SEQUENCE, sequenced } from "./harness/open-loop.ts";
import type { Cell, Target } from "./harness/report.ts";
import { scenario } from "./harness/scenario.ts";
import { type Percentiles, percentiles, spread } from "./harness/stats.ts";

const ENDPOINTS = 100;
const PER_SECOND = 1200;
const WANTED_RATIO = 1.5;

interface Phase {
  readonly others: Percentiles;
  readonly refused: number;
  readonly missing: number;
}

await scenario("isolation", async (bench) => {
  const seconds = bench.seconds(20);
  const arrivals = receiveArrivals(PER_SECOND * (seconds + 5));
  const pairs: { normal: Phase; hanging: Phase }[] = [];
  for (let turn = 0; turn < bench.repeat(3); turn++) {
    const engine = await startEngine(bench, engineEnv(bench));
    const app = await engine.api.createApp("bench");
    for (let i = 0; i < ENDPOINTS; i++) {
      await engine.api.createEndpoint(app, { url: `${arrivals.origin}/endpoint/${i}.`, channels: [`c${i}`] });
    }
    const requests = Array.from({ length: ENDPOINTS }, (_, i) => {
      const body = JSON.stringify({
        eventType: "order.placed",
        channels: [`c${i}`],
        payload: orderPayload(900, SEQUENCE),
      });
      const headers = { authorization: `Bearer ${engine.token}`, "content-type": "application/json" };
      const load = {
        origin: engine.origin,
        paths: [],
        headers,
        body,
        idempotencyKey: false,
        eventsPerRequest: 1,
        pauseAfterRefusalMs: 0,
      };
      const { before, after } = requestParts(load, `/api/v1/app/${app}/msg`);
      return sequenced(before + after);
    });
    const phase = async (length: number): Promise<Phase> => {
      arrivals.reset();
      const request = (n: number): Uint8Array => requests[n % ENDPOINTS]?.(n) ?? new Uint8Array();
      const sent = await openLoop({
        origin: engine.origin,
        perSecond: PER_SECOND,
        seconds: length,
        request,
        connectionsMax: 512,
      });
      const others = [...sent.dueAt.keys()].filter((n) => n % ENDPOINTS !== 0);
      const missing = await arrivals.missing(others, 10_000);
      const times = others
        .map((n) => (arrivals.at[n] ?? Number.NaN) - (sent.dueAt[n] ?? 0))
        .filter((ms) => !Number.isNaN(ms));
      return { others: percentiles(times), refused: sent.refused + sent.broken, missing: missing.length };
    };
    await phase(Math.min(3, seconds));
    const normal = await phase(seconds);
    arrivals.hang("/endpoint/0.");
    const hanging = await phase(seconds);
    arrivals.hang(undefined);
    bench.say(
      `p99 of the others: ${normal.others.p99.toFixed(2)} ms normally, ${hanging.others.p99.toFixed(2)} ms while one hangs`,
    );
    pairs.push({ normal, hanging });
    engine.child.kill("SIGKILL"); // it would wait for the hanging requests, and nothing is learnt from that here
    await engine.child.stop();
    await engine.server.discard();
  }
  await arrivals.stop();
  const row = (name: string, phases: readonly Phase[]): Cell[] => [
    name,
    spread(phases.map((phase) => phase.others.p50)),
    spread(phases.map((phase) => phase.others.p99)),
    spread(phases.map((phase) => phase.others.max)),
    spread(phases.map((phase) => phase.refused)),
    spread(phases.map((phase) => phase.missing)),
  ];
  const ratio = spread(pairs.map(({ normal, hanging }) => hanging.others.p99 / normal.others.p99));
  const target: Target = {
    what: `one of ${ENDPOINTS} hangs: p99 of the others`,
    wanted: `within ${WANTED_RATIO}× of normal`,
    found: `${ratio.median.toFixed(2)}×`,
    reached: ratio.median <= WANTED_RATIO,
  };
  return {
    settings: {
      endpoints: ENDPOINTS,
      perSecond: PER_SECOND,
      seconds,
      generatorAndReceiver: "built-in, one process, one clock",
    },
    tables: [
      {
        title: "From due to arrived at the 99 endpoints that answer",
        columns: ["phase", "p50 ms", "p99 ms", "max ms", "refused", "missing"],
        rows: [
          row(
            "all answer",
            pairs.map(({ normal }) => normal),
          ),
          row(
            "one hangs",
            pairs.map(({ hanging }) => hanging),
          ),
        ],
      },
      {
        title: "While one hangs against normal, per repetition",
        columns: ["figure", "ratio"],
        rows: [["p99 of the others", ratio]],
      },
    ],
    targets: [target],
    notes: [
      "The hanging endpoint takes each request and never answers, so its requests stay under way until their deadline.",
    ],
  };
});
