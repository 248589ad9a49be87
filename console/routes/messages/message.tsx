import { useQuery } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useEffect, useState } from "react";
import { api, ask } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { Button } from "../../kit/button.tsx";
import { CodeView } from "../../kit/code-view.tsx";
import { CopyButton, Id } from "../../kit/copy.tsx";
import { plural, bytes as sizeOf } from "../../kit/format.ts";
import { KeyValues } from "../../kit/key-values.tsx";
import { Page, Section } from "../../kit/page.tsx";
import { Answer, Empty, Loading, Note } from "../../kit/states.tsx";
import { None, Time } from "../../kit/time.tsx";
import { say, sayFailure } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useSearch } from "../../kit/use-search.ts";
import { useAppCrumbs } from "../app-crumbs.ts";
import { useParam } from "../params.ts";
import { useAppId, usePaths, usePlace } from "../place.ts";
import { AttemptDetails } from "./attempt-details.tsx";
import { CompareAttempts } from "./compare.tsx";
import { shellWord } from "./curl.ts";
import { loadMessage, type Payload } from "./payload.ts";
import { ResendDialog } from "./resend.tsx";
import { CompareButton, Road } from "./road.tsx";
import { StartedRuns } from "./started-runs.tsx";
import { type Attempt, type Tally, type Timeline, type TimelineDelivery, tallyOf } from "./waterfall.ts";

const OPEN_EVERY_MS = 2_000;

/** One event: what it is, and everything that happened to it. */
export default function MessagePage() {
  const appId = useAppId();
  const paths = usePaths();
  const messageId = useParam("messageId");
  const where = { params: { path: { app_id: appId, msg_id: messageId } } };
  const crumbs = useAppCrumbs(appId, { label: "Messages", href: paths.messages(appId) });
  const timeline = api.useQuery("get", "/api/v1/app/{app_id}/msg/{msg_id}/timeline", where, {
    // As long as something is still to come it is asked again.
    refetchInterval: ({ state }) =>
      state.data !== undefined && tallyOf(state.data.deliveries).open > 0 ? OPEN_EVERY_MS : false,
  });
  const content = useQuery({
    queryKey: ["message", appId, messageId],
    queryFn: ({ signal }) => loadMessage(appId, messageId, signal),
    // It never changes, except that its owner may erase it.
    staleTime: 60_000,
  });
  const mayWrite = useMay("portal:write");
  const [resending, setResending] = useState(false);
  const message = timeline.data?.message;

  return (
    <Page
      title={message?.eventType ?? "Message"}
      crumbs={crumbs}
      description={<Id id={messageId} isWhole />}
      actions={
        mayWrite && (
          <Button look="primary" icon={<Send />} onPress={() => setResending(true)} isDisabled={message === undefined}>
            Send again
          </Button>
        )
      }
    >
      <Answer query={timeline} loading={<Loading rows={8} />}>
        {(data) => <Whole appId={appId} timeline={data} payload={content.data?.payload} contentError={content.error} />}
      </Answer>
      <ResendDialog appId={appId} messageId={messageId} isOpen={resending} onClose={() => setResending(false)} />
    </Page>
  );
}

function Whole({
  appId,
  timeline,
  payload,
  contentError,
}: {
  readonly appId: string;
  readonly timeline: Timeline;
  readonly payload: Payload | undefined;
  readonly contentError: unknown;
}) {
  const [{ attempt: openId }, setSearch] = useSearch("attempt");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [comparing, setComparing] = useState(false);
  const all = timeline.deliveries.flatMap((delivery) => delivery.attempts);
  const open = all.find((one) => one.id === openId) ?? mostTelling(timeline.deliveries);
  const pair = chosen.flatMap((id) => all.filter((one) => one.id === id));
  const { message } = timeline;
  const maySend = useMay("ingest");
  const { hasApplications } = usePlace();

  return (
    <>
      <Summary tally={tallyOf(timeline.deliveries)} isExpanding={timeline.isExpanding} />
      <div className="two-sides">
        <Section
          title="What happened"
          actions={all.length > 1 && <CompareButton count={pair.length} onPress={() => setComparing(true)} />}
        >
          <Road
            appId={appId}
            timeline={timeline}
            current={open?.id}
            onOpen={(one) => setSearch({ attempt: one.id })}
            chosen={chosen}
            onChoose={setChosen}
            actions={(delivery) => <DeliveryActions appId={appId} delivery={delivery} />}
          />
        </Section>
        {open === undefined ? (
          <Section title="Attempts">
            <Empty title="Nothing was sent yet">What is sent, and what comes back, stands here.</Empty>
          </Section>
        ) : (
          <AttemptDetails key={open.id} appId={appId} attempt={open} payload={payload} />
        )}
      </div>
      <Section
        title="Payload"
        description="Exactly as it was accepted, stored, signed and sent."
        actions={
          maySend &&
          payload?.kind === "text" && (
            <CopyButton what="the event as a command" text={() => commandOf(appId, timeline, payload.text)}>
              Copy as curl
            </CopyButton>
          )
        }
      >
        <PayloadView payload={payload} error={contentError} />
      </Section>
      <Section title="About it">
        <KeyValues
          columns={2}
          items={[
            ["Message", <Id key="m" id={message.id} isWhole />],
            ["Your own id", message.eventId ? <code key="e">{message.eventId}</code> : <None key="e" />],
            ["Accepted", <Time key="a" at={timeline.acceptedAt} exact />],
            ["Written", timeline.storedAt ? <Time key="w" at={timeline.storedAt} exact /> : <None key="w" />],
            ["Content type", <code key="c">{message.contentType ?? "application/json"}</code>],
            ["Channels", message.channels?.join(", ") ?? <None key="ch" />],
            ["Tags", message.tags?.join(", ") ?? <None key="t" />],
            ["Trace", timeline.traceId ? <Id key="tr" id={timeline.traceId} isWhole /> : <None key="tr" />],
          ]}
        />
      </Section>
      {/* Last: it comes when it comes, and moves nothing. A customer sees nothing of flows. */}
      {hasApplications && <StartedRuns appId={appId} messageId={message.id} />}
      <CompareAttempts
        attempts={comparing && pair[0] && pair[1] ? [pair[0], pair[1]] : undefined}
        onClose={() => setComparing(false)}
      />
    </>
  );
}

