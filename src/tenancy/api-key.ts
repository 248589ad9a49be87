import { newId, type Queryable } from "#kernel";
import { type KeyRole, permits, ROLE_PERMISSIONS } from "./access.ts";
import { bumpAccess } from "./access-version.ts";
import { type NewToken, newToken } from "./bearer.ts";
import { type Keyset, keysetSql } from "./keyset.ts";
import type { Principal } from "./principal.ts";

/** A key: what its tokens may do, where, and until when. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  /** The application it is for; undefined: the organisation. */
  readonly appId: string | undefined;
  /** The beginning of its current token. */
  readonly prefix: string;
  /** Who created it: the id of a principal. */
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
  readonly lastUsedAt: Date | undefined;
}

export interface ApiKeyFields {
  readonly name: string;
  readonly role: KeyRole;
  readonly appId: string | undefined;
  readonly expiresAt: Date | undefined;
}

/** A key with its token, which is told once. */
export interface IssuedKey {
  readonly key: ApiKey;
  readonly token: string;
}

/** Tokens of a key that may be good at once: one that is rotated ever so often does not pile them up. */
export const TOKENS_MAX = 5;

interface Row {
  id: string;
  name: string;
  role: KeyRole;
  app_id: string | null;
  prefix: string;
  created_by: string;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
}

const KEYS = `
  select k.id, k.name, k.role, k.app_id, t.prefix, k.created_by, k.created_at, k.expires_at, k.last_used_at
    from posthorn.api_key k
    join posthorn.api_token t on t.key_id = k.id and t.expires_at is null`;

function keyOf(row: Row): ApiKey {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    appId: row.app_id ?? undefined,
    prefix: row.prefix,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
  };
}

/**
 * Why a principal may not hand out a key like this, or undefined: nobody gives what he has not. It may do no more, in no more
 * places, and (given by a key that ends) for no longer than he.
 */
export function tooStrong(
  giver: Principal,
  fields: Pick<ApiKeyFields, "role" | "appId" | "expiresAt">,
): string | undefined {
  const missing = ROLE_PERMISSIONS[fields.role].filter((permission) => !permits(giver.permissions, permission));
  if (missing.length > 0) return `A ${fields.role} may do what your token may not: ${missing.join(", ")}`;
  if (giver.appId !== undefined && giver.appId !== fields.appId) {
    return "Your token is for one application, so the key should be for the same";
  }
  if (giver.kind === "key" && giver.expiresAtMs !== undefined) {
    const until = new Date(giver.expiresAtMs).toISOString();
    if (fields.expiresAt === undefined || fields.expiresAt.getTime() > giver.expiresAtMs) {
      return `Your key expires at ${until}, so the key should expire no later`;
    }
  }
  return undefined;
}

async function insertToken(tx: Queryable, keyId: string, made: NewToken): Promise<void> {
  await tx.query("insert into posthorn.api_token (hash, key_id, prefix) values ($1, $2, $3)", [
    made.hash,
    keyId,
    made.prefix,
  ]);
}

export async function createApiKey(tx: Queryable, fields: ApiKeyFields, createdBy: string): Promise<IssuedKey> {
  const id = newId();
  await tx.query(
    `insert into posthorn.api_key (id, name, role, app_id, created_by, expires_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [id, fields.name, fields.role, fields.appId ?? null, createdBy, fields.expiresAt ?? null],
  );
  const made = newToken("key");
  await insertToken(tx, id, made);
  return { key: await held(tx, id), token: made.token };
}

export async function findApiKey(q: Queryable, id: string, hold?: "change"): Promise<ApiKey | undefined> {
  const [row] = await q.query<Row>(`${KEYS} where k.id = $1 ${hold === undefined ? "" : "for no key update of k"}`, [
    id,
  ]);
  return row === undefined ? undefined : keyOf(row);
}

/** In order of creation; of one application, or of all and the organisation. */
export async function listApiKeys(q: Queryable, keyset: Keyset, appId: string | undefined): Promise<ApiKey[]> {
  const { where, order } = keysetSql(keyset, "k.id", 1, "uuid");
  const rows = await q.query<Row>(`${KEYS} where ($3::uuid is null or k.app_id = $3) ${where} ${order} limit $2`, [
    keyset.after ?? null,
    keyset.limit,
    appId ?? null,
  ]);
  return rows.map(keyOf);
}

/** Changes a key that the transaction holds. */
export async function updateApiKey(
  tx: Queryable,
  id: string,
  fields: Pick<ApiKeyFields, "name" | "expiresAt">,
): Promise<ApiKey> {
  await tx.query("update posthorn.api_key set name = $2, expires_at = $3 where id = $1", [
    id,
    fields.name,
    fields.expiresAt ?? null,
  ]);
  await bumpAccess(tx);
  return held(tx, id);
}

/** Revokes a key with all its tokens. False: there is none. */
export async function deleteApiKey(tx: Queryable, id: string): Promise<boolean> {
  await tx.query("delete from posthorn.api_token where key_id = $1", [id]);
  const rows = await tx.query("delete from posthorn.api_key where id = $1 returning id", [id]);
  await bumpAccess(tx);
  return rows.length > 0;
}

/** A new token for a key that the transaction holds; those before stay good for `graceSeconds`, and no longer than they were. */
export async function rotateApiKey(
  tx: Queryable,
  id: string,
  graceSeconds: number,
): Promise<IssuedKey | "too_many_tokens"> {
  await tx.query("delete from posthorn.api_token where key_id = $1 and expires_at <= now()", [id]);
  await tx.query(
    `update posthorn.api_token set expires_at = least(expires_at, now() + $2::int * interval '1 s') where key_id = $1`,
    [id, graceSeconds],
  );
  if (graceSeconds === 0) await tx.query("delete from posthorn.api_token where key_id = $1", [id]);
  const rows = await tx.query("select from posthorn.api_token where key_id = $1", [id]);
  if (rows.length >= TOKENS_MAX) return "too_many_tokens";
  const made = newToken("key");
  await insertToken(tx, id, made);
  await bumpAccess(tx);
  return { key: await held(tx, id), token: made.token };
}

async function held(tx: Queryable, id: string): Promise<ApiKey> {
  const key = await findApiKey(tx, id);
  if (key === undefined) throw new Error(`The key ${id} is not there, though this transaction wrote it`);
  return key;
}
