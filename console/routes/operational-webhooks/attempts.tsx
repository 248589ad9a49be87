import { RefreshCw, RotateCcw } from "lucide-react";
import { useState } from "react";
import { api, client } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { DeliveryBadge, HttpStatus, OutcomeBadge } from "../../kit/badge.tsx";
import { Button } from "../../kit/button.tsx";
import { CodeView } from "../../kit/code-view.tsx";
import { Id } from "../../kit/copy.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Select } from "../../kit/field.tsx";
import { KeyValues } from "../../kit/key-values.tsx";
import { Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty, FailureNote, Loading, NoneFound } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { Duration, Time } from "../../kit/time.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useSearch } from "../../kit/use-search.ts";
import { paths } from "../paths.ts";
import { WebhookFrame } from "./frame.tsx";
import { ONE, useOperationalTypes } from "./webhook.ts";

type Attempt = components["schemas"]["MessageAttemptOut"];
type Outcome = NonNullable<Attempt["outcome"]>;

const PAGE = 50;
const FIRST_MS = 2_000;

const OUTCOMES: readonly { readonly id: Outcome | "any"; readonly label: string }[] = [
  { id: "any", label: "Any outcome" },
  { id: "delivered", label: "Delivered" },
  { id: "retryable", label: "Retryable" },
  { id: "permanent", label: "Permanent" },
  { id: "gone", label: "Gone" },
  { id: "timeout", label: "Timeout" },
  { id: "ambiguous", label: "Ambiguous" },
];

/** What it was told, and how that went; newest first. */
export default function OperationalAttempts() {
  return (
    <WebhookFrame current={paths.operationalWebhook}>{(webhook) => <Attempts endpointId={webhook.id} />}</WebhookFrame>
  );
}