/** Whoever opens a message wants to know why something failed; when nothing did, how the last went. */
function mostTelling(deliveries: readonly TimelineDelivery[]): Attempt | undefined {
  const lasts = deliveries.flatMap((delivery) => delivery.attempts.slice(-1));
  return lasts.find((one) => one.outcome !== "delivered") ?? lasts[0];
}

function Summary({ tally, isExpanding }: { readonly tally: Tally; readonly isExpanding: boolean }) {
  const { delivered, open, dead } = tally;
  if (delivered + open + dead === 0) {
    return isExpanding ? null : (
      <Note>
        No endpoint wanted this message when it came: none was there, or their event types and channels left it out.
      </Note>
    );
  }
  const parts = [
    delivered > 0 && `${plural(delivered, "delivery", "deliveries")} arrived`,
    open > 0 && `${plural(open, "delivery is", "deliveries are")} still to come`,
    dead > 0 && `${plural(dead, "delivery was", "deliveries were")} given up`,
  ].filter(Boolean);
  return (
    <Note tone={dead > 0 ? "bad" : open > 0 ? "info" : "ok"} role="status">
      {parts.join(", ")}.
    </Note>
  );
}

function PayloadView({ payload, error }: { readonly payload: Payload | undefined; readonly error: unknown }) {
  if (payload === undefined) {
    return (
      <Answer
        query={{ data: undefined, error, isPending: error === null, refetch: () => undefined }}
        loading={<Loading height={220} />}
      >
        {() => null}
      </Answer>
    );
  }
  switch (payload.kind) {
    case "erased":
      return <Empty title="Its owner had the payload erased">What was sent and what came of it is still known.</Empty>;
    case "binary":
      return (
        <Empty title="The payload is no text">
          <p>It has {sizeOf(Math.floor((payload.base64.length * 3) / 4))}. In base64 it can be copied.</p>
          <CopyButton what="the payload in base64" text={payload.base64}>
            Copy in base64
          </CopyButton>
        </Empty>
      );
    case "text":
      return <CodeView text={payload.text} what="the payload" />;
  }
}

/** The command that would send the same event through the API. The token is left to who runs it. */
function commandOf(appId: string, { message }: Timeline, payload: string): string {
  const rest = {
    eventType: message.eventType,
    ...(message.channels && { channels: message.channels }),
    ...(message.tags && { tags: message.tags }),
  };
  const body = `${JSON.stringify(rest).slice(0, -1)},"payload":${payload}}`;
  const url = `${location.origin}/api/v1/app/${encodeURIComponent(appId)}/msg`;
  return `curl ${shellWord(url)} \\\n  -H "Authorization: Bearer $POSTHORN_TOKEN" \\\n  -H 'Content-Type: application/json' \\\n  --data-raw ${shellWord(body)}`;
}

type Act = "hold" | "release" | "cancel";
const DONE: Readonly<Record<Act, string>> = {
  hold: "Held: it is not sent until it is released",
  release: "Released",
  cancel: "Cancelled: it is not sent any more",
};

/** What can be done with one delivery that is not settled yet. */
function DeliveryActions({ appId, delivery }: { readonly appId: string; readonly delivery: TimelineDelivery }) {
  const mayWrite = useMay("write");
  const act = useChange<Act, { count: number }>((what) =>
    ask<{ count: number }>(
      `/api/v1/app/${encodeURIComponent(appId)}/endpoint/${encodeURIComponent(delivery.endpointId)}/owed/${what}`,
      { method: "POST", body: { ids: [delivery.id], dryRun: false } },
    ),
  );
  useEffect(() => {
    if (act.error != null) sayFailure(act.error, "It was not done");
  }, [act.error]);
  if (!mayWrite || (delivery.state !== "owed" && delivery.state !== "held")) return null;
  const button = (what: Act, label: string) => (
    <Button
      size="s"
      isPending={act.isPending}
      onPress={() =>
        void act.run(what).then(
          ({ count }) => say(count === 1 ? DONE[what] : "It was not waiting any more: nothing was changed"),
          () => undefined, // Said by the effect above.
        )
      }
    >
      {label}
    </Button>
  );
  return (
    <>
      {delivery.state === "owed" ? button("hold", "Hold") : button("release", "Release")}
      {button("cancel", "Cancel")}
    </>
  );
}
