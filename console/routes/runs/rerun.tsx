import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Checkbox, Select, TextField } from "../../kit/field.tsx";
import { FailureNote, Note } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { RUN, type Run, type WholeRun } from "../flow-parts/flow.ts";
import { readJson } from "../flows/read-json.ts";
import { paths } from "../paths.ts";

const WHOLE = "(whole)";
const CHOICES_MAX = 500;

/** Runs it again: whole or from a step, with the same input or another, on its version or the present one. */
export function RerunDialog({
  appId,
  run,
  from: begin,
  onClose,
}: {
  readonly appId: string;
  readonly run: WholeRun;
  readonly from: string | undefined;
  readonly onClose: () => void;
}) {
  const navigate = useNavigate();
  const [from, setFrom] = useState(begin ?? WHOLE);
  const [version, setVersion] = useState<"same" | "current">("same");
  const [isEdited, setEdited] = useState(false);
  const [input, setInput] = useState(() => JSON.stringify(run.input ?? null, null, 2));
  const read = readJson(input);
  const steps = run.steps.filter(({ path }) => !/^[~!]/.test(path)).slice(0, CHOICES_MAX);
  const again = useChange<{ from?: string; input?: unknown; version: "same" | "current" }, Run>(async (body, key) => {
    const { data } = await client.POST(`${RUN}/rerun`, {
      params: { path: { app_id: appId, run_id: run.id }, header: { "idempotency-key": key } },
      body,
    });
    if (data === undefined) throw new Error("The engine did not say which run it began");
    return data;
  });
  const go = async () => {
    const begun = await again.run({
      ...(from !== WHOLE && { from }),
      ...(isEdited && read.ok && { input: read.value }),
      version,
    });
    say("Begun anew");
    onClose();
    await navigate({ href: paths.run(appId, begun.id) });
  };
  return (
    <Dialog
      title="Run again"
      isOpen
      onClose={onClose}
      isDismissable={!again.isPending}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            look="primary"
            isPending={again.isPending}
            isDisabled={isEdited && !read.ok}
            // What failed stands in the dialog.
            onPress={() => void go().catch(() => undefined)}
          >
            Run again
          </Button>
        </>
      }
    >
      <p>A new run is begun; this one stays as it is.</p>
      <Select
        label="From"
        options={[
          { id: WHOLE, label: "The beginning", note: "everything is done again" },
          ...steps.map(({ path, state }) => ({ id: path, label: path, note: state })),
        ]}
        value={from}
        onChange={setFrom}
        description={from === WHOLE ? undefined : "What was done before it keeps its results and is not done again."}
      />
      <Select
        label="Version"
        options={[
          { id: "same", label: `The one it ran (${run.version})` },
          { id: "current", label: "The present one" },
        ]}
        value={version}
        onChange={setVersion}
      />
      <Checkbox isSelected={isEdited} onChange={setEdited} isDisabled={run.inputOmitted !== undefined}>
        With another input
      </Checkbox>
      {isEdited && (
        <TextField
          label="Input"
          isMono
          rows={8}
          value={input}
          onChange={setInput}
          error={read.ok ? undefined : read.fault}
        />
      )}
      {run.state !== "failed" && from === WHOLE && run.steps.some(({ state }) => state === "completed") && (
        <Note tone="warn">What this run did outside will be done again, under other idempotency keys.</Note>
      )}
      {again.error != null && <FailureNote error={again.error} />}
    </Dialog>
  );
}
