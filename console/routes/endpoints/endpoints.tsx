import { Plus } from "lucide-react";
import { api } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { ModeBadge } from "../../kit/badge.tsx";
import { ButtonLink, Link } from "../../kit/button.tsx";
import { Page, Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty, Loading } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { Time } from "../../kit/time.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { useAppCrumbs } from "../app-crumbs.ts";
import { type Place, useAppId, usePlace } from "../place.ts";
import { type Endpoint, nameOf } from "./endpoint.ts";

const PAGE = 50;

/** Where an application's webhooks go. */
export default function Endpoints() {
  const appId = useAppId();
  const { paths, hasApplications } = usePlace();
  const crumbs = useAppCrumbs(appId);
  const mayWrite = useMay("portal:write");
  const [{ page: iterator }, setSearch] = useSearch("page");
  const endpoints = api.useQuery("get", "/api/v1/app/{app_id}/endpoint", {
    params: {
      path: { app_id: appId },
      query: { limit: PAGE, order: "descending", ...(iterator !== undefined && { iterator }) },
    },
  });
  const create = mayWrite && (
    <ButtonLink look="primary" icon={<Plus />} href={paths.newEndpoint(appId)}>
      New endpoint
    </ButtonLink>
  );
  return (
    <Page
      title="Endpoints"
      crumbs={crumbs}
      description={hasApplications ? "Where this application's webhooks go." : "Where your webhooks go."}
      actions={create}
    >
      <Section isFlush>
        <Answer query={endpoints} loading={<Loading rows={6} />}>
          {({ data, done, iterator: next, prevIterator }) => (
            <>
              <Table
                label="Endpoints"
                columns={columnsOf(appId, paths)}
                rows={data}
                rowId={(row) => row.id}
                empty={
                  <Empty title="No endpoint yet" actions={create}>
                    <p>An endpoint is a URL that gets events. Until there is one, events are kept and go nowhere.</p>
                  </Empty>
                }
              />
              <Pager
                at={iterator}
                done={done}
                next={next}
                previous={prevIterator}
                onPage={(page) => setSearch({ page }, { push: true })}
              />
            </>
          )}
        </Answer>
      </Section>
    </Page>
  );
}

const columnsOf = (appId: string, paths: Place["paths"]): readonly Column<Endpoint>[] => [
  {
    id: "name",
    header: "Endpoint",
    cell: (row) => (
      <div className="endpoints-name">
        <Link href={paths.endpoint(appId, row.id)}>{nameOf(row)}</Link>
        <code className="faint truncate">{row.url}</code>
      </div>
    ),
  },
  { id: "mode", header: "Mode", cell: (row) => <ModeBadge mode={row.mode ?? "enabled"} /> },
  {
    id: "types",
    header: "Listens to",
    cell: (row) => <span className="muted">{listens(row)}</span>,
    isLeftOutNarrow: true,
  },
  { id: "made", header: "Created", cell: (row) => <Time at={row.createdAt} />, align: "end" },
];

function listens({ eventTypes, channels }: Endpoint): string {
  const types = eventTypes?.join(", ") ?? "all event types";
  return channels ? `${types}; channels ${channels.join(", ")}` : types;
}
