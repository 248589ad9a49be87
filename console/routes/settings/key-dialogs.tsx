import { useState } from "react";
import { client } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { Button } from "../../kit/button.tsx";
import { ComboBox } from "../../kit/combo-box.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { useFaults } from "../../kit/faults.ts";
import { Select, TextField } from "../../kit/field.tsx";
import { FailureNote, Note } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useKnownApps } from "../known-apps.ts";
import { type Expiry, ExpiryField, expiresAtOf } from "./expiry.tsx";

type Schemas = components["schemas"];
export type ApiKey = Schemas["ApiKeyOut"];
type Issued = Schemas["ApiKeyIssued"];
type Role = Schemas["Role"];

const ROLES: readonly { readonly id: Role; readonly label: string; readonly note: string }[] = [
  { id: "admin", label: "Admin", note: "Everything, also keys, settings and applications" },
  { id: "operator", label: "Operator", note: "See everything, send, change endpoints, replay" },
  { id: "viewer", label: "Viewer", note: "See everything but secrets, change nothing" },
  { id: "ingest", label: "Ingest", note: "Send messages, and nothing else" },
  { id: "worker", label: "Worker", note: "Enqueue tasks and do them, and nothing else" },
  { id: "portal", label: "Portal", note: "What an application's own users may do" },
];

interface DialogProps {
  readonly onClose: () => void;
  readonly onMade: (issued: Issued) => void;
}

/** Makes a key. */
export function NewKey({ onClose, onMade }: DialogProps) {
  const apps = useKnownApps();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const [appId, setAppId] = useState<string>();
  const [expiry, setExpiry] = useState<Expiry>({ kind: "90" });
  const faults = useFaults(["name", "role", "appId", "expiresAt"]);
  const create = useChange<Schemas["ApiKeyIn"], Issued | undefined>(async (body, key) => {
    const { data } = await client.POST("/api/v1/api-key", { body, params: { header: { "idempotency-key": key } } });
    return data;
  });
  const submit = async () => {
    faults.clear();
    try {
      const issued = await create.run({
        name: name.trim(),
        role,
        appId: role === "admin" ? null : (appId ?? null),
        expiresAt: expiresAtOf(expiry, Date.now()),
      });
      if (issued !== undefined) onMade(issued);
    } catch (error) {
      faults.take(error);
    }
  };
  return (
    <Dialog
      title="New key"
      isOpen
      onClose={onClose}
      isDismissable={!create.isPending}
      foot={
        <>
          <Button onPress={onClose}>Close</Button>
          <Button look="primary" type="submit" form="key-form" isPending={create.isPending}>
            Create key
          </Button>
        </>
      }
    >
      <form
        id="key-form"
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField
          label="Name"
          isRequired
          autoFocus
          maxLength={256}
          placeholder="Billing service"
          description="Who uses it: it stands in the audit log."
          value={name}
          error={faults.of("name")}
          onChange={(text) => {
            faults.clear();
            setName(text);
          }}
        />
        <Select
          label="Role"
          options={ROLES}
          value={role}
          description={ROLES.find(({ id }) => id === role)?.note}
          error={faults.of("role")}
          onChange={(next) => {
            faults.clear();
            setRole(next);
          }}
        />
        {role === "admin" ? (
          <p className="muted">An admin key is for the whole organisation.</p>
        ) : (
          <ComboBox
            label="Application"
            options={(apps.list ?? []).map((app) => ({ id: app.id, label: app.name }))}
            value={appId}
            placeholder={role === "portal" ? "Which one" : "The whole organisation"}
            description={
              role === "portal"
                ? "It sees this application and nothing else."
                : "Chosen: it sees this application and nothing else. Empty: the whole organisation."
            }
            isRequired={role === "portal"}
            error={faults.of("appId")}
            onChange={(next) => {
              faults.clear();
              setAppId(next);
            }}
          />
        )}
        <ExpiryField value={expiry} onChange={setExpiry} error={faults.of("expiresAt")} />
        {faults.rest !== undefined && <FailureNote error={faults.rest} />}
      </form>
    </Dialog>
  );
}

