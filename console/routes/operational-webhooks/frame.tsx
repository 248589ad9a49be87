import { CirclePause, CirclePlay } from "lucide-react";
import type { ReactNode } from "react";
import { client } from "../../api/client.ts";
import { ModeBadge } from "../../kit/badge.tsx";
import { Button } from "../../kit/button.tsx";
import { Page, SubNav } from "../../kit/page.tsx";
import { Answer, Loading } from "../../kit/states.tsx";
import { say, sayFailure } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useParam } from "../params.ts";
import { paths } from "../paths.ts";
import { nameOf, ONE, useWebhook, type Webhook } from "./webhook.ts";

const CRUMBS = [{ label: "Operational webhooks", href: paths.operationalWebhooks }] as const;

/** What stands around each page of one operational webhook. */
export function WebhookFrame({
  current,
  children,
}: {
  readonly current: (endpointId: string) => string;
  readonly children: (webhook: Webhook) => ReactNode;
}) {
  const endpointId = useParam("endpointId");
  const webhook = useWebhook(endpointId);
  return (
    <Page
      title={webhook.data === undefined ? "Operational webhook" : nameOf(webhook.data)}
      crumbs={CRUMBS}
      beside={webhook.data !== undefined && <ModeBadge mode={webhook.data.mode ?? "enabled"} />}
      description={<code className="wrap-anywhere">{webhook.data?.url ?? " "}</code>}
      actions={<PauseOrResume webhook={webhook.data} />}
      nav={
        <SubNav
          label="Parts of the webhook"
          current={current(endpointId)}
          items={[
            { label: "Attempts", href: paths.operationalWebhook(endpointId) },
            { label: "Settings", href: paths.operationalWebhookSettings(endpointId) },
          ]}
        />
      }
    >
      <Answer query={webhook} loading={<Loading rows={8} />}>
        {children}
      </Answer>
    </Page>
  );
}

/** There while the webhook loads too, so that nothing moves when it comes. */
function PauseOrResume({ webhook }: { readonly webhook: Webhook | undefined }) {
  const isOn = (webhook?.mode ?? "enabled") === "enabled";
  const change = useChange<"enabled" | "paused", unknown>((mode) =>
    client.PATCH(ONE, { params: { path: { endpoint_id: webhook?.id ?? "" } }, body: { mode } }),
  );
  const go = () =>
    void change.run(isOn ? "paused" : "enabled").then(
      () => say(isOn ? "Paused: what there is to tell is kept" : "Resumed: what was kept is told now"),
      (error) => sayFailure(error, "It was not done"),
    );
  return (
    <Button
      icon={isOn ? <CirclePause /> : <CirclePlay />}
      isPending={change.isPending}
      isDisabled={webhook === undefined}
      onPress={go}
    >
      {isOn ? "Pause" : webhook?.mode === "paused" ? "Resume" : "Enable"}
    </Button>
  );
}
