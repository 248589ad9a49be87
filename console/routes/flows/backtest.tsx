import { useState } from "react";
import { client } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Id } from "../../kit/copy.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Select } from "../../kit/field.tsx";
import { plural } from "../../kit/format.ts";
import { FailureNote, Loading, Note } from "../../kit/states.tsx";
import { Table } from "../../kit/table.tsx";
import { None } from "../../kit/time.tsx";
import { useChange } from "../../kit/use-change.ts";
import { type Backtest, FLOW, type Flow } from "../flow-parts/flow.ts";
import { paths } from "../paths.ts";

const LASTS = ["10", "50", "100", "200"] as const;

/** Runs the text on runs of the past, with what their steps gave then, and shows what would differ. Nothing outside happens. */
export function BacktestDialog({
  appId,
  flow,
  text,
  onClose,
}: {
  readonly appId: string;
  readonly flow: Flow;
  readonly text: string;
  readonly onClose: () => void;
}) {
  const [last, setLast] = useState<(typeof LASTS)[number]>("50");
  const [found, setFound] = useState<Backtest>();
  const test = useChange<number, Backtest>(
    async (runs) => {
      const { data } = await client.POST(`${FLOW}/backtest`, {
        params: { path: { app_id: appId, flow_id: flow.name } },
        body: { source: text, format: "yaml", last: runs },
      });
      if (data === undefined) throw new Error("The engine did not say what would differ");
      return data;
    },
    [["none"]],
  );
  return (
    <Dialog
      title="Backtest"
      isOpen
      size="l"
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Close</Button>
          <Button
            look="primary"
            isPending={test.isPending}
            // What failed stands in the dialog.
            onPress={() => void test.run(Number(last)).then(setFound, () => undefined)}
          >
            Run backtest
          </Button>
        </>
      }
    >
      <p>
        Runs of the past are gone through with this text, and with the results their steps had. Nobody outside is asked
        or told anything.
      </p>
      <Select
        label="Runs"
        options={LASTS.map((id) => ({ id, label: `The last ${id}` }))}
        value={last}
        onChange={setLast}
      />
      {test.error != null && <FailureNote error={test.error} />}
      {test.isPending ? (
        <Loading rows={3} label="Going through them" />
      ) : (
        found !== undefined && <Found appId={appId} found={found} />
      )}
    </Dialog>
  );
}

function Found({ appId, found }: { readonly appId: string; readonly found: Backtest }) {
  const { runs, same, differ, cannot, isComplete } = found;
  if (runs === 0) return <Note>There is no run of the past yet.</Note>;
  return (
    <>
      <Note tone={differ.length > 0 ? "warn" : "ok"} role="status">
        {plural(runs, "run")}: {same} would go the same way, {differ.length} would differ
        {cannot.length > 0 && `, ${cannot.length} cannot be told`}.{!isComplete && " There was no time for more."}
      </Note>
      {differ.length > 0 && (
        <Table
          label="What would differ"
          rows={differ}
          rowId={(row) => row.runId}
          columns={[
            { id: "run", header: "Run", cell: (row) => <Id id={row.runId} href={paths.run(appId, row.runId)} /> },
            { id: "at", header: "First at", cell: (row) => (row.at === null ? "its end" : <code>{row.at}</code>) },
            { id: "was", header: "Was", cell: (row) => <span className="flows-why">{row.was.text}</span> },
            { id: "would", header: "Would be", cell: (row) => <span className="flows-why">{row.would.text}</span> },
            {
              id: "unknown",
              header: "Steps without a record",
              cell: (row) => (row.unrecorded.length === 0 ? <None /> : <code>{row.unrecorded.join(", ")}</code>),
              isLeftOutNarrow: true,
            },
          ]}
        />
      )}
      {cannot.length > 0 && (
        <ul className="flows-cannot">
          {cannot.map(({ runId, reason }) => (
            <li key={runId}>
              <code>{runId}</code> {reason}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
