import { useState } from "react";
import { client } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { useFaults } from "../../kit/faults.ts";
import { Checkbox, Segments, TextField } from "../../kit/field.tsx";
import { FailureNote } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useFlowChoices } from "../runs/flow-choices.ts";
import type { FlowSecret } from "./flow-secret.ts";

const FIELDS = ["name", "value", "flows"] as const;

/** Sets a secret, or replaces its value, and says which flows may use it. */
export function SecretDialog({
  appId,
  secret,
  onClose,
}: {
  readonly appId: string;
  readonly secret: FlowSecret | undefined;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(secret?.name ?? "");
  const [value, setValue] = useState("");
  const [flows, setFlows] = useState<readonly string[]>(secret?.flows ?? []);
  const [reach, setReach] = useState<"some" | "all">(secret !== undefined && secret.flows === null ? "all" : "some");
  const choices = useFlowChoices(appId);
  const faults = useFaults(FIELDS);
  const change = useChange<{ value?: string; flows: string[] | null }, unknown>((body) =>
    client.PUT("/api/v1/app/{app_id}/flow-secret/{secret_name}", {
      params: { path: { app_id: appId, secret_name: name } },
      body,
    }),
  );
  const save = async () => {
    faults.clear();
    try {
      await change.run({ ...(value !== "" && { value }), flows: reach === "all" ? null : [...flows] });
      say(value === "" ? `${name} is granted as chosen` : `${name} is set`);
      onClose();
    } catch (error) {
      faults.take(error);
    }
  };
  return (
    <Dialog
      title={secret === undefined ? "New secret" : `Set ${secret.name}`}
      isOpen
      onClose={onClose}
      isDismissable={!change.isPending}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            look="primary"
            isPending={change.isPending}
            isDisabled={name === "" || (secret === undefined && value === "")}
            onPress={() => void save()}
          >
            {secret !== undefined && value === "" ? "Grant" : "Set secret"}
          </Button>
        </>
      }
    >
      {secret === undefined && (
        <TextField
          label="Name"
          description="As it stands in definitions: secrets.name"
          isMono
          value={name}
          onChange={setName}
          error={faults.of("name")}
          autoFocus
        />
      )}
      <TextField
        label={secret === undefined ? "Value" : "New value"}
        description={
          secret === undefined
            ? "Sealed at once, and never shown again."
            : "Nothing: it keeps the one it has. A new one takes its place at once."
        }
        type="password"
        autoComplete="off"
        isMono
        value={value}
        onChange={setValue}
        error={faults.of("value")}
      />
      <fieldset className="flow-secrets-flows">
        <legend className="label">Flows that may use it</legend>
        <Segments
          label="Flows that may use it"
          options={[
            { id: "some", label: "Those chosen" },
            { id: "all", label: "Every flow of the application" },
          ]}
          value={reach}
          onChange={setReach}
        />
        {reach === "some" && choices.length === 0 && <p className="muted">There is no flow yet.</p>}
        {reach === "some" &&
          choices.map(({ id, label }) => (
            <Checkbox
              key={id}
              isSelected={flows.includes(id)}
              onChange={(on) => setFlows(on ? [...flows, id] : flows.filter((one) => one !== id))}
            >
              {label}
            </Checkbox>
          ))}
        {faults.of("flows") !== undefined && <p className="field-error">{faults.of("flows")}</p>}
      </fieldset>
      {faults.rest !== undefined && <FailureNote error={faults.rest} />}
    </Dialog>
  );
}
