import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { useFaults } from "../../kit/faults.ts";
import { Page, Section } from "../../kit/page.tsx";
import { FailureNote } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { draftOf, FIELDS } from "../endpoint-parts/draft.ts";
import { DeliveryFields, MainFields } from "../endpoint-parts/fields.tsx";
import { paths } from "../paths.ts";
import { bodyOf, LIST, useOperationalTypes } from "./webhook.ts";

const CRUMBS = [{ label: "Operational webhooks", href: paths.operationalWebhooks }] as const;

/** Makes an operational webhook. */
export default function NewOperationalWebhook() {
  const navigate = useNavigate();
  const types = useOperationalTypes();
  const [draft, setDraft] = useState(() => draftOf(undefined));
  const faults = useFaults(FIELDS);
  const create = useChange<ReturnType<typeof bodyOf>, string>(async (body, key) => {
    const { data } = await client.POST(LIST, {
      params: { header: { "idempotency-key": key } },
      body: { ...body, metadata: {} },
    });
    return data?.id ?? "";
  });
  const submit = async () => {
    faults.clear();
    try {
      const id = await create.run(bodyOf(draft, types.data?.data ?? []));
      say("Created: it is told from now on");
      await navigate({ href: paths.operationalWebhookSettings(id) });
    } catch (error) {
      faults.take(error);
    }
  };
  return (
    <Page
      title="New operational webhook"
      crumbs={CRUMBS}
      description="A URL of your own that is told what happens to the installation."
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Section title="Where it is, and what it wants to be told">
          <div className="stack form-narrow">
            <MainFields
              draft={draft}
              onChange={setDraft}
              faults={faults}
              types={types.data?.data}
              hasChannels={false}
            />
          </div>
        </Section>
        <Section title="How it is sent to" description="Each of these has a default that suits most receivers.">
          <div className="stack form-narrow">
            <DeliveryFields draft={draft} onChange={setDraft} faults={faults} />
          </div>
        </Section>
        {faults.rest !== undefined && <FailureNote error={faults.rest} />}
        <div className="row">
          <Button look="primary" type="submit" isPending={create.isPending} isDisabled={types.data === undefined}>
            Create webhook
          </Button>
          <ButtonLink href={paths.operationalWebhooks}>Keep as it is</ButtonLink>
        </div>
      </form>
    </Page>
  );
}
