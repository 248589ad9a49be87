import { Download } from "lucide-react";
import { useState } from "react";
import { api, requestTo, send } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { ComboBox } from "../../kit/combo-box.tsx";
import { Select, TextField } from "../../kit/field.tsx";
import { Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty, Loading, NoneFound } from "../../kit/states.tsx";
import { say, sayFailure } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useSearch } from "../../kit/use-search.ts";
import { useKnownApps } from "../known-apps.ts";
import { paths } from "../paths.ts";
import { AuditEntry } from "./audit-entry.tsx";
import { OPERATIONS } from "./deeds.ts";
import { SettingsFrame } from "./frame.tsx";

const PAGE = 50;
const HOUR_MS = 3_600_000;

const WINDOWS = [
  { id: "1", label: "Last hour" },
  { id: "24", label: "Last 24 hours" },
  { id: "168", label: "Last 7 days" },
  { id: "720", label: "Last 30 days" },
  { id: "all", label: "Everything kept" },
] as const;

/** Who changed what, newest first; looks at secrets and refusals among them. */
export default function Audit() {
  const apps = useKnownApps();
  const [search, setSearch] = useSearch("actor", "operation", "app", "target", "hours", "page");
  const { actor, operation, app, target, hours, page: iterator } = search;
  // The window begins when the page is opened: it does not move while somebody turns pages.
  const [openedMs] = useState(Date.now);
  const window = WINDOWS.find(({ id }) => id === hours)?.id ?? "all";
  const filter = {
    ...(actor !== undefined && { actor }),
    ...(operation !== undefined && { operation }),
    ...(app !== undefined && { app_id: app }),
    ...(target !== undefined && { target }),
    ...(window !== "all" && { since: new Date(openedMs - Number(window) * HOUR_MS).toISOString() }),
  };
  const entries = api.useQuery(
    "get",
    "/api/v1/audit",
    { params: { query: { limit: PAGE, ...(iterator !== undefined && { iterator }), ...filter } } },
    { placeholderData: (before) => before },
  );
  const take = useChange<void, void>(() => download(filter), [["get", "/api/v1/audit"]]);
  const isFiltered = Object.keys(filter).length > 0;
  const clear = () =>
    setSearch({
      actor: undefined,
      operation: undefined,
      app: undefined,
      target: undefined,
      hours: undefined,
      page: undefined,
    });
  return (
    <SettingsFrame
      current={paths.audit}
      title="Audit log"
      description="Who changed what, who looked at a secret, and who was refused. Nothing can be changed or removed here."
      actions={
        <Button
          icon={<Download />}
          isPending={take.isPending}
          onPress={() =>
            void take.run().then(
              () => say("Exported what the filters let through"),
              (error) => sayFailure(error, "The export is not whole, and was thrown away"),
            )
          }
        >
          Export
        </Button>
      }
    >
      <Section isFlush>
        <form
          key={`${actor} ${target}`}
          className="row wrap filters settings-audit-filters"
          onSubmit={(event) => {
            event.preventDefault();
            const typed = new FormData(event.currentTarget);
            const text = (name: string) => String(typed.get(name) ?? "").trim();
            setSearch({ actor: text("actor"), target: text("target"), page: undefined });
          }}
        >
          <TextField
            label="Who"
            isLabelHidden
            placeholder="Who: root, key_…"
            name="actor"
            defaultValue={actor ?? ""}
            isMono
          />
          <TextField
            label="To what"
            isLabelHidden
            placeholder="To what: ep_…, a name"
            name="target"
            defaultValue={target ?? ""}
            isMono
          />
          <Button type="submit">Filter</Button>
          <ComboBox
            label="What was done"
            isLabelHidden
            placeholder="What was done"
            options={OPERATIONS.map(({ id, label }) => ({ id, label, note: id }))}
            value={operation}
            onChange={(id) => setSearch({ operation: id, page: undefined })}
          />
          <Select
            label="Application"
            isLabelHidden
            options={[
              { id: "any", label: "All applications" },
              ...(apps.list ?? []).map(({ id, name }) => ({ id, label: name })),
            ]}
            value={app ?? "any"}
            onChange={(id) => setSearch({ app: id === "any" ? undefined : id, page: undefined })}
          />
          <Select
            label="When"
            isLabelHidden
            options={WINDOWS}
            value={window}
            onChange={(id) => setSearch({ hours: id === "all" ? undefined : id, page: undefined })}
          />
          {isFiltered && (
            <Button look="quiet" onPress={clear}>
              Clear
            </Button>
          )}
        </form>
        <Answer query={entries} loading={<Loading rows={10} />}>
          {({ data, done, iterator: next, prevIterator }) => (
            <>
              {data.length === 0 ? (
                isFiltered ? (
                  <NoneFound onClear={clear} />
                ) : (
                  <Empty title="Nothing was changed yet">What somebody changes stands here a moment later.</Empty>
                )
              ) : (
                <ul className="settings-audit" aria-label="Audit log">
                  {data.map((entry) => (
                    <AuditEntry
                      key={entry.id}
                      entry={entry}
                      appName={entry.appId === null ? undefined : apps.nameOf(entry.appId)}
                      onActor={(id) => setSearch({ actor: id, page: undefined }, { push: true })}
                    />
                  ))}
                </ul>
              )}
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
    </SettingsFrame>
  );
}

/** As a file of JSON lines. One that breaks off is not kept: nobody shall take a part for the whole. */
async function download(filter: Readonly<Record<string, string>>): Promise<void> {
  const response = await send(requestTo("/api/v1/audit/export", { query: filter }));
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = `audit-${new Date().toISOString().slice(0, 10)}.ndjson`;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
