import { api } from "../api/client.ts";
import { Page, Section } from "../kit/page.tsx";
import { Answer, Empty, Loading } from "../kit/states.tsx";
import { Table } from "../kit/table.tsx";

/** What may come: every event type there is. */
export default function EventTypes() {
  const types = api.useQuery("get", "/api/v1/event-type", { params: { query: { limit: 250 } } });
  return (
    <Page title="Event types" description="What an endpoint can listen to.">
      <Section isFlush>
        <Answer query={types} loading={<Loading rows={8} />}>
          {({ data }) => (
            <Table
              label="Event types"
              rows={data}
              rowId={(type) => type.name}
              columns={[
                { id: "name", header: "Event type", cell: (type) => <code>{type.name}</code> },
                {
                  id: "what",
                  header: "What it tells",
                  cell: (type) => <span className="muted">{type.description}</span>,
                },
              ]}
              empty={<Empty title="No event type yet">What can be listened to will stand here.</Empty>}
            />
          )}
        </Answer>
      </Section>
    </Page>
  );
}
