import { paths } from "../paths.ts";
import { RunTable } from "../runs/run-table.tsx";
import { FlowFrame } from "./frame.tsx";

/** What a flow did and does. */
export default function FlowRuns() {
  return <FlowFrame current={paths.flowRuns}>{(flow, appId) => <RunTable appId={appId} flow={flow.name} />}</FlowFrame>;
}