function Attempts({ endpointId }: { readonly endpointId: string }) {
  const [{ outcome, type, page: iterator }, setSearch] = useSearch("outcome", "type", "page");
  const types = useOperationalTypes();
  const [shown, setShown] = useState<Attempt>();
  const chosen = OUTCOMES.find(({ id }) => id === outcome)?.id ?? "any";
  const attempts = api.useQuery(
    "get",
    `${ONE}/attempts`,
    {
      params: {
        path: { endpoint_id: endpointId },
        query: {
          limit: PAGE,
          ...(iterator !== undefined && { iterator }),
          ...(chosen !== "any" && { outcome: chosen }),
          ...(type !== undefined && { event_types: [type] }),
        },
      },
    },
    {
      // A busy installation has much to tell: rows that push each other down cannot be read. The first ones come by themselves.
      refetchInterval: ({ state }) => (state.data?.data.length === 0 ? FIRST_MS : false),
      placeholderData: (before) => before,
    },
  );
  return (
    <Section isFlush>
      <div className="row wrap filters">
        <Select
          label="Outcome"
          isLabelHidden
          options={OUTCOMES}
          value={chosen}
          onChange={(id) => setSearch({ outcome: id === "any" ? undefined : id, page: undefined })}
        />
        <Select
          label="What was told"
          isLabelHidden
          options={[
            { id: "any", label: "Whatever was told" },
            ...(types.data?.data ?? []).map(({ name }) => ({ id: name, label: name })),
          ]}
          value={type ?? "any"}
          onChange={(id) => setSearch({ type: id === "any" ? undefined : id, page: undefined })}
        />
        <Button icon={<RefreshCw />} isPending={attempts.isRefetching} onPress={() => void attempts.refetch()}>
          Look again
        </Button>
      </div>
      <Answer query={attempts} loading={<Loading rows={6} />}>
        {({ data, done, iterator: next, prevIterator }) => (
          <>
            <Table
              label="Attempts"
              columns={columnsOf(setShown)}
              rows={data}
              rowId={(row) => row.id}
              empty={
                chosen !== "any" || type !== undefined ? (
                  <NoneFound onClear={() => setSearch({ outcome: undefined, type: undefined, page: undefined })} />
                ) : (
                  <Empty title="Nothing was told yet">It is told when something happens that it wants to hear.</Empty>
                )
              }
            />
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
      {shown !== undefined && (
        <AttemptDialog endpointId={endpointId} attempt={shown} onClose={() => setShown(undefined)} />
      )}
    </Section>
  );
}

const columnsOf = (onShow: (attempt: Attempt) => void): readonly Column<Attempt>[] => [
  { id: "at", header: "Begun", cell: (row) => <Time at={row.timestamp} />, width: "120px" },
  { id: "message", header: "Message", cell: (row) => <Id id={row.msgId} />, isLeftOutNarrow: true },
  {
    id: "outcome",
    header: "Outcome",
    cell: (row) => (
      <>
        <OutcomeBadge outcome={row.outcome ?? row.statusText} /> <code>{row.reason}</code>
      </>
    ),
  },
  {
    id: "status",
    header: "Status",
    cell: (row) => <HttpStatus status={row.responseStatusCode} />,
    isLeftOutNarrow: true,
  },
  {
    id: "took",
    header: "Took",
    cell: (row) => <Duration ms={row.timing?.totalMs ?? row.responseDurationMs} />,
    align: "end",
  },
  { id: "number", header: "Try", cell: (row) => `#${row.number ?? "?"}`, align: "end", isLeftOutNarrow: true },
  {
    id: "then",
    header: "Then",
    cell: (row) => row.settledAs !== undefined && <DeliveryBadge state={row.settledAs} />,
    isLeftOutNarrow: true,
  },
  {
    id: "more",
    header: "Details",
    isHeaderHidden: true,
    align: "end",
    cell: (row) => (
      <span className="end">
        <Button size="s" onPress={() => onShow(row)}>
          Details
        </Button>
      </span>
    ),
  },
];

/** What was said, what was answered, and the way to say it again. */
function AttemptDialog({
  endpointId,
  attempt,
  onClose,
}: {
  readonly endpointId: string;
  readonly attempt: Attempt;
  readonly onClose: () => void;
}) {
  const resend = useChange<string, unknown>((messageId, key) =>
    client.POST(`${ONE}/msg/{msg_id}/resend`, {
      params: { path: { endpoint_id: endpointId, msg_id: messageId }, header: { "idempotency-key": key } },
    }),
  );
  const again = async () => {
    await resend.run(attempt.msgId);
    say("Sent again: its outcome shows within seconds");
    onClose();
  };
  return (
    <Dialog
      title={`Attempt ${attempt.number ?? ""}`.trim()}
      size="l"
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Close</Button>
          <Button
            look="primary"
            icon={<RotateCcw />}
            isPending={resend.isPending}
            onPress={() => void again().catch(() => {})}
          >
            Send again
          </Button>
        </>
      }
    >
      <KeyValues
        items={[
          ["Message", <Id key="message" id={attempt.msgId} isWhole />],
          attempt.remoteAddress != null && ["Answered by", <code key="by">{attempt.remoteAddress}</code>],
          ["Begun", <Time key="begun" at={attempt.timestamp} exact />],
          [
            "Outcome",
            <span key="outcome" className="row wrap">
              <OutcomeBadge outcome={attempt.outcome ?? attempt.statusText} />
              <HttpStatus status={attempt.responseStatusCode} />
              <code>{attempt.reason}</code>
            </span>,
          ],
          ["Took", <Duration key="took" ms={attempt.timing?.totalMs ?? attempt.responseDurationMs} />],
        ]}
      />
      <div className="stack tight">
        <h3>What was answered</h3>
        {attempt.response === "" ? (
          <p className="faint">Nothing in the body.</p>
        ) : (
          <CodeView text={attempt.response} what="the answer" lines={8} />
        )}
      </div>
      {resend.error != null && <FailureNote error={resend.error} />}
    </Dialog>
  );
}
