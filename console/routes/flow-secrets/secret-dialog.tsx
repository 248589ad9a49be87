import { useState } from "react";
import { ask } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { useFaults } from "../../kit/faults.ts";
import { Checkbox, TextField } from "../../kit/field.tsx";
import { FailureNote } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { appBase } from "../flow-parts/base.ts";
import { useFlowChoices } from "../runs/flow-choices.ts";
import type { FlowSecret } from "./flow-secrets.tsx";

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
  const choices = useFlowChoices(appId);
  const faults = useFaults(FIELDS);
  const change = useChange<{ value: string; flows: readonly string[] }, unknown>((body) =>
    ask(`${appBase(appId)}/flow-secret/${encodeURIComponent(name)}`, { method: "PUT", body }),
  );
  const save = async () => {
    faults.clear();
    try {
      await change.run({ value, flows });
      say(`${name} is set`);
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
            isDisabled={name === "" || value === ""}
            onPress={() => void save()}
          >
            Set secret
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
        description="It takes the place of the one before at once, and is never shown again."
        type="password"
        autoComplete="off"
        isMono
        value={value}
        onChange={setValue}
        error={faults.of("value")}
      />
      <fieldset className="flow-secrets-flows">
        <legend className="label">Flows that may use it</legend>
        {choices.length === 0 && <p className="muted">There is no flow yet.</p>}
        {choices.map(({ id, label }) => (
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
