import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { api, ask } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { Link } from "../../kit/button.tsx";
import { count, countOf, duration } from "../../kit/format.ts";
import { Answer, Empty, Loading, Note } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { paths } from "../paths.ts";
import { bodyOf, type Draft } from "./draft.ts";

type Counted = components["schemas"]["ReplayDryRunOut"];
type Part = Counted["byEndpoint"][number];

/** Counts what would be sent, without sending anything. The rate changes nothing about that. */
export function useDryRun(draft: Draft, enabled: boolean): UseQueryResult<Counted> {
  const { ratePerSecond: _, ...body } = bodyOf(draft);
  return useQuery({
    queryKey: ["dry-run", draft.appId, body],
    queryFn: ({ signal }) =>
      ask<Counted>(`/api/v1/app/${encodeURIComponent(draft.appId)}/replay`, {
        method: "POST",
        body: { ...body, dryRun: true },
        signal,
      }),
    enabled,
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

/** To how many, at each endpoint, and how long that will take. */
export function DryRun({ draft, counted }: { readonly draft: Draft; readonly counted: UseQueryResult<Counted> }) {
  const endpoints = api.useQuery("get", "/api/v1/app/{app_id}/endpoint", {
    params: { path: { app_id: draft.appId }, query: { limit: 250 } },
  });
  const names = new Map(endpoints.data?.data.map((row) => [row.id, row.description || row.uid || row.url]));
  return (
    <div className="stack tight replays-dry-run">
      {draft.what === "all" && (
        <Note tone="warn">Receivers that have a message already get it once more, under the same webhook-id.</Note>
      )}
      <Answer query={counted} loading={<Loading height={240} label="Counting" />}>
        {(data) =>
          data.matched === 0 ? (
            <Empty title="Nothing fits">
              <p>Within this window nothing would be sent again. A wider one, or fewer filters, may find more.</p>
            </Empty>
          ) : (
            <div className="stack tight">
              <p className="replays-count" role="status">
                <b className="num">{countOf(data.matched, data.matchedIsExact)}</b>{" "}
                {data.matched === 1 ? "delivery" : "deliveries"} would be sent again
                {draft.ratePerSecond > 0 &&
                  `, within ${duration(Math.ceil(data.matched / draft.ratePerSecond) * 1_000)} or more`}
                .
              </p>
              {!data.matchedIsExact && (
                <Note tone="info">
                  Counting all would take too long: it is at least so many. The replay itself counts all.
                </Note>
              )}
              <div className="replays-counted">
                <Table
                  label="Deliveries by endpoint"
                  columns={columnsOf(draft.appId, names, data.matchedIsExact)}
                  rows={endpoints.isPending ? undefined : data.byEndpoint.toSorted((a, b) => b.matched - a.matched)}
                  rowId={(row) => row.endpointId}
                />
              </div>
            </div>
          )
        }
      </Answer>
    </div>
  );
}

const columnsOf = (appId: string, names: ReadonlyMap<string, string>, isExact: boolean): readonly Column<Part>[] => [
  {
    id: "endpoint",
    header: "Endpoint",
    cell: (row) => (
      <Link href={paths.endpoint(appId, row.endpointId)}>{names.get(row.endpointId) ?? row.endpointId}</Link>
    ),
  },
  {
    id: "matched",
    header: "Would be sent",
    cell: (row) => (isExact ? count(row.matched) : countOf(row.matched, false)),
    align: "end",
  },
];
