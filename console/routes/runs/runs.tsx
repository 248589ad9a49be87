import { Page } from "../../kit/page.tsx";
import { useAppCrumbs } from "../app-crumbs.ts";
import { useParam } from "../params.ts";
import { RunTable } from "./run-table.tsx";

/** What the flows of an application did and do. */
export default function Runs() {
  const appId = useParam("appId");
  return (
    <Page title="Runs" crumbs={useAppCrumbs(appId)} description="Every time a flow did its work, newest first.">
      <RunTable appId={appId} />
    </Page>
  );
}
