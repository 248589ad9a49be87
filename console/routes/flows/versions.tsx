import { useState } from "react";
import { api, client } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { Badge } from "../../kit/badge.tsx";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Segments, Select } from "../../kit/field.tsx";
import { count } from "../../kit/format.ts";
import { Section } from "../../kit/page.tsx";
import { Answer, FailureNote, Loading } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useSearch } from "../../kit/use-search.ts";
import { FLOW, type RunningPolicy, type Version, type WholeFlow } from "../flow-parts/flow.ts";
import { paths } from "../paths.ts";
import { DeployRuns, RUNNING } from "./deploy-runs.tsx";
import { DiffView } from "./editor/diff-view.tsx";
import { FlowFrame } from "./frame.tsx";
import { textOfDefinition } from "./text-of.ts";

/** What a flow was and is: every version, what differs between two, and the way back. */
export default function FlowVersions() {
  return <FlowFrame current={paths.flowVersions}>{(flow, appId) => <Versions appId={appId} flow={flow} />}</FlowFrame>;
}

function Versions({ appId, flow }: { readonly appId: string; readonly flow: WholeFlow }) {
  const mayWrite = useMay("write");
  const [deploying, setDeploying] = useState<number>();
  const versions = api.useQuery("get", `${FLOW}/version`, {
    params: { path: { app_id: appId, flow_id: flow.name } },
  });
  return (
    <Answer query={versions} loading={<Loading rows={6} />}>
      {({ data }) => (
        <>
          <Section title="Versions" description="None is ever changed: a run keeps the one it began with." isFlush>
            <Table
              label="Versions"
              columns={columnsOf(mayWrite, setDeploying)}
              rows={data}
              rowId={(row) => String(row.version)}
            />
          </Section>
          <Compare appId={appId} flow={flow} versions={data} />
          {deploying !== undefined && (
            <DeployDialog appId={appId} flow={flow} version={deploying} onClose={() => setDeploying(undefined)} />
          )}
        </>
      )}
    </Answer>
  );
}

const columnsOf = (mayWrite: boolean, onDeploy: (version: number) => void): readonly Column<Version>[] => [
  {
    id: "version",
    header: "Version",
    cell: (row) => (
      <span className="row">
        <span className="num">{row.version}</span>
        {row.isCurrent && <Badge tone="ok">Present</Badge>}
      </span>
    ),
  },
  {
    id: "note",
    header: "Why",
    cell: (row) => (row.note === "" ? <None /> : <span className="flows-why">{row.note}</span>),
  },
  { id: "by", header: "By", cell: (row) => row.createdBy || <None />, isLeftOutNarrow: true },
  { id: "live", header: "Open runs", cell: (row) => count(row.live), align: "end" },
  { id: "at", header: "Saved", cell: (row) => <Time at={row.createdAt} />, align: "end" },
  ...(mayWrite
    ? [
        {
          id: "deploy",
          header: "Deploy",
          isHeaderHidden: true,
          align: "end" as const,
          cell: (row: Version) =>
            row.isCurrent ? null : (
              <Button size="s" onPress={() => onDeploy(row.version)}>
                Deploy
              </Button>
            ),
        },
      ]
    : []),
];

function Compare({
  appId,
  flow,
  versions,
}: {
  readonly appId: string;
  readonly flow: WholeFlow;
  readonly versions: readonly Version[];
}) {
  const [{ from, to }, setSearch] = useSearch("from", "to");
  const known = versions.map(({ version }) => String(version));
  const newer = to !== undefined && known.includes(to) ? to : (known[0] ?? "1");
  const older = from !== undefined && known.includes(from) ? from : (known[1] ?? newer);
  const options = known.map((id) => ({ id, label: `Version ${id}` }));
  const before = useText(appId, flow.name, older);
  const after = useText(appId, flow.name, newer);
  return (
    <Section
      title="What differs"
      actions={
        <div className="row wrap flows-compare">
          <Select
            label="From"
            isLabelHidden
            options={options}
            value={older}
            onChange={(id) => setSearch({ from: id })}
          />
          <span aria-hidden="true">→</span>
          <Select label="To" isLabelHidden options={options} value={newer} onChange={(id) => setSearch({ to: id })} />
        </div>
      }
    >
      <Answer query={before} loading={<Loading height={180} />}>
        {(old) => (
          <Answer query={after} loading={<Loading height={180} />}>
            {(now) => <DiffView before={textOfDefinition(old)} after={textOfDefinition(now)} label="What differs" />}
          </Answer>
        )}
      </Answer>
    </Section>
  );
}

function useText(appId: string, flow: string, version: string) {
  return api.useQuery(
    "get",
    `${FLOW}/version/{version}`,
    { params: { path: { app_id: appId, flow_id: flow, version: Number(version) } } },
    { staleTime: Number.POSITIVE_INFINITY },
  );
}

function DeployDialog({
  appId,
  flow,
  version,
  onClose,
}: {
  readonly appId: string;
  readonly flow: WholeFlow;
  readonly version: number;
  readonly onClose: () => void;
}) {
  const [running, setRunning] = useState<RunningPolicy>("finish");
  const path = { app_id: appId, flow_id: flow.name, version };
  const dry = api.useQuery("post", `${FLOW}/version/{version}/deploy`, {
    params: { path },
    body: { running, dryRun: true },
  });
  const deploy = useChange<RunningPolicy, unknown>((policy, key) =>
    client.POST(`${FLOW}/version/{version}/deploy`, {
      params: { path, header: { "idempotency-key": key } },
      body: { running: policy, dryRun: false },
    }),
  );
  const go = async () => {
    await deploy.run(running);
    say(`New runs begin with version ${version}`);
    onClose();
  };
  return (
    <Dialog
      title={`Deploy version ${version}`}
      isOpen
      onClose={onClose}
      isDismissable={!deploy.isPending}
      foot={
        <>
          <Button onPress={onClose}>Keep version {flow.version}</Button>
          <Button
            look="primary"
            isPending={deploy.isPending}
            isDisabled={dry.data === undefined}
            // What failed stands in the dialog.
            onPress={() => void go().catch(() => undefined)}
          >
            Deploy version {version}
          </Button>
        </>
      }
    >
      <p>New runs begin with version {version}. What becomes of runs that go on with another?</p>
      <Segments label="Runs that go on" options={RUNNING} value={running} onChange={setRunning} />
      <Answer query={dry} loading={<Loading height={48} label="Asking what would become of them" />}>
        {({ runs }) => runs !== null && <DeployRuns appId={appId} runs={runs} />}
      </Answer>
      {deploy.error != null && <FailureNote error={deploy.error} />}
    </Dialog>
  );
}
