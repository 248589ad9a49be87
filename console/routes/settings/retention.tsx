import { Link } from "../../kit/button.tsx";
import { count, plural } from "../../kit/format.ts";
import { Section } from "../../kit/page.tsx";
import { Answer, Loading, Note } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { paths } from "../paths.ts";
import { SettingsFrame } from "./frame.tsx";
import { type Setting, useInstance } from "./instance.ts";
import { Source } from "./source.tsx";

interface Kept {
  readonly what: string;
  readonly note: string;
  /** The setting that says how long; or the rule, where none does. */
  readonly setting?: string;
  readonly rule?: string;
}

const KEPT: readonly Kept[] = [
  {
    what: "Messages and attempts",
    note: "Payloads, headers, answers, and what became of each delivery.",
    setting: "POSTHORN_RETENTION",
  },
  {
    what: "What is still owed",
    note: "However old: a message is kept until its last delivery is settled.",
    rule: "until it is sent or given up",
  },
  {
    what: "Deliveries held for a paused endpoint",
    note: "After that they are dead letters with the reason held too long.",
    setting: "POSTHORN_HELD_FOR",
  },
  {
    what: "Held deliveries of one endpoint",
    note: "At most so many; the oldest beyond that are dead letters.",
    setting: "POSTHORN_HELD_MAX",
  },
  {
    what: "Bodies of receivers' answers",
    note: "So much of each is kept with its attempt.",
    setting: "POSTHORN_RESPONSE_BYTES_MAX",
  },
  {
    what: "Keys that recognise a repetition",
    note: "Idempotency keys, and the ids that providers give their webhooks.",
    setting: "POSTHORN_DEDUPE_WINDOW",
  },
  {
    what: "Audit log",
    note: "Who changed what. It outlives what it tells of.",
    setting: "POSTHORN_AUDIT_RETENTION",
  },
];

/** What is kept how long, and where that is changed. */
export default function Retention() {
  const instance = useInstance();
  return (
    <SettingsFrame
      current={paths.retention}
      title="Retention"
      description="What is kept, and for how long. Whatever is older is removed by itself, in small steps that hold nothing up."
    >
      <Note tone="info">
        These are settings of the processes: change the variable where the engine is started, in every process with the
        role upkeep, and start it again. One message or attempt can be erased at once, with its payload, through the
        API. All settings are under <Link href={paths.configuration}>Configuration</Link>.
      </Note>
      <Section isFlush>
        <Answer query={instance} loading={<Loading rows={8} />}>
          {({ settings }) => (
            <Table label="What is kept" columns={columnsOf(settings)} rows={KEPT} rowId={(row) => row.what} />
          )}
        </Answer>
      </Section>
    </SettingsFrame>
  );
}

const UNITS = { d: "day", h: "hour", m: "minute", s: "second" } as const;

/** `90d` as `90 days`, `1000000` as `1,000,000`; what is written otherwise stays. */
function spoken(value: string | undefined): string | undefined {
  const [, number, unit] = /^(\d+)([dhms]?)$/.exec(value ?? "") ?? [];
  if (number === undefined) return value;
  const name = Object.entries(UNITS).find(([letter]) => letter === unit)?.[1];
  return name === undefined ? count(Number(number)) : plural(Number(number), name);
}

const columnsOf = (settings: readonly Setting[]): readonly Column<Kept>[] => {
  const of = (name: string | undefined) => settings.find((setting) => setting.name === name);
  return [
    {
      id: "what",
      header: "What",
      cell: (row) => (
        <span className="settings-key">
          <strong>{row.what}</strong>
          <span className="description">{row.note}</span>
        </span>
      ),
    },
    {
      id: "long",
      header: "How long or how much",
      cell: (row) => <strong className="num">{spoken(of(row.setting)?.value) ?? row.rule}</strong>,
    },
    {
      id: "where",
      header: "Setting",
      cell: (row) => row.setting !== undefined && <code>{row.setting}</code>,
      isLeftOutNarrow: true,
    },
    {
      id: "source",
      header: "From",
      cell: (row) => {
        const setting = of(row.setting);
        return setting !== undefined && <Source source={setting.source} />;
      },
      isLeftOutNarrow: true,
    },
  ];
};
