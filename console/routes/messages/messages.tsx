import { useState } from "react";
import { api } from "../../api/client.ts";
import { Button, Link } from "../../kit/button.tsx";
import { Id } from "../../kit/copy.tsx";
import { Select, TextField } from "../../kit/field.tsx";
import { Page, Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty, NoneFound } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { useAppCrumbs } from "../app-crumbs.ts";
import { type Place, useAppId, usePlace } from "../place.ts";
import type { Message } from "./payload.ts";

const PAGE = 50;
const HOUR_MS = 3_600_000;

const WINDOWS = [
  { id: "1", label: "Last hour" },
  { id: "24", label: "Last 24 hours" },
  { id: "168", label: "Last 7 days" },
  { id: "all", label: "Everything kept" },
] as const;

/** What an application's events are, newest first. */
export default function Messages() {
  const appId = useAppId();
  const place = usePlace();
  const [{ type, channel, tag, hours, page: iterator }, setSearch] = useSearch(
    "type",
    "channel",
    "tag",
    "hours",
    "page",
  );
  // The window begins when the page is opened: it does not move while somebody turns pages.
  const [openedMs] = useState(Date.now);
  const window = WINDOWS.find(({ id }) => id === hours)?.id ?? "all";
  const crumbs = useAppCrumbs(appId);
  const messages = api.useQuery("get", "/api/v1/app/{app_id}/msg", {
    params: {
      path: { app_id: appId },
      query: {
        limit: PAGE,
        with_content: false,
        ...(iterator !== undefined && { iterator }),
        ...(type !== undefined && { event_types: [type] }),
        ...(channel !== undefined && { channel }),
        ...(tag !== undefined && { tag }),
        ...(window !== "all" && { after: new Date(openedMs - Number(window) * HOUR_MS).toISOString() }),
      },
    },
  });
  const isFiltered = type !== undefined || channel !== undefined || tag !== undefined || window !== "all";
  const clear = () =>
    setSearch({ type: undefined, channel: undefined, tag: undefined, hours: undefined, page: undefined });

  return (
    <Page
      title="Messages"
      crumbs={crumbs}
      description={`Every event that was accepted for ${place.hasApplications ? "this application" : "you"}, newest first.`}
    >
      <Section isFlush>
        <Filters
          key={`${type} ${channel} ${tag}`}
          type={type}
          channel={channel}
          tag={tag}
          window={window}
          onChange={(next) => setSearch({ ...next, page: undefined })}
        />
        <Answer query={messages}>
          {({ data, done, iterator: next, prevIterator }) => (
            <>
              <Table
                label="Messages"
                columns={columnsOf(appId, place)}
                rows={data}
                rowId={(row) => row.id}
                empty={
                  isFiltered ? (
                    <NoneFound onClear={clear} />
                  ) : (
                    <Empty title="No message yet">
                      {place.hasApplications ? (
                        <p>
                          Send one with <code>POST /api/v1/app/{appId}/msg</code>, or let a source take webhooks in.
                        </p>
                      ) : (
                        <p>What happens from now on stands here.</p>
                      )}
                    </Empty>
                  )
                }
              />
              <Pager
                at={iterator}
                done={done}
                next={next}
                previous={prevIterator}
                onPage={(page) => setSearch({ page }, { push: true })}
                first="Newest"
              />
            </>
          )}
        </Answer>
      </Section>
    </Page>
  );
}

const columnsOf = (appId: string, { paths, hasApplications }: Place): readonly Column<Message>[] => [
  {
    id: "type",
    header: "Event type",
    cell: (row) => <Link href={paths.message(appId, row.id)}>{row.eventType}</Link>,
  },
  { id: "id", header: "Message", cell: (row) => <Id id={row.id} href={paths.message(appId, row.id)} /> },
  {
    id: "uid",
    header: "Your id",
    cell: (row) => (row.eventId ? <code>{row.eventId}</code> : <None />),
    isLeftOutNarrow: true,
  },
  {
    id: "words",
    header: "Channels and tags",
    cell: (row) => {
      const words = [...(row.channels ?? []), ...(row.tags ?? [])];
      return words.length === 0 ? <None /> : <span className="muted">{words.join(", ")}</span>;
    },
    isLeftOutNarrow: true,
  },
  ...(hasApplications
    ? [
        {
          id: "from",
          header: "Came through",
          cell: (row: Message) =>
            row.sourceId && paths.source !== undefined ? (
              <Link href={paths.source(appId, row.sourceId)}>a source</Link>
            ) : (
              <span className="muted">the API</span>
            ),
          isLeftOutNarrow: true,
        },
      ]
    : []),
  { id: "at", header: "Accepted", cell: (row) => <Time at={row.timestamp} />, align: "end" },
];

interface Filter {
  readonly type?: string | undefined;
  readonly channel?: string | undefined;
  readonly tag?: string | undefined;
  readonly hours?: string | undefined;
}

function Filters({
  type,
  channel,
  tag,
  window,
  onChange,
}: Filter & { readonly window: (typeof WINDOWS)[number]["id"]; readonly onChange: (next: Filter) => void }) {
  const [typed, setTyped] = useState({ type: type ?? "", channel: channel ?? "", tag: tag ?? "" });
  const field = (name: "type" | "channel" | "tag", label: string, placeholder: string) => (
    <TextField
      label={label}
      isLabelHidden
      placeholder={placeholder}
      value={typed[name]}
      onChange={(text) => setTyped({ ...typed, [name]: text })}
    />
  );
  return (
    <form
      className="row wrap filters"
      onSubmit={(event) => {
        event.preventDefault();
        onChange({ type: typed.type.trim(), channel: typed.channel.trim(), tag: typed.tag.trim() });
      }}
    >
      {field("type", "Event type", "Event type")}
      {field("channel", "Channel", "Channel")}
      {field("tag", "Tag", "Tag")}
      <Button type="submit">Filter</Button>
      <Select
        label="Accepted"
        isLabelHidden
        options={WINDOWS}
        value={window}
        onChange={(hours) => onChange({ hours: hours === "all" ? undefined : hours })}
      />
    </form>
  );
}
