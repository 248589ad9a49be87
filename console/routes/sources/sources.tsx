import { Plus } from "lucide-react";
import { api } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { ModeBadge } from "../../kit/badge.tsx";
import { ButtonLink, Link } from "../../kit/button.tsx";
import { Page, Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty, Loading } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { useAppCrumbs } from "../app-crumbs.ts";
import { useParam } from "../params.ts";
import { paths } from "../paths.ts";
import { factsOf } from "./presets.ts";
import { nameOf, type Source } from "./source.ts";

const PAGE = 50;

/** Where webhooks of others come in. */
export default function Sources() {
  const appId = useParam("appId");
  const crumbs = useAppCrumbs(appId);
  const mayWrite = useMay("write");
  const [{ page: iterator }, setSearch] = useSearch("page");
  const sources = api.useQuery("get", "/api/v1/app/{app_id}/source", {
    params: {
      path: { app_id: appId },
      query: { limit: PAGE, order: "descending", ...(iterator !== undefined && { iterator }) },
    },
  });
  const create = mayWrite && (
    <ButtonLink look="primary" icon={<Plus />} href={paths.newSource(appId)}>
      New source
    </ButtonLink>
  );
  return (
    <Page
      title="Sources"
      crumbs={crumbs}
      description="Where webhooks of others come in: verified, kept, and only then answered."
      actions={create}
    >
      <Section isFlush>
        <Answer query={sources} loading={<Loading rows={6} />}>
          {({ data, done, iterator: next, prevIterator }) => (
            <>
              <Table
                label="Sources"
                columns={columnsOf(appId)}
                rows={data}
                rowId={(row) => row.id}
                empty={
                  <Empty title="No source yet" actions={create}>
                    <p>
                      A source is a URL that takes webhooks of Stripe, GitHub and others, and believes only true ones.
                      What it takes is an event like any other.
                    </p>
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

const columnsOf = (appId: string): readonly Column<Source>[] => [
  { id: "name", header: "Source", cell: (row) => <Link href={paths.source(appId, row.id)}>{nameOf(row)}</Link> },
  { id: "preset", header: "Webhooks of", cell: (row) => factsOf(row.preset).label },
  { id: "on", header: "Mode", cell: (row) => <ModeBadge mode={row.disabled ? "disabled" : "enabled"} /> },
  {
    id: "uid",
    header: "Your id",
    cell: (row) => (row.uid ? <code>{row.uid}</code> : <None />),
    isLeftOutNarrow: true,
  },
  { id: "made", header: "Created", cell: (row) => <Time at={row.createdAt} />, align: "end" },
];
