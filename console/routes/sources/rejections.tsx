import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { Badge } from "../../kit/badge.tsx";
import { Button, Link } from "../../kit/button.tsx";
import { CodeView } from "../../kit/code-view.tsx";
import { CopyButton } from "../../kit/copy.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { bytes, count, plural } from "../../kit/format.ts";
import { KeyValues } from "../../kit/key-values.tsx";
import { Section } from "../../kit/page.tsx";
import { Empty } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { useStill } from "../../kit/use-still.ts";
import { paths } from "../paths.ts";
import { type Diagnosis, diagnose, keptMessage } from "./diagnosis.ts";
import { SourceFrame } from "./frame.tsx";
import type { Rejection, Source } from "./source.ts";

/** What was refused, what is likely wrong, and what to do. */
export default function Rejections() {
  return (
    <SourceFrame current={paths.sourceRejections}>
      {(source, rejections, appId) => <Log appId={appId} source={source} rejections={rejections} />}
    </SourceFrame>
  );
}

/** As many as are read; the others on demand. */
const ROWS = 20;

interface Seen {
  readonly rejection: Rejection;
  readonly diagnosis: Diagnosis;
}

function Log({
  appId,
  source,
  rejections,
}: {
  readonly appId: string;
  readonly source: Source;
  readonly rejections: readonly Rejection[];
}) {
  const [{ reason }, setSearch] = useSearch("reason");
  const [open, setOpen] = useState<Seen>();
  const [isWhole, setWhole] = useState(false);
  const { shown, newer, showAll } = useStill(rejections);
  if (shown.length === 0)
    return (
      // Another element than what stands there once something was: the one does not move into the place of the other.
      <Section key="none">
        <Empty title="Nothing was refused" icon={<ShieldCheck />}>
          <p>Requests that could not be believed stand here: what was sent, what is likely wrong, and what to do.</p>
        </Empty>
      </Section>
    );
  const seen = shown.map((rejection) => ({ rejection, diagnosis: diagnose(rejection, source) }));
  const kinds = [...Map.groupBy(seen, ({ diagnosis }) => diagnosis.title)];
  const listed = seen.filter(({ rejection }) => reason === undefined || rejection.reason === reason);
  return (
    <>
      <Section
        title="What is wrong"
        description={`In the newest ${plural(shown.length, "request")} that ${shown.length === 1 ? "was" : "were"} refused.`}
      >
        <ul className="sources-diagnoses">
          {kinds.map(([title, some]) => (
            <Kind key={title} title={title} seen={some} onChoose={(chosen) => setSearch({ reason: chosen })} />
          ))}
        </ul>
      </Section>
      <Section
        title="Requests"
        description={reason === undefined ? "Newest first; signatures and credentials are masked." : undefined}
        isFlush
        actions={
          <>
            {reason !== undefined && (
              <Button size="s" onPress={() => setSearch({ reason: undefined })}>
                All reasons
              </Button>
            )}
            <Button size="s" isDisabled={newer === 0} onPress={showAll}>
              {newer === 0 ? "Nothing newer" : `Show ${count(newer)} newer`}
            </Button>
          </>
        }
      >
        <Table
          label="Requests that were refused"
          rows={isWhole ? listed : listed.slice(0, ROWS)}
          rowId={({ rejection }) => rejection.id}
          columns={columnsOf(setOpen)}
          onRow={setOpen}
        />
        {!isWhole && listed.length > ROWS && (
          <div className="row pager">
            <Button onPress={() => setWhole(true)}>Show all {count(listed.length)}</Button>
          </div>
        )}
      </Section>
      {open !== undefined && <Details appId={appId} seen={open} onClose={() => setOpen(undefined)} />}
    </>
  );
}

