import { Trash2, Upload } from "lucide-react";
import { useState } from "react";
import { FileTrigger } from "react-aria-components";
import { Button } from "../../kit/button.tsx";
import type { Faults } from "../../kit/faults.ts";
import { Select, TextField } from "../../kit/field.tsx";
import { bytes } from "../../kit/format.ts";
import { NumberField } from "../../kit/number-field.tsx";
import { Note } from "../../kit/states.tsx";
import { contrast, type Draft, sixDigits, type Theme } from "./theme.ts";

interface FieldsProps {
  readonly draft: Draft;
  /** What holds where a field is empty. */
  readonly below: Theme;
  readonly faults: Faults;
  readonly onChange: (next: Draft) => void;
}

const MODES: readonly { readonly id: Draft["mode"]; readonly label: string }[] = [
  { id: "default", label: "As it comes" },
  { id: "auto", label: "As the visitor's system" },
  { id: "light", label: "Light" },
  { id: "dark", label: "Dark" },
];

const COLOURS = [
  { name: "primary", label: "Accent", comes: "#3355cc" },
  { name: "background", label: "Background", comes: "" },
  { name: "text", label: "Text", comes: "" },
] as const;

/** Below it text is hard to read (WCAG 2.2, 1.4.3). */
const CONTRAST_MIN = 4.5;

export function ThemeFields({ draft, below, faults, onChange }: FieldsProps) {
  const ratio = contrast(draft.text || (below.text ?? ""), draft.background || (below.background ?? ""));
  return (
    <>
      <TextField
        label="Product name"
        maxLength={100}
        placeholder={below.name ?? "Webhooks"}
        value={draft.name}
        error={faults.of("name")}
        onChange={(name) => onChange({ ...draft, name })}
      />
      <Logo draft={draft} below={below} faults={faults} onChange={onChange} />
      {COLOURS.map(({ name, label, comes }) => (
        <Colour
          key={name}
          label={label}
          value={draft[name]}
          below={below[name] ?? comes}
          error={faults.of(name) ?? wrong(draft[name])}
          onChange={(value) => onChange({ ...draft, [name]: value })}
        />
      ))}
      {ratio !== undefined && ratio < CONTRAST_MIN && (
        <Note tone="warn">
          Text on this background is hard to read: {ratio.toFixed(1)} to 1; it should be {CONTRAST_MIN} to 1 or more.
        </Note>
      )}
      <NumberField
        label="Roundness of corners, in pixels"
        minValue={0}
        maxValue={32}
        placeholder={String(below.radiusPx ?? 8)}
        value={draft.radiusPx}
        error={faults.of("radiusPx")}
        onChange={(radiusPx) => onChange({ ...draft, radiusPx })}
      />
      <Select
        label="Light or dark"
        options={MODES}
        value={draft.mode}
        error={faults.of("mode")}
        onChange={(mode) => onChange({ ...draft, mode })}
      />
    </>
  );
}

const wrong = (colour: string): string | undefined =>
  colour.trim() === "" || sixDigits(colour) !== undefined ? undefined : "This should be a colour such as #3355cc";

function Colour({
  label,
  value,
  below,
  error,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly below: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}) {
  return (
    <div className="settings-colour">
      <input
        type="color"
        aria-label={`${label}: choose a colour`}
        value={sixDigits(value) ?? sixDigits(below) ?? "#ffffff"}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <TextField
        label={label}
        isMono
        maxLength={9}
        placeholder={below === "" ? "As it comes" : below}
        value={value}
        error={error}
        onChange={onChange}
      />
    </div>
  );
}

const LOGO_TYPES = ["image/svg+xml", "image/png", "image/jpeg", "image/webp", "image/gif"];
/** The API takes 131,072 characters of a data URL, and base64 writes four for three bytes. */
const LOGO_BYTES_MAX = 96_000;

function Logo({ draft, below, faults, onChange }: FieldsProps) {
  const [fault, setFault] = useState<string>();
  const choose = async (file: File | undefined) => {
    if (file === undefined) return;
    if (!LOGO_TYPES.includes(file.type)) return setFault(`${file.name} is no SVG, PNG, JPEG, WebP or GIF`);
    if (file.size > LOGO_BYTES_MAX)
      return setFault(`${file.name} has ${bytes(file.size)}; it should have ${bytes(LOGO_BYTES_MAX)} or less`);
    setFault(undefined);
    onChange({ ...draft, logoUrl: await dataUrlOf(file) });
  };
  const shown = draft.logoUrl || below.logoUrl;
  const error = fault ?? faults.of("logoUrl");
  return (
    <div className="field">
      <span className="label">Logo</span>
      <div className="row wrap">
        <span className="settings-logo">
          {shown ? <img src={shown} alt="The logo" /> : <span className="faint">none</span>}
        </span>
        <FileTrigger acceptedFileTypes={LOGO_TYPES} onSelect={(files) => void choose(files?.[0])}>
          <Button size="s" icon={<Upload />}>
            Choose a file
          </Button>
        </FileTrigger>
        {draft.logoUrl !== "" && (
          <Button size="s" look="quiet" icon={<Trash2 />} onPress={() => onChange({ ...draft, logoUrl: "" })}>
            Remove
          </Button>
        )}
      </div>
      {error === undefined ? (
        <span className="description">
          SVG, PNG, JPEG, WebP or GIF, up to {bytes(LOGO_BYTES_MAX)}. It is kept with the theme.
        </span>
      ) : (
        <span className="field-error" role="alert">
          {error}
        </span>
      )}
    </div>
  );
}

function dataUrlOf(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error(`${file.name} could not be read`));
    reader.readAsDataURL(file);
  });
}
