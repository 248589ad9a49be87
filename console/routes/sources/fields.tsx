import type { Faults } from "../../kit/faults.ts";
import { Select, TextField } from "../../kit/field.tsx";
import { type Draft, faultsOf } from "./draft.ts";
import { factsOf, OPTIONS, type OptionName, type OptionSpec, PRESETS } from "./presets.ts";

interface FieldsProps {
  readonly draft: Draft;
  readonly onChange: (next: Draft) => void;
  readonly faults: Faults;
}

/** Whose webhooks come in. It cannot be changed later. */
export function PresetField({ draft, onChange, faults }: FieldsProps) {
  return (
    <Select
      label="Whose webhooks"
      description="How they are verified, told apart and answered. It stays as it is chosen."
      options={PRESETS}
      value={draft.preset}
      error={faults.of("preset")}
      onChange={(preset) => onChange({ ...draft, preset })}
    />
  );
}

/** What people call it. */
export function NameFields({ draft, onChange, faults }: FieldsProps) {
  return (
    <>
      <TextField
        label="Name"
        description="What people call it."
        value={draft.name}
        error={faults.of("name")}
        placeholder={
          draft.preset === "hmac" || draft.preset === "none"
            ? "Billing system"
            : `${factsOf(draft.preset).label} of the shop`
        }
        onChange={(name) => onChange({ ...draft, name })}
      />
      <TextField
        label="Your own id"
        description="Letters, digits, - _ and dots. The API takes it wherever it takes the source's id."
        isMono
        value={draft.uid}
        error={faults.of("uid")}
        onChange={(uid) => onChange({ ...draft, uid })}
      />
    </>
  );
}

export function SecretField({ draft, onChange, faults }: FieldsProps) {
  const { secretFrom, secretHelp } = factsOf(draft.preset);
  if (secretFrom === "nobody") return null;
  return (
    <TextField
      label="Secret"
      description={secretHelp}
      isMono
      autoComplete="off"
      value={draft.secret}
      error={faultsOf(draft)["secret"] ?? faults.of("secret")}
      onChange={(secret) => onChange({ ...draft, secret })}
    />
  );
}

/** What its preset lets one say: nothing, a tolerance, or all of how a sender signs. */
export function OptionFields({ draft, onChange, faults }: FieldsProps) {
  const seen = faultsOf(draft);
  return factsOf(draft.preset).options.map((name) => {
    const spec: OptionSpec = OPTIONS[name];
    const field = `options.${name}`;
    const words = { label: spec.label, description: spec.description, error: seen[field] ?? faults.of(field) };
    const set = (value: string) => onChange({ ...draft, options: { ...draft.options, [name]: value } });
    if (spec.choices !== undefined)
      return (
        <Select
          key={name}
          {...words}
          options={spec.choices.map((id) => ({ id, label: id }))}
          value={draft.options[name] ?? spec.choices[0]}
          onChange={set}
        />
      );
    return (
      <TextField
        key={name}
        {...words}
        isMono
        isRequired={isRequired(name)}
        placeholder={spec.placeholder}
        {...(spec.kind === "seconds" && { inputMode: "numeric" as const })}
        value={draft.options[name] ?? ""}
        onChange={set}
      />
    );
  });
}

const isRequired = (name: OptionName): boolean => name === "signatureHeader";
