import { useNavigate } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { Button } from "../../kit/button.tsx";
import { ConfirmDialog } from "../../kit/confirm.tsx";
import { useFaults } from "../../kit/faults.ts";
import { countOf } from "../../kit/format.ts";
import { Section } from "../../kit/page.tsx";
import { FailureNote } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { CustomHeaders } from "../endpoint-parts/custom-headers.tsx";
import { bodyOf, draftOf, FIELDS } from "../endpoint-parts/draft.ts";
import { DeliveryFields, MainFields } from "../endpoint-parts/fields.tsx";
import { SigningSecret } from "../endpoint-parts/secret.tsx";
import { usePaths } from "../place.ts";
import { type Endpoint, type Health, nameOf, PATH, useTypeChoices } from "./endpoint.ts";
import { EndpointFacts } from "./facts.tsx";
import { EndpointFrame } from "./frame.tsx";
import { reachOf } from "./reach.ts";

/** What can be changed about an endpoint. */
export default function EndpointSettings() {
  const mayWrite = useMay("portal:write");
  return (
    <EndpointFrame current="endpointSettings">
      {(endpoint, health, appId) => (
        <>
          {mayWrite ? (
            <>
              <SigningSecret reach={reachOf(appId, endpoint.id)} signing={endpoint.signing} />
              <Fields key={endpoint.version} appId={appId} endpoint={endpoint} />
            </>
          ) : (
            <EndpointFacts endpoint={endpoint} />
          )}
          <CustomHeaders reach={reachOf(appId, endpoint.id)} mayWrite={mayWrite} />
          <End appId={appId} endpoint={endpoint} health={health} />
        </>
      )}
    </EndpointFrame>
  );
}

function Fields({ appId, endpoint }: { readonly appId: string; readonly endpoint: Endpoint }) {
  const [draft, setDraft] = useState(() => draftOf(endpoint));
  const faults = useFaults(FIELDS);
  const types = useTypeChoices();
  const change = useChange<ReturnType<typeof bodyOf>, unknown>((body) =>
    client.PATCH(PATH, { params: { path: { app_id: appId, endpoint_id: endpoint.id } }, body }),
  );
  const save = async () => {
    faults.clear();
    try {
      await change.run(bodyOf(draft));
      say("Saved: it holds for the very next event");
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
      <Section title="Where it is, and what it wants to hear">
        <div className="stack form-narrow">
          <MainFields draft={draft} onChange={setDraft} faults={faults} types={types} hasChannels />
        </div>
      </Section>
      <Section title="How it is sent to">
        <div className="stack form-narrow">
          <DeliveryFields draft={draft} onChange={setDraft} faults={faults} />
          {faults.rest !== undefined && <FailureNote error={faults.rest} />}
          <div className="row">
            <Button look="primary" type="submit" isPending={change.isPending}>
              Save
            </Button>
          </div>
        </div>
      </Section>
    </form>
  );
}

function End({
  appId,
  endpoint,
  health,
}: {
  readonly appId: string;
  readonly endpoint: Endpoint;
  readonly health: Health | undefined;
}) {
  const mayWrite = useMay("portal:write");
  const paths = usePaths();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const end = useChange<void, unknown>(() =>
    client.DELETE(PATH, { params: { path: { app_id: appId, endpoint_id: endpoint.id } } }),
  );
  if (!mayWrite) return null;
  const owed =
    health === undefined
      ? "What"
      : `${countOf(health.owed + health.held, health.owedIsExact && health.heldIsExact)} deliveries that`;
  return (
    <Section
      title="Delete the endpoint"
      description="To stop it for a while without losing anything, pause it instead."
    >
      <div className="row">
        <Button look="danger" icon={<Trash2 />} onPress={() => setAsking(true)}>
          Delete endpoint
        </Button>
      </div>
      <ConfirmDialog
        title={`Delete ${nameOf(endpoint)}?`}
        isOpen={asking}
        onClose={() => setAsking(false)}
        action="Delete endpoint"
        onConfirm={async () => {
          await end.run();
          say(`Deleted ${nameOf(endpoint)}`);
          await navigate({ href: paths.endpoints(appId) });
        }}
      >
        <p>It is gone at once. {owed} it is still owed will not be sent any more. This cannot be undone.</p>
      </ConfirmDialog>
    </Section>
  );
}
