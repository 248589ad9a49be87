import { useState } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { api } from "../../api/client.ts";
import { useWhoAmI } from "../../api/whoami.ts";
import { Button } from "../../kit/button.tsx";
import { ComboBox } from "../../kit/combo-box.tsx";
import type { Faults } from "../../kit/faults.ts";
import { Checkbox, SearchField, TextField } from "../../kit/field.tsx";
import { NumberField } from "../../kit/number-field.tsx";
import { Answer, FailureNote, Loading } from "../../kit/states.tsx";
import { fromInput, toInput } from "../../kit/time-windows.ts";
import { useUtc } from "../../state/preferences.ts";
import { useKnownApps } from "../known-apps.ts";
import { type Draft, type Outcome, windowFault } from "./draft.ts";
import { appOptions } from "./replays.tsx";
import { WHATS } from "./task.ts";

interface StepProps {
  readonly draft: Draft;
  readonly onChange: (next: Draft) => void;
}
type FaultyStepProps = StepProps & { readonly faults: Faults };

/** Whose messages, and which of them in one word. */
export function WhatStep({ draft, onChange }: StepProps) {
  const { data: who } = useWhoAmI();
  const apps = useKnownApps();
  return (
    <div className="stack form-narrow">
      {who?.appId == null && (
        <ComboBox
          label="Application"
          options={appOptions(apps)}
          value={draft.appId === "" ? undefined : draft.appId}
          placeholder="Whose messages"
          description={apps.isWhole ? undefined : "The newest 250; a replay of another begins at its endpoint."}
          onChange={(appId) => onChange({ ...draft, appId: appId ?? "", endpointIds: new Set() })}
        />
      )}
      {apps.error != null && <FailureNote error={apps.error} />}
      <RadioGroup
        className="replays-choices"
        value={draft.what}
        onChange={(value) => {
          const chosen = WHATS.find(({ id }) => id === value);
          if (chosen !== undefined) onChange({ ...draft, what: chosen.id });
        }}
      >
        <Label className="label">What is sent again</Label>
        {WHATS.map(({ id, label, note }) => (
          <Radio key={id} value={id} className="replays-choice">
            <span className="replays-dot" aria-hidden="true" />
            <span>
              <strong>{label}</strong>
              <span className="description">{note}</span>
            </span>
          </Radio>
        ))}
      </RadioGroup>
    </div>
  );
}

const WINDOWS = [
  { label: "Last hour", ms: 3_600_000 },
  { label: "Last 24 hours", ms: 86_400_000 },
  { label: "Last 7 days", ms: 604_800_000 },
] as const;

/** To which endpoints, and messages of when. */
export function WhenStep({ draft, onChange, faults }: FaultyStepProps) {
  const inUtc = useUtc();
  const zone = inUtc ? " (UTC)" : "";
  const fault = windowFault(draft, Date.now());
  return (
    <div className="stack form-narrow">
      <Endpoints draft={draft} onChange={onChange} faults={faults} />
      <fieldset className="replays-set">
        <legend className="label">Accepted between</legend>
        <div className="row wrap">
          {WINDOWS.map(({ label, ms }) => (
            <Button
              key={label}
              size="s"
              onPress={() => onChange({ ...draft, sinceMs: Date.now() - ms, untilMs: undefined })}
            >
              {label}
            </Button>
          ))}
        </div>
        <div className="replays-window">
          <TextField
            label={`From${zone}`}
            type="datetime-local"
            isRequired
            value={draft.sinceMs === undefined ? "" : toInput(draft.sinceMs, inUtc)}
            error={fault?.since ?? faults.of("since")}
            onChange={(text) => onChange({ ...draft, sinceMs: fromInput(text, inUtc) })}
          />
          <TextField
            label={`To${zone}`}
            type="datetime-local"
            description="Empty: until now."
            value={draft.untilMs === undefined ? "" : toInput(draft.untilMs, inUtc)}
            error={fault?.until ?? faults.of("until")}
            onChange={(text) => onChange({ ...draft, untilMs: fromInput(text, inUtc) })}
          />
        </div>
      </fieldset>
    </div>
  );
}

