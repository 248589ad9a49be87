import { SearchField, Segments } from "../../kit/field.tsx";
import { count } from "../../kit/format.ts";
import { Section } from "../../kit/page.tsx";
import { Answer, Loading, NoneFound } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { paths } from "../paths.ts";
import { SettingsFrame } from "./frame.tsx";
import { type Setting, useInstance } from "./instance.ts";
import { Source } from "./source.tsx";

const WHICH = [
  { id: "all", label: "All" },
  { id: "environment", label: "Set" },
  { id: "default", label: "Default" },
] as const;

/** What is in force, in the process that answers, and where each value comes from. */
export default function Configuration() {
  const instance = useInstance();
  const [{ q, from }, setSearch] = useSearch("q", "from");
  const which = WHICH.find(({ id }) => id === from)?.id ?? "all";
  const words = (q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ name, value, description, source }: Setting) => {
    const text = `${name} ${value} ${description}`.toLowerCase();
    return (which === "all" || source === which) && words.every((word) => text.includes(word));
  };
  return (
    <SettingsFrame
      current={paths.configuration}
      title="Configuration"
      description="What is in force, and where each value comes from. Other processes may have settings of their own; secrets are never shown."
    >
      <Section
        title="In force"
        description={
          <>
            In the process <code>{instance.data?.process ?? "…"}</code>
          </>
        }
        isFlush
      >
        <div className="row wrap filters">
          <div className="settings-search">
            <SearchField
              label="Find a setting"
              value={q ?? ""}
              onChange={(text) => setSearch({ q: text === "" ? undefined : text })}
            />
          </div>
          <Segments
            label="Which settings"
            options={WHICH}
            value={which}
            onChange={(id) => setSearch({ from: id === "all" ? undefined : id })}
          />
          <span className="faint num" role="status">
            {instance.data !== undefined &&
              `${count(instance.data.settings.filter(fits).length)} of ${count(instance.data.settings.length)}`}
          </span>
        </div>
        <Answer query={instance} loading={<Loading rows={12} />}>
          {({ settings }) => (
            <Table
              label="Settings in force"
              columns={COLUMNS}
              rows={settings.filter(fits)}
              rowId={(row) => row.name}
              empty={<NoneFound onClear={() => setSearch({ q: undefined, from: undefined })} />}
            />
          )}
        </Answer>
      </Section>
    </SettingsFrame>
  );
}

const COLUMNS: readonly Column<Setting>[] = [
  {
    id: "name",
    header: "Setting",
    cell: (row) => (
      <span className="settings-setting">
        <code>{row.name}</code>
        <span className="description">{row.description}</span>
      </span>
    ),
    sort: (row) => row.name,
  },
  {
    id: "value",
    header: "Value",
    cell: (row) =>
      row.value === "[secret]" ? (
        <span className="faint">not shown</span>
      ) : (
        <code className="settings-value">{row.value}</code>
      ),
  },
  { id: "from", header: "From", cell: (row) => <Source source={row.source} />, sort: (row) => row.source },
];
