import type { TopRow } from "../../api/overview.ts";
import { Link } from "../../kit/button.tsx";
import { countOf } from "../../kit/format.ts";
import { Section } from "../../kit/page.tsx";
import { Answer, Loading } from "../../kit/states.tsx";
import { paths } from "../paths.ts";
import { type TopBy, useTop } from "./queries.ts";

const BY = [
  { id: "events", label: "Most events", unit: "in the last hour" },
  { id: "failures", label: "Most failures", unit: "attempts in the last hour" },
  { id: "owed", label: "Most owed", unit: "deliveries now" },
] as const;
const NOTHING: Readonly<Record<TopBy, string>> = {
  events: "No events lately",
  failures: "Nothing failed lately",
  owed: "Nothing is owed",
};

/** Who makes most of it. */
export function Top() {
  return (
    <div className="overview-tops">
      {BY.map(({ id, label, unit }) => (
        <TopList key={id} by={id} label={label} unit={unit} />
      ))}
    </div>
  );
}

function TopList({ by, label, unit }: { readonly by: TopBy; readonly label: string; readonly unit: string }) {
  const query = useTop(by);
  return (
    <Section title={label} actions={<span className="description">{unit}</span>}>
      <div className="overview-top">
        <Answer query={query} loading={<Loading label={label} rows={5} />}>
          {(rows) =>
            rows.length === 0 ? <p className="overview-none">{NOTHING[by]}</p> : <Bars rows={rows} by={by} />
          }
        </Answer>
      </div>
    </Section>
  );
}

function Bars({ rows, by }: { readonly rows: readonly TopRow[]; readonly by: TopBy }) {
  const max = Math.max(...rows.map((row) => row.value), 1e-9);
  return (
    <ol className="overview-bars">
      {rows.map((row) => (
        <li key={`${row.appId} ${row.endpointId ?? ""}`}>
          <div
            className="overview-bar"
            aria-hidden="true"
            style={{ width: `${(row.value / max) * 100}%` }}
            data-by={by}
          />
          <Link quiet href={row.endpointId === null ? paths.app(row.appId) : paths.endpoint(row.appId, row.endpointId)}>
            <span className="truncate">{row.endpointUrl ?? row.appName ?? row.appId}</span>
          </Link>
          {row.endpointUrl !== null && <span className="faint truncate">{row.appName}</span>}
          <span className="num end">{countOf(row.value, row.valueIsExact)}</span>
        </li>
      ))}
    </ol>
  );
}
