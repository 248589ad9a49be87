import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { client } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { useFaults } from "../../kit/faults.ts";
import { Page, Section } from "../../kit/page.tsx";
import { FailureNote } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { paths } from "../paths.ts";
import { bodyOf, draftOf, FIELDS, isSound } from "./draft.ts";
import { SchemaFields, WordFields } from "./fields.tsx";

const CRUMBS = [{ label: "Event types", href: paths.eventTypes }] as const;

/** Makes an event type, or takes one back into use. */
export default function NewEventType() {
  const navigate = useNavigate();
  const [draft, setDraft] = useState(() => draftOf(undefined));
  const faults = useFaults(FIELDS);
  const create = useChange<components["schemas"]["EventTypeIn"], unknown>((body, key) =>
    client.POST("/api/v1/event-type", { params: { header: { "idempotency-key": key } }, body }),
  );
  const submit = async () => {
    faults.clear();
    if (!isSound(draft)) return;
    const name = draft.name.trim();
    try {
      await create.run({ ...bodyOf(draft), name });
      say(`Created ${name}: endpoints can listen to it`);
      await navigate({ href: paths.eventType(name) });
    } catch (error) {
      faults.take(error);
    }
  };
  const fields = { draft, onChange: setDraft, faults };
  return (
    <Page
      title="New event type"
      crumbs={CRUMBS}
      description="One that is out of use comes back into use by making it again."
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Section title="Event type">
          <div className="stack form-narrow">
            <WordFields {...fields} isNew />
          </div>
        </Section>
        <SchemaFields {...fields} />
        {faults.rest !== undefined && <FailureNote error={faults.rest} />}
        <div className="row">
          <Button look="primary" type="submit" isPending={create.isPending} isDisabled={!isSound(draft)}>
            Create event type
          </Button>
          <ButtonLink href={paths.eventTypes}>Keep as it is</ButtonLink>
        </div>
      </form>
    </Page>
  );
}
