import type { Session } from "./session.ts";
import { amount, facts, table } from "./table.ts";

interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

interface Overview {
  readonly version: string;
  readonly processes: readonly {
    name: string;
    roles: string[];
    startedAt: string;
    memoryBytes: number | null;
    cpuRatio: number | null;
    inFlight: number | null;
    alive: boolean;
  }[];
  readonly rates: {
    eventsInPerSecond: number;
    attemptsPerSecond: number;
    deliveredPerSecond: number;
    rejectedPerSecond: number;
    successRatio: number | null;
  };
  readonly latencyMs: { ack: Percentiles | null; delivery: Percentiles | null; receiver: Percentiles | null };
  readonly owed: number;
  readonly owedIsExact: boolean;
  readonly oldestOwedAt: string | null;
  readonly attention: readonly { kind: string; severity: string; summary: string }[];
}

/** What is going on, and what needs somebody. */
export async function overview(session: Session): Promise<void> {
  const now = await session.client.get<Overview>("/api/v1/overview");
  if (session.json) return session.out(`${JSON.stringify(now)}\n`);
  const { rates, latencyMs } = now;
  session.out(
    facts([
      ["in", `${rates.eventsInPerSecond.toFixed(1)} events/s, ${rates.rejectedPerSecond.toFixed(1)} rejected/s`],
      ["out", `${rates.attemptsPerSecond.toFixed(1)} attempts/s, ${rates.deliveredPerSecond.toFixed(1)} delivered/s`],
      ["success", rates.successRatio === null ? "no attempts yet" : `${(rates.successRatio * 100).toFixed(2)} %`],
      ["ack", spread(latencyMs.ack)],
      ["accepted to delivered", spread(latencyMs.delivery)],
      ["receivers", spread(latencyMs.receiver)],
      [
        "owed",
        `${amount(now.owed, now.owedIsExact)}${now.oldestOwedAt === null ? "" : `, the oldest since ${now.oldestOwedAt}`}`,
      ],
    ]),
  );
  session.out(
    `\n${table(
      ["PROCESS", "ROLES", "SINCE", "MEMORY", "CPU", "IN FLIGHT"],
      now.processes.map((one) => [
        one.alive ? one.name : `${one.name} (gone)`,
        one.roles.join(","),
        one.startedAt,
        one.memoryBytes === null ? null : `${Math.round(one.memoryBytes / 1e6)} MB`,
        one.cpuRatio === null ? null : `${Math.round(one.cpuRatio * 100)} %`,
        one.inFlight,
      ]),
    )}`,
  );
  if (now.attention.length === 0) return session.out("\nNothing needs attention.\n");
  session.out(
    `\n${table(
      ["NEEDS ATTENTION", ""],
      now.attention.map((one) => [one.severity, one.summary]),
    )}`,
  );
}

function spread(latency: Percentiles | null): string {
  if (latency === null) return "nothing measured yet";
  const ms = (value: number) => (value < 10 ? value.toFixed(1) : String(Math.round(value)));
  return `p50 ${ms(latency.p50)} ms, p95 ${ms(latency.p95)} ms, p99 ${ms(latency.p99)} ms`;
}
