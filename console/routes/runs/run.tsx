import { Ban, RotateCcw } from "lucide-react";
import { useMemo, useState } from "react";
import { client } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { Button, Link } from "../../kit/button.tsx";
import { CodeView } from "../../kit/code-view.tsx";
import { ConfirmDialog } from "../../kit/confirm.tsx";
import { Id } from "../../kit/copy.tsx";
import { TextField } from "../../kit/field.tsx";
import { plural } from "../../kit/format.ts";
import { KeyValues } from "../../kit/key-values.tsx";
import { Page, Section } from "../../kit/page.tsx";
import { Answer, Loading, Note } from "../../kit/states.tsx";
import { Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useSearch } from "../../kit/use-search.ts";
import { useAppCrumbs } from "../app-crumbs.ts";
import { RunBadge } from "../flow-parts/badges.tsx";
import { DecideButtons } from "../flow-parts/decide.tsx";
import { isLive, RUN, useRun, type WholeRun } from "../flow-parts/flow.ts";
import { Graph } from "../flow-parts/graph.tsx";
import { isFields, patternOf, type StepNode, treeOf, walk } from "../flow-parts/tree.ts";
import { CLASS_HELP, TRIGGER_LABELS, triggersWords, WAITS } from "../flow-parts/words.ts";
import { useParam } from "../params.ts";
import { paths } from "../paths.ts";
import { RerunDialog } from "./rerun.tsx";
import { Took } from "./run-table.tsx";
import { StepPanel } from "./step-panel.tsx";
import { mostTelling, stateOfNode, statesByPath } from "./view.ts";
import { RunWaterfall } from "./waterfall.tsx";

/** One run: what began it, how it stands, and everything that happened in it. */
export default function RunPage() {
  const appId = useParam("appId");
  const runId = useParam("runId");
  const run = useRun(appId, runId);
  const crumbs = useAppCrumbs(appId, { label: "Runs", href: paths.runs(appId) });
  const mayWrite = useMay("write");
  const [cancelling, setCancelling] = useState(false);
  const [again, setAgain] = useState<{ readonly from: string | undefined }>();
  const { data } = run;
  return (
    <Page
      title={data === undefined ? "Run" : data.flow}
      crumbs={crumbs}
      beside={data !== undefined && <RunBadge run={data} />}
      // All at once: what a badge makes higher would push down what comes after it.
      description={data !== undefined && <Id id={runId} isWhole />}
      actions={
        mayWrite &&
        data !== undefined && (
          <>
            <Button icon={<Ban />} isDisabled={!isLive(data.state)} onPress={() => setCancelling(true)}>
              Cancel
            </Button>
            <Button look="primary" icon={<RotateCcw />} onPress={() => setAgain({ from: undefined })}>
              Run again
            </Button>
          </>
        )
      }
    >
      <Answer query={run} loading={<Loading rows={12} />}>
        {(found) => (
          <>
            <Whole appId={appId} run={found} onAgain={(from) => setAgain({ from })} />
            {again !== undefined && (
              <RerunDialog appId={appId} run={found} from={again.from} onClose={() => setAgain(undefined)} />
            )}
          </>
        )}
      </Answer>
      <CancelDialog appId={appId} runId={runId} isOpen={cancelling} onClose={() => setCancelling(false)} />
    </Page>
  );
}

