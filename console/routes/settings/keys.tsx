import { Ellipsis, KeyRound, Pencil, Plus, RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, client } from "../../api/client.ts";
import { Badge } from "../../kit/badge.tsx";
import { Button, Link } from "../../kit/button.tsx";
import { ConfirmDialog } from "../../kit/confirm.tsx";
import { Select } from "../../kit/field.tsx";
import { Menu } from "../../kit/menu.tsx";
import { Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty, Loading, NoneFound } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { Time, useNow } from "../../kit/time.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useSearch } from "../../kit/use-search.ts";
import { useKnownApps } from "../known-apps.ts";
import { paths } from "../paths.ts";
import { SettingsFrame } from "./frame.tsx";
import { type ApiKey, EditKey, NewKey, RotateKey } from "./key-dialogs.tsx";
import { TokenDialog } from "./token.tsx";

const PAGE = 50;

type Open =
  | { readonly what: "new" }
  | { readonly what: "edit" | "rotate" | "revoke"; readonly key: ApiKey }
  | { readonly what: "token"; readonly name: string; readonly token: string };

/** Who may come in with a token of their own: keys, what they may do, and where. */
export default function Keys() {
  const apps = useKnownApps();
  const [open, setOpen] = useState<Open>();
  const [{ app, page: iterator }, setSearch] = useSearch("app", "page");
  const keys = api.useQuery("get", "/api/v1/api-key", {
    params: {
      query: {
        limit: PAGE,
        order: "descending",
        ...(iterator !== undefined && { iterator }),
        ...(app !== undefined && { app_id: app }),
      },
    },
  });
  const revoke = useChange<string, unknown>((keyId) =>
    client.DELETE("/api/v1/api-key/{key_id}", { params: { path: { key_id: keyId } } }),
  );
  const close = () => setOpen(undefined);
  const create = (
    <Button look="primary" icon={<Plus />} onPress={() => setOpen({ what: "new" })}>
      New key
    </Button>
  );
  const columns: readonly Column<ApiKey>[] = [
    {
      id: "name",
      header: "Name",
      cell: (row) => (
        <span className="settings-key">
          <strong>{row.name}</strong>
          <code className="faint">{row.prefix}…</code>
        </span>
      ),
    },
    { id: "role", header: "Role", cell: (row) => <Badge>{row.role}</Badge> },
    {
      id: "scope",
      header: "For",
      cell: (row) =>
        row.appId === null ? (
          "The organisation"
        ) : (
          <Link href={paths.app(row.appId)}>{apps.nameOf(row.appId) ?? row.appId}</Link>
        ),
    },
    { id: "used", header: "Last used", cell: (row) => <Time at={row.lastUsedAt} />, width: "120px" },
    { id: "expires", header: "Expires", cell: (row) => <Expiry at={row.expiresAt} />, width: "120px" },
    {
      id: "made",
      header: "Created",
      cell: (row) => <Time at={row.createdAt} />,
      width: "120px",
      isLeftOutNarrow: true,
    },
    {
      id: "act",
      header: "Actions",
      isHeaderHidden: true,
      align: "end",
      cell: (row) => (
        <span className="end">
          <Menu
            label={`Actions for ${row.name}`}
            actions={[
              {
                id: "edit",
                label: "Change name or expiry",
                icon: <Pencil />,
                onAction: () => setOpen({ what: "edit", key: row }),
              },
              {
                id: "rotate",
                label: "Rotate the token",
                icon: <RefreshCw />,
                onAction: () => setOpen({ what: "rotate", key: row }),
              },
              {
                id: "revoke",
                label: "Revoke",
                icon: <Trash2 />,
                tone: "danger",
                separated: true,
                onAction: () => setOpen({ what: "revoke", key: row }),
              },
            ]}
          >
            <Button look="quiet" size="s" icon={<Ellipsis />} aria-label={`Actions for ${row.name}`} />
          </Menu>
        </span>
      ),
    },
  ];
  return (
    <SettingsFrame
      current={paths.keys}
      title="Keys"
      description="Each program and each person gets a key of their own: what it may do, where, and until when. Only a hash of its token is kept."
      actions={create}
    >
      <Section isFlush>
        <div className="row wrap filters">
          <Select
            label="For"
            isLabelHidden
            options={[
              { id: "any", label: "All keys" },
              ...(apps.list ?? []).map(({ id, name }) => ({ id, label: name })),
            ]}
            value={app ?? "any"}
            onChange={(id) => setSearch({ app: id === "any" ? undefined : id, page: undefined })}
          />
        </div>
        <Answer query={keys} loading={<Loading rows={6} />}>
          {({ data, done, iterator: next, prevIterator }) => (
            <>
              <Table
                label="Keys"
                columns={columns}
                rows={apps.list === undefined && apps.error === null ? undefined : data}
                rowId={(row) => row.id}
                empty={
                  app !== undefined ? (
                    <NoneFound onClear={() => setSearch({ app: undefined, page: undefined })} />
                  ) : (
                    <Empty title="No key yet" icon={<KeyRound />} actions={create}>
                      <p>Until there is one, only the root token lets anybody in. Keep that one for emergencies.</p>
                    </Empty>
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
      {open?.what === "new" && (
        <NewKey onClose={close} onMade={({ name, token }) => setOpen({ what: "token", name, token })} />
      )}
      {open?.what === "edit" && <EditKey apiKey={open.key} onClose={close} />}
      {open?.what === "rotate" && (
        <RotateKey
          apiKey={open.key}
          onClose={close}
          onMade={({ name, token }) => setOpen({ what: "token", name, token })}
        />
      )}
      {open?.what === "revoke" && (
        <ConfirmDialog
          title={`Revoke ${open.key.name}?`}
          isOpen
          onClose={close}
          action="Revoke the key"
          onConfirm={async () => {
            await revoke.run(open.key.id);
            say(`Revoked ${open.key.name}`);
          }}
        >
          <p>
            Whoever uses it is refused within a second, everywhere. It was{" "}
            {open.key.lastUsedAt === null ? (
              "never used."
            ) : (
              <>
                last used <Time at={open.key.lastUsedAt} />.
              </>
            )}{" "}
            This cannot be undone.
          </p>
        </ConfirmDialog>
      )}
      {open?.what === "token" && <TokenDialog name={open.name} token={open.token} onClose={close} />}
    </SettingsFrame>
  );
}

const SOON_MS = 7 * 86_400_000;

function Expiry({ at }: { readonly at: string | null }) {
  const now = useNow();
  if (at === null) return <span className="faint">never</span>;
  const left = Date.parse(at) - now;
  if (left <= 0) return <Badge tone="bad">Expired</Badge>;
  return left < SOON_MS ? (
    <Badge tone="warn">
      <Time at={at} />
    </Badge>
  ) : (
    <Time at={at} />
  );
}
