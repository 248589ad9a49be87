import type { Session } from "./session.ts";
import { amount, facts, table } from "./table.ts";

interface Health {
  readonly mode: string;
  readonly modeReason: string | null;
  readonly modeSince: string | null;
  readonly breaker: { state: string; until: string | null };
  readonly holdUntil: string | null;
  readonly failingSince: string | null;
  readonly owed: number;
  readonly owedIsExact: boolean;
  readonly oldestOwedAt: string | null;
  readonly leased: number;
  readonly dead: number;
  readonly deadIsExact: boolean;
  readonly window: { attempts: number };
  readonly successRatio: number | null;
  readonly latencyMs: { p50: number; p95: number; p99: number } | null;
  readonly reasons: readonly { outcome: string; reason: string; count: number; lastAt: string }[];
}

export const endpointPath = (app: string, endpoint: string): string =>
  `/api/v1/app/${encodeURIComponent(app)}/endpoint/${encodeURIComponent(endpoint)}`;

export async function listEndpoints(session: Session, app: string): Promise<void> {
  const page = await session.client.get<{
    data: readonly { id: string; uid?: string | null; url: string; disabled: boolean }[];
    done: boolean;
  }>(`/api/v1/app/${encodeURIComponent(app)}/endpoint`, { limit: 250 });
  if (session.json) return session.out(`${JSON.stringify(page)}\n`);
  session.out(
    table(
      ["ID", "UID", "TAKES", "URL"],
      page.data.map((one) => [one.id, one.uid, one.disabled ? "nothing (disabled)" : "events", one.url]),
    ),
  );
}

export async function health(session: Session, app: string, endpoint: string): Promise<void> {
  const now = await session.client.get<Health>(`${endpointPath(app, endpoint)}/health`);
  if (session.json) return session.out(`${JSON.stringify(now)}\n`);
  session.out(
    facts([
      ["mode", now.modeReason === null ? now.mode : `${now.mode} (${now.modeReason}) since ${now.modeSince}`],
      ["breaker", now.breaker.until === null ? now.breaker.state : `${now.breaker.state} until ${now.breaker.until}`],
      ["hold until", now.holdUntil],
      ["failing since", now.failingSince],
      [
        "owed",
        `${amount(now.owed, now.owedIsExact)}${now.oldestOwedAt === null ? "" : `, the oldest since ${now.oldestOwedAt}`}`,
      ],
      ["in hand", now.leased],
      ["dead", amount(now.dead, now.deadIsExact)],
      [
        "success",
        now.successRatio === null
          ? "no attempts lately"
          : `${(now.successRatio * 100).toFixed(2)} % of ${now.window.attempts}`,
      ],
      [
        "answers within",
        now.latencyMs === null
          ? null
          : `p50 ${now.latencyMs.p50} ms, p95 ${now.latencyMs.p95} ms, p99 ${now.latencyMs.p99} ms`,
      ],
    ]),
  );
  if (now.reasons.length > 0) {
    session.out(
      `\n${table(
        ["OUTCOME", "REASON", "COUNT", "LAST"],
        now.reasons.map((one) => [one.outcome, one.reason, one.count, one.lastAt]),
      )}`,
    );
  }
}

export type EndpointAct = "pause" | "resume" | "probe";

const DONE: Readonly<Record<EndpointAct, string>> = {
  pause: "Paused: what is owed and what comes is kept, and nothing is sent.",
  resume: "Resumed: what is owed is sent.",
  probe: "One request is let through now.",
};

export async function act(session: Session, app: string, endpoint: string, what: EndpointAct): Promise<void> {
  const answer = await session.client.send("POST", `${endpointPath(app, endpoint)}/${what}`);
  if (session.json) return session.out(`${JSON.stringify(answer)}\n`);
  session.tell(`${DONE[what]}\n`);
}

export async function sendExample(session: Session, app: string, endpoint: string, eventType: string): Promise<void> {
  const message = await session.client.send<{ id: string }>("POST", `${endpointPath(app, endpoint)}/send-example`, {
    eventType,
  });
  if (session.json) return session.out(`${JSON.stringify(message)}\n`);
  session.tell(`Sent an example of ${eventType}:\n`);
  session.out(`${message.id}\n`);
}