function Whole({
  appId,
  run,
  onAgain,
}: {
  readonly appId: string;
  readonly run: WholeRun;
  readonly onAgain: (from: string) => void;
}) {
  const [{ step: at }, setSearch] = useSearch("step");
  const tree = useMemo(() => treeOf(run.definition), [run.definition]);
  const nodes = useMemo(() => walk(tree), [tree]);
  const states = useMemo(() => statesByPath(run.steps, run.error?.path), [run.steps, run.error]);
  const chosen = run.steps.find(({ path }) => path === at) ?? mostTelling(run);
  const node = nodes.find(({ path }) => chosen !== undefined && path === patternOf(chosen.path));
  const open = (step: StepNode) => {
    const mine = run.steps.filter(({ path }) => patternOf(path) === step.path);
    const telling = mine.find(({ state }) => state === "failed") ?? mine[0];
    if (telling !== undefined) setSearch({ step: telling.path });
  };
  const triggers = isFields(run.definition) && Array.isArray(run.definition["on"]) ? run.definition["on"] : [];
  return (
    <>
      <Fate appId={appId} run={run} onAgain={onAgain} onStep={(path) => setSearch({ step: path })} />
      <Section title="About it">
        <KeyValues
          columns={3}
          items={[
            [
              "Flow",
              <Link key="f" href={paths.flow(appId, run.flow)}>
                {run.flow}
              </Link>,
            ],
            [
              "Version",
              <span key="v" className="num">
                {run.version}
              </span>,
            ],
            ["Started by", <StartedBy key="t" appId={appId} run={run} />],
            ["Started", <Time key="s" at={run.startedAt} exact />],
            ["Ended", run.endedAt === null ? "not yet" : <Time key="e" at={run.endedAt} exact />],
            ["Took", <Took key="k" run={run} />],
            [
              "Comes from",
              run.parentId === null ? (
                <None key="p" />
              ) : (
                <Id key="p" id={run.parentId} href={paths.run(appId, run.parentId)} />
              ),
            ],
            ["Steps", run.stepCount === null ? String(run.steps.length) : String(run.stepCount)],
            ["Entries", String(run.entries)],
          ]}
        />
      </Section>
      <div className="two-sides runs-sides">
        <Graph
          tree={tree}
          startsWith={triggersWords(triggers)}
          current={node?.way}
          onOpen={open}
          stateOf={(step) => stateOfNode(step, states)}
          height={560}
        />
        <StepPanel
          key={chosen?.path ?? "none"}
          appId={appId}
          run={run}
          step={chosen}
          onStep={(path) => setSearch({ step: path })}
          onAgain={onAgain}
        />
      </div>
      <Section
        title="Over time"
        description="A bar for each attempt; hatched is what only waited. What is computed leaves no record."
      >
        <RunWaterfall run={run} current={chosen?.path} onStep={(path) => setSearch({ step: path })} />
      </Section>
      <div className="runs-values">
        <Section title="Input">
          <Value value={run.input} omitted={run.inputOmitted} what="the input of the run" />
        </Section>
        <Section title="Output">
          {run.state === "completed" ? (
            <Value value={run.output} omitted={run.outputOmitted} what="the output of the run" />
          ) : (
            <p className="muted">A run has an output once it completed.</p>
          )}
        </Section>
      </div>
      <Followed appId={appId} run={run} />
    </>
  );
}

/** Why it failed and what to do; or what it waits for. */
function Fate({
  appId,
  run,
  onAgain,
  onStep,
}: {
  readonly appId: string;
  readonly run: WholeRun;
  readonly onAgain: (from: string) => void;
  readonly onStep: (path: string) => void;
}) {
  const mayWrite = useMay("write");
  const asking = run.steps.filter((step) => step.kind === "approve" && step.state === "waiting");
  if (run.state === "failed" && run.error !== null) {
    const { code, message, path, at } = run.error;
    return (
      <Note tone="bad" role="status">
        <div className="stack tight">
          <p>
            <strong>
              It failed{path !== null && " at "}
              {path !== null && <code>{path}</code>}:
            </strong>{" "}
            <code>{code}</code>. {message}
          </p>
          <p className="muted">{CLASS_HELP[run.error.class] ?? ""}</p>
          <div className="row wrap">
            {path !== null && mayWrite && (
              <Button size="s" icon={<RotateCcw />} onPress={() => onAgain(path)}>
                Run again from here
              </Button>
            )}
            {path !== null && (
              <Button size="s" onPress={() => onStep(path)}>
                Show the step
              </Button>
            )}
            {at !== null && <span className="faint">In the definition: {at}</span>}
          </div>
        </div>
      </Note>
    );
  }
  if (asking.length > 0)
    return (
      <Note tone="warn" role="status">
        <div className="stack">
          {asking.map((step) => (
            <div key={step.path} className="stack tight">
              <p>
                <strong>It waits for a decision</strong> at <code>{step.path}</code>.
              </p>
              <DecideButtons appId={appId} runId={run.id} path={step.path} />
            </div>
          ))}
        </div>
      </Note>
    );
  if (run.state === "waiting")
    return (
      <Note role="status">
        It waits {WAITS[run.waitingFor ?? ""] ?? ""}
        {run.dueAt !== null && (
          <>
            , at the latest until <Time at={run.dueAt} exact />
          </>
        )}
        . Nothing of it is in memory meanwhile.
      </Note>
    );
  if (run.state === "cancelled")
    return <Note>It was cancelled{run.reason !== null && run.reason !== "" ? `: ${run.reason}` : ""}.</Note>;
  return null;
}

