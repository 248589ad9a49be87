import { CirclePause, CirclePlay, Send } from "lucide-react";
import { type ReactNode, useState } from "react";
import { client } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { ModeBadge } from "../../kit/badge.tsx";
import { Button } from "../../kit/button.tsx";
import { countOf } from "../../kit/format.ts";
import { Page, SubNav } from "../../kit/page.tsx";
import { Answer, Loading } from "../../kit/states.tsx";
import { say, sayFailure } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useAppCrumbs } from "../app-crumbs.ts";
import { useParam } from "../params.ts";
import { type Place, useAppId, usePaths } from "../place.ts";
import { type Endpoint, type Health, nameOf, PATH, useEndpoint, useHealth } from "./endpoint.ts";
import { SendExampleDialog } from "./send-example.tsx";

type EndpointPage = Extract<keyof Place["paths"], "endpoint" | `endpoint${"Owed" | "Dead" | "Attempts" | "Settings"}`>;

/** What stands around each page of one endpoint: its name, how it is, what can be done, and its other pages. */
export function EndpointFrame({
  current,
  children,
}: {
  readonly current: EndpointPage;
  readonly children: (endpoint: Endpoint, health: Health | undefined, appId: string) => ReactNode;
}) {
  const appId = useAppId();
  const paths = usePaths();
  const endpointId = useParam("endpointId");
  const endpoint = useEndpoint(appId, endpointId);
  const health = useHealth(appId, endpointId);
  const crumbs = useAppCrumbs(appId, { label: "Endpoints", href: paths.endpoints(appId) });
  const mayWrite = useMay("portal:write");
  const [testing, setTesting] = useState(false);
  const { data } = health;

  return (
    <Page
      title={endpoint.data === undefined ? "Endpoint" : nameOf(endpoint.data)}
      crumbs={crumbs}
      beside={endpoint.data !== undefined && <ModeBadge mode={endpoint.data.mode ?? "enabled"} />}
      // All at once: its name, however long, would push down what comes before it.
      description={
        endpoint.data !== undefined && <code className="endpoints-url wrap-anywhere">{endpoint.data.url}</code>
      }
      actions={
        mayWrite &&
        endpoint.data !== undefined && (
          <Actions appId={appId} endpoint={endpoint.data} onTest={() => setTesting(true)} />
        )
      }
      nav={
        endpoint.data !== undefined && (
          <SubNav
            label="Parts of the endpoint"
            current={paths[current](appId, endpointId)}
            items={[
              { label: "Health", href: paths.endpoint(appId, endpointId) },
              { label: "Attempts", href: paths.endpointAttempts(appId, endpointId) },
              {
                label: "Owed",
                href: paths.endpointOwed(appId, endpointId),
                count: data ? countOf(data.owed + data.held, data.owedIsExact && data.heldIsExact) : "…",
              },
              {
                label: "Dead letters",
                href: paths.endpointDead(appId, endpointId),
                count: data ? countOf(data.dead, data.deadIsExact) : "…",
              },
              { label: "Settings", href: paths.endpointSettings(appId, endpointId) },
            ]}
          />
        )
      }
    >
      <Answer query={endpoint} loading={<Loading rows={8} />}>
        {(found) => children(found, data, appId)}
      </Answer>
      <SendExampleDialog appId={appId} endpoint={endpoint.data} isOpen={testing} onClose={() => setTesting(false)} />
    </Page>
  );
}

type Act = "pause" | "resume";

const DONE: Readonly<Record<Act, string>> = {
  pause: "Paused: what is owed and what comes is kept, nothing is sent",
  resume: "Resumed: what is owed is sent",
};

function Actions({
  appId,
  endpoint,
  onTest,
}: {
  readonly appId: string;
  readonly endpoint: Endpoint;
  readonly onTest: () => void;
}) {
  const act = useChange<Act, void>(async (what, key) => {
    const params = { path: { app_id: appId, endpoint_id: endpoint.id }, header: { "idempotency-key": key } };
    if (what === "pause") await client.POST(`${PATH}/pause`, { params });
    else await client.POST(`${PATH}/resume`, { params });
  });
  const go = (what: Act) => () =>
    void act.run(what).then(
      () => say(DONE[what]),
      (error) => sayFailure(error, "It was not done"),
    );
  return (
    <>
      {endpoint.mode === "enabled" ? (
        <Button icon={<CirclePause />} isPending={act.isPending} onPress={go("pause")}>
          Pause
        </Button>
      ) : (
        <Button icon={<CirclePlay />} isPending={act.isPending} onPress={go("resume")}>
          {endpoint.mode === "paused" ? "Resume" : "Enable"}
        </Button>
      )}
      <Button look="primary" icon={<Send />} onPress={onTest} isDisabled={endpoint.mode === "disabled"}>
        Send example
      </Button>
    </>
  );
}
