import { useState } from "react";
import type { Faults } from "../../kit/faults.ts";
import { Checkbox, SearchField, Select, TextField } from "../../kit/field.tsx";
import { NumberField } from "../../kit/number-field.tsx";
import { Loading } from "../../kit/states.tsx";
import type { Draft, RetryPolicy } from "./draft.ts";

const POLICIES: readonly { readonly id: RetryPolicy; readonly label: string; readonly note: string }[] = [
  { id: "default", label: "Default", note: "3xx and other 4xx get a short schedule, then are given up" },
  { id: "svix", label: "As Svix", note: "Everything gets the whole schedule" },
  { id: "strict", label: "Strict", note: "3xx and other 4xx are given up at once" },
];

interface FieldsProps {
  readonly draft: Draft;
  readonly onChange: (next: Draft) => void;
  readonly faults: Faults;
}

export interface TypeChoice {
  readonly name: string;
  readonly description: string;
}

interface MainFieldsProps extends FieldsProps {
  /** What it may listen to; undefined while that loads. */
  readonly types: readonly TypeChoice[] | undefined;
  /** Operational webhooks have none. */
  readonly hasChannels: boolean;
}

/** As high as the list of event types that comes. */
const LIST_PX = 220;

/** What every endpoint needs: where it is, and what it wants to hear. */
export function MainFields({ draft, onChange, faults, types, hasChannels }: MainFieldsProps) {
  const text = (name: "url" | "uid" | "description" | "channels") => ({
    value: draft[name],
    error: faults.of(name),
    onChange: (value: string) => onChange({ ...draft, [name]: value }),
  });
  return (
    <>
      <TextField {...text("url")} label="URL" type="url" isRequired isMono placeholder="https://example.com/webhooks" />
      <TextField {...text("description")} label="Name" description="What people call it." />
      <EventTypes draft={draft} onChange={onChange} faults={faults} types={types} />
      {hasChannels && (
        <TextField
          {...text("channels")}
          label="Channels"
          description="Only messages of one of these; empty: all. Comma separated."
          isMono
        />
      )}
      <TextField
        {...text("uid")}
        label="Your own id"
        description="Letters, digits, - _ and dots. The API takes it wherever it takes the endpoint's id."
        isMono
      />
    </>
  );
}

function EventTypes({ draft, onChange, faults, types }: Omit<MainFieldsProps, "hasChannels">) {
  const [filter, setFilter] = useState("");
  const error = faults.of("eventTypes");
  const shown = (types ?? []).filter(({ name }) => name.includes(filter.trim().toLowerCase()));
  const toggle = (name: string, on: boolean) => {
    const next = new Set(draft.eventTypes);
    if (on) next.add(name);
    else next.delete(name);
    onChange({ ...draft, eventTypes: next });
  };
  return (
    <fieldset className="endpoints-types">
      <legend className="label">Event types</legend>
      <p className="description">
        {draft.eventTypes.size === 0 ? "None chosen: it hears all of them." : `${draft.eventTypes.size} chosen.`}
      </p>
      <SearchField label="Find an event type" value={filter} onChange={setFilter} />
      {types === undefined ? (
        <Loading height={LIST_PX} label="Loading the event types" />
      ) : (
        <div className="endpoints-type-list">
          {shown.map(({ name, description }) => (
            <Checkbox
              key={name}
              isSelected={draft.eventTypes.has(name)}
              onChange={(on) => toggle(name, on)}
              {...(description !== "" && { description })}
            >
              <code>{name}</code>
            </Checkbox>
          ))}
          {shown.length === 0 && (
            <p className="faint">No event type {filter === "" ? "yet" : "has this in its name"}.</p>
          )}
        </div>
      )}
      {error !== undefined && <p className="field-error">{error}</p>}
    </fieldset>
  );
}

/** How it is sent to: limits, time, retries, signatures. Each empty one means the default. */
export function DeliveryFields({ draft, onChange, faults }: FieldsProps) {
  const number = (name: "throttleRate" | "concurrency" | "timeoutSeconds" | "expiresAfterHours", api: string) => ({
    value: draft[name],
    error: faults.of(api),
    minValue: 0,
    onChange: (value: number) => onChange({ ...draft, [name]: value }),
  });
  return (
    <>
      <NumberField
        {...number("throttleRate", "throttleRate")}
        label="Requests per second"
        description="At most, exactly, over all processes; empty: no limit."
      />
      <NumberField
        {...number("concurrency", "concurrency")}
        label="Requests at a time"
        description="At most, over all processes; empty: the installation's setting for each process."
      />
      <NumberField
        {...number("timeoutSeconds", "timeoutMs")}
        label="Deadline of a request, in seconds"
        description="1 to 60; empty: the installation's setting."
      />
      <Select
        label="What a refusal means"
        options={POLICIES}
        value={draft.retryPolicy}
        error={faults.of("retryPolicy")}
        onChange={(retryPolicy) => onChange({ ...draft, retryPolicy })}
      />
      <TextField
        label="Retry schedule, in seconds"
        description="The wait before each retry; empty: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h."
        isMono
        value={draft.retrySchedule}
        error={faults.of("retrySchedule")}
        placeholder="5, 300, 1800"
        onChange={(retrySchedule) => onChange({ ...draft, retrySchedule })}
      />
      <NumberField
        {...number("expiresAfterHours", "expiresAfterSeconds")}
        label="Too old after, in hours"
        description="A delivery older than this is not sent any more; empty: it is sent however old."
      />
      <Checkbox isSelected={draft.svixHeaders} onChange={(svixHeaders) => onChange({ ...draft, svixHeaders })}>
        Also send Svix's headers (svix-id, svix-timestamp, svix-signature)
      </Checkbox>
      <Checkbox isSelected={draft.plainHeaders} onChange={(plainHeaders) => onChange({ ...draft, plainHeaders })}>
        Also send X-Signature and X-Timestamp
      </Checkbox>
    </>
  );
}
