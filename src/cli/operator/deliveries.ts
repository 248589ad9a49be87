import { OperatorFault } from "./client.ts";
import { endpointPath } from "./endpoints.ts";
import type { Session } from "./session.ts";
import { amount, table } from "./table.ts";

/** Which deliveries: some by id, or all that fit. */
export interface Chosen {
  readonly since?: string;
  readonly until?: string;
  readonly type?: readonly string[];
  readonly all?: true;
  /** Without it, it is only counted. */
  readonly yes?: true;
}

interface Owed {
  readonly id: string;
  readonly messageId: string;
  readonly eventType: string;
  readonly dueAt: string | null;
  readonly attempts: number;
  readonly trigger: string;
  readonly held: boolean;
}

interface Dead {
  readonly id: string;
  readonly messageId: string;
  readonly eventType: string;
  readonly attempts: number;
  readonly reason: string;
  readonly settledAt: string;
}

interface Page<T> {
  readonly data: readonly T[];
  readonly iterator: string | null;
  readonly done: boolean;
}

export async function listOwed(
  session: Session,
  app: string,
  endpoint: string,
  state: string | undefined,
): Promise<void> {
  const page = await session.client.get<Page<Owed>>(`${endpointPath(app, endpoint)}/owed`, { limit: 100, state });
  if (session.json) return session.out(`${JSON.stringify(page)}\n`);
  session.out(
    table(
      ["DELIVERY", "MESSAGE", "TYPE", "DUE", "ATTEMPTS", "TRIGGER"],
      page.data.map((one) => [
        one.id,
        one.messageId,
        one.eventType,
        one.held ? "held" : one.dueAt,
        one.attempts,
        one.trigger,
      ]),
    ),
  );
  more(session, page);
}

export async function listDead(
  session: Session,
  app: string,
  endpoint: string,
  filter: Chosen & { reason?: string },
): Promise<void> {
  const page = await session.client.get<Page<Dead>>(`${endpointPath(app, endpoint)}/dead`, {
    limit: 100,
    reason: filter.reason,
    since: session.when(filter.since),
    until: session.when(filter.until),
    event_types: filter.type,
  });
  if (session.json) return session.out(`${JSON.stringify(page)}\n`);
  session.out(
    table(
      ["DELIVERY", "MESSAGE", "TYPE", "REASON", "ATTEMPTS", "SINCE"],
      page.data.map((one) => [one.id, one.messageId, one.eventType, one.reason, one.attempts, one.settledAt]),
    ),
  );
  more(session, page);
}

export type DeliveryAct = "owed/hold" | "owed/release" | "owed/cancel" | "dead/requeue" | "dead/expire";

const WORDS: Readonly<Record<DeliveryAct, readonly [would: string, did: string]>> = {
  "owed/hold": ["Would hold", "Held"],
  "owed/release": ["Would release", "Released"],
  "owed/cancel": ["Would cancel (they are not sent, and become dead letters)", "Cancelled"],
  "dead/requeue": ["Would send again", "Owed again:"],
  "dead/expire": ["Would forget", "Forgot"],
};

/** Counts first; does it with `--yes`. */
export async function actOn(
  session: Session,
  what: DeliveryAct,
  app: string,
  endpoint: string,
  ids: readonly string[],
  chosen: Chosen,
): Promise<void> {
  const filtered = chosen.since !== undefined || chosen.until !== undefined || chosen.type !== undefined;
  if (ids.length === 0 && !filtered && chosen.all === undefined) {
    throw new OperatorFault(
      "nothing_chosen",
      "Name deliveries (dlv_…), or choose with --since, --until, --type, or --all",
    );
  }
  if (ids.length > 0 && (filtered || chosen.all)) {
    throw new OperatorFault(
      "chosen_twice",
      "Name deliveries, or choose with --since, --until, --type or --all; not both",
    );
  }
  const choice =
    ids.length > 0
      ? { ids }
      : { filter: { since: session.when(chosen.since), until: session.when(chosen.until), eventTypes: chosen.type } };
  const dryRun = chosen.yes !== true;
  const answer = await session.client.send<{ count?: number; countIsExact?: boolean; id?: string }>(
    "POST",
    `${endpointPath(app, endpoint)}/${what}`,
    { ...choice, dryRun },
  );
  if (session.json) return session.out(`${JSON.stringify(answer)}\n`);
  if (answer.id !== undefined)
    return session.out(
      `It is many: the job ${answer.id} does it; \`posthorn job show ${answer.id}\` tells how far it is.\n`,
    );
  const [would, did] = WORDS[what];
  session.out(`${dryRun ? would : did} ${amount(answer.count ?? 0, answer.countIsExact ?? true)}.\n`);
  if (dryRun) session.tell("Nothing was done; --yes does it.\n");
}

function more(session: Session, page: Page<unknown>): void {
  if (!page.done) session.tell(`The first ${page.data.length}; --json and the API's iterator show the rest.\n`);
}
