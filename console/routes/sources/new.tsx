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
import { useAppCrumbs } from "../app-crumbs.ts";
import { useParam } from "../params.ts";
import { paths } from "../paths.ts";
import { bodyOf, draftOf, FIELDS, faultsOf } from "./draft.ts";
import { NameFields, OptionFields, PresetField, SecretField } from "./fields.tsx";
import { factsOf } from "./presets.ts";

type SourceIn = components["schemas"]["SourceIn"];

/** Makes a source. */
export default function NewSource() {
  const appId = useParam("appId");
  const navigate = useNavigate();
  const crumbs = useAppCrumbs(appId, { label: "Sources", href: paths.sources(appId) });
  const [draft, setDraft] = useState(() => draftOf(undefined));
  const faults = useFaults(FIELDS);
  const create = useChange<SourceIn, string>(async (body, key) => {
    const { data } = await client.POST("/api/v1/app/{app_id}/source", {
      params: { path: { app_id: appId }, header: { "idempotency-key": key } },
      body,
    });
    return data?.id ?? "";
  });
  const submit = async () => {
    faults.clear();
    if (Object.keys(faultsOf(draft)).length > 0) return;
    try {
      const id = await create.run(bodyOf(draft));
      say("Created: give its URL to the provider");
      await navigate({ href: paths.source(appId, id) });
    } catch (error) {
      faults.take(error);
    }
  };
  const fields = { draft, onChange: setDraft, faults };
  const { options, label } = factsOf(draft.preset);
  return (
    <Page
      title="New source"
      crumbs={crumbs}
      description="A URL that takes somebody's webhooks, and believes only true ones."
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Section title="Whose webhooks come in">
          <div className="stack form-narrow">
            <PresetField {...fields} />
            <SecretField {...fields} />
            <NameFields {...fields} />
          </div>
        </Section>
        {options.length > 0 && (
          <Section
            title={`How ${draft.preset === "hmac" ? "the sender signs" : "they are read"}`}
            description={
              draft.preset === "hmac"
                ? "The sender's documentation says all of this."
                : `What ${label} needs is set; these are rarely touched.`
            }
          >
            <div className="sources-options">
              <OptionFields {...fields} />
            </div>
          </Section>
        )}
        {faults.rest !== undefined && <FailureNote error={faults.rest} />}
        <div className="row">
          <Button look="primary" type="submit" isPending={create.isPending}>
            Create source
          </Button>
          <ButtonLink href={paths.sources(appId)}>Keep as it is</ButtonLink>
        </div>
      </form>
    </Page>
  );
}
