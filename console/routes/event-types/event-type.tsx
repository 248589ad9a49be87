import { useState } from "react";
import { api, client } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { useMay } from "../../api/whoami.ts";
import { Button } from "../../kit/button.tsx";
import { useFaults } from "../../kit/faults.ts";
import { Page, Section } from "../../kit/page.tsx";
import { Answer, FailureNote, Loading, Note } from "../../kit/states.tsx";
import { Time } from "../../kit/time.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useParam } from "../params.ts";
import { paths } from "../paths.ts";
import { bodyOf, draftOf, type EventType, FIELDS, isSound } from "./draft.ts";
import { SchemaFields, WordFields } from "./fields.tsx";
import { Listeners } from "./listeners.tsx";
import { TypeBadge } from "./type-badge.tsx";
import { Use } from "./use.tsx";

const CRUMBS = [{ label: "Event types", href: paths.eventTypes }] as const;

const PATH = "/api/v1/event-type/{event_type_name}" as const;

/** One event type: what it means, what is in it, who listens, and whether it is in use. */
export default function EventTypePage() {
  const name = useParam("name");
  const type = api.useQuery("get", PATH, { params: { path: { event_type_name: name } } });
  return (
    <Page
      title={name}
      crumbs={CRUMBS}
      beside={type.data !== undefined && <TypeBadge type={type.data} />}
      description={
        type.data === undefined ? (
          "\u00a0"
        ) : (
          <>
            Changed <Time at={type.data.updatedAt} />, created <Time at={type.data.createdAt} />.
          </>
        )
      }
    >
      <Answer query={type} loading={<Loading rows={12} />}>
        {(found) => (
          <>
            {found.archived === true && (
              <Note tone="info">
                It is out of use: new endpoints cannot choose it. Those that listen to it go on doing so, and events of
                this type are taken as before.
              </Note>
            )}
            <Edit key={found.updatedAt} type={found} />
            <Listeners type={found} />
            <Use type={found} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function Edit({ type }: { readonly type: EventType }) {
  const mayWrite = useMay("write");
  const [draft, setDraft] = useState(() => draftOf(type));
  const faults = useFaults(FIELDS);
  const change = useChange<components["schemas"]["EventTypePatch"], unknown>((body) =>
    client.PATCH(PATH, { params: { path: { event_type_name: type.name } }, body }),
  );
  const save = async () => {
    faults.clear();
    if (!isSound(draft)) return;
    try {
      await change.run(bodyOf(draft));
      say("Saved");
    } catch (error) {
      faults.take(error);
    }
  };
  const fields = { draft, onChange: setDraft, faults };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Section title="Event type">
        <div className="stack form-narrow">
          <WordFields {...fields} isNew={false} />
        </div>
      </Section>
      <SchemaFields {...fields} isReadOnly={!mayWrite} />
      {faults.rest !== undefined && <FailureNote error={faults.rest} />}
      {mayWrite && (
        <div className="row">
          <Button look="primary" type="submit" isPending={change.isPending} isDisabled={!isSound(draft)}>
            Save
          </Button>
        </div>
      )}
    </form>
  );
}
