import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { useFaults } from "../../kit/faults.ts";
import { Page, Section } from "../../kit/page.tsx";
import { FailureNote } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useAppCrumbs } from "../app-crumbs.ts";
import { bodyOf, draftOf, FIELDS } from "../endpoint-parts/draft.ts";
import { DeliveryFields, MainFields } from "../endpoint-parts/fields.tsx";
import { useAppId, usePaths } from "../place.ts";
import { useTypeChoices } from "./endpoint.ts";

/** Makes an endpoint. */
export default function NewEndpoint() {
  const appId = useAppId();
  const paths = usePaths();
  const navigate = useNavigate();
  const crumbs = useAppCrumbs(appId, { label: "Endpoints", href: paths.endpoints(appId) });
  const [draft, setDraft] = useState(() => draftOf(undefined));
  const faults = useFaults(FIELDS);
  const types = useTypeChoices();
  const create = useChange<ReturnType<typeof bodyOf>, string>(async (body, key) => {
    const { data } = await client.POST("/api/v1/app/{app_id}/endpoint", {
      params: { path: { app_id: appId }, header: { "idempotency-key": key } },
      body: { ...body, metadata: {} },
    });
    return data?.id ?? "";
  });
  const submit = async () => {
    faults.clear();
    try {
      const id = await create.run(bodyOf(draft));
      say("Created: it is owed every event from now on");
      await navigate({ href: paths.endpointSettings(appId, id) });
    } catch (error) {
      faults.take(error);
    }
  };
  return (
    <Page title="New endpoint" crumbs={crumbs} description="It is owed every event that is accepted after it was made.">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Section title="Where it is, and what it wants to hear">
          <div className="stack form-narrow">
            <MainFields draft={draft} onChange={setDraft} faults={faults} types={types} hasChannels />
          </div>
        </Section>
        <Section title="How it is sent to" description="Each of these has a default that suits most receivers.">
          <div className="stack form-narrow">
            <DeliveryFields draft={draft} onChange={setDraft} faults={faults} />
          </div>
        </Section>
        {faults.rest !== undefined && <FailureNote error={faults.rest} />}
        <div className="row">
          <Button look="primary" type="submit" isPending={create.isPending}>
            Create endpoint
          </Button>
          <ButtonLink href={paths.endpoints(appId)}>Keep as it is</ButtonLink>
        </div>
      </form>
    </Page>
  );
}
