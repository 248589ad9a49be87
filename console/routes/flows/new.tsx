import { useState } from "react";
import { Page, Section } from "../../kit/page.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { useAppCrumbs } from "../app-crumbs.ts";
import { useParam } from "../params.ts";
import { paths } from "../paths.ts";
import { FlowEditor } from "./editor/flow-editor.tsx";
import { TEMPLATES } from "./templates.ts";

/** A flow from nothing, or from an example. */
export default function NewFlow() {
  const appId = useParam("appId");
  const crumbs = useAppCrumbs(appId, { label: "Flows", href: paths.flows(appId) });
  const [{ from }, setSearch] = useSearch("from");
  const template = TEMPLATES.find(({ id }) => id === from);
  return (
    <Page
      title="New flow"
      crumbs={crumbs}
      description="Write it, or build it step by step: the text and the graph are one."
    >
      <Section title="Begin with">
        <div className="flows-templates">
          {TEMPLATES.map((one) => (
            <button
              key={one.id}
              type="button"
              className="flows-template"
              aria-pressed={one === template}
              data-current={one === template || undefined}
              onClick={() => setSearch({ from: one.id })}
            >
              <strong>{one.title}</strong>
              <span className="faint">{one.note}</span>
            </button>
          ))}
        </div>
      </Section>
      {template !== undefined && <Begun key={template.id} appId={appId} text={template.text} />}
    </Page>
  );
}

function Begun({ appId, text }: { readonly appId: string; readonly text: string }) {
  const [start] = useState(text);
  return <FlowEditor appId={appId} flow={undefined} start={start} isNewer={false} />;
}
