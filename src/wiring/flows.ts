import type { JoinableLog } from "#events";
import {
  type CommitPart,
  controlChores,
  createAdmission,
  createFlows,
  createHttpExecutor,
  createSandbox,
  type FlowSecrets,
  type Flows,
  maskSecrets,
  releasePart,
  runCode,
  type Tasks,
  turnsLook,
} from "#flows";
import type { Chore, Config, Db, Look, Membership, Outbound, RootLog } from "#kernel";
import { compile, createMachine } from "#language";
import { USER_AGENT } from "./engine.ts";

/** Steps of flows done outside at once: requests, and programs that wait for the sandbox. */
const FLIGHTS_MAX = 1_000;

export interface OpenedFlows {
  readonly flows: Flows;
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
  /** Whatever else is written with the commits of runs. */
  readonly parts: readonly CommitPart[];
  readonly now: () => number;
  readonly monotonic: () => number;
}): OpenedFlows {
  const { config, db, log, membership, now, monotonic } = on;
  const runs = config.roles.has("flows");
  const onDue = () => flows.lookNow();
  const sandbox = createSandbox({ log, processesMax: config.sandboxProcesses });
  const flows: Flows = createFlows({
    db,
    membership,
    log,
    runs,
    events: on.events,
    compile,
    createMachine,
    executors: {
      http: createHttpExecutor({
        outbound: on.outbound,
        userAgent: USER_AGENT,
        resolveSecrets: (appId, flowName, names) => on.secrets.resolve(appId, flowName, names),
        maskSecrets,
        now,
      }),
      code: (command, run, _flow, signal) => runCode(sandbox, run.appId, command, signal),
    },
    parts: [...(on.tasks === undefined ? [] : [on.tasks.part]), releasePart({ onDue }), ...on.parts],
    admission: createAdmission({ db, log, token: () => membership.token, onDue }),
    limits: { runsMax: config.flowsRunsMax, bytesMax: config.flowsBytesMax, flightsMax: FLIGHTS_MAX },
    now,
    monotonic,
    random: Math.random,
  });
  return {
    flows,
    looks: runs ? [...flows.looks(), turnsLook({ db, onDue })] : [],
    chores: config.roles.has("upkeep")
      ? [...flows.chores({ log, now, retentionMs: config.retentionMs }), ...controlChores(db)]
      : [],
    close: () => sandbox.close(),
  };
}
