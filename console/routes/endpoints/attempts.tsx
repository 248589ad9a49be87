import { api } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { DeliveryBadge, HttpStatus, OutcomeBadge } from "../../kit/badge.tsx";
import { Button, Link } from "../../kit/button.tsx";
import { Select, TextField } from "../../kit/field.tsx";
import { count } from "../../kit/format.ts";
import { Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty, NoneFound } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { Duration, Time } from "../../kit/time.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { useStill } from "../../kit/use-still.ts";
import { type Place, usePaths } from "../place.ts";
import { EndpointFrame } from "./frame.tsx";

type Attempt = components["schemas"]["MessageAttemptOut"];
type Outcome = NonNullable<Attempt["outcome"]>;

const PAGE = 50;

const OUTCOMES: readonly { readonly id: Outcome | "any"; readonly label: string }[] = [
  { id: "any", label: "Any outcome" },
  { id: "delivered", label: "Delivered" },
  { id: "retryable", label: "Retryable" },
  { id: "permanent", label: "Permanent" },
  { id: "gone", label: "Gone" },
  { id: "timeout", label: "Timeout" },
  { id: "ambiguous", label: "Ambiguous" },
  { id: "signature_error", label: "Signature error" },
  { id: "endpoint_config_error", label: "Configuration error" },
  { id: "internal_error", label: "Internal error" },
];

/** Every request that was made to an endpoint, newest first. */
export default function EndpointAttempts() {
  return (
    <EndpointFrame current="endpointAttempts">
      {(endpoint, _, appId) => <Attempts appId={appId} endpointId={endpoint.id} />}
    </EndpointFrame>
  );
}

function Attempts({ appId, endpointId }: { readonly appId: string; readonly endpointId: string }) {
  const [{ outcome, reason, page: iterator }, setSearch] = useSearch("outcome", "reason", "page");
  const paths = usePaths();
  const chosen = OUTCOMES.find(({ id }) => id === outcome)?.id ?? "any";
  const attempts = api.useQuery(
    "get",
    "/api/v1/app/{app_id}/attempt/endpoint/{endpoint_id}",
    {
      params: {
        path: { app_id: appId, endpoint_id: endpointId },
        query: {
          limit: PAGE,
          ...(iterator !== undefined && { iterator }),
          ...(chosen !== "any" && { outcome: chosen }),
          ...(reason !== undefined && { reason }),
        },
      },
    },
    { refetchInterval: iterator === undefined ? 5_000 : false, placeholderData: (before) => before },
  );
  const { shown, newer, showAll } = useStill(attempts.data?.data ?? [], `${chosen} ${reason} ${iterator}`);
  const clear = () => setSearch({ outcome: undefined, reason: undefined, page: undefined });
  return (
    <Section isFlush>
      <form
        key={reason}
        className="row wrap filters"
        onSubmit={(event) => {
          event.preventDefault();
          const typed = new FormData(event.currentTarget).get("reason");
          setSearch({ reason: typeof typed === "string" ? typed.trim() : undefined, page: undefined });
        }}
      >
        <Select
          label="Outcome"
          isLabelHidden
          options={OUTCOMES}
          value={chosen}
          onChange={(id) => setSearch({ outcome: id === "any" ? undefined : id, page: undefined })}
        />
        <TextField
          label="Reason"
          isLabelHidden
          placeholder="Reason: http_503"
          name="reason"
          defaultValue={reason ?? ""}
          isMono
        />
        <Button type="submit">Filter</Button>
        <span className="grow" />
        <Button size="s" isDisabled={newer === 0} onPress={showAll}>
          {newer === 0 ? "Nothing newer" : `Show ${count(newer)} newer`}
        </Button>
      </form>
      <Answer query={attempts}>
        {({ done, iterator: next, prevIterator }) => (
          <>
            <Table
              label="Attempts"
              columns={columnsOf(appId, paths)}
              rows={shown}
              rowId={(row) => row.id}
              empty={
                chosen !== "any" || reason !== undefined ? (
                  <NoneFound onClear={clear} />
                ) : (
                  <Empty title="Nothing was sent yet">An example can be sent with the button above.</Empty>
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
    </Section>
  );
}

const columnsOf = (appId: string, paths: Place["paths"]): readonly Column<Attempt>[] => [
  { id: "at", header: "Begun", cell: (row) => <Time at={row.timestamp} /> },
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
    id: "message",
    header: "Message",
    cell: (row) => (
      <Link href={`${paths.message(appId, row.msgId)}?attempt=${encodeURIComponent(row.id)}`}>Details</Link>
    ),
  },
];
