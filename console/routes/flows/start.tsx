import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { TextField } from "../../kit/field.tsx";
import { FailureNote, Note } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { FLOW, type Flow, nameOf } from "../flow-parts/flow.ts";
import { paths } from "../paths.ts";
import { readJson } from "./read-json.ts";

/** Starts a run by hand, now or later, and leads to it. */
export function StartDialog({
  appId,
  flow,
  onClose,
}: {
  readonly appId: string;
  readonly flow: Flow;
  readonly onClose: () => void;
}) {
  const navigate = useNavigate();
  const [input, setInput] = useState("{}");
  const [delay, setDelay] = useState("");
  const read = readJson(input);
  const start = useChange<{ input: unknown; delay?: string }, string>(async (body, key) => {
    const { data } = await client.POST(`${FLOW}/run`, {
      params: { path: { app_id: appId, flow_id: flow.name }, header: { "idempotency-key": key } },
      body,
    });
    if (data === undefined) throw new Error("The engine did not say which run it began");
    return "run" in data ? data.run.id : data.id;
  });
  const go = async () => {
    if (!read.ok) return;
    const runId = await start.run({ input: read.value, ...(delay.trim() !== "" && { delay: delay.trim() }) });
    say(delay.trim() === "" ? "Started" : `It begins in ${delay.trim()}`);
    onClose();
    await navigate({ href: paths.run(appId, runId) });
  };
  return (
    <Dialog
      title={`Start ${nameOf(flow)}`}
      isOpen
      onClose={onClose}
      isDismissable={!start.isPending}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            look="primary"
            isPending={start.isPending}
            isDisabled={!read.ok}
            // What failed stands in the dialog.
            onPress={() => void go().catch(() => undefined)}
          >
            Start run
          </Button>
        </>
      }
    >
      {flow.mode !== "enabled" && (
        <Note tone="warn">
          The flow is {flow.mode}: {flow.mode === "paused" ? "the run waits until it is resumed." : "it takes no runs."}
        </Note>
      )}
      <TextField
        label="Input"
        description="JSON. Where an event starts the flow, this stands for its data."
        isMono
        rows={10}
        value={input}
        onChange={setInput}
        error={read.ok ? undefined : read.fault}
        autoFocus
      />
      <TextField
        label="Delay"
        description="Nothing: now."
        placeholder="30s, 15m, 2h, 3d"
        value={delay}
        onChange={setDelay}
      />
      {start.error != null && <FailureNote error={start.error} />}
    </Dialog>
  );
}
