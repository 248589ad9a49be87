import { place } from "../place.ts";

/** Members and places of a list, from the top of the definition. */
export type Keys = readonly (string | number)[];

/** Each is explained in docs/reference/flow-language.md. */
export const FAULT_CODES = [
  "unreadable",
  "too_large",
  "too_deep",
  "too_many_steps",
  "unknown_member",
  "missing_member",
  "wrong_kind",
  "wrong_value",
  "step_without_kind",
  "step_of_two_kinds",
  "repeated_id",
  "repeated_value",
  "schedule_invalid",
  "zone_unknown",
  "schema_invalid",
  "url_invalid",
  "host_not_allowed",
  "header_invalid",
  "secret_not_declared",
  "secret_not_allowed",
  "expression_syntax",
  "expression_too_large",
  "number_too_large",
  "unknown_name",
  "unknown_step",
  "unknown_field",
  "unknown_function",
  "wrong_type",
] as const;
export type FaultCode = (typeof FAULT_CODES)[number];

/** Worth a second look, and no reason to refuse. */
export const WARNING_CODES = [
  "unreachable_steps",
  "write_retries_ambiguous",
  "for_each_one_by_one",
  "secret_unknown",
  "flow_unknown",
  "event_type_unknown",
  "effect_without_meaning",
  "effect_contradicts",
  "retry_without_meaning",
  "timeout_without_meaning",
  "compensate_without_meaning",
  "wait_without_timeout",
  "waits_past_run",
  "text_like_expression",
] as const;
export type WarningCode = (typeof WARNING_CODES)[number];

/** One thing that is wrong with a definition. */
export interface DefinitionFault {
  /** `steps[2].http.url`; empty: the whole. */
  readonly path: string;
  /** In the source, from 1; absent without a source. */
  readonly line?: number;
  readonly column?: number;
  readonly code: FaultCode | WarningCode;
  /** A sentence, with the value quoted. */
  readonly message: string;
  readonly hint?: string;
}

/** A fault that is not yet placed in a text. `offset`: in the expression that stands there. */
export interface Found {
  readonly keys: Keys;
  readonly code: FaultCode | WarningCode;
  readonly message: string;
  readonly hint?: string;
  readonly offset?: number;
  /** The name of the member is meant, not its value. */
  readonly atKey?: boolean;
}

export function pathOf(keys: Keys): string {
  return keys.reduce<string>(place, "");
}

/** A value in a message: short, as JSON. */
export function quoted(value: unknown): string {
  if (Array.isArray(value)) {
    return `a list of ${value.length}`;
  }
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value);
    return names.length === 0 ? "an empty object" : `an object with ${names.slice(0, 4).join(", ").slice(0, 80)}`;
  }
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
