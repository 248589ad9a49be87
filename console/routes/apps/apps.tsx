import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api, client } from "../../api/client.ts";
import { useMay, useWhoAmI } from "../../api/whoami.ts";
import { Button, Link } from "../../kit/button.tsx";
import { Id } from "../../kit/copy.tsx";
import { Page, Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty, Loading } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { paths } from "../paths.ts";
import { AppDialog } from "./app-dialog.tsx";
import type { App } from "./application.ts";

const PAGE = 50;

/** The tenants: whose events, endpoints and sources these are. */
export default function Apps() {
  const { data: who } = useWhoAmI();
  const mayCreate = useMay("admin") && who?.appId == null;
  const [{ page: iterator }, setSearch] = useSearch("page");
  const [creating, setCreating] = useState(false);
  const navigate = useNavigate();
  const apps = api.useQuery("get", "/api/v1/app", {
    params: { query: { limit: PAGE, order: "descending", ...(iterator !== undefined && { iterator }) } },
  });
  const create = mayCreate && (
    <Button look="primary" icon={<Plus />} onPress={() => setCreating(true)}>
      New application
    </Button>
  );

  return (
    <Page
      title="Applications"
      description="Each is one customer: its events, endpoints and sources are seen by nobody else."
      actions={create}
    >
      <Section isFlush>
        <Answer query={apps} loading={<Loading rows={8} />}>
          {({ data, done, iterator: next, prevIterator }) => (
            <>
              <Table
                label="Applications"
                columns={columns}
                rows={data}
                rowId={(app) => app.id}
                empty={
                  <Empty title="No application yet" actions={create}>
                    <p>An application is a customer of yours. The first message to one can also make it.</p>
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
      <AppDialog
        title="New application"
        action="Create application"
        isOpen={creating}
        onClose={() => setCreating(false)}
        save={async (body, key) => {
          const { data } = await client.POST("/api/v1/app", { body, params: { header: { "idempotency-key": key } } });
          if (data !== undefined) await navigate({ href: paths.app(data.id) });
        }}
      />
    </Page>
  );
}

const columns: readonly Column<App>[] = [
  { id: "name", header: "Name", cell: (app) => <Link href={paths.app(app.id)}>{app.name}</Link> },
  { id: "uid", header: "Your id", cell: (app) => (app.uid ? <code>{app.uid}</code> : <None />) },
  { id: "id", header: "Application", cell: (app) => <Id id={app.id} />, isLeftOutNarrow: true },
  { id: "made", header: "Created", cell: (app) => <Time at={app.createdAt} />, align: "end" },
];
