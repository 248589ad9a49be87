import { BellRing } from "lucide-react";
import { api } from "../../api/client.ts";
import { ModeBadge } from "../../kit/badge.tsx";
import { Link } from "../../kit/button.tsx";
import { Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty, Loading } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { Time } from "../../kit/time.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { paths } from "../paths.ts";
import { ListFrame, NewLink } from "./list-frame.tsx";
import { LIST, nameOf, type Webhook } from "./webhook.ts";

const PAGE = 50;

/** Where operational messages go. */
export default function OperationalWebhooks() {
  const [{ page: iterator }, setSearch] = useSearch("page");
  const webhooks = api.useQuery("get", LIST, {
    params: { query: { limit: PAGE, order: "descending", ...(iterator !== undefined && { iterator }) } },
  });
  return (
    <ListFrame current={paths.operationalWebhooks}>
      <Section isFlush>
        <Answer query={webhooks} loading={<Loading rows={5} />}>
          {({ data, done, iterator: next, prevIterator }) => (
            <>
              <Table
                label="Operational webhooks"
                columns={COLUMNS}
                rows={data}
                rowId={(row) => row.id}
                empty={
                  <Empty title="Nobody is told yet" icon={<BellRing />} actions={<NewLink />}>
                    <p>
                      A webhook of this kind tells your own systems when an endpoint fails, is disabled or recovers,
                      before a customer asks.
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
    </ListFrame>
  );
}

const COLUMNS: readonly Column<Webhook>[] = [
  {
    id: "name",
    header: "Webhook",
    cell: (row) => (
      <div className="endpoints-name">
        <Link href={paths.operationalWebhook(row.id)}>{nameOf(row)}</Link>
        <code className="faint truncate">{row.url}</code>
      </div>
    ),
  },
  { id: "mode", header: "Mode", cell: (row) => <ModeBadge mode={row.mode ?? "enabled"} /> },
  {
    id: "types",
    header: "Is told",
    cell: (row) => <span className="muted">{row.eventTypes?.join(", ") ?? "everything"}</span>,
    isLeftOutNarrow: true,
  },
  { id: "made", header: "Created", cell: (row) => <Time at={row.createdAt} />, align: "end", width: "120px" },
];
