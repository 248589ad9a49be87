import { newId, type Queryable, textArray } from "#kernel";
import { bumpAccess } from "./access-version.ts";
import { newToken } from "./bearer.ts";
import type { Theme } from "./portal-theme.ts";

export const PORTAL_SESSION_SECONDS_DEFAULT = 7 * 86_400;

export interface PortalSessionFields {
  readonly appId: string;
  readonly name: string | undefined;
  readonly readOnly: boolean;
  readonly theme: Theme;
  readonly seconds: number;
}

/** An application's own user at the portal. */
export interface PortalSession {
  readonly id: string;
  readonly readOnly: boolean;
  readonly theme: Theme;
  readonly expiresAt: Date;
}

/** Opens the portal of one application; its token is told once. */
export async function createPortalSession(
  tx: Queryable,
  fields: PortalSessionFields,
  createdBy: string,
): Promise<{ readonly id: string; readonly token: string }> {
  const id = newId();
  const made = newToken("portal");
  await tx.query(
    `insert into posthorn.portal_session (id, hash, app_id, name, read_only, theme, created_by, expires_at)
     values ($1, $2, $3, $4, $5, $6::text::jsonb, $7, now() + $8::int * interval '1 s')`,
    [
      id,
      made.hash,
      fields.appId,
      fields.name ?? null,
      fields.readOnly,
      JSON.stringify(fields.theme),
      createdBy,
      fields.seconds,
    ],
  );
  return { id, token: made.token };
}

export async function findPortalSession(q: Queryable, id: string): Promise<PortalSession | undefined> {
  const [row] = await q.query<{ id: string; read_only: boolean; theme: Theme; expires_at: Date }>(
    "select id, read_only, theme, expires_at from posthorn.portal_session where id = $1 and expires_at > now()",
    [id],
  );
  return row === undefined
    ? undefined
    : { id: row.id, readOnly: row.read_only, theme: row.theme, expiresAt: row.expires_at };
}

export async function deletePortalSession(tx: Queryable, id: string): Promise<void> {
  await tx.query("delete from posthorn.portal_session where id = $1", [id]);
  await bumpAccess(tx);
}

/**
 * Ends the sessions of an application, those of these names or all: at once, or in so many seconds, and no later than they would.
 * How many it were.
 */
export async function expirePortalSessions(
  tx: Queryable,
  appId: string,
  names: readonly string[] | undefined,
  inSeconds: number,
): Promise<number> {
  const which = "app_id = $1 and ($2::text[] is null or name = any($2::text[])) and expires_at > now()";
  const params = [appId, names === undefined ? null : textArray(names)];
  const rows =
    inSeconds === 0
      ? await tx.query(`delete from posthorn.portal_session where ${which} returning id`, params)
      : await tx.query(
          `update posthorn.portal_session
              set expires_at = least(expires_at, now() + $3::int * interval '1 s')
            where ${which}
        returning id`,
          [...params, inSeconds],
        );
  await bumpAccess(tx);
  return rows.length;
}

/** Removes up to `limit` sessions that are over; returns how many. */
export async function removeExpiredSessions(q: Queryable, limit: number): Promise<number> {
  const rows = await q.query(
    `delete from posthorn.portal_session
      where id in (select id from posthorn.portal_session where expires_at <= now() order by expires_at limit $1 for update skip locked)
  returning 1`,
    [limit],
  );
  return rows.length;
}

/** What goes with an application: its keys and its portal sessions. */
export async function endAccessTo(tx: Queryable, appId: string): Promise<void> {
  await tx.query("delete from posthorn.api_token where key_id in (select id from posthorn.api_key where app_id = $1)", [
    appId,
  ]);
  await tx.query("delete from posthorn.api_key where app_id = $1", [appId]);
  await expirePortalSessions(tx, appId, undefined, 0);
}
