import { useState } from "react";
import { api } from "../../api/client.ts";
import { ModeBadge } from "../../kit/badge.tsx";
import { Link } from "../../kit/button.tsx";
import { ComboBox } from "../../kit/combo-box.tsx";
import { Section } from "../../kit/page.tsx";
import { Answer, Empty, Loading } from "../../kit/states.tsx";
import { Table } from "../../kit/table.tsx";
import { currentApp } from "../../state/current-app.ts";
import { useStore } from "../../state/store.ts";
import { paths } from "../paths.ts";
import type { EventType } from "./draft.ts";

const LOOKED_AT = 250;

/** Who gets it, of one application: to ask all of them would be a question to each. */
export function Listeners({ type }: { readonly type: EventType }) {
  const known = useStore(currentApp);
  const [chosen, setChosen] = useState<string>();
  const apps = api.useQuery("get", "/api/v1/app", { params: { query: { limit: LOOKED_AT } } });
  const appId = chosen ?? known?.id ?? apps.data?.data[0]?.id;
  const endpoints = api.useQuery(
    "get",
    "/api/v1/app/{app_id}/endpoint",
    { params: { path: { app_id: appId ?? "" }, query: { limit: LOOKED_AT } } },
    { enabled: appId !== undefined },
  );
  return (
    <Section title="Who listens" description="Endpoints that choose this type, or take all types." isFlush>
      <div className="row wrap filters">
        <ComboBox
          label="Application"
          isLabelHidden
          placeholder="Application"
          options={(apps.data?.data ?? []).map(({ id, name }) => ({ id, label: name }))}
          value={apps.data === undefined ? undefined : appId}
          onChange={setChosen}
        />
      </div>
      {appId === undefined && apps.data !== undefined ? (
        <Empty title="No application yet">Endpoints belong to applications.</Empty>
      ) : (
        <Answer query={endpoints} loading={<Loading rows={4} />}>
          {({ data, done }) => (
            <Table
              label="Who listens"
              rows={data.filter(({ eventTypes }) => eventTypes == null || eventTypes.includes(type.name))}
              rowId={(row) => row.id}
              columns={[
                {
                  id: "what",
                  header: "Endpoint",
                  cell: (row) => (
                    <Link href={paths.endpoint(appId ?? "", row.id)}>{row.description || row.uid || row.url}</Link>
                  ),
                },
                {
                  id: "how",
                  header: "Because",
                  cell: (row) => (
                    <span className="muted">{row.eventTypes == null ? "it takes all types" : "it chose this one"}</span>
                  ),
                },
                { id: "mode", header: "Mode", cell: (row) => <ModeBadge mode={row.mode ?? "enabled"} /> },
              ]}
              empty={
                <Empty title="Nobody listens here">
                  <p>
                    No endpoint of this application{done ? "" : `, of the first ${LOOKED_AT},`} gets events of this
                    type: they are kept, and go nowhere.
                  </p>
                </Empty>
              }
            />
          )}
        </Answer>
      )}
    </Section>
  );
}
