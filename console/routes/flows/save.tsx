import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Segments, TextField } from "../../kit/field.tsx";
import { FailureNote, Loading } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { FLOW, type RunningPolicy, type WholeFlow } from "../flow-parts/flow.ts";
import { isFields } from "../flow-parts/tree.ts";
import { paths } from "../paths.ts";
import { DeployRuns, RUNNING } from "./deploy-runs.tsx";
import { DiffView } from "./editor/diff-view.tsx";
import { parse } from "./editor/text.ts";

/** Saves a version: what differs, why, and what becomes of runs that go on, told by a dry run first. */
export function SaveDialog({
  appId,
  flow,
  before,
  text,
  onClose,
}: {
  readonly appId: string;
  readonly flow: WholeFlow | undefined;
  readonly before: string;
  readonly text: string;
  readonly onClose: () => void;
}) {
  const navigate = useNavigate();
  const [note, setNote] = useState("");
  const [running, setRunning] = useState<RunningPolicy>("finish");
  const name = flow?.name ?? nameIn(text);
  const put = async (dryRun: boolean, signal?: AbortSignal) => {
    const { data } = await client.PUT(FLOW, {
      params: { path: { app_id: appId, flow_id: name } },
      body: { source: text, format: "yaml", note, running, dryRun },
      ...(signal !== undefined && { signal }),
    });
    if (data === undefined) throw new Error("The engine did not say what it saved");
    return data;
  };
  const dry = useQuery({
    queryKey: ["flow-dry-run", appId, name, text, running],
    queryFn: ({ signal }) => put(true, signal),
    retry: false,
  });
  const save = useChange<string, Awaited<ReturnType<typeof put>>>(() => put(false));
  const go = async () => {
    const saved = await save.run(`${note} ${running} ${text}`);
    say(saved.created ? `Created ${name}` : `Saved version ${saved.version}`);
    onClose();
    await navigate({ href: flow === undefined ? paths.flow(appId, name) : paths.flowVersions(appId, name) });
  };
  return (
    <Dialog
      title={flow === undefined ? `Create ${name}` : `Save a new version of ${name}`}
      isOpen
      size="l"
      onClose={onClose}
      isDismissable={!save.isPending}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            look="primary"
            isPending={save.isPending}
            isDisabled={dry.data === undefined}
            // What failed stands in the dialog.
            onPress={() => void go().catch(() => undefined)}
          >
            {flow === undefined ? "Create flow" : "Save version"}
          </Button>
        </>
      }
    >
      <TextField label="Why it changed" placeholder="Optional; kept with the version" value={note} onChange={setNote} />
      {flow !== undefined && (
        <>
          <div className="stack tight">
            <span className="label">Runs that go on</span>
            <Segments label="Runs that go on" options={RUNNING} value={running} onChange={setRunning} />
          </div>
          {dry.data === undefined && dry.error == null && (
            <Loading height={48} label="Asking what would become of them" />
          )}
          {dry.data !== undefined && dry.data.runs !== null && <DeployRuns appId={appId} runs={dry.data.runs} />}
        </>
      )}
      {dry.error != null && <FailureNote error={dry.error} />}
      {save.error != null && <FailureNote error={save.error} />}
      {flow !== undefined && (
        <div className="stack tight">
          <span className="label">What differs from version {flow.version}</span>
          <DiffView before={before} after={text} label="What differs" />
        </div>
      )}
    </Dialog>
  );
}

function nameIn(text: string): string {
  const { definition } = parse(text);
  return isFields(definition) && typeof definition["flow"] === "string" ? definition["flow"] : "flow";
}
