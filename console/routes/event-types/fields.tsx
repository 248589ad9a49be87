import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import type { Faults } from "../../kit/faults.ts";
import { Checkbox, Segments, Select, TextField } from "../../kit/field.tsx";
import { Section } from "../../kit/page.tsx";
import { Empty } from "../../kit/states.tsx";
import { type Draft, exampleFault, freshVersion, schemaFault, type Version } from "./draft.ts";

interface FieldsProps {
  readonly draft: Draft;
  readonly onChange: (next: Draft) => void;
  readonly faults: Faults;
  readonly isReadOnly?: boolean;
}

/** What it is called, and what it means. */
export function WordFields({ draft, onChange, faults, isNew }: FieldsProps & { readonly isNew: boolean }) {
  return (
    <>
      {isNew && (
        <TextField
          label="Name"
          description="Letters, digits, - _ and dots: what it is about, and what happened. It stays as it is made."
          isRequired
          isMono
          autoFocus
          placeholder="order.created"
          value={draft.name}
          error={faults.of("name")}
          onChange={(name) => onChange({ ...draft, name })}
        />
      )}
      <TextField
        label="Description"
        description="What happened when such an event comes. Customers read it."
        rows={2}
        value={draft.description}
        error={faults.of("description")}
        onChange={(description) => onChange({ ...draft, description })}
      />
      <Checkbox
        isSelected={draft.deprecated}
        onChange={(deprecated) => onChange({ ...draft, deprecated })}
        description="It still goes out; who builds something new should not begin with it."
      >
        Deprecated
      </Checkbox>
    </>
  );
}

/** More than that do not fit beside each other. */
const SEGMENTS_MAX = 5;

/** A JSON Schema for each version, with an example. */
export function SchemaFields({ draft, onChange, faults, isReadOnly = false }: FieldsProps) {
  const { versions } = draft;
  const [chosen, setChosen] = useState<string>();
  const current = versions.find(({ name }) => name === chosen) ?? versions.at(-1);
  const set = (next: Version) =>
    onChange({ ...draft, versions: versions.map((version) => (version.name === next.name ? next : version)) });
  const add = () => {
    const fresh = freshVersion(versions);
    onChange({ ...draft, versions: [...versions, fresh] });
    setChosen(fresh.name);
  };
  const options = versions.map(({ name }) => ({ id: name, label: `Version ${name}` }));
  const error = faults.of("schemas");
  return (
    <Section
      title="What is in it"
      description="A JSON Schema for each version; customers read the newest. Payloads are not checked against it."
      actions={
        !isReadOnly && (
          <>
            {current !== undefined && (
              <Button
                size="s"
                look="quiet"
                icon={<Trash2 />}
                onPress={() => onChange({ ...draft, versions: versions.filter((version) => version !== current) })}
              >
                Remove version {current.name}
              </Button>
            )}
            <Button size="s" icon={<Plus />} onPress={add}>
              Add version
            </Button>
          </>
        )
      }
    >
      {current === undefined ? (
        <Empty title="No schema yet">
          <p>Examples that are sent say only that they are examples. With a schema they look like the real thing.</p>
        </Empty>
      ) : (
        <div className="stack">
          {versions.length > 1 && versions.length <= SEGMENTS_MAX && (
            <Segments label="Version" options={options} value={current.name} onChange={setChosen} />
          )}
          {versions.length > SEGMENTS_MAX && (
            <Select label="Version" options={options} value={current.name} onChange={setChosen} />
          )}
          <div className="event-types-version" key={current.name}>
            <TextField
              label="JSON Schema"
              description={`Of version ${current.name}.`}
              rows={18}
              isMono
              isReadOnly={isReadOnly}
              spellCheck="false"
              value={current.schema}
              error={schemaFault(current.schema)}
              onChange={(schema) => set({ ...current, schema })}
            />
            <TextField
              label="Example"
              description="Sent by “Send example”. Empty: one is made of the schema."
              rows={18}
              isMono
              isReadOnly={isReadOnly}
              spellCheck="false"
              value={current.example}
              error={exampleFault(current.example)}
              onChange={(example) => set({ ...current, example })}
            />
          </div>
        </div>
      )}
      {error !== undefined && <p className="field-error">{error}</p>}
    </Section>
  );
}
