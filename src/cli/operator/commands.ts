import { type Command, Option } from "commander";
import { askingCommands, group, type OperatorSurroundings, wholeNumber } from "./asking.ts";
import { actOn, type Chosen, type DeliveryAct, listDead, listOwed } from "./deliveries.ts";
import { act, type EndpointAct, health, listEndpoints, sendExample } from "./endpoints.ts";
import { actOnJob, type JobAct, listJobs, type Replay, replay, showJob } from "./jobs.ts";
import { createKey, listKeys, type NewKey, revokeKey, rotateKey } from "./keys.ts";
import { overview } from "./overview.ts";
import { audit, tail } from "./watch.ts";

/** Adds the commands that ask a running engine: each has --url, --token and --json, and speaks to the same API as everybody. */
export function addOperatorCommands(program: Command, at: OperatorSurroundings): void {
  const add = askingCommands(at);

  add(program, "overview", "Show rates, latency, what is owed, and what needs attention.", [], overview);
  add<{ app?: string; filter?: string }>(
    program,
    "tail",
    "Show events and attempts as they happen.",
    [
      new Option("--app <app>", "only this application"),
      new Option("--filter <text>", "only what has this in its type or ids"),
    ],
    (session, _, options) => tail(session, options),
  );

  const endpoint = group(program, "endpoint", "See how an endpoint is, and pause, resume, probe or test it.");
  add(endpoint, "list <app>", "List an application's endpoints.", [], (session, [app = ""]) =>
    listEndpoints(session, app),
  );
  add(
    endpoint,
    "health <app> <endpoint>",
    "Show its success, latency, breaker, and what it is owed.",
    [],
    (session, [app = "", ep = ""]) => health(session, app, ep),
  );
  for (const [what, description] of Object.entries(ENDPOINT_ACTS)) {
    add(endpoint, `${what} <app> <endpoint>`, description, [], (session, [app = "", ep = ""]) =>
      act(session, app, ep, what as EndpointAct),
    );
  }
  add(
    endpoint,
    "test <app> <endpoint> <event-type>",
    "Send it an example of an event type.",
    [],
    (session, [app = "", ep = "", type = ""]) => sendExample(session, app, ep, type),
  );

  const owed = group(program, "owed", "Deliveries that wait for their time.");
  add<{ state?: string }>(
    owed,
    "list <app> <endpoint>",
    "List what is owed to an endpoint.",
    [new Option("--state <state>", "only these").choices(["waiting", "held", "leased"])],
    (session, [app = "", ep = ""], options) => listOwed(session, app, ep, options.state),
  );
  const dead = group(program, "dead", "Deliveries that were given up.");
  add<Chosen & { reason?: string }>(
    dead,
    "list <app> <endpoint>",
    "List an endpoint's dead letters.",
    [...filterOptions(), new Option("--reason <reason>", "only those given up for this reason")],
    (session, [app = "", ep = ""], options) => listDead(session, app, ep, options),
  );
  for (const [what, description] of Object.entries(DELIVERY_ACTS)) {
    const [noun = "", verb = ""] = what.split("/");
    add<Chosen>(
      noun === "owed" ? owed : dead,
      `${verb} <app> <endpoint> [deliveries...]`,
      `${description} Counts first; does it with --yes.`,
      [...filterOptions(), new Option("--all", "all of them"), new Option("--yes", "do it")],
      (session, [app = "", ep = "", ...ids], options) => actOn(session, what as DeliveryAct, app, ep, ids, options),
    );
  }

  add<Replay>(
    program,
    "replay <app>",
    "Send again what failed, or what never arrived. Counts first; starts a job with --yes.",
    [
      new Option("--what <what>", "failed: given up; missing: never delivered; all")
        .choices(["failed", "missing", "all"])
        .default("failed"),
      new Option("--since <when>", "events since then: 6h, 2d, 2026-05-01T10:00:00Z").makeOptionMandatory(),
      new Option("--until <when>", "events until then; now when absent"),
      new Option("--endpoint <endpoint...>", "only to these"),
      new Option("--type <type...>", "only events of these types"),
      new Option("--channel <channel...>", "only events of these channels"),
      new Option("--tag <tag...>", "only events with these tags"),
      new Option("--outcome <outcome...>", "only where the last attempt ended so"),
      new Option("--rate <perSecond>", "deliveries a second").argParser(wholeNumber),
      new Option("--yes", "do it"),
    ],
    (session, [app = ""], options) => replay(session, app, options),
  );
  const job = group(program, "job", "Replays and other work that takes a while.");
  add<{ status?: string }>(
    job,
    "list",
    "List jobs, newest first.",
    [new Option("--status <status>", "only these")],
    (session, _, options) => listJobs(session, options.status),
  );
  add(job, "show <job>", "Show how far a job is.", [], (session, [id = ""]) => showJob(session, id));
  for (const what of ["cancel", "pause", "resume"] as const satisfies readonly JobAct[]) {
    add(job, `${what} <job>`, JOB_ACTS[what], [], (session, [id = ""]) => actOnJob(session, id, what));
  }

  const key = group(program, "key", "API keys: who may ask, and for what.");
  add(key, "list", "List keys.", [], (session) => listKeys(session));
  add<NewKey>(
    key,
    "create <name>",
    "Make a key and print its token, this once.",
    [
      new Option("--role <role>", "what it may do")
        .choices(["admin", "operator", "viewer", "ingest", "worker", "portal"])
        .makeOptionMandatory(),
      new Option("--app <app>", "only within this application"),
      new Option("--expires <when>", "a time: 2027-01-01"),
    ],
    (session, [name = ""], options) => createKey(session, name, options),
  );
  add<{ grace?: number }>(
    key,
    "rotate <key>",
    "Give a key a new token and print it, this once.",
    [new Option("--grace <seconds>", "how long the old token works beside it").argParser(wholeNumber)],
    (session, [id = ""], options) => rotateKey(session, id, options.grace),
  );
  add(key, "revoke <key>", "End a key now.", [], (session, [id = ""]) => revokeKey(session, id));

  add<{ since?: string; until?: string; app?: string; actor?: string; operation?: string; export?: true }>(
    program,
    "audit",
    "Show who changed what.",
    [
      new Option("--since <when>", "since then: 6h, 2d, 2026-05-01T10:00:00Z"),
      new Option("--until <when>", "until then"),
      new Option("--app <app>", "only in this application"),
      new Option("--actor <id>", "only by this key"),
      new Option("--operation <operation>", "only this operation, as the API's reference names it"),
      new Option("--export", "write everything that fits, one JSON object a line"),
    ],
    (session, _, options) => audit(session, options),
  );
}

const ENDPOINT_ACTS: Readonly<Record<EndpointAct, string>> = {
  pause: "Send it nothing; keep what is owed and what comes.",
  resume: "Send it what it is owed.",
  probe: "Let one request through an open breaker or a hold now.",
};

const DELIVERY_ACTS: Readonly<Record<DeliveryAct, string>> = {
  "owed/hold": "Keep deliveries from being sent until they are released.",
  "owed/release": "Let held deliveries be sent.",
  "owed/cancel": "Give deliveries up without sending them.",
  "dead/requeue": "Send dead letters again.",
  "dead/expire": "Forget dead letters.",
};

const JOB_ACTS: Readonly<Record<JobAct, string>> = {
  cancel: "End a job; what it owed already stays owed.",
  pause: "Let a job rest.",
  resume: "Let a job go on.",
};

function filterOptions(): Option[] {
  return [
    new Option("--since <when>", "events since then: 6h, 2d, 2026-05-01T10:00:00Z"),
    new Option("--until <when>", "events until then"),
    new Option("--type <type...>", "only events of these types"),
  ];
}
