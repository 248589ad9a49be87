import { useNavigate } from "@tanstack/react-router";
import { RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { useMay } from "../../api/whoami.ts";
import { OutcomeBadge } from "../../kit/badge.tsx";
import { Button, ButtonLink, Link } from "../../kit/button.tsx";
import { Select } from "../../kit/field.tsx";
import { plural } from "../../kit/format.ts";
import { Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty, NoneFound } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { say } from "../../kit/toast.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { type Place, usePaths } from "../place.ts";
import { type Act, type Choice, DeliveriesAct } from "./deliveries-act.tsx";
import { PATH } from "./endpoint.ts";
import { EndpointFrame } from "./frame.tsx";
import { useSelection } from "./selection.ts";

type Dead = components["schemas"]["DeadLetterOut"];
type Reason = Dead["reason"];

const PAGE = 100;

const REASONS: Readonly<Record<Reason, string>> = {
  exhausted: "Tries used up",
  permanent: "Refused for good",
  expired: "Too old",
  endpoint_deleted: "Endpoint deleted",
  application_deleted: "Application deleted",
  endpoint_disabled: "Endpoint disabled",
  held_too_long: "Held too long",
  held_too_many: "Too many held",
  cancelled: "Cancelled",
  erased: "Payload erased",
};
const OPTIONS: readonly { readonly id: Reason | "any"; readonly label: string }[] = [
  { id: "any", label: "Any reason" },
  ...(Object.entries(REASONS) as [Reason, string][]).map(([id, label]) => ({ id, label })),
];

/** What was given up, to be sent again or forgotten. */
export default function EndpointDead() {
  return (
    <EndpointFrame current="endpointDead">
      {(endpoint, _, appId) => <DeadLetters appId={appId} endpointId={endpoint.id} />}
    </EndpointFrame>
  );
}

function DeadLetters({ appId, endpointId }: { readonly appId: string; readonly endpointId: string }) {
  const maySend = useMay("portal:write");
  const mayForget = useMay("write");
  const paths = usePaths();
  const navigate = useNavigate();
  const [{ reason: asked, page: iterator }, setSearch] = useSearch("reason", "page");
  const reason = OPTIONS.find(({ id }) => id === asked)?.id ?? "any";
  const dead = api.useQuery(
    "get",
    `${PATH}/dead`,
    {
      params: {
        path: { app_id: appId, endpoint_id: endpointId },
        query: { limit: PAGE, ...(reason !== "any" && { reason }), ...(iterator !== undefined && { iterator }) },
      },
    },
    // Not asked again by itself: rows that move while somebody chooses among them are chosen by mistake.
    { placeholderData: (before) => before },
  );
  const selection = useSelection((dead.data?.data ?? []).map(({ id }) => id));
  const [acting, setActing] = useState<{ readonly act: Act; readonly choice: Choice }>();
  const chosen = selection.value.size;
  const choice: Choice = chosen > 0 ? { ids: [...selection.value] } : { filter: reason === "any" ? {} : { reason } };
  const whom = chosen > 0 ? plural(chosen, "letter") : "all";
  return (
    <Section isFlush>
      <div className="row wrap filters endpoints-bar">
        <Select
          label="Reason"
          isLabelHidden
          options={OPTIONS}
          value={reason}
          onChange={(id) => setSearch({ reason: id === "any" ? undefined : id, page: undefined })}
        />
        <span className="grow" />
        {mayForget && paths.newReplay !== undefined && (
          <ButtonLink
            size="s"
            look="quiet"
            href={`${paths.newReplay}?app=${encodeURIComponent(appId)}&endpoint=${encodeURIComponent(endpointId)}`}
          >
            Replay by time
          </ButtonLink>
        )}
        {maySend && dead.data !== undefined && dead.data.data.length > 0 && (
          <div className="row wrap">
            <Button size="s" icon={<RotateCcw />} onPress={() => setActing({ act: "dead/requeue", choice })}>
              Send {whom} again
            </Button>
            {mayForget && (
              <Button size="s" icon={<Trash2 />} onPress={() => setActing({ act: "dead/expire", choice })}>
                Forget {whom}
              </Button>
            )}
          </div>
        )}
      </div>
      <Answer query={dead}>
        {({ data, done, iterator: next, prevIterator }) => (
          <>
            <Table
              label="Dead letters"
              columns={columnsOf(appId, paths)}
              rows={data}
              rowId={(row) => row.id}
              selection={maySend ? selection : undefined}
              empty={
                reason !== "any" ? (
                  <NoneFound onClear={() => setSearch({ reason: undefined, page: undefined })} />
                ) : (
                  <Empty title="No dead letter">Nothing that was owed to this endpoint was given up.</Empty>
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
      {acting !== undefined && (
        <DeliveriesAct
          appId={appId}
          endpointId={endpointId}
          {...acting}
          onTask={(id) => {
            if (paths.replay === undefined) say("They are many: they are sent again one after the other, from now on");
            else void navigate({ href: paths.replay(id) });
          }}
          onClose={() => {
            setActing(undefined);
            selection.clear();
          }}
        />
      )}
    </Section>
  );
}

const columnsOf = (appId: string, paths: Place["paths"]): readonly Column<Dead>[] => [
  {
    id: "type",
    header: "Event type",
    cell: (row) => <Link href={paths.message(appId, row.messageId)}>{row.eventType ?? row.messageId}</Link>,
  },
  { id: "reason", header: "Given up because", cell: (row) => REASONS[row.reason] },
  {
    id: "last",
    header: "Last outcome",
    cell: (row) =>
      row.lastAttempt === null ? (
        <None />
      ) : (
        <>
          <OutcomeBadge outcome={row.lastAttempt.outcome} /> <code>{row.lastAttempt.reason}</code>
        </>
      ),
  },
  { id: "tries", header: "Tries", cell: (row) => row.attempts, align: "end", isLeftOutNarrow: true },
  { id: "since", header: "Since", cell: (row) => <Time at={row.settledAt} />, align: "end" },
];
