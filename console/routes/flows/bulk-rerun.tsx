import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { client } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Select, TextField } from "../../kit/field.tsx";
import { countOf, plural } from "../../kit/format.ts";
import { FailureNote, Loading, Note } from "../../kit/states.tsx";
import { useChange } from "../../kit/use-change.ts";
import { FLOW, type Flow, type FlowFailure } from "../flow-parts/flow.ts";

const RATE_DEFAULT = 10;

/** Runs all failures that look alike again: counted first, then at a rate, and told how far it is. */
export function BulkRerunDialog({
  appId,
  flow,
  failure,
  since,
  onClose,
}: {
  readonly appId: string;
  readonly flow: Flow;
  readonly failure: FlowFailure;
  /** Runs that began then or later: as far back as the failures were counted. */
  readonly since: string;
  readonly onClose: () => void;
}) {
  const path = { app_id: appId, flow_id: flow.name };
  const [version, setVersion] = useState<"same" | "current">("current");
  const [rate, setRate] = useState(String(RATE_DEFAULT));
  const [openedAt] = useState(() => new Date().toISOString());
  const body = {
    filter: { state: "failed" as const, fingerprint: failure.fingerprint, since, until: openedAt },
    version,
    ratePerSecond: Math.min(1_000, Math.max(1, Number(rate) || RATE_DEFAULT)),
  };
  const counted = useQuery({
    queryKey: ["rerun-count", appId, flow.name, failure.fingerprint, version],
    queryFn: async ({ signal }) => {
      const { data } = await client.POST(`${FLOW}/rerun`, {
        params: { path },
        body: { ...body, dryRun: true },
        signal,
      });
      return data !== undefined && "count" in data ? data : { count: 0, isExact: true };
    },
  });
  const begin = useChange<typeof body, string>(async (asked, key) => {
    const { data } = await client.POST(`${FLOW}/rerun`, {
      params: { path, header: { "idempotency-key": key } },
      body: { ...asked, dryRun: false },
    });
    if (data === undefined || !("id" in data)) throw new Error("The engine did not say which rerun it began");
    return data.id;
  });
  const [id, setId] = useState<string>();
  const progress = useQuery({
    queryKey: ["rerun", appId, flow.name, id],
    queryFn: async ({ signal }) =>
      (await client.GET(`${FLOW}/rerun/{rerun_id}`, { params: { path: { ...path, rerun_id: id ?? "" } }, signal }))
        .data,
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data?.state === "running" || state.data === undefined ? 1_000 : false),
  });
  const [isAsked, setAsked] = useState(false);
  useEffect(() => setAsked(begin.isPending), [begin.isPending]);
  return (
    <Dialog
      title="Run them again"
      isOpen
      onClose={onClose}
      foot={
        id === undefined ? (
          <>
            <Button onPress={onClose}>Cancel</Button>
            <Button
              look="primary"
              isPending={isAsked}
              isDisabled={counted.data === undefined || counted.data.count === 0}
              // What failed stands in the dialog.
              onPress={() => void begin.run(body).then(setId, () => undefined)}
            >
              {counted.data === undefined
                ? "Run again"
                : `Run ${countOf(counted.data.count, counted.data.isExact)} again`}
            </Button>
          </>
        ) : (
          <Button onPress={onClose}>Close</Button>
        )
      }
    >
      {id === undefined ? (
        <>
          <p>
            Runs that failed with <code>{failure.code}</code>
            {failure.step !== null && (
              <>
                {" "}
                at <code>{failure.step}</code>
              </>
            )}
            , each from the step where it failed. What was done before keeps its results and is not done again.
          </p>
          {counted.error != null ? (
            <FailureNote error={counted.error} />
          ) : counted.data === undefined ? (
            <Loading height={24} label="Counting" />
          ) : (
            <p>
              <strong>{plural(counted.data.count, "run")}</strong> would be run again.
            </p>
          )}
          <Select
            label="Version"
            options={[
              { id: "current", label: `The present one (${flow.version})`, note: "where it still fits" },
              { id: "same", label: "The one each began with" },
            ]}
            value={version}
            onChange={setVersion}
          />
          <TextField
            label="Runs per second"
            description="So that a receiver that has just come back is not run over."
            inputMode="numeric"
            value={rate}
            onChange={setRate}
          />
          {begin.error != null && <FailureNote error={begin.error} />}
        </>
      ) : progress.data === undefined ? (
        <Loading height={24} label="Beginning" />
      ) : (
        <Note tone={progress.data.state === "finished" ? "ok" : "info"} role="status">
          {plural(progress.data.started, "run")} begun
          {progress.data.skipped > 0 && `, ${progress.data.skipped} left out`}
          {progress.data.state === "running" ? "; it goes on, also when this is closed." : "."}
          {progress.data.lastSkipped !== null && ` Left out last: ${progress.data.lastSkipped.reason}`}
        </Note>
      )}
    </Dialog>
  );
}
