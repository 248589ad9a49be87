import { newId, type Queryable, type Sealer } from "#kernel";
import { presetOf } from "./presets/index.ts";
import type { OptionFault, Preset, PresetName } from "./presets/preset.ts";
import { tokenContext } from "./token.ts";

/** Living secrets of one source: each is a hash over the body of every request. */
export const SOURCE_SECRETS_MAX = 5;
/** How long the secret before stays good after a rotation, unless said otherwise. */
export const SECRET_OVERLAP_SECONDS = 86_400;

const contextOf = (secretId: string) => `source_secret:${secretId}`;

export interface SourceSecret {
  readonly id: string;
  /** As the provider shows it. */
  readonly secret: string;
  readonly createdAt: Date;
  /** Undefined: current. Otherwise still good until then. */
  readonly expiresAt: Date | undefined;
}

/** Whether the preset can use this secret; the faults are told with the path `secret`. */
export function checkSecret(preset: Preset, text: string, options: Readonly<Record<string, unknown>>): OptionFault[] {
  const parsed = preset.parseSecret(text, options);
  return parsed.ok ? [] : [{ loc: ["secret"], message: parsed.message }];
}

export async function addSecret(tx: Queryable, sealer: Sealer, sourceId: string, text: string): Promise<void> {
  const id = newId();
  await tx.query("insert into posthorn.source_secret (id, source_id, sealed) values ($1, $2, $3)", [
    id,
    sourceId,
    sealer.seal(Buffer.from(text), contextOf(id)),
  ]);
}

export function openSecret(sealer: Sealer, secretId: string, sealed: Uint8Array): string {
  return sealer.open(sealed, contextOf(secretId)).toString("utf8");
}

/** The living secrets of a source, newest first. Throws SealError. */
export async function listSourceSecrets(q: Queryable, sealer: Sealer, sourceId: string): Promise<SourceSecret[]> {
  const rows = await q.query<{ id: string; sealed: Uint8Array; created_at: Date; expires_at: Date | null }>(
    `select id, sealed, created_at, expires_at from posthorn.source_secret
      where source_id = $1 and (expires_at is null or expires_at > now())
      order by id desc`,
    [sourceId],
  );
  return rows.map((row) => ({
    id: row.id,
    secret: openSecret(sealer, row.id, row.sealed),
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
  }));
}

export async function liveSecretTexts(q: Queryable, sealer: Sealer, sourceId: string): Promise<string[]> {
  return (await listSourceSecrets(q, sealer, sourceId)).map(({ secret }) => secret);
}

export type Rotated =
  | { readonly kind: "rotated"; readonly secret: string }
  | { readonly kind: "too_many_secrets"; readonly max: number }
  /** Also when the provider makes the secret and none was given, or when the preset has none. */
  | { readonly kind: "invalid"; readonly faults: readonly OptionFault[] };

/**
 * Makes `secret` (or a fresh one, where either side may choose it) the current secret. Those before stay good for
 * `overlapSeconds`, so that the provider can be told without losing a webhook; 0: not any more.
 */
export async function rotateSourceSecret(
  tx: Queryable,
  sealer: Sealer,
  source: {
    readonly id: string;
    readonly preset: PresetName;
    readonly options: Readonly<Record<string, unknown>>;
    readonly held: true;
  },
  secret: string | undefined,
  overlapSeconds: number = SECRET_OVERLAP_SECONDS,
): Promise<Rotated> {
  const preset = presetOf(source.preset);
  const text = secret ?? preset.formatSecret?.(crypto.getRandomValues(new Uint8Array(32)));
  if (text === undefined) {
    const message =
      preset.secretFrom === "nobody"
        ? `A source of the preset ${source.preset} has no secret.`
        : `The secret of a ${source.preset} source is made by the provider; it should be given.`;
    return { kind: "invalid", faults: [{ loc: ["secret"], message }] };
  }
  const faults = checkSecret(preset, text, source.options);
  if (faults.length > 0) return { kind: "invalid", faults };

  const overlap = Math.max(0, Math.floor(overlapSeconds));
  if (overlap > 0) {
    const [count] = await tx.query<{ n: number }>(
      `select count(*)::int as n from posthorn.source_secret
        where source_id = $1 and (expires_at is null or expires_at > now())`,
      [source.id],
    );
    if ((count?.n ?? 0) >= SOURCE_SECRETS_MAX) return { kind: "too_many_secrets", max: SOURCE_SECRETS_MAX };
  }
  await tx.query("delete from posthorn.source_secret where source_id = $1 and (expires_at <= now() or $2::int = 0)", [
    source.id,
    overlap,
  ]);
  // `least`: a rotation never makes a secret live longer than an earlier one said.
  await tx.query(
    `update posthorn.source_secret set expires_at = least(expires_at, now() + make_interval(secs => $2::int))
      where source_id = $1`,
    [source.id, overlap],
  );
  await addSecret(tx, sealer, source.id, text);
  return { kind: "rotated", secret: text };
}

/**
 * Seals anew up to `limit` secrets, and the tokens of as many sources, that another master key than the current one sealed;
 * `after` is where the last call stopped. Upkeep calls it until `next` is undefined, while everything runs.
 */
export async function resealSources(
  q: Queryable,
  sealer: Sealer,
  after: string | undefined,
  limit: number,
): Promise<{ readonly resealed: number; readonly next: string | undefined }> {
  const from = after ?? "00000000-0000-0000-0000-000000000000";
  // One walk over both tables by id: ids of both are of one order, so one cursor serves.
  const rows = await q.query<{ id: string; of: "secret" | "token"; sealed: Uint8Array }>(
    `select id, 'secret' as of, sealed from posthorn.source_secret where id > $1
     union all
     select id, 'token' as of, token_sealed from posthorn.source where id > $1 and deleted_at is null
     order by id limit $2`,
    [from, limit],
  );
  let resealed = 0;
  for (const row of rows) {
    if (!sealer.needsReseal(row.sealed)) continue;
    const context = row.of === "secret" ? contextOf(row.id) : tokenContext(row.id);
    const sealed = sealer.seal(sealer.open(row.sealed, context), context);
    // Only if nobody else was faster: two processes may walk the same rows.
    await q.query(
      row.of === "secret"
        ? "update posthorn.source_secret set sealed = $2 where id = $1 and sealed = $3"
        : "update posthorn.source set token_sealed = $2 where id = $1 and token_sealed = $3",
      [row.id, sealed, row.sealed],
    );
    resealed++;
  }
  return { resealed, next: rows.length < limit ? undefined : rows.at(-1)?.id };
}
