import { Navigate } from "@tanstack/react-router";
import { useWhoAmI } from "../../api/whoami.ts";
import { Select } from "../../kit/field.tsx";
import { duration } from "../../kit/format.ts";
import { Page } from "../../kit/page.tsx";
import { Failing, FailureNote, Loading } from "../../kit/states.tsx";
import { TimeWindow, useTimeWindow } from "../../kit/time-window.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { paths } from "../paths.ts";
import { AttentionList } from "./attention.tsx";
import { Charts } from "./charts.tsx";
import { FirstEvent } from "./first-event.tsx";
import { Processes } from "./processes.tsx";
import { useIsUnused, useNowOverview, useOverviewSeries } from "./queries.ts";
import { Tiles } from "./tiles.tsx";
import { Top } from "./top.tsx";

/** Of the whole organisation; a key of one application begins with that. */
export default function OverviewPage() {
  const { data: who } = useWhoAmI();
  return who?.appId == null ? <Overview /> : <Navigate to={paths.app(who.appId)} replace />;
}

/** What is true now, how it came to this, and what needs somebody. */
function Overview() {
  const window = useTimeWindow("1h");
  const [search, change] = useSearch("process", "role");
  const now = useNowOverview();
  const series = useOverviewSeries(window, search);
  const isUnused = useIsUnused();
  const { data, error } = now;

  if (data === undefined && error !== null) {
    return (
      <Page title="Overview">
        <Failing error={error} onRetry={() => void now.refetch()} />
      </Page>
    );
  }
  const roles = [...new Set(data?.processes.flatMap((process) => process.roles) ?? [])].toSorted();
  const scopes = [
    { id: "all", label: "All processes" },
    ...roles.map((role) => ({ id: `role:${role}`, label: `Role ${role}` })),
    ...(data?.processes ?? []).map((process) => ({
      id: `process:${process.id}`,
      label: process.name,
      note: process.alive ? undefined : "silent",
    })),
  ];
  const scope =
    search.process === undefined
      ? search.role === undefined
        ? "all"
        : `role:${search.role}`
      : `process:${search.process}`;

  return (
    <Page
      title="Overview"
      description={
        data === undefined ? "\u00a0" : `Version ${data.version}, up ${duration(data.uptimeSeconds * 1_000)}`
      }
      actions={
        <>
          <div className="overview-scope">
            <Select
              label="Processes"
              isLabelHidden
              options={scopes}
              value={scope}
              onChange={(id) => {
                const [kind, ...rest] = id.split(":");
                const name = rest.join(":");
                change({ process: kind === "process" ? name : undefined, role: kind === "role" ? name : undefined });
              }}
            />
          </div>
          <TimeWindow />
        </>
      }
    >
      {isUnused === true && <FirstEvent />}
      {isUnused === false && data !== undefined && (
        <>
          {error !== null && <FailureNote error={error} />}
          <div className="overview-now">
            <Tiles now={data} points={series.data?.points ?? []} />
            <AttentionList items={data.attention} />
          </div>
          {series.error !== null && <FailureNote error={series.error} />}
          <Charts answer={series.data} onSelect={window.choose} />
          <Top />
          <Processes rows={data.processes} />
        </>
      )}
      {isUnused !== true && (isUnused === undefined || data === undefined) && <Loading label="Overview" height={640} />}
    </Page>
  );
}
