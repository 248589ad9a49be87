import { CircleCheck, Unplug } from "lucide-react";
import type { ProcessState } from "../../api/overview.ts";
import { Badge } from "../../kit/badge.tsx";
import { bytes, count, duration } from "../../kit/format.ts";
import { Section } from "../../kit/page.tsx";
import { Empty } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";

const number = (value: number | null, format: (value: number) => string) =>
  value === null ? <None /> : <span className="num">{format(value)}</span>;

const COLUMNS: readonly Column<ProcessState>[] = [
  {
    id: "name",
    header: "Process",
    cell: (row) => (
      <span className="row wrap">
        <code>{row.name}</code>
        <span className="faint">{row.version}</span>
      </span>
    ),
    sort: (row) => row.name,
  },
  {
    id: "state",
    header: "State",
    cell: (row) =>
      row.alive ? (
        <Badge tone="ok" icon={CircleCheck}>
          Alive
        </Badge>
      ) : (
        <span className="row">
          <Badge tone="bad" icon={Unplug}>
            Silent
          </Badge>
          <Time at={row.lastSeenAt} />
        </span>
      ),
    sort: (row) => (row.alive ? 1 : 0),
  },
  {
    id: "roles",
    header: "Roles",
    cell: (row) => (
      <span className="row wrap">
        {row.roles.map((role) => (
          <Badge key={role}>{role}</Badge>
        ))}
      </span>
    ),
  },
  { id: "up", header: "Started", cell: (row) => <Time at={row.startedAt} />, sort: (row) => row.startedAt },
  {
    id: "memory",
    header: "Memory",
    align: "end",
    cell: (row) => number(row.memoryBytes, bytes),
    sort: (row) => row.memoryBytes,
  },
  {
    id: "cpu",
    header: "Processor",
    align: "end",
    cell: (row) => number(row.cpuRatio, (value) => `${(value * 100).toFixed(0)} %`),
    sort: (row) => row.cpuRatio,
  },
  {
    id: "lag",
    header: "Loop lag",
    align: "end",
    cell: (row) => number(row.eventLoopLagMs, duration),
    sort: (row) => row.eventLoopLagMs,
  },
  {
    id: "flight",
    header: "In flight",
    align: "end",
    cell: (row) => number(row.inFlight, count),
    sort: (row) => row.inFlight,
  },
  { id: "held", header: "Held", align: "end", cell: (row) => number(row.held, count), sort: (row) => row.held },
];

export function Processes({ rows }: { readonly rows: readonly ProcessState[] | undefined }) {
  return (
    <div id="processes" className="overview-processes">
      <Section title="Processes" isFlush>
        <Table
          label="Processes"
          columns={COLUMNS}
          rows={rows}
          rowId={(row) => row.id}
          empty={<Empty title="No process has reported yet">It takes a few seconds after the start.</Empty>}
        />
      </Section>
    </div>
  );
}
