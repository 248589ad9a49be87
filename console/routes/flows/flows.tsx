import { Plus } from "lucide-react";
import { api } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { ModeBadge } from "../../kit/badge.tsx";
import { ButtonLink, Link } from "../../kit/button.tsx";
import { Sparkline } from "../../kit/chart.tsx";
import { CodeView } from "../../kit/code-view.tsx";
import { count } from "../../kit/format.ts";
import { Page, Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty, Loading } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { useAppCrumbs } from "../app-crumbs.ts";
import { RunBadge } from "../flow-parts/badges.tsx";
import { FLOW, type Flow, nameOf } from "../flow-parts/flow.ts";
import { triggersWords } from "../flow-parts/words.ts";
import { useParam } from "../params.ts";
import { paths } from "../paths.ts";
import { TEMPLATES } from "./templates.ts";

/** Each row asks how its flow does: so many at once, and no more. */
const PAGE = 25;
const AGAIN_MS = 5_000;

/** The automations of an application. */
export default function Flows() {
  const appId = useParam("appId");
  const crumbs = useAppCrumbs(appId);
  const mayWrite = useMay("write");
  const [{ page: iterator }, setSearch] = useSearch("page");
  const flows = api.useQuery(
    "get",
    "/api/v1/app/{app_id}/flow",
    { params: { path: { app_id: appId }, query: { limit: PAGE, ...(iterator !== undefined && { iterator }) } } },
    { refetchInterval: AGAIN_MS },
  );
  const create = mayWrite && (
    <ButtonLink look="primary" icon={<Plus />} href={paths.newFlow(appId)}>
      New flow
    </ButtonLink>
  );
  return (
    <Page
      title="Flows"
      crumbs={crumbs}
      description="Automations that begin with an event, a schedule or a call, and go on where they were whatever happens."
      actions={create}
    >
      <Answer query={flows} loading={<Loading rows={8} />}>
        {({ data, done, iterator: next, prevIterator }) =>
          data.length === 0 && iterator === undefined ? (
            <Beginning create={create} />
          ) : (
            <Section isFlush>
              <Table label="Flows" columns={columnsOf(appId)} rows={data} rowId={(row) => row.id} />
              <Pager
                at={iterator}
                done={done}
                next={next}
                previous={prevIterator}
                onPage={(page) => setSearch({ page }, { push: true })}
              />
            </Section>
          )
        }
      </Answer>
    </Page>
  );
}

const columnsOf = (appId: string): readonly Column<Flow>[] => [
  {
    id: "name",
    header: "Flow",
    cell: (row) => (
      <div className="flows-name">
        <Link href={paths.flow(appId, row.name)}>{nameOf(row)}</Link>
        <code className="faint truncate">{row.name}</code>
      </div>
    ),
  },
  {
    id: "on",
    header: "Starts with",
    cell: (row) => <span className="flows-on muted">{triggersWords(row.triggers)}</span>,
    isLeftOutNarrow: true,
  },
  { id: "mode", header: "Mode", cell: (row) => <ModeBadge mode={row.mode} /> },
  { id: "version", header: "Version", cell: (row) => <span className="num">{row.version}</span>, align: "end" },
  {
    id: "open",
    header: "Open runs",
    cell: (row) => (
      <Link quiet href={`${paths.flowRuns(appId, row.name)}?state=${row.live > 0 ? "running" : "waiting"}`}>
        <span className="num nowrap">
          {count(row.live)} running, {count(row.waiting)} waiting
        </span>
      </Link>
    ),
  },
  {
    id: "day",
    header: "Last 24 hours",
    width: "130px",
    cell: (row) => <Day appId={appId} flow={row.name} />,
    isLeftOutNarrow: true,
  },
  {
    id: "last",
    header: "Last ended",
    width: "220px",
    align: "end",
    cell: (row) =>
      row.lastRun === null ? (
        <None />
      ) : (
        <Link quiet href={paths.run(appId, row.lastRun.id)}>
          <RunBadge run={row.lastRun} /> <Time at={row.lastRun.endedAt} />
        </Link>
      ),
  },
];

const MINUTE_MS = 60_000;

function Day({ appId, flow }: { readonly appId: string; readonly flow: string }) {
  const stats = api.useQuery(
    "get",
    `${FLOW}/stats`,
    { params: { path: { app_id: appId, flow_id: flow } } },
    { staleTime: MINUTE_MS },
  );
  const series = stats.data?.series ?? [];
  const sum = (name: "started" | "failed") => series.reduce((total, point) => total + point[name], 0);
  return (
    <div className="flows-day">
      <Sparkline values={series.map(({ started }) => started)} height={20} />
      <span className="hidden-visually">
        {stats.data === undefined ? "" : `${count(sum("started"))} started, ${count(sum("failed"))} failed`}
      </span>
    </div>
  );
}

/** What a flow is, shown by one, and the two ways to have it. */
function Beginning({ create }: { readonly create: React.ReactNode }) {
  const example = TEMPLATES.find(({ id }) => id === "fulfilment") ?? TEMPLATES[0];
  return (
    <>
      <Section>
        <Empty title="No flow yet" actions={create}>
          <p>
            A flow says what is to be done when something happens. Each step is kept before the next begins: a crash, a
            deploy or a week of waiting lose nothing.
          </p>
        </Empty>
      </Section>
      {example !== undefined && (
        <Section
          title="How one looks"
          description="Copy it into a file, and push the folder; or make one here, with the graph beside the text."
        >
          <div className="stack">
            <CodeView text={example.text} what="an example of a flow" lines={24} />
            <CodeView text={"posthorn flows push ./flows\n"} what="the command that pushes a folder" />
          </div>
        </Section>
      )}
    </>
  );
}
