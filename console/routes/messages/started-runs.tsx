import { Id } from "../../kit/copy.tsx";
import { Section } from "../../kit/page.tsx";
import { Table } from "../../kit/table.tsx";
import { Time } from "../../kit/time.tsx";
import { RunBadge } from "../flow-parts/badges.tsx";
import { useRuns } from "../flow-parts/flow.ts";
import { paths } from "../paths.ts";

const SHOWN = 20;

/** The runs of flows that a message began; nothing where it began none. */
export function StartedRuns({ appId, messageId }: { readonly appId: string; readonly messageId: string }) {
  const runs = useRuns(appId, { event_id: messageId, limit: SHOWN });
  const rows = runs.data?.data ?? [];
  if (rows.length === 0) return null;
  return (
    <Section title="Runs started by this event" isFlush>
      <Table
        label="Runs started by this event"
        rows={rows}
        rowId={(row) => row.id}
        columns={[
          { id: "run", header: "Run", cell: (row) => <Id id={row.id} href={paths.run(appId, row.id)} /> },
          { id: "flow", header: "Flow", cell: (row) => row.flow },
          { id: "state", header: "State", cell: (row) => <RunBadge run={row} /> },
          { id: "at", header: "Started", cell: (row) => <Time at={row.startedAt} />, align: "end" },
        ]}
      />
    </Section>
  );
}
