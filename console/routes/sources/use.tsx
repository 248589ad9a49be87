import { ShieldX } from "lucide-react";
import { api } from "../../api/client.ts";
import { Button, ButtonLink, Link } from "../../kit/button.tsx";
import { Id } from "../../kit/copy.tsx";
import { count, plural } from "../../kit/format.ts";
import { KeyValues } from "../../kit/key-values.tsx";
import { Section } from "../../kit/page.tsx";
import { Answer, Empty, Loading, Note } from "../../kit/states.tsx";
import { Table } from "../../kit/table.tsx";
import { Time, useNow } from "../../kit/time.tsx";
import { useStill } from "../../kit/use-still.ts";
import { paths } from "../paths.ts";
import { diagnose } from "./diagnosis.ts";
import { SourceFrame } from "./frame.tsx";
import { factsOf } from "./presets.ts";
import type { Rejection, Source } from "./source.ts";
import { TestWebhook } from "./test-webhook.tsx";
import { SecretUrl } from "./url.tsx";

/** How a provider is connected, whether it works, and what came. */
export default function SourcePage() {
  return (
    <SourceFrame current={paths.source}>
      {(source, rejections, appId) => (
        <>
          <Refused appId={appId} source={source} rejections={rejections} />
          <Connect source={source} />
          <TestWebhook appId={appId} source={source} />
          <Newest appId={appId} source={source} />
        </>
      )}
    </SourceFrame>
  );
}

const HOUR_MS = 3_600_000;

/** What was refused in the last hour, in one sentence with the way to its reasons. */
function Refused({
  appId,
  source,
  rejections,
}: {
  readonly appId: string;
  readonly source: Source;
  readonly rejections: readonly Rejection[];
}) {
  const now = useNow();
  const lately = rejections.filter(({ timestamp }) => now - Date.parse(timestamp) < HOUR_MS);
  const newest = lately[0];
  if (newest === undefined) return null;
  const isMore = lately.length === rejections.length && lately.length >= 100;
  return (
    <Note tone="warn">
      {isMore ? `${count(lately.length)}+ requests were` : plural(lately.length, "request was", "requests were")}{" "}
      refused in the last hour, the newest one: {diagnose(newest, source).title.toLowerCase()}.{" "}
      <Link href={paths.sourceRejections(appId, source.id)}>See what is wrong</Link>
    </Note>
  );
}

function Connect({ source }: { readonly source: Source }) {
  const facts = factsOf(source.preset);
  return (
    <Section
      title="Connect"
      description={`What ${facts.id === "hmac" || facts.id === "none" ? "the sender" : facts.label} needs to know.`}
    >
      <div className="stack">
        <SecretUrl url={source.url} />
        <ol className="sources-steps">
          {facts.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <KeyValues
          columns={2}
          items={[
            ["Source", <Id key="i" id={source.id} isWhole />],
            source.uid !== null && ["Your id", <code key="u">{source.uid}</code>],
            ["Created", <Time key="c" at={source.createdAt} />],
          ]}
        />
      </div>
    </Section>
  );
}

const LOOKED_AT = 250;
const SHOWN = 10;
const NEWEST_EVERY_MS = 5_000;

/** The newest events that came through it, of the newest of the application. */
function Newest({ appId, source }: { readonly appId: string; readonly source: Source }) {
  const messages = api.useQuery(
    "get",
    "/api/v1/app/{app_id}/msg",
    { params: { path: { app_id: appId }, query: { limit: LOOKED_AT, with_content: false } } },
    { refetchInterval: NEWEST_EVERY_MS },
  );
  const through = (messages.data?.data ?? []).filter(({ sourceId }) => sourceId === source.id);
  const { shown, newer, showAll } = useStill(through);
  return (
    <Section
      title="Newest events"
      description={`Of the newest ${LOOKED_AT} messages of the application.`}
      isFlush
      actions={
        <>
          <Button size="s" isDisabled={newer === 0} onPress={showAll}>
            {newer === 0 ? "Nothing newer" : `Show ${count(newer)} newer`}
          </Button>
          <ButtonLink size="s" href={paths.messages(appId)}>
            All messages
          </ButtonLink>
        </>
      }
    >
      <Answer query={messages} loading={<Loading rows={6} />}>
        {() => (
          <Table
            label="Newest events"
            rows={shown.slice(0, SHOWN)}
            rowId={(row) => row.id}
            columns={[
              {
                id: "type",
                header: "Event type",
                cell: (row) => <Link href={paths.message(appId, row.id)}>{row.eventType}</Link>,
              },
              { id: "id", header: "Message", cell: (row) => <Id id={row.id} href={paths.message(appId, row.id)} /> },
              { id: "at", header: "Accepted", cell: (row) => <Time at={row.timestamp} />, align: "end" },
            ]}
            empty={
              <Empty title="Nothing came through it lately" icon={<ShieldX />}>
                <p>What it takes stands here. What it refuses stands under Rejections, with the reason.</p>
              </Empty>
            }
          />
        )}
      </Answer>
    </Section>
  );
}
