import { Plus } from "lucide-react";
import { useMay } from "../../api/whoami.ts";
import { ButtonLink, Link } from "../../kit/button.tsx";
import { SearchField, Switch } from "../../kit/field.tsx";
import { count } from "../../kit/format.ts";
import { Page, Section } from "../../kit/page.tsx";
import { Answer, Empty, Loading, NoneFound, Note } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { paths } from "../paths.ts";
import { byVersion, type EventType } from "./draft.ts";
import { useEventTypes } from "./event-type-list.ts";
import { TypeBadge } from "./type-badge.tsx";

/** More rows than that scroll within the table. */
const ROWS = 100;

/** What events can be called. */
export default function EventTypes() {
  const mayWrite = useMay("write");
  const [{ find = "", archived }, setSearch] = useSearch("find", "archived");
  const all = useEventTypes();
  const create = mayWrite && (
    <ButtonLink look="primary" icon={<Plus />} href={paths.newEventType}>
      New event type
    </ButtonLink>
  );
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (type: EventType) =>
    (archived !== undefined || type.archived !== true) &&
    words.every((word) => `${type.name} ${type.description}`.toLowerCase().includes(word));
  return (
    <Page
      title="Event types"
      description="What events are called, and what is in them. Endpoints choose among them what they want to hear."
      actions={create}
    >
      <Section isFlush>
        <div className="row wrap filters">
          <SearchField
            label="Find an event type"
            value={find}
            onChange={(text) => setSearch({ find: text === "" ? undefined : text })}
          />
          <Switch
            isSelected={archived !== undefined}
            onChange={(on) => setSearch({ archived: on ? "yes" : undefined })}
          >
            Also those out of use
          </Switch>
        </div>
        <Answer query={all} loading={<Loading rows={8} />}>
          {({ types, isWhole }) => {
            const shown = types.filter(fits);
            return (
              <>
                {!isWhole && <Note tone="info">There are more than the first {count(types.length)} by name.</Note>}
                <Table
                  label="Event types"
                  columns={COLUMNS}
                  rows={shown}
                  rowId={(row) => row.name}
                  {...(shown.length > ROWS && { height: 720 })}
                  empty={
                    types.length === 0 ? (
                      <Empty title="No event type yet" actions={create}>
                        <p>
                          Events may be sent without one. With them, customers see what there is to listen to, and what
                          will be in it.
                        </p>
                      </Empty>
                    ) : (
                      <NoneFound onClear={() => setSearch({ find: undefined, archived: undefined })}>
                        {archived === undefined && types.some((type) => type.archived) && (
                          <p>Those out of use were not looked at.</p>
                        )}
                      </NoneFound>
                    )
                  }
                />
              </>
            );
          }}
        </Answer>
      </Section>
    </Page>
  );
}

const COLUMNS: readonly Column<EventType>[] = [
  {
    id: "name",
    header: "Event type",
    cell: (row) => (
      <Link href={paths.eventType(row.name)}>
        <code>{row.name}</code>
      </Link>
    ),
    sort: (row) => row.name,
  },
  {
    id: "what",
    header: "Description",
    cell: (row) =>
      row.description === "" ? <None /> : <span className="muted event-types-what">{row.description}</span>,
  },
  {
    id: "versions",
    header: "Schema",
    cell: (row) => {
      const names = Object.keys(row.schemas ?? {}).toSorted(byVersion);
      if (names.length === 0) return <None />;
      return <span className="nowrap">{names.length === 1 ? `version ${names[0]}` : `${names.length} versions`}</span>;
    },
    isLeftOutNarrow: true,
  },
  { id: "state", header: "State", cell: (row) => <TypeBadge type={row} /> },
  {
    id: "changed",
    header: "Changed",
    cell: (row) => <Time at={row.updatedAt} />,
    align: "end",
    isLeftOutNarrow: true,
  },
];
