import { publicId } from "#kernel";
import type { TestApi } from "./api.ts";
import type { Ledger } from "./ledger.ts";
import { until } from "./until.ts";

export interface EndedRun {
  readonly id: string;
  readonly state: string;
  // biome-ignore lint/suspicious/noExplicitAny: an output, an error or a reason; a test reads what it expects.
  readonly result: any;
  readonly depth: number;
}

/** Flows of one application: made and started over the API, looked at in the tables. */
export interface FlowClient {
  put(definition: object, more?: object): Promise<{ readonly version: number }>;
  /** Starts a run and gives its id. */
  start(flow: string, input?: unknown): Promise<string>;
  cancel(run: string, reason?: string): Promise<void>;
  ended(flow: string): Promise<EndedRun[]>;
  /** Waits until so many runs of the flow have ended, and gives them. */
  waitFor(flow: string, count: number, timeoutMs?: number): Promise<EndedRun[]>;
  /** `kind path attempt` of what is recorded of a run, in order. */
  journal(run: string): Promise<string[]>;
  /** Runs that have not ended. */
  live(): Promise<number>;
  /** Payloads of the application's events of this type. */
  emitted(type: string): Promise<unknown[]>;
}

export function flowsOf(api: () => TestApi, app: string, ledger: Ledger): FlowClient {
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await api().call(method, `/api/v1/app/${app}${path}`, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const text = (bytes: Uint8Array | null) => (bytes === null ? null : JSON.parse(Buffer.from(bytes).toString()));
  const ended: FlowClient["ended"] = async (flow) => {
    const rows = await ledger.rows(
      `select r.id, r.state, r.result, r.depth from posthorn.run_ended r join posthorn.flow f on f.id = r.flow_id
        where f.name = $1 and posthorn.public_id('app', f.app_id) = $2 order by r.id`,
      [flow, app],
    );
    return rows.map((row) => ({ ...row, id: publicId("run", row.id), result: text(row.result) }));
  };
  return {
    put: (definition, more) => ask("PUT", `/flow/${(definition as { flow: string }).flow}`, { definition, ...more }),
    start: async (flow, input = null) => (await ask("POST", `/flow/${flow}/run`, { input })).id,
    cancel: async (run, reason = "enough") => {
      await ask("POST", `/run/${run}/cancel`, { reason });
    },
    ended,
    waitFor: async (flow, count, timeoutMs = 20_000) => {
      let last: EndedRun[] = [];
      await until(
        `${count} runs of ${flow} had ended`,
        async () => {
          last = await ended(flow).catch(() => []);
          return last.length >= count;
        },
        timeoutMs,
      );
      return last;
    },
    journal: async (run) =>
      (
        await ledger.rows(
          "select kind, path, attempt from posthorn.run_step where posthorn.public_id('run', run_id) = $1 order by seq",
          [run],
        )
      ).map(({ kind, path, attempt }) => `${kind} ${path} ${attempt}`),
    live: async () => {
      const [row] = await ledger.rows(
        "select ((select count(*) from posthorn.run_leased) + (select count(*) from posthorn.run_waiting))::int as n",
      );
      return row.n;
    },
    emitted: async (type) =>
      (
        await ledger.rows(
          "select payload from posthorn.event where type = $1 and posthorn.public_id('app', app_id) = $2 order by id",
          [type, app],
        )
      ).map(({ payload }) => text(payload)),
  };
}
