import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { api, client } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { Badge } from "../../kit/badge.tsx";
import { Button } from "../../kit/button.tsx";
import { ConfirmDialog } from "../../kit/confirm.tsx";
import { Page, Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty, Loading } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useSearch } from "../../kit/use-search.ts";
import { useAppCrumbs } from "../app-crumbs.ts";
import { useParam } from "../params.ts";
import type { FlowSecret } from "./flow-secret.ts";
import { SecretDialog } from "./secret-dialog.tsx";

const PAGE = 50;

/** What flows may say to others and nobody may read. */
export default function FlowSecrets() {
  const appId = useParam("appId");
  const crumbs = useAppCrumbs(appId);
  const mayWrite = useMay("write");
  const [editing, setEditing] = useState<FlowSecret | "new">();
  const [ending, setEnding] = useState<FlowSecret>();
  const [{ page: iterator }, setSearch] = useSearch("page");
  const secrets = api.useQuery("get", "/api/v1/app/{app_id}/flow-secret", {
    params: { path: { app_id: appId }, query: { limit: PAGE, ...(iterator !== undefined && { iterator }) } },
  });
  const end = useChange<string, unknown>((name) =>
    client.DELETE("/api/v1/app/{app_id}/flow-secret/{secret_name}", {
      params: { path: { app_id: appId, secret_name: name } },
    }),
  );
  const create = mayWrite && (
    <Button look="primary" icon={<Plus />} onPress={() => setEditing("new")}>
      New secret
    </Button>
  );
  return (
    <Page
      title="Secrets"
      crumbs={crumbs}
      description="Encrypted, granted flow by flow, put into headers just before a request leaves, and never shown again."
      actions={create}
    >
      <Section isFlush>
        <Answer query={secrets} loading={<Loading rows={4} />}>
          {({ data, done, iterator: next, prevIterator }) => (
            <>
              <Table
                label="Secrets"
                rows={data}
                rowId={(row) => row.name}
                columns={columnsOf(mayWrite, setEditing, setEnding)}
                empty={
                  <Empty title="No secret yet" icon={<KeyRound />} actions={create}>
                    A flow names the secrets it uses in <code>secrets</code>, and writes them as{" "}
                    <code>secrets.name</code> in the headers of its requests.
                  </Empty>
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
      {editing !== undefined && (
        <SecretDialog
          appId={appId}
          secret={editing === "new" ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
      <ConfirmDialog
        title={`Delete ${ending?.name ?? ""}?`}
        isOpen={ending !== undefined}
        onClose={() => setEnding(undefined)}
        action="Delete secret"
        onConfirm={async () => {
          if (ending === undefined) return;
          await end.run(ending.name);
          say(`Deleted ${ending.name}`);
        }}
      >
        <p>
          {ending?.flows?.length === 0
            ? "No flow may use it."
            : `Requests of ${ending?.flows?.join(", ") ?? "any flow"} that need it will fail from now on.`}{" "}
          This cannot be undone.
        </p>
      </ConfirmDialog>
    </Page>
  );
}

const columnsOf = (
  mayWrite: boolean,
  onEdit: (secret: FlowSecret) => void,
  onEnd: (secret: FlowSecret) => void,
): readonly Column<FlowSecret>[] => [
  { id: "name", header: "Secret", cell: (row) => <code>{row.name}</code> },
  {
    id: "flows",
    header: "Granted to",
    cell: (row) =>
      row.flows === null ? (
        <span className="muted">every flow</span>
      ) : row.flows.length === 0 ? (
        <span className="muted">no flow</span>
      ) : (
        <span className="row wrap">
          {row.flows.map((flow) => (
            <Badge key={flow}>{flow}</Badge>
          ))}
        </span>
      ),
  },
  { id: "version", header: "Version", cell: (row) => <span className="num">{row.version}</span>, align: "end" },
  {
    id: "used",
    header: "Last used",
    cell: (row) => (row.lastUsedOn === null ? <None /> : <span className="num">{row.lastUsedOn}</span>),
    align: "end",
    isLeftOutNarrow: true,
  },
  { id: "by", header: "By", cell: (row) => row.updatedBy || <None />, isLeftOutNarrow: true },
  { id: "set", header: "Set", cell: (row) => <Time at={row.updatedAt} />, align: "end" },
  ...(mayWrite
    ? [
        {
          id: "acts",
          header: "What can be done",
          isHeaderHidden: true,
          align: "end" as const,
          cell: (row: FlowSecret) => (
            <span className="row flow-secrets-acts">
              <Button size="s" onPress={() => onEdit(row)}>
                Set or grant
              </Button>
              <Button size="s" onPress={() => onEnd(row)}>
                Delete
              </Button>
            </span>
          ),
        },
      ]
    : []),
];