function StartedBy({ appId, run }: { readonly appId: string; readonly run: WholeRun }) {
  const label = TRIGGER_LABELS[run.trigger] ?? run.trigger;
  if (run.eventId === null) return label;
  return (
    <>
      {label}: <Id id={run.eventId} href={paths.message(appId, run.eventId)} />
    </>
  );
}

export function Value({
  value,
  omitted,
  what,
}: {
  readonly value: unknown;
  readonly omitted: number | undefined;
  readonly what: string;
}) {
  if (omitted !== undefined)
    return (
      <p className="muted">It has {plural(omitted, "byte")}, which is too much to show here; the API gives it whole.</p>
    );
  return <CodeView text={JSON.stringify(value ?? null, null, 2)} what={what} lines={14} />;
}

/** What came of it: runs it began, events it emitted, what its programs wrote. */
function Followed({ appId, run }: { readonly appId: string; readonly run: WholeRun }) {
  return (
    <>
      {run.events.length > 0 && (
        <Section title="Events it emitted">
          <ul className="row wrap">
            {run.events.map((id) => (
              <li key={id}>
                <Id id={id} href={paths.message(appId, id)} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      {run.children.length > 0 && (
        <Section title="Runs that came of it" description="That it called, and that repeat it." isFlush>
          <Table
            label="Runs that came of it"
            rows={run.children}
            rowId={(row) => row.id}
            columns={[
              { id: "run", header: "Run", cell: (row) => <Id id={row.id} href={paths.run(appId, row.id)} /> },
              { id: "flow", header: "Flow", cell: (row) => row.flow },
              { id: "how", header: "As", cell: (row) => TRIGGER_LABELS[row.trigger] ?? row.trigger },
              { id: "state", header: "State", cell: (row) => <RunBadge run={row} /> },
              { id: "at", header: "Started", cell: (row) => <Time at={row.startedAt} />, align: "end" },
            ]}
          />
        </Section>
      )}
      {run.logs.length > 0 && (
        <Section title="Logs">
          <CodeView
            text={run.logs.map(({ at, path, text }) => `${at} ${path} ${text}`).join("\n")}
            what="what its programs wrote"
          />
        </Section>
      )}
    </>
  );
}

function CancelDialog({
  appId,
  runId,
  isOpen,
  onClose,
}: {
  readonly appId: string;
  readonly runId: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState("");
  const cancel = useChange<string, unknown>((why, key) =>
    client.POST(`${RUN}/cancel`, {
      params: { path: { app_id: appId, run_id: runId }, header: { "idempotency-key": key } },
      body: { reason: why },
    }),
  );
  return (
    <ConfirmDialog
      title="Cancel this run?"
      isOpen={isOpen}
      onClose={onClose}
      action="Cancel run"
      onConfirm={async () => {
        await cancel.run(reason);
        say("It will end");
      }}
    >
      <p>What is under way is given up, and what was done is undone where the definition says how.</p>
      <TextField label="Why" placeholder="Optional; kept with the run" value={reason} onChange={setReason} />
    </ConfirmDialog>
  );
}