function Endpoints({ draft, onChange, faults }: FaultyStepProps) {
  const endpoints = api.useQuery("get", "/api/v1/app/{app_id}/endpoint", {
    params: { path: { app_id: draft.appId }, query: { limit: 250, order: "descending" } },
  });
  const error = faults.of("endpointIds");
  return (
    <fieldset className="replays-set">
      <legend className="label">Endpoints</legend>
      <p className="description">
        {draft.endpointIds.size === 0 ? "None chosen: all that are not disabled." : `${draft.endpointIds.size} chosen.`}
      </p>
      <Answer query={endpoints} loading={<Loading height={220} />}>
        {({ data }) => (
          <div className="replays-list">
            {data.map(({ id, description, uid, url, disabled }) => (
              <Checkbox
                key={id}
                isSelected={draft.endpointIds.has(id)}
                isDisabled={disabled === true}
                description={disabled === true ? "Disabled: it takes nothing" : url}
                onChange={(on) => onChange({ ...draft, endpointIds: toggled(draft.endpointIds, id, on) })}
              >
                {description || uid || id}
              </Checkbox>
            ))}
            {data.length === 0 && <p className="faint">The application has no endpoint yet.</p>}
          </div>
        )}
      </Answer>
      {error !== undefined && <p className="field-error">{error}</p>}
    </fieldset>
  );
}

const OUTCOMES: readonly { readonly id: Outcome; readonly label: string }[] = [
  { id: "delivered", label: "Delivered" },
  { id: "retryable", label: "Retryable" },
  { id: "permanent", label: "Permanent" },
  { id: "gone", label: "Gone" },
  { id: "timeout", label: "Timeout" },
  { id: "ambiguous", label: "Ambiguous" },
  { id: "signature_error", label: "Signature error" },
  { id: "endpoint_config_error", label: "Configuration error" },
  { id: "internal_error", label: "Internal error" },
];

/** Only messages of these kinds. Nothing chosen: all. */
export function WhichStep({ draft, onChange, faults }: FaultyStepProps) {
  const types = api.useQuery("get", "/api/v1/event-type", { params: { query: { limit: 250 } } });
  const [filter, setFilter] = useState("");
  const shown = (types.data?.data ?? []).filter(({ name }) => name.includes(filter.trim().toLowerCase()));
  return (
    <div className="stack form-narrow">
      <p className="muted">Each of these narrows it down; what is left empty narrows nothing.</p>
      <fieldset className="replays-set">
        <legend className="label">Event types</legend>
        <SearchField label="Find an event type" value={filter} onChange={setFilter} />
        <Answer query={types} loading={<Loading height={220} />}>
          {({ data }) => (
            <div className="replays-list">
              {shown.map(({ name }) => (
                <Checkbox
                  key={name}
                  isSelected={draft.eventTypes.has(name)}
                  onChange={(on) => onChange({ ...draft, eventTypes: toggled(draft.eventTypes, name, on) })}
                >
                  <code>{name}</code>
                </Checkbox>
              ))}
              {shown.length === 0 && (
                <p className="faint">{data.length === 0 ? "No event type yet." : "None has this in its name."}</p>
              )}
            </div>
          )}
        </Answer>
      </fieldset>
      <TextField
        label="Channels"
        isMono
        description="Messages with one of these. Comma separated."
        value={draft.channels}
        error={faults.of("channels")}
        onChange={(channels) => onChange({ ...draft, channels })}
      />
      <TextField
        label="Tags"
        isMono
        description="Messages with one of these. Comma separated."
        value={draft.tags}
        error={faults.of("tags")}
        onChange={(tags) => onChange({ ...draft, tags })}
      />
      <fieldset className="replays-set">
        <legend className="label">Outcome of the last attempt</legend>
        <div className="replays-outcomes">
          {OUTCOMES.map(({ id, label }) => (
            <Checkbox
              key={id}
              isSelected={draft.outcomes.has(id)}
              onChange={(on) => onChange({ ...draft, outcomes: toggled(draft.outcomes, id, on) })}
            >
              {label}
            </Checkbox>
          ))}
        </div>
      </fieldset>
    </div>
  );
}

/** How fast. */
export function PaceStep({ draft, onChange, faults }: FaultyStepProps) {
  return (
    <div className="form-narrow">
      <NumberField
        label="Deliveries a second"
        description="At most so many become owed, 1 to 10,000; the endpoints' own limits hold as well."
        minValue={1}
        maxValue={10_000}
        value={draft.ratePerSecond}
        error={faults.of("ratePerSecond")}
        onChange={(ratePerSecond) => onChange({ ...draft, ratePerSecond })}
      />
    </div>
  );
}

function toggled<T>(set: ReadonlySet<T>, one: T, on: boolean): ReadonlySet<T> {
  const next = new Set(set);
  if (on) next.add(one);
  else next.delete(one);
  return next;
}
