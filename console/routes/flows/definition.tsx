import { useState } from "react";
import { paths } from "../paths.ts";
import { FlowEditor } from "./editor/flow-editor.tsx";
import { FlowFrame } from "./frame.tsx";
import { textOfDefinition } from "./text-of.ts";

/** The definition, to be changed: text and graph side by side. */
export default function FlowDefinitionPage() {
  return (
    <FlowFrame current={paths.flowDefinition}>
      {(flow, appId) => <Editing key={flow.id} appId={appId} flow={flow} />}
    </FlowFrame>
  );
}

function Editing({ appId, flow }: { readonly appId: string; readonly flow: Parameters<typeof FlowEditor>[0]["flow"] }) {
  // What somebody writes on is the version they began with; a newer one does not push it aside.
  const [begun] = useState(flow);
  return (
    <FlowEditor
      appId={appId}
      flow={flow}
      start={begun === undefined ? "" : textOfDefinition(begun)}
      isNewer={flow !== undefined && begun !== undefined && flow.version > begun.version}
    />
  );
}