/** Changes what may be changed: its name, and until when it is good. */
export function EditKey({ apiKey, onClose }: { readonly apiKey: ApiKey; readonly onClose: () => void }) {
  const [name, setName] = useState(apiKey.name);
  const [expiry, setExpiry] = useState<Expiry>({ kind: "keep" });
  const faults = useFaults(["name", "expiresAt"]);
  const change = useChange<Schemas["ApiKeyPatch"], unknown>((body) =>
    client.PATCH("/api/v1/api-key/{key_id}", { params: { path: { key_id: apiKey.id } }, body }),
  );
  const submit = async () => {
    faults.clear();
    try {
      const expiresAt = expiry.kind === "keep" ? {} : { expiresAt: expiresAtOf(expiry, Date.now()) };
      await change.run({ name: name.trim(), ...expiresAt });
      say("Saved");
      onClose();
    } catch (error) {
      faults.take(error);
    }
  };
  return (
    <Dialog
      title={`Change ${apiKey.name}`}
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Keep as it is</Button>
          <Button look="primary" type="submit" form="key-form" isPending={change.isPending}>
            Save
          </Button>
        </>
      }
    >
      <form
        id="key-form"
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField
          label="Name"
          isRequired
          maxLength={256}
          value={name}
          error={faults.of("name")}
          onChange={(text) => {
            faults.clear();
            setName(text);
          }}
        />
        <ExpiryField value={expiry} onChange={setExpiry} error={faults.of("expiresAt")} before={apiKey.expiresAt} />
        <p className="muted">What it may do, and where, stays: for another role make another key.</p>
        {faults.rest !== undefined && <FailureNote error={faults.rest} />}
      </form>
    </Dialog>
  );
}

const GRACES = [
  { id: "0", label: "None", note: "Only if it leaked" },
  { id: "3600", label: "1 hour" },
  { id: "86400", label: "24 hours" },
  { id: "604800", label: "7 days" },
] as const;

/** Gives a key a new token; the one before stays good for a while, so that nobody is locked out. */
export function RotateKey({ apiKey, onClose, onMade }: DialogProps & { readonly apiKey: ApiKey }) {
  const [grace, setGrace] = useState<(typeof GRACES)[number]["id"]>("86400");
  const faults = useFaults(["graceSeconds"]);
  const rotate = useChange<number, Issued | undefined>(async (graceSeconds, key) => {
    const { data } = await client.POST("/api/v1/api-key/{key_id}/rotate", {
      params: { path: { key_id: apiKey.id }, header: { "idempotency-key": key } },
      body: { graceSeconds },
    });
    return data;
  });
  const go = async () => {
    faults.clear();
    try {
      const issued = await rotate.run(Number(grace));
      if (issued !== undefined) onMade(issued);
    } catch (error) {
      faults.take(error);
    }
  };
  return (
    <Dialog
      title={`Rotate the token of ${apiKey.name}`}
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Keep as it is</Button>
          <Button look="primary" isPending={rotate.isPending} onPress={() => void go()}>
            Rotate
          </Button>
        </>
      }
    >
      <p className="muted">
        A new token is made and shown once. The one before stays good for the time of the overlap, so that whoever uses
        it can change over.
      </p>
      <Select
        label="Overlap"
        options={GRACES}
        value={grace}
        error={faults.of("graceSeconds")}
        onChange={(next) => {
          faults.clear();
          setGrace(next);
        }}
      />
      {grace === "0" && (
        <Note tone="warn">Without an overlap, whoever uses it is refused until they have the new token.</Note>
      )}
      {faults.rest !== undefined && <FailureNote error={faults.rest} />}
    </Dialog>
  );
}
