// Memory with 10,000 requests under way to receivers that take them and never answer.
import { join } from "node:path";
import { chooseGenerator } from "./harness/generator.ts";
import { openFilesMax } from "./harness/machine.ts";
import type { Target } from "./harness/report.ts";
import { scenario } from "./harness/scenario.ts";
import { spread } from "./harness/stats.ts";
import { startSubject } from "./harness/subject.ts";
import { until } from "./harness/until.ts";
import { peakRssBytes, usageOf } from "./harness/usage.ts";

const STUCK = 10_000;
/** 100 in flight to each is what an endpoint is allowed by default. */
const ENDPOINTS = 125;
const WANTED_MB = 200;

await scenario("stuck", async (bench) => {
  const wanted = bench.options.quick ? STUCK / 10 : STUCK;
  const files = openFilesMax();
  if (files < wanted + 1000) {
    throw new Error(
      `${wanted} stuck requests need as many open files; the limit is ${files}. Raise it with ulimit -n.`,
    );
  }
  const found: { rssMb: number; peakRssMb: number; before: number; stuck: number; seconds: number }[] = [];
  for (let turn = 0; turn < bench.repeat(2); turn++) {
    // One receiver process of its own: it keeps each connection open, counts, and says how many requests it has taken.
    const receiver = bench.children.start("silence", [
      process.execPath,
      join(import.meta.dir, "harness/silence-main.ts"),
    ]);
    const origin = await receiver.line((line) => (line.startsWith("http://") ? line : undefined), 10_000);
    const taken = (): number => Number(receiver.output.findLast((line) => line.startsWith("taken "))?.slice(6) ?? 0);
    // One host, as an operator's worst customer would have it; one endpoint (and application) per path.
    const origins = Array.from({ length: ENDPOINTS }, (_, i) => `${origin}/${i}`);
    const route = {
      receiver: { origins, certificate: undefined },
      fanOut: 1,
      payloadBytes: 900,
      batch: 1,
      idempotencyKey: false,
    };
    const subject = await startSubject("engine", bench, route, {
      POSTHORN_DELIVERY_TIMEOUT: "60s",
      POSTHORN_IN_FLIGHT_MAX: "10000",
    });
    const before = usageOf(subject.child.pid).rssBytes / 1e6;
    const generator = chooseGenerator(bench.children, bench.scratch, true);
    const started = performance.now();
    for (let sent = 0; taken() < wanted && performance.now() - started < 45_000; ) {
      // More than needed: where a limit of the engine keeps some back, others fill their place.
      sent += (await generator.run(subject.load, 1, 16)).requests;
      if (sent > wanted * 2) {
        await until("the rest", 10_000, 100, () => taken() >= wanted).catch(() => undefined); // what was reached is in the table
        break;
      }
    }
    const seconds = (performance.now() - started) / 1000;
    await Bun.sleep(2000);
    found.push({
      rssMb: usageOf(subject.child.pid).rssBytes / 1e6,
      peakRssMb: peakRssBytes(subject.child.pid) / 1e6,
      before,
      stuck: taken(),
      seconds,
    });
    bench.say(`${taken()} stuck, ${found.at(-1)?.peakRssMb.toFixed(1)} MB at the peak`);
    subject.child.kill("SIGKILL"); // it would wait for the stuck requests, and nothing is learnt from that here
    await subject.close();
    await receiver.stop();
  }
  const over = (pick: (run: (typeof found)[number]) => number) => spread(found.map(pick));
  const columns = ["requests under way", "resident MB", "peak MB", "before MB", "kB per request", "reached after s"];
  const each = (run: (typeof found)[number]): number => ((run.rssMb - run.before) * 1000) / run.stuck;
  const row = [
    over((run) => run.stuck),
    over((run) => run.rssMb),
    over((run) => run.peakRssMb),
    over((run) => run.before),
    over(each),
    over((run) => run.seconds),
  ];
  return {
    settings: { wanted, endpoints: ENDPOINTS, payloadBytes: 900, deliveryTimeout: "60s", inFlightMax: 10_000 },
    tables: [{ title: "Receivers that never answer", columns: ["subject", ...columns], rows: [["engine", ...row]] }],
    targets: [target()],
    notes: [
      "The peak includes the burst that brought the messages in, and whatever more than the wanted number was accepted and queued.",
    ],
  };

  function target(): Target {
    const peak = over((run) => run.peakRssMb).median;
    const stuck = over((run) => run.stuck).min;
    return {
      what: `memory with ${wanted} stuck requests`,
      wanted: `≤ ${WANTED_MB} MB`,
      found: `${peak.toFixed(0)} MB at ${stuck}`,
      reached: peak <= WANTED_MB && stuck >= wanted,
    };
  }
});
