import { client } from "../../api/client.ts";
import { Badge } from "../../kit/badge.tsx";
import { Select } from "../../kit/field.tsx";
import { KeyValues } from "../../kit/key-values.tsx";
import { Section } from "../../kit/page.tsx";
import { Answer, Loading } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { say, sayFailure } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { Processes } from "../overview/processes.tsx";
import { useNowOverview } from "../overview/queries.ts";
import { paths } from "../paths.ts";
import { SettingsFrame } from "./frame.tsx";
import { type Instance, useInstance } from "./instance.ts";

type Level = Instance["log"]["level"];
type Applied = Instance["schema"][number];

/** What runs here: versions, the schema and how it came to be, the database, the processes. */
export default function About() {
  const instance = useInstance();
  const overview = useNowOverview();
  return (
    <SettingsFrame
      current={paths.about}
      title="About"
      description="What runs here, as the process that answered tells it."
    >
      <Answer query={instance} loading={<Loading rows={14} />}>
        {(found) => (
          <>
            <div className="settings-two">
              <Section title="This process">
                <KeyValues
                  items={[
                    ["Process", <code key="process">{found.process}</code>],
                    ["Posthorn", found.version],
                    ["Bun", found.bun],
                    ["Platform", found.platform],
                    ["Started", <Time key="started" at={found.startedAt} exact />],
                    [
                      "Roles",
                      <span key="roles" className="row wrap">
                        {found.roles.map((role) => (
                          <Badge key={role}>{role}</Badge>
                        ))}
                      </span>,
                    ],
                    ["Log level", <LogLevel key="level" level={found.log.level} />],
                  ]}
                />
              </Section>
              <Section title="PostgreSQL">
                <KeyValues
                  items={[
                    ["Version", found.postgres.version],
                    ["Runs", found.postgres.embedded ? "Embedded, started by the engine" : "By itself (DATABASE_URL)"],
                    ...Object.entries(found.postgres.settings).map(
                      ([name, value]) =>
                        [name, value === "" ? <None key={name} /> : <code key={name}>{value}</code>] as const,
                    ),
                  ]}
                />
              </Section>
            </div>
            <Section title="Schema" description="Each migration, when it was applied, and by which version." isFlush>
              <Table
                label="Migrations"
                columns={COLUMNS}
                rows={found.schema.toReversed()}
                rowId={(row) => String(row.number)}
              />
            </Section>
            <Processes rows={overview.data?.processes} />
          </>
        )}
      </Answer>
    </SettingsFrame>
  );
}

const COLUMNS: readonly Column<Applied>[] = [
  { id: "name", header: "Migration", cell: (row) => <code>{row.name}</code> },
  { id: "by", header: "Applied by", cell: (row) => `Posthorn ${row.engineVersion}` },
  { id: "at", header: "Applied", cell: (row) => <Time at={row.appliedAt} />, align: "end", width: "120px" },
];

const LEVELS: readonly { readonly id: Level; readonly label: string }[] = [
  { id: "trace", label: "Trace" },
  { id: "debug", label: "Debug" },
  { id: "info", label: "Info" },
  { id: "warn", label: "Warn" },
  { id: "error", label: "Error" },
  { id: "silent", label: "Silent" },
];

/** Changes what the process that answers writes to its log, until it ends. */
function LogLevel({ level }: { readonly level: Level }) {
  const change = useChange<Level, Instance | undefined>(async (logLevel) => {
    const { data } = await client.PATCH("/api/v1/instance", { body: { logLevel } });
    return data;
  });
  return (
    <div className="settings-level">
      <Select
        label="Log level"
        isLabelHidden
        size="s"
        options={LEVELS.some(({ id }) => id === level) ? LEVELS : [...LEVELS, { id: level, label: level }]}
        value={level}
        isDisabled={change.isPending}
        onChange={(next) =>
          void change.run(next).then(
            (answer) => say(`${answer?.process ?? "The process"} logs from ${next} on, until it ends`),
            (error) => sayFailure(error, "The log level was not changed"),
          )
        }
      />
      <span className="description">
        Of this process, until it ends. For good: <code>POSTHORN_LOG_LEVEL</code>.
      </span>
    </div>
  );
}
