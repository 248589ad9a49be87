import { CirclePause, CirclePlay, Play } from "lucide-react";
import { type ReactNode, useState } from "react";
import { client } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { ModeBadge } from "../../kit/badge.tsx";
import { Button } from "../../kit/button.tsx";
import { Page, SubNav } from "../../kit/page.tsx";
import { Answer, Loading } from "../../kit/states.tsx";
import { say, sayFailure } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useAppCrumbs } from "../app-crumbs.ts";
import { FLOW, type FlowMode, nameOf, useFlow, type WholeFlow } from "../flow-parts/flow.ts";
import { startsWords } from "../flow-parts/words.ts";
import { useParam } from "../params.ts";
import { paths } from "../paths.ts";
import { StartDialog } from "./start.tsx";

const PAGES = [
  ["Overview", paths.flow],
  ["Graph", paths.flowGraph],
  ["Definition", paths.flowDefinition],
  ["Versions", paths.flowVersions],
  ["Runs", paths.flowRuns],
  ["Settings", paths.flowSettings],
] as const;

/** What stands around each page of one flow. */
export function FlowFrame({
  current,
  isWide,
  children,
}: {
  readonly current: (appId: string, flowId: string) => string;
  readonly isWide?: boolean;
  readonly children: (flow: WholeFlow, appId: string) => ReactNode;
}) {
  const appId = useParam("appId");
  const flowId = useParam("flowId");
  const flow = useFlow(appId, flowId);
  const crumbs = useAppCrumbs(appId, { label: "Flows", href: paths.flows(appId) });
  const mayWrite = useMay("write");
  const [starting, setStarting] = useState(false);
  const { data } = flow;
  return (
    <Page
      title={data === undefined ? flowId : nameOf(data)}
      crumbs={crumbs}
      isWide={isWide}
      beside={data !== undefined && <ModeBadge mode={data.mode} />}
      // All at once: its name, however long, would push down what comes before it.
      description={data !== undefined && `Version ${data.version}. ${startsWords(data.triggers)}.`}
      actions={
        mayWrite &&
        data !== undefined && (
          <>
            <ModeButton appId={appId} flowId={flowId} mode={data.mode} />
            <Button look="primary" icon={<Play />} onPress={() => setStarting(true)}>
              Start
            </Button>
          </>
        )
      }
      nav={
        data !== undefined && (
          <SubNav
            label="Flow"
            current={current(appId, flowId)}
            items={PAGES.map(([label, href]) => ({ label, href: href(appId, flowId) }))}
          />
        )
      }
    >
      <Answer query={flow} loading={<Loading rows={10} />}>
        {(found) => (
          <>
            {children(found, appId)}
            {starting && <StartDialog appId={appId} flow={found} onClose={() => setStarting(false)} />}
          </>
        )}
      </Answer>
    </Page>
  );
}

const SAID: Readonly<Record<FlowMode, string>> = {
  enabled: "Resumed: what waited goes on",
  paused: "Paused: new runs wait, and those that go on stop where they next can",
  disabled: "Disabled: it takes no new runs",
};

export function useMode(appId: string, flowId: string) {
  const change = useChange<FlowMode, unknown>((mode) =>
    client.PATCH(FLOW, { params: { path: { app_id: appId, flow_id: flowId } }, body: { mode } }),
  );
  return {
    isPending: change.isPending,
    set: (mode: FlowMode) =>
      void change.run(mode).then(
        () => say(SAID[mode]),
        (error) => sayFailure(error, "It was not done"),
      ),
  };
}

function ModeButton({
  appId,
  flowId,
  mode,
}: {
  readonly appId: string;
  readonly flowId: string;
  readonly mode: FlowMode;
}) {
  const { isPending, set } = useMode(appId, flowId);
  return mode === "enabled" ? (
    <Button icon={<CirclePause />} isPending={isPending} onPress={() => set("paused")}>
      Pause
    </Button>
  ) : (
    <Button icon={<CirclePlay />} isPending={isPending} onPress={() => set("enabled")}>
      {mode === "paused" ? "Resume" : "Enable"}
    </Button>
  );
}
