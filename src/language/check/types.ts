import {
  alternatives,
  BOOL,
  DYN,
  listOf,
  mapOf,
  NULL,
  NUMBER,
  objectOf,
  STRING,
  TIMESTAMP,
  type Type,
  unionOf,
} from "../cel/types.ts";

const ABSENT_OR = (type: Type): Type => unionOf([type, NULL]);

export function eventOf(data: Type): Type {
  return objectOf({ id: STRING, type: STRING, channels: listOf(STRING), data, received_at: TIMESTAMP });
}

export function triggerOf(event: Type): Type {
  return objectOf({
    kind: STRING,
    event,
    scheduled_at: TIMESTAMP,
    run: STRING,
    flow: STRING,
    state: STRING,
    count: NUMBER,
  });
}

export const RUN = objectOf({
  id: STRING,
  flow: STRING,
  version: NUMBER,
  started_at: TIMESTAMP,
  approve_url: mapOf(STRING),
});
export const ERROR = objectOf({ class: STRING, code: STRING, message: STRING, step: ABSENT_OR(STRING), detail: DYN });

export const HTTP_OUTPUT = objectOf({ status: NUMBER, headers: mapOf(STRING), body: DYN });
export const EMIT_OUTPUT = objectOf({ id: STRING });
export const CALL_OUTPUT = objectOf({ run: STRING });
export const APPROVE_OUTPUT = objectOf({
  approved: ABSENT_OR(BOOL),
  by: ABSENT_OR(STRING),
  at: ABSENT_OR(STRING),
  reason: ABSENT_OR(STRING),
});

export function waitForEventOutput(data: Type): Type {
  // It was an event, and is JSON since: its instant is text.
  return objectOf({ event: ABSENT_OR(jsonOf(eventOf(data))) });
}

export function forEachOutput(item: Type, reportsFailures: boolean): Type {
  return reportsFailures
    ? objectOf({ results: listOf(ABSENT_OR(item)), failures: listOf(objectOf({ index: NUMBER, error: ERROR })) })
    : listOf(item);
}

/** Types share their parts, as the values of steps do that are made of each other: each part is walked once, or twenty steps were a million. */
const known = new WeakMap<Type, Type>();

/** What becomes of the type when its value is kept: times and bytes are text, what has no value is null. */
export function jsonOf(type: Type): Type {
  const before = known.get(type);
  if (before !== undefined) {
    return before;
  }
  const json = converted(type);
  known.set(type, json);
  known.set(json, json);
  return json;
}

function converted(type: Type): Type {
  switch (type.kind) {
    case "timestamp":
    case "duration":
    case "bytes":
      return STRING;
    case "optional":
      return unionOf([jsonOf(type.of), NULL]);
    case "list":
      return listOf(jsonOf(type.of));
    case "object":
      return {
        kind: "object",
        fields: new Map([...type.fields].map(([name, of]) => [name, jsonOf(of)])),
        rest: type.rest && jsonOf(type.rest),
      };
    case "union":
      return unionOf(type.of.map((each) => jsonOf(each)));
    default:
      return type;
  }
}

export function mayBe(type: Type, ...kinds: readonly Type["kind"][]): boolean {
  return alternatives(type).some((each) => each.kind === "dyn" || kinds.includes(each.kind));
}
