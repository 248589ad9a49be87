import type { Session } from "./session.ts";

type Item =
  | { kind: "event"; at: string; appId: string; messageId: string; eventType: string; bytes: number }
  | {
      kind: "attempt";
      at: string;
      messageId: string;
      endpointId: string;
      eventType: string;
      outcome: string;
      reason: string;
      totalMs: number;
    }
  | { kind: "rejection"; at: string; appId: string; sourceId: string; reason: string };

interface Batch {
  readonly items: readonly Item[];
  readonly skipped: { readonly events: number; readonly attempts: number; readonly rejections: number };
}

/** Events and attempts as they happen, until Ctrl-C. What could not be shown is said, never passed over. */
export async function tail(session: Session, asked: { app?: string; filter?: string }): Promise<void> {
  const path = asked.app === undefined ? "/api/v1/tail" : `/api/v1/app/${encodeURIComponent(asked.app)}/tail`;
  const query = { kinds: "event,attempt,rejection", q: asked.filter };
  try {
    for await (const line of session.client.lines(path, query, "text/event-stream", session.signal)) {
      if (!line.startsWith("data:")) continue;
      const batch: Partial<Batch> = JSON.parse(line.slice("data:".length));
      if (batch.items === undefined) continue;
      if (session.json) {
        session.out(`${JSON.stringify(batch)}\n`);
        continue;
      }
      for (const item of batch.items) session.out(`${lineOf(item)}\n`);
      const skipped = Object.entries(batch.skipped ?? {}).filter(([, count]) => count > 0);
      if (skipped.length > 0)
        session.out(`… skipped ${skipped.map(([kind, count]) => `${count} ${kind}`).join(", ")}\n`);
    }
  } catch (error) {
    if (!session.signal.aborted) throw error;
  }
}

function lineOf(item: Item): string {
  switch (item.kind) {
    case "event":
      return `${item.at}  in      ${item.appId}  ${item.messageId}  ${item.eventType}  ${item.bytes} B`;
    case "attempt":
      return `${item.at}  out     ${item.endpointId}  ${item.messageId}  ${item.eventType}  ${item.outcome} (${item.reason}) ${Math.round(item.totalMs)} ms`;
    case "rejection":
      return `${item.at}  refused ${item.sourceId}  ${item.reason}`;
  }
}

interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly actor: { kind: string; id: string; name: string | null };
  readonly operation: string;
  readonly target: string | null;
  readonly status: number;
}

/** Who changed what, newest first; `--export` writes everything that fits, one JSON object a line. */
export async function audit(
  session: Session,
  asked: { since?: string; until?: string; app?: string; actor?: string; operation?: string; export?: true },
): Promise<void> {
  const query = {
    since: session.when(asked.since),
    until: session.when(asked.until),
    app_id: asked.app,
    actor: asked.actor,
    operation: asked.operation,
  };
  if (asked.export) {
    for await (const line of session.client.lines(
      "/api/v1/audit/export",
      query,
      "application/x-ndjson",
      session.signal,
    ))
      session.out(`${line}\n`);
    return;
  }
  const page = await session.client.get<{ data: readonly AuditEntry[]; done: boolean }>("/api/v1/audit", {
    ...query,
    limit: 50,
  });
  if (session.json) return session.out(`${JSON.stringify(page)}\n`);
  for (const one of page.data)
    session.out(
      `${one.at}  ${one.status}  ${one.operation}  ${one.target ?? "-"}  by ${one.actor.name ?? one.actor.id} (${one.actor.kind})\n`,
    );
  if (!page.done) session.tell("There is more; --export writes everything.\n");
}
