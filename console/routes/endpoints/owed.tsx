import { Ban, CirclePause, CirclePlay } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { useMay } from "../../api/whoami.ts";
import { DeliveryBadge, OutcomeBadge } from "../../kit/badge.tsx";
import { Button, Link } from "../../kit/button.tsx";
import { Segments } from "../../kit/field.tsx";
import { plural } from "../../kit/format.ts";
import { Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { type Place, usePaths } from "../place.ts";
import { type Act, type Choice, DeliveriesAct } from "./deliveries-act.tsx";
import { PATH } from "./endpoint.ts";
import { EndpointFrame } from "./frame.tsx";
import { useSelection } from "./selection.ts";

type Open = components["schemas"]["OpenDeliveryOut"];

const PAGE = 100;
const STATES = [
  { id: "waiting", label: "Waiting" },
  { id: "held", label: "Held" },
  { id: "leased", label: "Being sent" },
] as const;

/** What is still to be sent to an endpoint. */
export default function EndpointOwed() {
  return (
    <EndpointFrame current="endpointOwed">
      {(endpoint, _, appId) => <Owed appId={appId} endpointId={endpoint.id} />}
    </EndpointFrame>
  );
}

function Owed({ appId, endpointId }: { readonly appId: string; readonly endpointId: string }) {
  const mayWrite = useMay("write");
  const [{ state: asked, page: iterator }, setSearch] = useSearch("state", "page");
  const paths = usePaths();
  const state = STATES.find(({ id }) => id === asked)?.id ?? "waiting";
  const owed = api.useQuery(
    "get",
    `${PATH}/owed`,
    {
      params: {
        path: { app_id: appId, endpoint_id: endpointId },
        query: { limit: PAGE, state, ...(iterator !== undefined && { iterator }) },
      },
    },
    { refetchInterval: 5_000, placeholderData: (before) => before },
  );
  const selection = useSelection((owed.data?.data ?? []).map(({ id }) => id));
  const [acting, setActing] = useState<{ readonly act: Act; readonly choice: Choice }>();
  const chosen = selection.value.size;
  const choice: Choice = chosen > 0 ? { ids: [...selection.value] } : { filter: {} };
  const whom = chosen > 0 ? plural(chosen, "delivery", "deliveries") : "all";
  const button = (act: Act, label: string, icon: React.ReactNode) => (
    <Button size="s" icon={icon} onPress={() => setActing({ act, choice })}>
      {label} {whom}
    </Button>
  );
  return (
    <Section isFlush>
      <div className="row wrap filters endpoints-bar">
        <Segments
          label="Which deliveries"
          options={STATES}
          value={state}
          onChange={(id) => setSearch({ state: id === "waiting" ? undefined : id, page: undefined })}
        />
        <span className="grow" />
        {mayWrite && state !== "leased" && owed.data !== undefined && owed.data.data.length > 0 && (
          <div className="row wrap">
            {state === "waiting"
              ? button("owed/hold", "Hold", <CirclePause />)
              : button("owed/release", "Release", <CirclePlay />)}
            {button("owed/cancel", "Cancel", <Ban />)}
          </div>
        )}
      </div>
      <Answer query={owed}>
        {({ data, done, iterator: next, prevIterator }) => (
          <>
            <Table
              label="Owed deliveries"
              columns={columnsOf(appId, paths)}
              rows={data}
              rowId={(row) => row.id}
              selection={mayWrite && state !== "leased" ? selection : undefined}
              empty={<Empty title={EMPTY[state]} />}
            />
            <Pager
              at={iterator}
              done={done}
              next={next}
              previous={prevIterator}
              onPage={(page) => setSearch({ page }, { push: true })}
              words={["Earlier", "Later"]}
            />
          </>
        )}
      </Answer>
      {acting !== undefined && (
        <DeliveriesAct
          appId={appId}
          endpointId={endpointId}
          {...acting}
          onTask={() => undefined}
          onClose={() => {
            setActing(undefined);
            selection.clear();
          }}
        />
      )}
    </Section>
  );
}

const EMPTY = {
  waiting: "Nothing waits: everything that is owed was sent",
  held: "Nothing is held",
  leased: "Nothing is being sent at this moment",
} as const;

const columnsOf = (appId: string, paths: Place["paths"]): readonly Column<Open>[] => [
  {
    id: "type",
    header: "Event type",
    cell: (row) => <Link href={paths.message(appId, row.messageId)}>{row.eventType ?? row.messageId}</Link>,
  },
  {
    id: "state",
    header: "State",
    cell: (row) => <DeliveryBadge state={row.state === "waiting" ? "owed" : row.state} />,
  },
  { id: "due", header: "Due", cell: (row) => (row.dueAt === null ? <None /> : <Time at={row.dueAt} />) },
  { id: "tries", header: "Tries", cell: (row) => row.attempts, align: "end", isLeftOutNarrow: true },
  {
    id: "last",
    header: "Last outcome",
    cell: (row) =>
      row.lastOutcome === null ? (
        <None />
      ) : (
        <>
          <OutcomeBadge outcome={row.lastOutcome} /> <code>{row.lastReason}</code>
        </>
      ),
  },
  {
    id: "trigger",
    header: "Because of",
    cell: (row) => <span className="muted">{row.trigger}</span>,
    isLeftOutNarrow: true,
  },
  {
    id: "expires",
    header: "Expires",
    cell: (row) => (row.expiresAt === null ? <None /> : <Time at={row.expiresAt} />),
    isLeftOutNarrow: true,
  },
];
