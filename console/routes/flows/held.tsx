import { api } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { Link } from "../../kit/button.tsx";
import { count } from "../../kit/format.ts";
import { Section } from "../../kit/page.tsx";
import { Answer, Empty, Loading } from "../../kit/states.tsx";
import { Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { FLOW, type WholeFlow } from "../flow-parts/flow.ts";
import { isFields } from "../flow-parts/tree.ts";
import { RULE_WORDS, SKIP_WORDS, TRIGGER_LABELS } from "../flow-parts/words.ts";
import { paths } from "../paths.ts";

type Skips = components["schemas"]["FlowSkipsOut"];
type Skip = Skips["skipped"][number];

const AGAIN_MS = 10_000;

/** Whether anything of this definition may keep a run from beginning. */
export function mayHold(flow: WholeFlow): boolean {
  return (
    flow.definition?.["control"] !== undefined ||
    flow.triggers.some((on) => isFields(on) && (on["if"] !== undefined || on["schedule"] !== undefined))
  );
}

export const useSkips = (flow: WholeFlow, appId: string) =>
  api.useQuery(
    "get",
    `${FLOW}/skip`,
    { params: { path: { app_id: appId, flow_id: flow.name }, query: { limit: 20 } } },
    { refetchInterval: AGAIN_MS, enabled: mayHold(flow) },
  );

/** What might have been a run, and is not, or not yet. */
export function HeldAndSkipped({
  appId,
  skips,
}: {
  readonly appId: string;
  readonly skips: ReturnType<typeof useSkips>;
}) {
  return (
    <Section
      title="Held back and skipped"
      description="Runs that wait for their turn, and what did not become a run, the newest first."
      isFlush
    >
      <Answer query={skips} loading={<Loading rows={3} />}>
        {(found) =>
          found.held.length === 0 && found.skipped.length === 0 ? (
            <Empty title="Nothing is held back, and nothing was skipped">
              Every trigger that fired became a run at once.
            </Empty>
          ) : (
            <>
              {found.held.length > 0 && <Held skips={found} />}
              {found.skipped.length > 0 && <Skipped skips={found} appId={appId} />}
            </>
          )
        }
      </Answer>
    </Section>
  );
}

function Held({ skips: { held, heldIsComplete } }: { readonly skips: Skips }) {
  return (
    <>
      <Table
        label="Runs that are held back"
        rows={held}
        rowId={(row) => `${row.rule} ${row.key}`}
        columns={[
          { id: "rule", header: "Held back by", cell: (row) => RULE_WORDS[row.rule] ?? row.rule },
          { id: "key", header: "Key", cell: (row) => (row.key === "" ? <None /> : <code>{row.key}</code>) },
          { id: "count", header: "Runs", cell: (row) => count(row.count), align: "end" },
          { id: "since", header: "The longest since", cell: (row) => <Time at={row.oldestAt} />, align: "end" },
        ]}
      />
      {!heldIsComplete && <p className="muted flows-note">More is held back than was counted.</p>}
    </>
  );
}

function Skipped({ skips: { skipped, counts }, appId }: { readonly skips: Skips; readonly appId: string }) {
  const sums = new Map<string, number>();
  for (const { why, count: n } of counts) sums.set(why, (sums.get(why) ?? 0) + n);
  const said = [...sums].map(([why, n]) => `${count(n)} ${SKIP_WORDS[why] ?? why}`);
  return (
    <>
      <p className="muted flows-note">
        {said.length === 0 ? "None within the last 24 hours." : `Within the last 24 hours: ${said.join(", ")}.`}
      </p>
      <Table
        label="What was skipped"
        rows={skipped.map((row, i) => ({ ...row, id: `${row.at} ${i}` }))}
        rowId={(row) => row.id}
        columns={[
          { id: "at", header: "Skipped", cell: (row) => <Time at={row.at} /> },
          {
            id: "why",
            header: "Why",
            cell: (row) => (
              <div className="flows-name">
                <span className="flows-skip">{SKIP_WORDS[row.why] ?? row.why}</span>
                {row.detail !== "" && <span className="muted flows-why">{row.detail}</span>}
              </div>
            ),
          },
          { id: "key", header: "Key", cell: (row) => (row.key === "" ? <None /> : <code>{row.key}</code>) },
          { id: "what", header: "Instead of a run for", cell: (row) => <Cause skip={row} appId={appId} /> },
        ]}
      />
    </>
  );
}

function Cause({ skip, appId }: { readonly skip: Skip; readonly appId: string }) {
  if (skip.eventId !== null) {
    return (
      <Link quiet href={paths.message(appId, skip.eventId)}>
        <code>{skip.eventId}</code>
      </Link>
    );
  }
  if (skip.scheduledAt !== null) return <Time exact at={skip.scheduledAt} />;
  return <>{TRIGGER_LABELS[skip.trigger] ?? skip.trigger}</>;
}
