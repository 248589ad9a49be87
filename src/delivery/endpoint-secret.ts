import { bareArray, newId, type Queryable, SealError, type Sealer } from "#kernel";
import type { SecretKind, SigningKey } from "./endpoint.ts";

/** A secret in the clear, about to be stored: what `signing.ts` calls the key of its kind. */
export interface NewSecret {
  readonly kind: SecretKind;
  readonly key: Uint8Array;
}

/** Living secrets of one endpoint. Svix allows ten rotations per grace period; each living one is a signature per request. */
export const SECRETS_MAX = 10;

const contextOf = (secretId: string) => `endpoint_secret:${secretId}`;

/** Stores a secret as the current one; the one before lives on for `graceSeconds`, and not at all when that is 0. */
export async function putSecret(
  tx: Queryable,
  sealer: Sealer,
  endpointId: string,
  secret: NewSecret,
  graceSeconds = 0,
): Promise<"put" | "too_many_secrets"> {
  await tx.query("delete from posthorn.endpoint_secret where endpoint_id = $1 and expires_at <= now()", [endpointId]);
  const living = await tx.query<{ id: string }>(
    graceSeconds === 0
      ? "delete from posthorn.endpoint_secret where endpoint_id = $1 and expires_at is null returning id"
      : `update posthorn.endpoint_secret set expires_at = now() + make_interval(secs => ${Math.floor(graceSeconds)})
          where endpoint_id = $1 and expires_at is null returning id`,
    [endpointId],
  );
  if (living.length > 0 && graceSeconds > 0) {
    const [count] = await tx.query<{ n: number }>(
      "select count(*)::int as n from posthorn.endpoint_secret where endpoint_id = $1",
      [endpointId],
    );
    if ((count?.n ?? 0) >= SECRETS_MAX) return "too_many_secrets";
  }
  const id = newId();
  await tx.query("insert into posthorn.endpoint_secret (id, endpoint_id, kind, sealed) values ($1, $2, $3, $4)", [
    id,
    endpointId,
    secret.kind,
    sealer.seal(secret.key, contextOf(id)),
  ]);
  return "put";
}

/** The current secret of an endpoint. Throws SealError. */
export async function currentSecret(q: Queryable, sealer: Sealer, endpointId: string): Promise<NewSecret | undefined> {
  const [row] = await q.query<{ id: string; kind: SecretKind; sealed: Uint8Array }>(
    "select id, kind, sealed from posthorn.endpoint_secret where endpoint_id = $1 and expires_at is null",
    [endpointId],
  );
  return row === undefined ? undefined : { kind: row.kind, key: sealer.open(row.sealed, contextOf(row.id)) };
}

export interface SealedSecret {
  /** Throws SealError. */
  open(sealer: Sealer): SigningKey;
}

/** The living secrets of all endpoints of these applications, by endpoint, newest first. */
export async function loadSecrets(
  q: Queryable,
  appIds: readonly string[],
): Promise<ReadonlyMap<string, readonly SealedSecret[]>> {
  const rows = await q.query<{
    id: string;
    endpoint_id: string;
    kind: SecretKind;
    sealed: Uint8Array;
    expires_at: Date | null;
  }>(
    `select s.id, s.endpoint_id, s.kind, s.sealed, s.expires_at
       from posthorn.endpoint e
       join posthorn.endpoint_secret s on s.endpoint_id = e.id
      where e.app_id = any($1::uuid[]) and e.deleted_at is null and (s.expires_at is null or s.expires_at > now())
      order by s.endpoint_id, s.id desc`,
    [bareArray(appIds)],
  );
  const byEndpoint = new Map<string, SealedSecret[]>();
  for (const row of rows) {
    const secrets = byEndpoint.get(row.endpoint_id) ?? [];
    byEndpoint.set(row.endpoint_id, secrets);
    secrets.push({
      open: (sealer) => ({
        kind: row.kind,
        key: sealer.open(row.sealed, contextOf(row.id)),
        ...(row.expires_at !== null && { expiresAtMs: row.expires_at.getTime() }),
      }),
    });
  }
  return byEndpoint;
}

export interface Resealed {
  readonly resealed: number;
  /** Left as they are because no configured master key opens them: do not retire a key while there are any. */
  readonly unopened: number;
  /** Where to go on; undefined: that was the end. */
  readonly next: string | undefined;
}

/**
 * Seals anew those of the next `limit` secrets that another master key than the current one sealed; `after` is where the
 * last call stopped. Upkeep calls it until `next` is undefined, while everything runs.
 */
export async function resealSecrets(
  q: Queryable,
  sealer: Sealer,
  after: string | undefined,
  limit: number,
): Promise<Resealed> {
  const rows = await q.query<{ id: string; sealed: Uint8Array }>(
    "select id, sealed from posthorn.endpoint_secret where id > $1 order by id limit $2",
    [after ?? "00000000-0000-0000-0000-000000000000", limit],
  );
  let [resealed, unopened] = [0, 0];
  for (const row of rows) {
    const sealed = sealAnew(sealer, row.sealed, contextOf(row.id));
    if (sealed === "unopened") unopened++;
    if (typeof sealed === "string") continue;
    // Only if nobody else was faster: two processes may walk the same rows.
    await q.query("update posthorn.endpoint_secret set sealed = $2 where id = $1 and sealed = $3", [
      row.id,
      sealed,
      row.sealed,
    ]);
    resealed++;
  }
  return { resealed, unopened, next: rows.length < limit ? undefined : rows.at(-1)?.id };
}

/** One record that nobody can open must not keep the others from being sealed anew. */
export function sealAnew(sealer: Sealer, sealed: Uint8Array, context: string): Buffer | "current" | "unopened" {
  try {
    return sealer.needsReseal(sealed) ? sealer.seal(sealer.open(sealed, context), context) : "current";
  } catch (error) {
    if (error instanceof SealError) return "unopened";
    throw error;
  }
}
