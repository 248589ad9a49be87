import { useNavigate } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { client } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { useMay } from "../../api/whoami.ts";
import { Button } from "../../kit/button.tsx";
import { ConfirmDialog } from "../../kit/confirm.tsx";
import { useFaults } from "../../kit/faults.ts";
import { Section } from "../../kit/page.tsx";
import { FailureNote } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { paths } from "../paths.ts";
import { changeOf, draftOf, FIELDS, faultsOf } from "./draft.ts";
import { NameFields, OptionFields } from "./fields.tsx";
import { SourceFrame } from "./frame.tsx";
import { factsOf } from "./presets.ts";
import { SourceSecrets } from "./secrets.tsx";
import { nameOf, PATH, type Source } from "./source.ts";

/** What can be changed about a source. */
export default function SourceSettings() {
  return (
    <SourceFrame current={paths.sourceSettings}>
      {(source, _, appId) => (
        <>
          <SourceSecrets appId={appId} source={source} />
          <Fields key={source.updatedAt} appId={appId} source={source} />
          <End appId={appId} source={source} />
        </>
      )}
    </SourceFrame>
  );
}

function Fields({ appId, source }: { readonly appId: string; readonly source: Source }) {
  const mayWrite = useMay("write");
  const [draft, setDraft] = useState(() => draftOf(source));
  const faults = useFaults(FIELDS);
  const change = useChange<components["schemas"]["SourcePatch"], unknown>((body) =>
    client.PATCH(PATH, { params: { path: { app_id: appId, source_id: source.id } }, body }),
  );
  const save = async () => {
    faults.clear();
    if (Object.keys(faultsOf(draft)).length > 0) return;
    try {
      await change.run(changeOf(draft));
      say("Saved: it holds for the very next webhook");
    } catch (error) {
      faults.take(error);
    }
  };
  const fields = { draft, onChange: setDraft, faults };
  return (
    <Section title="Source">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div className="stack form-narrow">
          <NameFields {...fields} />
        </div>
        {factsOf(source.preset).options.length > 0 && (
          <div className="sources-options">
            <OptionFields {...fields} />
          </div>
        )}
        {faults.rest !== undefined && <FailureNote error={faults.rest} />}
        {mayWrite && (
          <div className="row">
            <Button look="primary" type="submit" isPending={change.isPending}>
              Save
            </Button>
          </div>
        )}
      </form>
    </Section>
  );
}

function End({ appId, source }: { readonly appId: string; readonly source: Source }) {
  const mayWrite = useMay("write");
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const end = useChange<void, unknown>(
    () => client.DELETE(PATH, { params: { path: { app_id: appId, source_id: source.id } } }),
    [["get", "/api/v1/app/{app_id}/source"]],
  );
  if (!mayWrite) return null;
  return (
    <Section title="Delete the source" description="To refuse webhooks for a while, disable it instead.">
      <div className="row">
        <Button look="danger" icon={<Trash2 />} onPress={() => setAsking(true)}>
          Delete source
        </Button>
      </div>
      <ConfirmDialog
        title={`Delete ${nameOf(source)}?`}
        isOpen={asking}
        onClose={() => setAsking(false)}
        action="Delete source"
        onConfirm={async () => {
          await end.run();
          say(`Deleted ${nameOf(source)}`);
          await navigate({ href: paths.sources(appId) });
        }}
      >
        <p>
          Its URL answers 404 from now on, and no source will ever have that URL again. Its secrets and its rejection
          log go with it; events that came through it stay. This cannot be undone.
        </p>
      </ConfirmDialog>
    </Section>
  );
}