/** One thing that is wrong: told once, however often it happened. */
function Kind({
  title,
  seen,
  onChoose,
}: {
  readonly title: string;
  readonly seen: readonly Seen[];
  readonly onChoose: (reason: string) => void;
}) {
  const [newest] = seen;
  if (newest === undefined) return null;
  const { diagnosis, rejection } = newest;
  return (
    <li className="stack tight">
      <div className="row wrap">
        <h3>{title}</h3>
        <Badge tone="warn">{plural(seen.length, "request")}</Badge>
        <span className="faint">
          last <Time at={rejection.timestamp} />
        </span>
        <span className="end">
          <Link quiet onPress={() => onChoose(rejection.reason)}>
            <code>{rejection.reason}</code>
          </Link>
        </span>
      </div>
      <Told diagnosis={diagnosis} />
    </li>
  );
}

function Told({ diagnosis }: { readonly diagnosis: Diagnosis }) {
  return (
    <>
      <p className="muted">{diagnosis.likely}</p>
      {diagnosis.remedy.length > 0 && (
        <ul className="sources-remedy" aria-label="What to do">
          {diagnosis.remedy.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ul>
      )}
    </>
  );
}

const columnsOf = (onOpen: (seen: Seen) => void): readonly Column<Seen>[] => [
  { id: "at", header: "Came", cell: ({ rejection }) => <Time at={rejection.timestamp} /> },
  { id: "what", header: "Refused because", cell: ({ diagnosis }) => diagnosis.title },
  { id: "reason", header: "Reason", cell: ({ rejection }) => <code>{rejection.reason}</code>, isLeftOutNarrow: true },
  {
    id: "from",
    header: "From",
    cell: ({ rejection }) => (rejection.remoteAddress === null ? <None /> : <code>{rejection.remoteAddress}</code>),
    isLeftOutNarrow: true,
  },
  {
    id: "bytes",
    header: "Body",
    cell: ({ rejection }) => <span className="nowrap">{bytes(rejection.bodyBytes)}</span>,
    align: "end",
    isLeftOutNarrow: true,
  },
  {
    id: "more",
    header: "What came",
    isHeaderHidden: true,
    align: "end",
    cell: (seen) => (
      <Button size="s" look="quiet" onPress={() => onOpen(seen)}>
        What came
      </Button>
    ),
  },
];

function Details({
  appId,
  seen: { rejection, diagnosis },
  onClose,
}: {
  readonly appId: string;
  readonly seen: Seen;
  readonly onClose: () => void;
}) {
  const kept = keptMessage(rejection.detail);
  return (
    <Dialog title={diagnosis.title} isOpen onClose={onClose} size="l" foot={<Button onPress={onClose}>Close</Button>}>
      <div className="stack">
        <p>{rejection.detail}</p>
        <Told diagnosis={diagnosis} />
        <KeyValues
          items={[
            ["Reason", <code key="r">{rejection.reason}</code>],
            ["Came", <Time key="t" at={rejection.timestamp} exact />],
            [
              "From",
              rejection.remoteAddress === null ? <None key="f" /> : <code key="f">{rejection.remoteAddress}</code>,
            ],
            kept !== undefined && [
              "Kept instead",
              <Link key="k" href={paths.message(appId, kept)}>
                {kept}
              </Link>,
            ],
            [
              "Body",
              `${bytes(rejection.bodyBytes)}${rejection.bodyBytes > 256 ? ", of which the first 256 bytes are kept" : ""}`,
            ],
          ]}
        />
        {rejection.bodyExcerpt !== "" && (
          <CodeView text={rejection.bodyExcerpt} what="the beginning of the body" lines={8} />
        )}
        <div className="row">
          <h3>Headers</h3>
          <span className="end" />
          <CopyButton
            what="the headers"
            text={rejection.headers.map(([name = "", value = ""]) => `${name}: ${value}`).join("\n")}
          />
        </div>
        <KeyValues
          items={rejection.headers.map(([name = "", value = ""]) => [name, <code key={name}>{value}</code>] as const)}
        />
      </div>
    </Dialog>
  );
}
