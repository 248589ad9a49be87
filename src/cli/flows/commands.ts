import { type Command, Option } from "commander";
import { askingCommands, EXIT_REFUSED, group, type OperatorSurroundings, wholeNumber } from "../operator/asking.ts";
import { testFolder, testJunit, testText } from "./cases.ts";
import { FOLDER_DEFAULT, readFolder } from "./folder.ts";
import { lintFiles, lintText } from "./lint.ts";
import { changeMode, deleteFlow, MODE_ACTS, type ModeAct } from "./mode.ts";
import {
  backtest,
  cancelRun,
  decide,
  failures,
  listApprovals,
  listRuns,
  type RerunMany,
  rerun,
  rerunMany,
  showRerun,
  showRun,
  startRun,
  watchRun,
} from "./runs.ts";
import { deleteSecret, listSecrets, type SecretWish, setSecret } from "./secrets.ts";
import { diff, listFlows, pull, push } from "./sync.ts";

type App = { readonly app: string };

const nothingIn = (folder: string, what: string) =>
  `There are no ${what} in ${folder}; folders within it are not looked through.\n`;

/** `flows`, `run` and `approvals`: a folder of definitions kept in git, and the runs of them. `lint` and `test` ask nobody. */
export function addFlowCommands(program: Command, at: OperatorSurroundings): void {
  const add = askingCommands(at);
  const app = () =>
    new Option("--app <app>", "the application, by id or uid; POSTHORN_APP").env("POSTHORN_APP").makeOptionMandatory();
  const since = () => new Option("--since <when>", "since then: 6h, 2d, 2026-05-01T10:00:00Z");
  const until = () => new Option("--until <when>", "until then");
  const version = () => new Option("--version <version>", "same, current, or a number");

  const flows = group(program, "flows", "Automations: keep them in a folder, check, test and deploy them.");
  add<App>(flows, "list", "List an application's flows.", [app()], (session, _, o) => listFlows(session, o.app));
  add<App & { dryRun?: true; running?: string; note?: string }>(
    flows,
    "push [folder]",
    "Make an application's flows what a folder says. The same once more changes nothing; all or none of it is valid.",
    [
      app(),
      new Option("--dry-run", "tell what would change, and change nothing"),
      new Option("--running <policy>", "runs of the versions before").choices(["finish", "migrate", "cancel"]),
      new Option("--note <text>", "why they change"),
    ],
    (session, [folder = FOLDER_DEFAULT], o) => push(session, o.app, folder, o),
  );
  add<App & { out: string }>(
    flows,
    "pull [flows...]",
    "Write an application's flows, or those named, into a folder.",
    [app(), new Option("-o, --out <folder>", "where to").default(FOLDER_DEFAULT)],
    (session, names, o) => pull(session, o.app, o.out, names),
  );
  add<App>(
    flows,
    "diff [folder]",
    "Show what a push would change. Exit code 1: something would.",
    [app()],
    (session, [folder = FOLDER_DEFAULT], o) => diff(session, o.app, folder),
  );
  for (const [act, { description }] of Object.entries(MODE_ACTS)) {
    add<App>(flows, `${act} <flow>`, description, [app()], (session, [flow = ""], o) =>
      changeMode(session, o.app, flow, act as ModeAct),
    );
  }
  add<App & { yes?: true }>(
    flows,
    "delete <flow>",
    "Delete a flow; its runs that have not ended are cancelled. Counts first; deletes with --yes.",
    [app(), new Option("--yes", "do it")],
    (session, [flow = ""], o) => deleteFlow(session, o.app, flow, o.yes === true),
  );
  add<App & { since?: string }>(
    flows,
    "failures <flow>",
    "List what failed, those that look alike as one.",
    [app(), since()],
    (session, [flow = ""], o) => failures(session, o.app, flow, o.since),
  );
  add<App & RerunMany>(
    flows,
    "rerun <flow>",
    "Run many runs again. Counts first; begins with --yes.",
    [
      app(),
      new Option("--state <state>", "runs that ended so; failed unless given").choices([
        "failed",
        "cancelled",
        "completed",
      ]),
      new Option("--fingerprint <fingerprint>", "only failures that look alike"),
      since(),
      until(),
      new Option("--from <step>", "the first step to do again; where each failed unless given"),
      version(),
      new Option("--rate <perSecond>", "runs begun a second").argParser(wholeNumber),
      new Option("--yes", "do it"),
    ],
    (session, [flow = ""], o) => rerunMany(session, o.app, flow, o),
  );
  add<App>(
    flows,
    "rerun-show <flow> <rerun>",
    "Show how far a rerun of many is.",
    [app()],
    (session, [flow = "", id = ""], o) => showRerun(session, o.app, flow, id),
  );
  add<App & { last?: number }>(
    flows,
    "backtest <flow> <file>",
    "Try a definition on real runs of the past, without effects. Exit code 1: something would differ.",
    [app(), new Option("--last <count>", "so many runs, at most 200").argParser(wholeNumber)],
    (session, [flow = "", file = ""], o) => backtest(session, o.app, flow, file, o.last),
  );
  flows
    .command("lint [folder]")
    .description("Check definitions without asking an engine. Exit code 1: some are not valid.")
    .option("--json", "print the findings as JSON")
    .action(async (folder: string | undefined, o: { json?: true }) => {
      const { files, faults } = await readFolder(folder ?? FOLDER_DEFAULT, at.importModule);
      const linted = lintFiles(files, faults);
      const bad = linted.filter(({ definition }) => definition === undefined).length;
      const findings = linted.map(({ path, faults: wrong, warnings }) => ({
        path,
        valid: wrong.length === 0,
        faults: wrong,
        warnings,
      }));
      at.out(
        o.json ? `${JSON.stringify(findings)}\n` : `${lintText(linted)}${linted.length - bad} valid, ${bad} not\n`,
      );
      // A folder that was misspelt, or holds folders only, is not a folder in which all is well.
      if (linted.length === 0) at.err(nothingIn(folder ?? FOLDER_DEFAULT, "definitions (.yaml, .json, .ts)"));
      at.done(bad === 0 && linted.length > 0 ? 0 : EXIT_REFUSED);
    });
  flows
    .command("test [folder]")
    .description("Rehearse the cases of *.test.yaml with pinned results and a virtual clock. Exit code 1: some failed.")
    .option("--json", "print the results as JSON")
    .option("--junit", "print the results as JUnit XML")
    .action(async (folder: string | undefined, o: { json?: true; junit?: true }) => {
      const results = await testFolder(folder ?? FOLDER_DEFAULT, at.importModule, performance.now.bind(performance));
      const text = o.json ? `${JSON.stringify(results)}\n` : o.junit ? testJunit(results) : testText(results);
      at.out(text);
      if (results.length === 0) at.err(nothingIn(folder ?? FOLDER_DEFAULT, "cases (*.test.yaml)"));
      at.done(results.length > 0 && results.every(({ failure }) => failure === undefined) ? 0 : EXIT_REFUSED);
    });

  const secret = group(flows, "secret", "What flows may put into headers: set, granted by name, and shown by nothing.");
  add<App>(
    secret,
    "list",
    "List secrets: to which flows they are granted, and when one was last used.",
    [app()],
    (session, _, o) => listSecrets(session, o.app),
  );
  add<App & SecretWish>(
    secret,
    "set <name>",
    "Make a secret, or give it another value or other grants. The value comes from standard input.",
    [
      app(),
      new Option("--flow <flows...>", "flows that may use it, instead of those granted before"),
      new Option("--all-flows", "every flow of the application may use it"),
      new Option("--from-env <variable>", "the value is in this variable"),
      new Option("--keep", "keep the value, change who may use it"),
    ],
    (session, [name = ""], o) => setSecret(session, o.app, name, o, { env: at.env, stdin: () => Bun.stdin.text() }),
  );
  add<App>(secret, "delete <name>", "Delete a secret.", [app()], (session, [name = ""], o) =>
    deleteSecret(session, o.app, name),
  );

  const run = group(program, "run", "Runs of flows: start, list, show, watch, cancel and repeat them.");
  const input = () => new Option("--input <json>", "JSON, @file, or - for standard input");
  add<App & { input?: string; delay?: string; wait?: number }>(
    run,
    "start <flow>",
    "Start a run.",
    [
      app(),
      input(),
      new Option("--delay <span>", "begin so much later: 15m, 2h"),
      new Option("--wait <seconds>", "wait for its answer or its end, at most 50").argParser(wholeNumber),
    ],
    (session, [flow = ""], o) => startRun(session, o.app, flow, o),
  );
  add<App & { flow?: string; state?: string; since?: string; until?: string; fingerprint?: string }>(
    run,
    "list",
    "List runs, newest first.",
    [
      app(),
      new Option("--flow <flow>", "only of this flow"),
      new Option("--state <state>", "only these").choices(["running", "waiting", "completed", "failed", "cancelled"]),
      since(),
      until(),
      new Option("--fingerprint <fingerprint>", "only failures that look alike"),
    ],
    (session, _, o) => listRuns(session, o.app, o),
  );
  add<App>(run, "show <run>", "Show a run and its steps.", [app()], (session, [id = ""], o) =>
    showRun(session, o.app, id),
  );
  add<App>(
    run,
    "watch <run>",
    "Watch a run until it ends. Exit code 1: it did not complete.",
    [app()],
    (session, [id = ""], o) => watchRun(session, o.app, id),
  );
  add<App & { reason?: string }>(
    run,
    "cancel <run>",
    "Cancel a run; what it did is compensated.",
    [app(), new Option("--reason <text>", "why")],
    (session, [id = ""], o) => cancelRun(session, o.app, id, o.reason),
  );
  add<App & { from?: string; input?: string; version?: string }>(
    run,
    "rerun <run>",
    "Run it again, from a step or whole.",
    [
      app(),
      new Option("--from <step>", "the first step to do again; those before keep their results"),
      input(),
      version(),
    ],
    (session, [id = ""], o) => rerun(session, o.app, id, o),
  );

  const approvals = group(program, "approvals", "What flows ask of people.");
  add<App & { flow?: string }>(
    approvals,
    "list",
    "List what waits for a decision.",
    [app(), new Option("--flow <flow>", "only of this flow")],
    (session, _, o) => listApprovals(session, o.app, o.flow),
  );
  for (const [word, approved] of [
    ["approve", true],
    ["reject", false],
  ] as const) {
    add<App & { reason?: string }>(
      approvals,
      `${word} <run> <step>`,
      approved ? "Let the run go on as approved." : "Let the run go on as rejected.",
      [app(), new Option("--reason <text>", "why")],
      (session, [id = "", path = ""], o) => decide(session, o.app, id, path, approved, o.reason),
    );
  }
}
