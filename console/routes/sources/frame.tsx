import { CirclePause, CirclePlay } from "lucide-react";
import { type ReactNode, useState } from "react";
import { client } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { ModeBadge } from "../../kit/badge.tsx";
import { Button } from "../../kit/button.tsx";
import { ConfirmDialog } from "../../kit/confirm.tsx";
import { Page, SubNav } from "../../kit/page.tsx";
import { Answer, Loading } from "../../kit/states.tsx";
import { say, sayFailure } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useAppCrumbs } from "../app-crumbs.ts";
import { useParam } from "../params.ts";
import { paths } from "../paths.ts";
import { factsOf } from "./presets.ts";
import { nameOf, PATH, type Rejection, type Source, useRejections, useSource } from "./source.ts";

/** What stands around each page of one source. Its rejections come with it: how many there are is told on every page. */
export function SourceFrame({
  current,
  children,
}: {
  readonly current: (appId: string, sourceId: string) => string;
  readonly children: (source: Source, rejections: readonly Rejection[], appId: string) => ReactNode;
}) {
  const appId = useParam("appId");
  const sourceId = useParam("sourceId");
  const source = useSource(appId, sourceId);
  const rejections = useRejections(appId, sourceId);
  const crumbs = useAppCrumbs(appId, { label: "Sources", href: paths.sources(appId) });
  const { data } = source;
  const log = rejections.data?.data;

  return (
    <Page
      title={data === undefined ? "Source" : nameOf(data)}
      crumbs={crumbs}
      beside={data !== undefined && <ModeBadge mode={data.disabled ? "disabled" : "enabled"} />}
      // All at once: its name, however long, would push down what comes before it.
      description={data !== undefined && `Takes webhooks of ${factsOf(data.preset).label}.`}
      actions={data !== undefined && <OnOff appId={appId} source={data} />}
      nav={
        data !== undefined && (
          <SubNav
            label="Parts of the source"
            current={current(appId, sourceId)}
            items={[
              { label: "Connect", href: paths.source(appId, sourceId) },
              {
                label: "Rejections",
                href: paths.sourceRejections(appId, sourceId),
                count: log === undefined ? "…" : log.length >= LOG_MAX ? `${LOG_MAX}+` : String(log.length),
              },
              { label: "Settings", href: paths.sourceSettings(appId, sourceId) },
            ]}
          />
        )
      }
    >
      <Answer query={source} loading={<Loading rows={8} />}>
        {(found) => (
          <Answer query={rejections} loading={<Loading rows={8} />}>
            {(answer) => children(found, answer.data, appId)}
          </Answer>
        )}
      </Answer>
    </Page>
  );
}

/** As many as the API keeps in sight. */
const LOG_MAX = 100;

function OnOff({ appId, source }: { readonly appId: string; readonly source: Source }) {
  const mayWrite = useMay("write");
  const [asking, setAsking] = useState(false);
  const change = useChange<boolean, unknown>((disabled) =>
    client.PATCH(PATH, { params: { path: { app_id: appId, source_id: source.id } }, body: { disabled } }),
  );
  if (!mayWrite) return null;
  if (source.disabled)
    return (
      <Button
        look="primary"
        icon={<CirclePlay />}
        isPending={change.isPending}
        onPress={() =>
          void change.run(false).then(
            () => say("Enabled: it takes webhooks again"),
            (error) => sayFailure(error, "It was not enabled"),
          )
        }
      >
        Enable
      </Button>
    );
  return (
    <>
      <Button icon={<CirclePause />} onPress={() => setAsking(true)}>
        Disable
      </Button>
      <ConfirmDialog
        title={`Disable ${nameOf(source)}?`}
        isOpen={asking}
        onClose={() => setAsking(false)}
        action="Disable source"
        onConfirm={async () => {
          await change.run(true);
          say("Disabled: everything that comes is refused");
        }}
      >
        <p>
          It answers 403 to everything that comes, until it is enabled again. What the provider tries again in the
          meantime arrives then; what it gives up is lost to you.
        </p>
      </ConfirmDialog>
    </>
  );
}
