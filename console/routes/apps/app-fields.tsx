import type { components } from "../../api/schema.d.ts";
import type { Faults } from "../../kit/faults.ts";
import { TextField } from "../../kit/field.tsx";
import { NumberField } from "../../kit/number-field.tsx";
import type { App } from "./application.ts";

export const APP_FIELDS = [
  "name",
  "uid",
  "throttleRate",
  "eventsPerSecond",
  "endpointsMax",
  "payloadBytesMax",
] as const;

/** As it is typed: a number that is not there is NaN, as the field has it. */
export interface Draft {
  readonly name: string;
  readonly uid: string;
  readonly throttleRate: number;
  readonly eventsPerSecond: number;
  readonly endpointsMax: number;
  readonly payloadBytesMax: number;
}

export function draftOf(app: App | undefined): Draft {
  return {
    name: app?.name ?? "",
    uid: app?.uid ?? "",
    throttleRate: app?.throttleRate ?? Number.NaN,
    eventsPerSecond: app?.eventsPerSecond ?? Number.NaN,
    endpointsMax: app?.endpointsMax ?? Number.NaN,
    payloadBytesMax: app?.payloadBytesMax ?? Number.NaN,
  };
}

const given = (value: number): number | null => (Number.isNaN(value) ? null : value);

export function bodyOf(draft: Draft): components["schemas"]["ApplicationIn"] {
  return {
    name: draft.name.trim(),
    uid: draft.uid.trim() === "" ? null : draft.uid.trim(),
    throttleRate: given(draft.throttleRate),
    eventsPerSecond: given(draft.eventsPerSecond),
    endpointsMax: given(draft.endpointsMax),
    payloadBytesMax: given(draft.payloadBytesMax),
  };
}

export function AppFields({
  draft,
  onChange,
  faults,
  isWhole = false,
}: {
  readonly draft: Draft;
  readonly onChange: (next: Draft) => void;
  readonly faults: Faults;
  /** With its limits, which few set when they begin. */
  readonly isWhole?: boolean;
}) {
  const number = (
    name: "throttleRate" | "eventsPerSecond" | "endpointsMax" | "payloadBytesMax",
    label: string,
    description: string,
  ) => (
    <NumberField
      label={label}
      description={description}
      error={faults.of(name)}
      minValue={1}
      value={draft[name]}
      onChange={(value) => onChange({ ...draft, [name]: value })}
    />
  );
  return (
    <>
      <TextField
        label="Name"
        description="What people call this customer."
        isRequired
        autoFocus={!isWhole}
        error={faults.of("name")}
        value={draft.name}
        onChange={(name) => onChange({ ...draft, name })}
      />
      <TextField
        label="Your own id"
        description="Letters, digits, - _ and dots. Wherever the API takes the application's id it takes this one too."
        isMono
        error={faults.of("uid")}
        value={draft.uid}
        onChange={(uid) => onChange({ ...draft, uid })}
      />
      {isWhole && (
        <>
          {number("throttleRate", "Deliveries per second", "To all its endpoints together; empty: unlimited.")}
          {number("eventsPerSecond", "Events per second", "That it may send; empty: the installation's setting.")}
          {number("endpointsMax", "Endpoints", "That it may have; empty: the installation's setting.")}
          {number("payloadBytesMax", "Bytes of a payload", "At most; empty: the installation's setting.")}
        </>
      )}
    </>
  );
}
