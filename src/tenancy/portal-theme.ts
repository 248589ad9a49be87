import type { Queryable } from "#kernel";

/** How the portal looks. What is absent is as the organisation has it, or as the portal comes. */
export interface Theme {
  readonly name?: string | undefined;
  /** A `data:image/…` URL: the portal loads nothing from elsewhere. */
  readonly logoUrl?: string | undefined;
  /** Colours are `#rgb`, `#rrggbb` or `#rrggbbaa`. */
  readonly primary?: string | undefined;
  readonly background?: string | undefined;
  readonly text?: string | undefined;
  readonly radiusPx?: number | undefined;
  readonly mode?: "light" | "dark" | "auto" | undefined;
}

/** As it was set: of an application, or of the organisation. */
export async function findTheme(q: Queryable, appId: string | undefined): Promise<Theme> {
  const [row] = await q.query<{ theme: Theme }>(
    "select theme from posthorn.portal_theme where app_id is not distinct from $1::uuid",
    [appId ?? null],
  );
  return row?.theme ?? {};
}

export async function saveTheme(tx: Queryable, appId: string | undefined, theme: Theme): Promise<void> {
  await tx.query(
    `insert into posthorn.portal_theme (app_id, theme) values ($1, $2::text::jsonb)
     on conflict (app_id) do update set theme = excluded.theme, updated_at = now()`,
    [appId ?? null, JSON.stringify(theme)],
  );
}
