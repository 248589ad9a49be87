import { bareArray, newId, parsePublicId, type Queryable, type Sealer } from "#kernel";
import { type Keyset, keysetSql } from "#tenancy";
import { presetOf } from "./presets/index.ts";
import type { OptionFault, PresetName } from "./presets/preset.ts";
import { addSecret, checkSecret, liveSecretTexts } from "./source-secret.ts";
import { hashToken, newToken, sealToken, tokenContext } from "./token.ts";

/** What its owner may change of a source. */
export interface SourceFields {
  readonly uid: string | undefined;
  readonly name: string;
  /** The preset's options as a client gave them; stored as `configure` accepts them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** A disabled source answers 403 and takes nothing. */
  readonly disabled: boolean;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where webhooks come in, as its owner reads it: neither its secrets nor its URL's token are in it. */
export interface Source extends SourceFields {
  readonly id: string;
  readonly appId: string;
  readonly preset: PresetName;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A source that is about to change in this transaction, while every other change of a source waits. */
export type HeldSource = Source & { readonly held: true };

export type SourceRefusal =
  /** Another living source of the application has it. */
  | { readonly kind: "uid_taken" }
  | { readonly kind: "too_many_sources"; readonly max: number }
  /** Options or secret do not suit the preset; each fault has a path and a sentence. */
  | { readonly kind: "invalid"; readonly faults: readonly OptionFault[] };

/** Sources of one application: each is an entry of the receiving cache. */
export const SOURCES_MAX = 1000;

interface Row {
  id: string;
  app_id: string;
  uid: string | null;
  name: string;
  preset: PresetName;
  options: Record<string, unknown>;
  disabled: boolean;
  metadata: Record<string, string>;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = "id, app_id, uid, name, preset, options, disabled, metadata, created_at, updated_at";

function sourceOf(row: Row): Source {
  return {
    id: row.id,
    appId: row.app_id,
    uid: row.uid ?? undefined,
    name: row.name,
    preset: row.preset,
    options: row.options,
    disabled: row.disabled,
    metadata: row.metadata,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/**
 * Says that a source changes with this transaction, so that every process loads sources anew. The row's lock makes all
 * changes of sources wait for each other: call it first, and what is counted or compared after it stays true until the
 * commit. Sources change by hand, so that costs nothing.
 */
async function bumpSourceVersion(tx: Queryable): Promise<void> {
  await tx.query("update posthorn.source_version set version = version + 1");
}

async function uidTaken(
  tx: Queryable,
  appId: string,
  uid: string | undefined,
  besides: string | null,
): Promise<boolean> {
  if (uid === undefined) return false;
  const rows = await tx.query(
    `select from posthorn.source
      where app_id = $1 and uid = $2 and deleted_at is null and ($3::uuid is null or id <> $3::uuid)`,
    [appId, uid, besides],
  );
  return rows.length > 0;
}

export interface CreatedSource {
  readonly kind: "created";
  readonly source: Source;
  /** The secret part of its URL: `/in/<token>`. */
  readonly token: string;
  /** The secret that was made for it, or was given; undefined when the provider is yet to show one. */
  readonly secret: string | undefined;
}

/**
 * Creates a source. Without a secret one is made where either side may choose it (`github`, `standard-webhooks`, `hmac`);
 * where the provider makes it (`stripe` shows it only after it has the URL) the source starts without, and answers
 * `secret_missing` until `rotateSourceSecret` brings it.
 */
export async function createSource(
  tx: Queryable,
  sealer: Sealer,
  appId: string,
  fields: SourceFields & { readonly preset: PresetName; readonly secret?: string | undefined },
): Promise<CreatedSource | SourceRefusal> {
  const preset = presetOf(fields.preset);
  const configured = preset.configure(fields.options);
  if (!configured.ok) return { kind: "invalid", faults: configured.faults };
  const secret = fields.secret ?? preset.formatSecret?.(crypto.getRandomValues(new Uint8Array(32)));
  const faults = secret === undefined ? [] : checkSecret(preset, secret, configured.options);
  if (faults.length > 0) return { kind: "invalid", faults };

  await bumpSourceVersion(tx);
  if (await uidTaken(tx, appId, fields.uid, null)) return { kind: "uid_taken" };
  const [count] = await tx.query<{ n: number }>(
    "select count(*)::int as n from posthorn.source where app_id = $1 and deleted_at is null",
    [appId],
  );
  if ((count?.n ?? 0) >= SOURCES_MAX) return { kind: "too_many_sources", max: SOURCES_MAX };

  const id = newId();
  const token = newToken();
  const [row] = await tx.query<Row>(
    `insert into posthorn.source (id, app_id, uid, name, token_hash, token_sealed, preset, options, disabled, metadata)
     values ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9, $10::text::jsonb)
     returning ${COLUMNS}`,
    [
      id,
      appId,
      fields.uid ?? null,
      fields.name,
      hashToken(token),
      sealToken(sealer, id, token),
      fields.preset,
      JSON.stringify(configured.options),
      fields.disabled,
      JSON.stringify(fields.metadata),
    ],
  );
  if (row === undefined) throw new Error(`Creating the source ${id} answered with no row`);
  if (secret !== undefined) await addSecret(tx, sealer, id, secret);
  return { kind: "created", source: sourceOf(row), token, secret };
}

/** The living source of this application with this public id or uid. */
export async function getSource(q: Queryable, appId: string, idOrUid: string): Promise<Source | undefined> {
  const id = parsePublicId("src", idOrUid);
  const [row] = await q.query<Row>(
    `select ${COLUMNS} from posthorn.source
      where app_id = $1 and ${id === undefined ? "uid = $2" : "id = $2::uuid"} and deleted_at is null`,
    [appId, id ?? idOrUid],
  );
  return row === undefined ? undefined : sourceOf(row);
}

/** Finds a source to change it: what is read of it stays true until the commit. */
export async function holdSource(tx: Queryable, appId: string, idOrUid: string): Promise<HeldSource | undefined> {
  await bumpSourceVersion(tx);
  const source = await getSource(tx, appId, idOrUid);
  return source === undefined ? undefined : { ...source, held: true };
}

/** Living sources of an application in order of creation. */
export async function listSources(q: Queryable, appId: string, keyset: Keyset): Promise<Source[]> {
  const { where, order } = keysetSql(keyset, "id", 2, "uuid");
  const rows = await q.query<Row>(
    `select ${COLUMNS} from posthorn.source
      where app_id = $1 and deleted_at is null ${where} ${order} limit $3`,
    [appId, keyset.after ?? null, keyset.limit],
  );
  return rows.map(sourceOf);
}

/** The tokens of these sources' URLs, by source id. Throws SealError. */
export async function sourceTokens(
  q: Queryable,
  sealer: Sealer,
  sourceIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await q.query<{ id: string; token_sealed: Uint8Array }>(
    "select id, token_sealed from posthorn.source where id = any($1::uuid[])",
    [bareArray(sourceIds)],
  );
  return new Map(rows.map((row) => [row.id, sealer.open(row.token_sealed, tokenContext(row.id)).toString("utf8")]));
}

/** Writes all fields. The preset stays: another provider is another source, with another URL. */
export async function updateSource(
  tx: Queryable,
  sealer: Sealer,
  before: HeldSource,
  fields: SourceFields,
): Promise<Source | Exclude<SourceRefusal, { kind: "too_many_sources" }>> {
  const preset = presetOf(before.preset);
  const configured = preset.configure(fields.options);
  if (!configured.ok) return { kind: "invalid", faults: configured.faults };
  // Options may say how a secret's text is read: those that live must suit them too.
  for (const text of await liveSecretTexts(tx, sealer, before.id)) {
    const faults = checkSecret(preset, text, configured.options);
    if (faults.length > 0) return { kind: "invalid", faults };
  }
  if (await uidTaken(tx, before.appId, fields.uid, before.id)) return { kind: "uid_taken" };
  const [row] = await tx.query<Row>(
    `update posthorn.source
        set uid = $2, name = $3, options = $4::text::jsonb, disabled = $5, metadata = $6::text::jsonb, updated_at = now()
      where id = $1 and deleted_at is null
  returning ${COLUMNS}`,
    [
      before.id,
      fields.uid ?? null,
      fields.name,
      JSON.stringify(configured.options),
      fields.disabled,
      JSON.stringify(fields.metadata),
    ],
  );
  if (row === undefined)
    throw new Error(`The source ${before.id} was to be changed, but nobody holds it: it is deleted`);
  return sourceOf(row);
}

/** Makes a source invisible: its URL answers 404. False: there is none. Its secrets and rejections go with it. */
export async function deleteSource(tx: Queryable, appId: string, idOrUid: string): Promise<boolean> {
  const source = await holdSource(tx, appId, idOrUid);
  if (source === undefined) return false;
  await removeSources(tx, [source.id]);
  return true;
}

/** Deletes all sources of an application, as part of deleting it. Answers how many there were. */
export async function deleteSourcesOf(tx: Queryable, appId: string): Promise<number> {
  await bumpSourceVersion(tx);
  const rows = await tx.query<{ id: string }>(
    "select id from posthorn.source where app_id = $1 and deleted_at is null",
    [appId],
  );
  await removeSources(
    tx,
    rows.map((row) => row.id),
  );
  return rows.length;
}

/** The row stays, since events name their source; what is secret in it does not. */
async function removeSources(tx: Queryable, ids: readonly string[]): Promise<void> {
  const all = bareArray(ids);
  await tx.query(
    `update posthorn.source set deleted_at = now(), updated_at = now(), token_sealed = ''
      where id = any($1::uuid[]) and deleted_at is null`,
    [all],
  );
  await tx.query("delete from posthorn.source_secret where source_id = any($1::uuid[])", [all]);
  await tx.query("delete from posthorn.source_rejection where source_id = any($1::uuid[])", [all]);
}
