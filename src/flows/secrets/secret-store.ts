import { newId, type Queryable, SealError, type Sealer, textArray } from "#kernel";
import { type Keyset, keysetSql } from "#tenancy";

/** More of one application are refused: a process keeps those of an application together. */
export const FLOW_SECRETS_MAX = 200;
/** As a name in expressions. */
export const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** Shorter values could not be told from ordinary text where answers are masked. */
export const SECRET_LENGTH_MIN = 8;
export const SECRET_LENGTH_MAX = 8_192;

/** What is shown of a secret: everything but its value. */
export interface FlowSecret {
  readonly name: string;
  /** Names of the flows that may use it; undefined: all of the application. */
  readonly flows: readonly string[] | undefined;
  /** 1 for its first value. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly updatedBy: string;
  /** `2026-07-01`; undefined: no request left with it yet. */
  readonly lastUsedOn: string | undefined;
}

export interface FlowSecretChange {
  readonly name: string;
  /** Undefined: the one it has. */
  readonly value: string | undefined;
  /** `all`, or the names of flows; undefined: those it is granted to, none for a new one. */
  readonly flows: "all" | readonly string[] | undefined;
  readonly updatedBy: string;
}

export type PutFlowSecret =
  | { readonly kind: "put"; readonly secret: FlowSecret; readonly created: boolean }
  | { readonly kind: "too_many" }
  /** There is none of this name whose value it could keep. */
  | { readonly kind: "value_missing" };

/** What a value must be to stand in a header: visible characters of ASCII, spaces and tabs within. Undefined: it is that. */
export function secretValueFault(value: string): string | undefined {
  if (value.length < SECRET_LENGTH_MIN || value.length > SECRET_LENGTH_MAX)
    return `has ${value.length} characters; it should have ${SECRET_LENGTH_MIN} to ${SECRET_LENGTH_MAX}`;
  if (!/^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/.test(value))
    return "has characters that no header may have; it should be visible ASCII, with spaces and tabs only within";
  return undefined;
}

export const secretContext = (id: string): string => `flow_secret:${id}`;

/** Changes of secrets wait for each other: what is counted after this stays true until the commit. */
async function bumpVersion(tx: Queryable): Promise<void> {
  await tx.query("update posthorn.flow_secret_version set version = version + 1");
}

const SHOWN = `name, flows, version, created_at, updated_at, updated_by, last_used_on::text as last_used_on`;

interface Row {
  readonly name: string;
  readonly flows: string[] | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly updated_by: string;
  readonly last_used_on: string | null;
}

const secretOf = (row: Row): FlowSecret => ({
  name: row.name,
  flows: row.flows ?? undefined,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  updatedBy: row.updated_by,
  lastUsedOn: row.last_used_on ?? undefined,
});

/** Creates a secret, gives it a new value, or grants it anew. The value was checked with `secretValueFault`. */
export async function putFlowSecret(
  tx: Queryable,
  sealer: Sealer,
  appId: string,
  change: FlowSecretChange,
): Promise<PutFlowSecret> {
  await bumpVersion(tx);
  const granted = change.flows === "all" || change.flows === undefined ? null : textArray(change.flows);
  const [before] = await tx.query<{ id: string }>(
    "select id from posthorn.flow_secret where app_id = $1 and name = $2",
    [appId, change.name],
  );
  if (before === undefined) {
    if (change.value === undefined) return { kind: "value_missing" };
    const [count] = await tx.query<{ n: number }>(
      "select count(*)::int as n from posthorn.flow_secret where app_id = $1",
      [appId],
    );
    if ((count?.n ?? 0) >= FLOW_SECRETS_MAX) return { kind: "too_many" };
    const id = newId();
    const [row] = await tx.query<Row>(
      `insert into posthorn.flow_secret (id, app_id, name, sealed, flows, updated_by)
       values ($1, $2, $3, $4, $5::text[], $6)
       returning ${SHOWN}`,
      [
        id,
        appId,
        change.name,
        sealer.seal(Buffer.from(change.value), secretContext(id)),
        change.flows === undefined ? textArray([]) : granted,
        change.updatedBy,
      ],
    );
    return { kind: "put", secret: secretOf(row as Row), created: true };
  }
  const sealed = change.value === undefined ? null : sealer.seal(Buffer.from(change.value), secretContext(before.id));
  const [row] = await tx.query<Row>(
    `update posthorn.flow_secret
        set sealed = coalesce($2::bytea, sealed),
            version = version + case when $2::bytea is null then 0 else 1 end,
            flows = case when $3::boolean then $4::text[] else flows end,
            updated_at = now(),
            updated_by = $5
      where id = $1
      returning ${SHOWN}`,
    [before.id, sealed, change.flows !== undefined, granted, change.updatedBy],
  );
  return { kind: "put", secret: secretOf(row as Row), created: false };
}

/** A page, by name. */
export async function listFlowSecrets(q: Queryable, appId: string, keyset: Keyset): Promise<FlowSecret[]> {
  const { where, order } = keysetSql(keyset, "name", 2, "text");
  const rows = await q.query<Row>(
    `select ${SHOWN} from posthorn.flow_secret where app_id = $1 ${where} ${order} limit $3`,
    [appId, keyset.after ?? null, keyset.limit],
  );
  return rows.map(secretOf);
}

/** False: there was none of this name. */
export async function deleteFlowSecret(tx: Queryable, appId: string, name: string): Promise<boolean> {
  await bumpVersion(tx);
  const rows = await tx.query("delete from posthorn.flow_secret where app_id = $1 and name = $2 returning id", [
    appId,
    name,
  ]);
  return rows.length > 0;
}

export interface ResealedFlowSecrets {
  readonly resealed: number;
  /** Left as they are because no configured master key opens them: do not retire a key while there are any. */
  readonly unopened: number;
  /** Where to go on; undefined: that was the end. */
  readonly next: string | undefined;
}

/** Seals anew those of the next `limit` secrets that an older master key sealed; `after` is where the last call stopped. */
export async function resealFlowSecrets(
  q: Queryable,
  sealer: Sealer,
  after: string | undefined,
  limit: number,
): Promise<ResealedFlowSecrets> {
  const rows = await q.query<{ id: string; sealed: Uint8Array }>(
    "select id, sealed from posthorn.flow_secret where id > $1 order by id limit $2",
    [after ?? "00000000-0000-0000-0000-000000000000", limit],
  );
  let [resealed, unopened] = [0, 0];
  for (const row of rows) {
    const sealed = sealAnew(sealer, row.sealed, secretContext(row.id));
    if (sealed === "unopened") unopened++;
    if (typeof sealed === "string") continue;
    // Only if nobody gave it another value meanwhile, or was faster.
    await q.query("update posthorn.flow_secret set sealed = $2 where id = $1 and sealed = $3", [
      row.id,
      sealed,
      row.sealed,
    ]);
    resealed++;
  }
  return { resealed, unopened, next: rows.length < limit ? undefined : rows.at(-1)?.id };
}

/** One record that nobody can open must not keep the others from being sealed anew. */
function sealAnew(sealer: Sealer, sealed: Uint8Array, context: string): Buffer | "current" | "unopened" {
  try {
    return sealer.needsReseal(sealed) ? sealer.seal(sealer.open(sealed, context), context) : "current";
  } catch (error) {
    if (error instanceof SealError) return "unopened";
    throw error;
  }
}
