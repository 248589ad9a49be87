import { KeepAlive, type Sending } from "./connection.ts";

export interface LoadOptions {
  /** Where to send now; undefined: nobody is there, wait. Asked before each request. */
  readonly target: () => { readonly url: string; readonly token: string } | undefined;
  readonly app: string;
  readonly clients: number;
  /** Between the answer and the next request of a client. */
  readonly gapMs?: number;
  /** Bytes of padding in each payload. */
  readonly padding?: number;
  /** Whether each event carries an Idempotency-Key and is tried until it is confirmed. Otherwise an event is tried once. */
  readonly keyed?: boolean;
}

export interface Refusal {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly code: string | undefined;
  readonly tookMs: number;
}

export interface Load {
  /** Message ids that were answered 202, with the Idempotency-Key they were sent under. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Answers other than 202. */
  readonly refusals: readonly Refusal[];
  /** Requests without an answer, by what happened. */
  readonly broken: Readonly<Record<Exclude<Sending["kind"], "answered">, number>>;
  /** The longest that a request took, answered or not. */
  readonly slowestMs: number;
  /** Keys whose event was acknowledged under two different ids: must stay empty. */
  readonly contradictions: readonly string[];
  /** Resolves when `n` more events were acknowledged. */
  acknowledgedMore(n: number, timeoutMs?: number): Promise<void>;
  /** Ends the load; keyed events that nobody confirmed yet are tried once more until `patienceMs` is over. */
  stop(patienceMs?: number): Promise<void>;
}

/** Clients that post events, each over its keep-alive connection, each event with a number in its payload. */
export function startLoad(options: LoadOptions): Load {
  const acknowledged = new Map<string, string>();
  const idOfKey = new Map<string, string>();
  const refusals: Refusal[] = [];
  const broken = { refused: 0, idle_closed: 0, cut: 0 };
  const contradictions: string[] = [];
  const padding = "x".repeat(options.padding ?? 0);
  const run = crypto.randomUUID().slice(0, 8);
  let slowestMs = 0;
  let stopsAt = Number.POSITIVE_INFINITY;
  let isStopping = false;
  let arrived = Promise.withResolvers<void>();

  async function client(number: number): Promise<void> {
    const connection = new KeepAlive();
    for (let n = 0; !isStopping; n++) {
      await post(connection, `${run}-${number}-${n}`, n);
      await Bun.sleep(options.gapMs ?? 0);
    }
    connection.close();
  }

  /** Until it is answered 202, when it carries a key; once otherwise. */
  async function post(connection: KeepAlive, key: string, n: number): Promise<void> {
    const body = JSON.stringify({ eventType: "test.happened", payload: { key, n, padding } });
    for (;;) {
      const target = options.target();
      if (target !== undefined) {
        const startedAt = performance.now();
        const answer = await connection.send(
          target.url,
          "POST",
          `/api/v1/app/${options.app}/msg`,
          headers(target, key),
          body,
        );
        const tookMs = performance.now() - startedAt;
        slowestMs = Math.max(slowestMs, tookMs);
        if (answer.kind === "answered" && answer.status === 202) {
          const { id } = JSON.parse(answer.text);
          const known = idOfKey.get(key);
          if (known !== undefined && known !== id) contradictions.push(`${key}: ${known} and ${id}`);
          idOfKey.set(key, id);
          acknowledged.set(id, key);
          arrived.resolve();
          arrived = Promise.withResolvers();
          return;
        }
        if (answer.kind === "answered") {
          const code = answer.text.startsWith("{") ? JSON.parse(answer.text).code : undefined;
          refusals.push({ status: answer.status, retryAfter: answer.headers["retry-after"], code, tookMs });
        } else {
          broken[answer.kind]++;
          // Nothing of this request was sent: that is not a second try.
          if (answer.kind === "idle_closed") continue;
        }
        if (options.keyed === false) return;
      }
      if (performance.now() >= stopsAt) return;
      await Bun.sleep(25);
    }
  }

  const headers = ({ token }: { token: string }, key: string): Record<string, string> => ({
    Authorization: `Bearer ${token}`,
    "Content-Type": "application/json",
    ...(options.keyed !== false && { "Idempotency-Key": key }),
  });

  const clients = Array.from({ length: options.clients }, (_, number) => client(number));
  return {
    acknowledged,
    refusals,
    broken,
    get slowestMs() {
      return slowestMs;
    },
    contradictions,
    acknowledgedMore: async (n, timeoutMs = 15_000) => {
      const wanted = acknowledged.size + n;
      const late = Promise.withResolvers<"late">();
      const timer = setTimeout(late.resolve, timeoutMs, "late");
      try {
        while (acknowledged.size < wanted) {
          if ((await Promise.race([arrived.promise, late.promise])) !== "late") continue;
          throw new Error(
            `Waited ${timeoutMs} ms for ${n} acknowledged events; ${wanted - acknowledged.size} are missing. Refusals: ${JSON.stringify(refusals.slice(-3))}, without answer: ${JSON.stringify(broken)}`,
          );
        }
      } finally {
        clearTimeout(timer);
      }
    },
    stop: async (patienceMs = 10_000) => {
      stopsAt = performance.now() + patienceMs;
      isStopping = true;
      await Promise.all(clients);
    },
  };
}
