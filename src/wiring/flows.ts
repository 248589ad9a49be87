import type { JoinableLog } from "#events";
import {
  type CommitPart,
  controlChores,
  createAdmission,
  createApprovalLinks,
  createApprovalPart,
  createCodeExecutor,
  createFlows,
  createHttpExecutor,
  createRunEnds,
  createRunTracing,
  createRunWatch,
  createSandbox,
  createWaits,
  type FlowMeter,
  type FlowSecrets,
  type Flows,
  forgetReruns,
  maskSecrets,
  type RunWatch,
  releasePart,
  rerunLook,
  type SandboxStats,
  scheduleChores,
  schedulesLooks,
  type Tasks,
  toldLooks,
  turnsLooks,
  waitChores,
} from "#flows";
import type { Chore, Config, Db, Look, Membership, Outbound, RootLog, Tracing } from "#kernel";
import { compile, createMachine } from "#language";
import { USER_AGENT } from "./engine.ts";

/** Steps of flows done outside at once: requests, and programs that wait for the sandbox. */
const FLIGHTS_MAX = 1_000;

export interface OpenedFlows {
  readonly flows: Flows;
  readonly sandbox: { stats(): SandboxStats };
  readonly watch: RunWatch;
  readonly looks: readonly Look[];
  readonly chores: readonly Chore[];
  /** After `flows.stop`. */
  close(): Promise<void>;
}

/** The flows of one process, whichever roles it plays: every process plans, those with the role `flows` also run. */
export function openFlows(on: {
  readonly config: Config;
  readonly db: Db;
  readonly log: RootLog;
  readonly membership: Membership;
  readonly outbound: Outbound;
  readonly events: () => JoinableLog;
  readonly secrets: FlowSecrets;
  readonly tasks: Tasks | undefined;
  /** Of which links for approvals are made. */
  readonly linkKey: Uint8Array;
  /** Whatever else is written with the commits of runs. */
  readonly parts: readonly CommitPart[];
  readonly meter: FlowMeter | undefined;
  readonly tracing: Tracing | undefined;
  readonly now: () => number;
  readonly monotonic: () => number;
}): OpenedFlows {
  const { config, db, log, membership, now, monotonic } = on;
  const runs = config.roles.has("flows");
  const onDue = () => flows.lookNow();
  const links = createApprovalLinks({ key: on.linkKey, baseUrl: () => baseUrlOf(config) });
  const watch = createRunWatch();
  const sandbox = createSandbox({ log, processesMax: config.sandboxProcesses });
  const traced = on.tracing && createRunTracing(on.tracing, now);
  const executors = {
    http: createHttpExecutor({
      outbound: on.outbound,
      userAgent: USER_AGENT,
      resolveSecrets: (appId, flowName, names) => on.secrets.resolve(appId, flowName, names),
      maskSecrets,
      now,
    }),
    code: createCodeExecutor(sandbox),
  };
  const ends = createRunEnds({ db, onDue });
  const waits = createWaits({ db, onDue });
  const flows: Flows = createFlows({
    db,
    membership,
    log,
    runs,
    events: on.events,
    compile,
    createMachine,
    executors: traced?.watched(executors) ?? executors,
    meter: on.meter?.commits,
    onEnded: (run, ending) => {
      on.meter?.ended(run, ending);
      traced?.ended(run, ending);
    },
    onEntries: traced?.entries,
    parts: [
      ...(on.tasks === undefined ? [] : [on.tasks.part]),
      releasePart({ onDue }),
      ends.part,
      waits.part,
      createApprovalPart(links),
      watch.part,
      ...on.parts,
    ],
    onArrivals: waits.hint,
    approveUrls: (runId, flow) => links.urls(runId, flow),
    admission: createAdmission({ db, log, token: () => membership.token, onDue }),
    limits: { runsMax: config.flowsRunsMax, bytesMax: config.flowsBytesMax, flightsMax: FLIGHTS_MAX },
    now,
    monotonic,
    random: Math.random,
  });
  const reruns = rerunLook({ transaction: (work) => db.transaction(work), startWithin: flows.startWithin });
  const timely = [...turnsLooks({ db, onDue }), ...schedulesLooks({ db, onDue }), ...toldLooks({ db, onDue })];
  return {
    flows,
    sandbox,
    watch,
    looks: runs ? [...flows.looks(), ...timely, ends.look, ...waits.looks, reruns] : [],
    chores: config.roles.has("upkeep")
      ? [
          ...flows.chores({ log, now, retentionMs: config.retentionMs }),
          ...controlChores(db),
          ...scheduleChores(db, log),
          ...waitChores(db),
          { name: "forget_reruns", everyMs: 3_600_000, run: () => forgetReruns(db, config.retentionMs) },
        ]
      : [],
    close: async () => {
      await waits.stop();
      watch.close();
      return sandbox.close();
    },
  };
}

/** Where people reach this server, as far as its settings tell. */
function baseUrlOf({ publicUrl, listen }: Config): string {
  const host = listen.host.includes(":") ? `[${listen.host}]` : listen.host;
  return (publicUrl ?? `http://${host}:${listen.port}`).replace(/\/+$/, "");
}
