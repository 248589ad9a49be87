import { useNavigate } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { ConfirmDialog } from "../../kit/confirm.tsx";
import { useFaults } from "../../kit/faults.ts";
import { Section } from "../../kit/page.tsx";
import { FailureNote } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { CustomHeaders } from "../endpoint-parts/custom-headers.tsx";
import { draftOf, FIELDS } from "../endpoint-parts/draft.ts";
import { DeliveryFields, MainFields } from "../endpoint-parts/fields.tsx";
import { SigningSecret } from "../endpoint-parts/secret.tsx";
import { paths } from "../paths.ts";
import { WebhookFrame } from "./frame.tsx";
import { bodyOf, nameOf, ONE, reachOf, useOperationalTypes, type Webhook } from "./webhook.ts";

/** What can be changed about an operational webhook. */
export default function OperationalWebhookSettings() {
  return (
    <WebhookFrame current={paths.operationalWebhookSettings}>
      {(webhook) => (
        <>
          <SigningSecret reach={reachOf(webhook.id)} signing={webhook.signing} />
          <Fields key={webhook.version} webhook={webhook} />
          <CustomHeaders reach={reachOf(webhook.id)} mayWrite />
          <End webhook={webhook} />
        </>
      )}
    </WebhookFrame>
  );
}

function Fields({ webhook }: { readonly webhook: Webhook }) {
  const types = useOperationalTypes();
  const [draft, setDraft] = useState(() => draftOf(webhook));
  const faults = useFaults(FIELDS);
  const change = useChange<ReturnType<typeof bodyOf>, unknown>((body) =>
    client.PATCH(ONE, { params: { path: { endpoint_id: webhook.id } }, body }),
  );
  const save = async () => {
    faults.clear();
    try {
      await change.run(bodyOf(draft, types.data?.data ?? []));
      say("Saved: it holds for whatever happens next");
    } catch (error) {
      faults.take(error);
    }
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Section title="Where it is, and what it wants to be told">
        <div className="stack form-narrow">
          <MainFields draft={draft} onChange={setDraft} faults={faults} types={types.data?.data} hasChannels={false} />
        </div>
      </Section>
      <Section title="How it is sent to">
        <div className="stack form-narrow">
          <DeliveryFields draft={draft} onChange={setDraft} faults={faults} />
          {faults.rest !== undefined && <FailureNote error={faults.rest} />}
          <div className="row">
            <Button look="primary" type="submit" isPending={change.isPending} isDisabled={types.data === undefined}>
              Save
            </Button>
          </div>
        </div>
      </Section>
    </form>
  );
}

function End({ webhook }: { readonly webhook: Webhook }) {
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const end = useChange<void, unknown>(
    () => client.DELETE(ONE, { params: { path: { endpoint_id: webhook.id } } }),
    [["get", "/api/v1/operational-webhook/endpoint"]],
  );
  return (
    <Section title="Delete the webhook" description="To stop it for a while without losing anything, pause it instead.">
      <div className="row">
        <Button look="danger" icon={<Trash2 />} onPress={() => setAsking(true)}>
          Delete webhook
        </Button>
      </div>
      <ConfirmDialog
        title={`Delete ${nameOf(webhook)}?`}
        isOpen={asking}
        onClose={() => setAsking(false)}
        action="Delete webhook"
        onConfirm={async () => {
          await end.run();
          say(`Deleted ${nameOf(webhook)}`);
          await navigate({ href: paths.operationalWebhooks });
        }}
      >
        <p>It is gone at once, and told nothing any more, also not what it is still owed. This cannot be undone.</p>
      </ConfirmDialog>
    </Section>
  );
}
