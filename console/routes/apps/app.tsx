import { Plus, Radio, Settings } from "lucide-react";
import { useEffect } from "react";
import { api } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { ModeBadge } from "../../kit/badge.tsx";
import { ButtonLink, Link } from "../../kit/button.tsx";
import { Id } from "../../kit/copy.tsx";
import { Page, Section } from "../../kit/page.tsx";
import { Answer, Empty, Loading } from "../../kit/states.tsx";
import { Table } from "../../kit/table.tsx";
import { Time } from "../../kit/time.tsx";
import { enterApp } from "../../state/current-app.ts";
import { useParam } from "../params.ts";
import { paths } from "../paths.ts";

const SHOWN = 8;

/** One customer at a glance: where its events go, where they come from, and the newest of them. */
export default function AppPage() {
  const appId = useParam("appId");
  const where = { params: { path: { app_id: appId } } };
  const app = api.useQuery("get", "/api/v1/app/{app_id}", where);
  const endpoints = api.useQuery("get", "/api/v1/app/{app_id}/endpoint", {
    params: { path: { app_id: appId }, query: { limit: 100 } },
  });
  const sources = api.useQuery("get", "/api/v1/app/{app_id}/source", {
    params: { path: { app_id: appId }, query: { limit: 100 } },
  });
  const messages = api.useQuery(
    "get",
    "/api/v1/app/{app_id}/msg",
    { params: { path: { app_id: appId }, query: { limit: SHOWN, with_content: false } } },
    { refetchInterval: 5_000 },
  );
  const mayWrite = useMay("write");
  const isPending = endpoints.isPending || sources.isPending || messages.isPending;

  useEffect(() => {
    if (app.data !== undefined) enterApp({ id: app.data.id, name: app.data.name });
  }, [app.data]);

  return (
    <Page
      title={app.data?.name ?? "Application"}
      crumbs={CRUMBS}
      // All at once: its name, however long, would push down what comes before it.
      description={
        app.data !== undefined && (
          <span className="row wrap">
            <Id id={app.data.id} isWhole />
            {app.data.uid && <code>{app.data.uid}</code>}
          </span>
        )
      }
      actions={
        app.data !== undefined && (
          <>
            <ButtonLink href={`${paths.tail}?app=${encodeURIComponent(appId)}`} icon={<Radio />}>
              Watch live
            </ButtonLink>
            <ButtonLink href={paths.appSettings(appId)} icon={<Settings />}>
              Settings
            </ButtonLink>
          </>
        )
      }
    >
      <Answer query={app} loading={<Loading rows={12} />}>
        {() =>
          // All at once: what comes first would be pushed down by what comes next.
          isPending ? (
            <Loading rows={12} />
          ) : (
            <>
              <Section
                title="Endpoints"
                description="Where its webhooks go."
                isFlush
                actions={
                  mayWrite && (
                    <ButtonLink size="s" icon={<Plus />} href={paths.newEndpoint(appId)}>
                      New endpoint
                    </ButtonLink>
                  )
                }
              >
                <Answer query={endpoints}>
                  {({ data }) => (
                    <Table
                      label="Endpoints"
                      rows={data}
                      rowId={(row) => row.id}
                      columns={[
                        {
                          id: "what",
                          header: "Endpoint",
                          cell: (row) => (
                            <Link href={paths.endpoint(appId, row.id)}>
                              {row.description === "" ? (row.uid ?? row.id) : row.description}
                            </Link>
                          ),
                        },
                        { id: "url", header: "URL", cell: (row) => <code>{row.url}</code>, isLeftOutNarrow: true },
                        { id: "mode", header: "Mode", cell: (row) => <ModeBadge mode={row.mode ?? "enabled"} /> },
                        {
                          id: "types",
                          header: "Event types",
                          cell: (row) => <span className="muted">{row.eventTypes?.join(", ") ?? "all"}</span>,
                          isLeftOutNarrow: true,
                        },
                      ]}
                      empty={
                        <Empty title="No endpoint yet">
                          <p>Until there is one, events are kept and go nowhere.</p>
                        </Empty>
                      }
                    />
                  )}
                </Answer>
              </Section>
              <Section
                title="Sources"
                description="Where webhooks of others come in."
                isFlush
                actions={
                  mayWrite && (
                    <ButtonLink size="s" icon={<Plus />} href={paths.newSource(appId)}>
                      New source
                    </ButtonLink>
                  )
                }
              >
                <Answer query={sources}>
                  {({ data }) => (
                    <Table
                      label="Sources"
                      rows={data}
                      rowId={(row) => row.id}
                      columns={[
                        {
                          id: "what",
                          header: "Source",
                          cell: (row) => (
                            <Link href={paths.source(appId, row.id)}>{row.name === "" ? row.id : row.name}</Link>
                          ),
                        },
                        { id: "preset", header: "From", cell: (row) => row.preset },
                        {
                          id: "on",
                          header: "Mode",
                          cell: (row) => <ModeBadge mode={row.disabled ? "disabled" : "enabled"} />,
                        },
                      ]}
                      empty={
                        <Empty title="No source yet">
                          <p>
                            A source is a URL that takes webhooks of Stripe, GitHub and others, and believes only true
                            ones.
                          </p>
                        </Empty>
                      }
                    />
                  )}
                </Answer>
              </Section>
              <Section
                title="Newest messages"
                isFlush
                actions={
                  <ButtonLink size="s" href={paths.messages(appId)}>
                    All messages
                  </ButtonLink>
                }
              >
                <Answer query={messages}>
                  {({ data }) => (
                    <Table
                      label="Newest messages"
                      rows={data}
                      rowId={(row) => row.id}
                      columns={[
                        {
                          id: "type",
                          header: "Event type",
                          cell: (row) => <Link href={paths.message(appId, row.id)}>{row.eventType}</Link>,
                        },
                        {
                          id: "id",
                          header: "Message",
                          cell: (row) => <Id id={row.id} href={paths.message(appId, row.id)} />,
                        },
                        { id: "at", header: "Accepted", cell: (row) => <Time at={row.timestamp} />, align: "end" },
                      ]}
                      empty={<Empty title="No message yet">What is sent for this application stands here.</Empty>}
                    />
                  )}
                </Answer>
              </Section>
            </>
          )
        }
      </Answer>
    </Page>
  );
}

const CRUMBS = [{ label: "Applications", href: paths.apps }] as const;
