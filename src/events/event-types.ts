import { type Queryable, textArray } from "#kernel";
import { type Keyset, keysetSql } from "#tenancy";

/** What may be said of a kind of event. */
export interface EventTypeFields {
  readonly description: string;
  /** Out of use: endpoints that listen to it keep doing so, new ones cannot choose it. */
  readonly archived: boolean;
  readonly deprecated: boolean;
  readonly featureFlag: string | undefined;
  /** JSON Schemas by version. */
  readonly schemas: Readonly<Record<string, unknown>> | undefined;
}

export interface EventType extends EventTypeFields {
  readonly name: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface Row {
  name: string;
  description: string;
  archived: boolean;
  deprecated: boolean;
  feature_flag: string | null;
  schemas: Record<string, unknown> | null;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = "name, description, archived, deprecated, feature_flag, schemas, created_at, updated_at";

function eventTypeOf(row: Row): EventType {
  return {
    name: row.name,
    description: row.description,
    archived: row.archived,
    deprecated: row.deprecated,
    featureFlag: row.feature_flag ?? undefined,
    schemas: row.schemas ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function parametersOf(name: string, fields: EventTypeFields): (string | boolean | null)[] {
  return [
    name,
    fields.description,
    fields.archived,
    fields.deprecated,
    fields.featureFlag ?? null,
    fields.schemas === undefined ? null : JSON.stringify(fields.schemas),
  ];
}

/** Creates an event type, or takes an archived one into use again with the new description; a living one is left alone. */
export async function createEventType(
  q: Queryable,
  name: string,
  fields: EventTypeFields,
): Promise<EventType | "event_type_exists"> {
  const [row] = await q.query<Row>(
    `insert into posthorn.event_type as known (name, description, archived, deprecated, feature_flag, schemas)
     values ($1, $2, $3, $4, $5, $6::text::jsonb)
     on conflict (name) do update
        set description = excluded.description, archived = excluded.archived, deprecated = excluded.deprecated,
            feature_flag = excluded.feature_flag, schemas = excluded.schemas, updated_at = now()
      where known.archived
     returning ${COLUMNS}`,
    parametersOf(name, fields),
  );
  return row === undefined ? "event_type_exists" : eventTypeOf(row);
}

/** Writes an event type whether or not it exists; `created` says which. */
export async function putEventType(
  q: Queryable,
  name: string,
  fields: EventTypeFields,
): Promise<{ readonly eventType: EventType; readonly created: boolean }> {
  const [row] = await q.query<Row & { created: boolean }>(
    `insert into posthorn.event_type (name, description, archived, deprecated, feature_flag, schemas)
     values ($1, $2, $3, $4, $5, $6::text::jsonb)
     on conflict (name) do update
        set description = excluded.description, archived = excluded.archived, deprecated = excluded.deprecated,
            feature_flag = excluded.feature_flag, schemas = excluded.schemas, updated_at = now()
     returning ${COLUMNS}, old.name is null as created`,
    parametersOf(name, fields),
  );
  if (row === undefined) throw new Error(`Writing the event type ${JSON.stringify(name)} answered with no row`);
  return { eventType: eventTypeOf(row), created: row.created };
}

export async function findEventType(q: Queryable, name: string, hold?: "change"): Promise<EventType | undefined> {
  const [row] = await q.query<Row>(
    `select ${COLUMNS} from posthorn.event_type where name = $1 ${hold === undefined ? "" : "for update"}`,
    [name],
  );
  return row === undefined ? undefined : eventTypeOf(row);
}

/** Event types by name; archived ones only when asked for. */
export async function listEventTypes(q: Queryable, keyset: Keyset, includeArchived: boolean): Promise<EventType[]> {
  const { where, order } = keysetSql(keyset, "name", 1, "text");
  const rows = await q.query<Row>(
    `select ${COLUMNS} from posthorn.event_type where ($2 or not archived) ${where} ${order} limit $3`,
    [keyset.after ?? null, includeArchived, keyset.limit],
  );
  return rows.map(eventTypeOf);
}

/** Takes an event type out of use, or removes it for good. False: there is none. */
export async function removeEventType(q: Queryable, name: string, how: "archive" | "expunge"): Promise<boolean> {
  const rows = await q.query(
    how === "archive"
      ? "update posthorn.event_type set archived = true, updated_at = now() where name = $1 returning 1"
      : "delete from posthorn.event_type where name = $1 returning 1",
    [name],
  );
  return rows.length > 0;
}

/** Those of `names` that are no event type in use, in their order. */
export async function unknownEventTypes(q: Queryable, names: readonly string[]): Promise<string[]> {
  const rows = await q.query<{ name: string }>(
    `select name from unnest($1::text[]) with ordinality t(name, n)
      where not exists (select from posthorn.event_type known where known.name = t.name and not known.archived)
      order by n`,
    [textArray(names)],
  );
  return rows.map((row) => row.name);
}
