import { useNavigate } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { Badge } from "../../kit/badge.tsx";
import { Button, Link } from "../../kit/button.tsx";
import { ConfirmDialog } from "../../kit/confirm.tsx";
import { Id } from "../../kit/copy.tsx";
import { Select } from "../../kit/field.tsx";
import { plural } from "../../kit/format.ts";
import { KeyValues } from "../../kit/key-values.tsx";
import { Section } from "../../kit/page.tsx";
import { Time } from "../../kit/time.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { FLOW, type FlowMode, type WholeFlow } from "../flow-parts/flow.ts";
import { isFields, oneLine } from "../flow-parts/tree.ts";
import { scheduleWords } from "../flow-parts/words.ts";
import { paths } from "../paths.ts";
import { FlowFrame, useMode } from "./frame.tsx";

const MODES: readonly { readonly id: FlowMode; readonly label: string; readonly note: string }[] = [
  { id: "enabled", label: "Enabled", note: "It takes new runs." },
  { id: "paused", label: "Paused", note: "New runs wait; those that go on stop where they next can." },
  { id: "disabled", label: "Disabled", note: "No new runs; those there go on." },
];

/** What is not in its definition: whether it takes runs, what it may use, and its end. */
export default function FlowSettings() {
  return (
    <FlowFrame current={paths.flowSettings}>
      {(flow, appId) => (
        <>
          <About appId={appId} flow={flow} />
          <Mode appId={appId} flow={flow} />
          <Reach appId={appId} flow={flow} />
          <End appId={appId} flow={flow} />
        </>
      )}
    </FlowFrame>
  );
}

interface Part {
  readonly appId: string;
  readonly flow: WholeFlow;
}

function About({ flow }: Part) {
  return (
    <Section title="About it">
      <KeyValues
        columns={2}
        items={[
          ["Name", <code key="n">{flow.name}</code>],
          ["Flow", <Id key="i" id={flow.id} isWhole />],
          ["Created", <Time key="c" at={flow.createdAt} exact />],
          ["Changed", <Time key="u" at={flow.updatedAt} exact />],
        ]}
      />
    </Section>
  );
}

function Mode({ appId, flow }: Part) {
  const mayWrite = useMay("write");
  const { set, isPending } = useMode(appId, flow.name);
  return (
    <Section title="Mode">
      <div className="form-narrow">
        <Select
          label="Whether it takes runs"
          options={MODES}
          value={flow.mode}
          isDisabled={!mayWrite || isPending}
          description={MODES.find(({ id }) => id === flow.mode)?.note}
          onChange={set}
        />
      </div>
    </Section>
  );
}

/** What it may use and reach, and by which clocks it starts. */
function Reach({ appId, flow }: Part) {
  const named = (name: string): readonly string[] => {
    const list = flow.definition?.[name];
    return Array.isArray(list) ? list.map(oneLine) : [];
  };
  const schedules = flow.triggers.filter((trigger) => isFields(trigger) && trigger["schedule"] !== undefined);
  const words = (list: readonly string[], none: string) =>
    list.length === 0 ? (
      none
    ) : (
      <span className="row wrap">
        {list.map((one) => (
          <Badge key={one}>{one}</Badge>
        ))}
      </span>
    );
  return (
    <Section title="What it may use" description="As its definition says.">
      <KeyValues
        items={[
          [
            "Secrets",
            <span key="s" className="row wrap">
              {words(named("secrets"), "none")} <Link href={paths.flowSecrets(appId)}>Secrets of the application</Link>
            </span>,
          ],
          ["Hosts", words(named("hosts"), "all public ones")],
          [
            "Schedules",
            schedules.length === 0 ? (
              "none"
            ) : (
              <ul key="h">
                {schedules.map((trigger) => (
                  <li key={oneLine(trigger["schedule"])}>
                    <code>{oneLine(trigger["schedule"])}</code> {scheduleWords(oneLine(trigger["schedule"]))},{" "}
                    {oneLine(trigger["zone"]) || "UTC"}; missed: {oneLine(trigger["missed"]) || "skip"}; overlap:{" "}
                    {oneLine(trigger["overlap"]) || "skip"}
                  </li>
                ))}
              </ul>
            ),
          ],
        ]}
      />
    </Section>
  );
}

function End({ appId, flow }: Part) {
  const mayWrite = useMay("write");
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const end = useChange<void, unknown>(
    () => client.DELETE(FLOW, { params: { path: { app_id: appId, flow_id: flow.name } } }),
    // Not the flow itself, which is gone.
    [["get", "/api/v1/app/{app_id}/flow"]],
  );
  if (!mayWrite) return null;
  return (
    <Section title="Delete the flow" description="To stop it for a while, pause it instead.">
      <div className="row">
        <Button look="danger" icon={<Trash2 />} onPress={() => setAsking(true)}>
          Delete flow
        </Button>
      </div>
      <ConfirmDialog
        title={`Delete ${flow.name}?`}
        isOpen={asking}
        onClose={() => setAsking(false)}
        action="Delete flow"
        typed={flow.name}
        onConfirm={async () => {
          await end.run();
          say(`Deleted ${flow.name}`);
          await navigate({ href: paths.flows(appId) });
        }}
      >
        <p>
          {plural(flow.live + flow.waiting, "run")} that go on will be cancelled, and what they did undone where the
          definition says how. Runs that have ended stay until retention drops them. This cannot be undone.
        </p>
      </ConfirmDialog>
    </Section>
  );
}
