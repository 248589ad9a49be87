import { Select, TextField } from "../../kit/field.tsx";
import { absolute } from "../../kit/format.ts";
import { fromInput, toInput } from "../../kit/time-windows.ts";
import { useUtc } from "../../state/preferences.ts";

/** Until when a key is to be good: so many days, a moment of one's own, until it is revoked, or as before. */
export type Expiry =
  | { readonly kind: "never" | "keep" | "7" | "30" | "90" | "365" }
  | { readonly kind: "own"; readonly atMs: number | undefined };

const DAY_MS = 86_400_000;

const CHOICES: readonly { readonly id: Expiry["kind"]; readonly label: string }[] = [
  { id: "7", label: "In 7 days" },
  { id: "30", label: "In 30 days" },
  { id: "90", label: "In 90 days" },
  { id: "365", label: "In a year" },
  { id: "own", label: "At a date of your own" },
  { id: "never", label: "Never: until it is revoked" },
];

/** As the API takes it. `keep` is for the caller to leave out. */
export function expiresAtOf(expiry: Expiry, nowMs: number): string | null {
  switch (expiry.kind) {
    case "never":
    case "keep":
      return null;
    case "own":
      return expiry.atMs === undefined ? null : new Date(expiry.atMs).toISOString();
    default:
      return new Date(nowMs + Number(expiry.kind) * DAY_MS).toISOString();
  }
}

export function ExpiryField({
  value,
  onChange,
  error,
  before,
}: {
  readonly value: Expiry;
  readonly onChange: (next: Expiry) => void;
  readonly error?: string | undefined;
  /** What it is now, for a key that exists. */
  readonly before?: string | null | undefined;
}) {
  const inUtc = useUtc();
  const now = before === null ? "never" : before && absolute(new Date(before), inUtc, false).slice(0, 16);
  const options = before === undefined ? CHOICES : [{ id: "keep" as const, label: `As it is: ${now}` }, ...CHOICES];
  return (
    <>
      <Select
        label="Expires"
        options={options}
        value={value.kind}
        error={value.kind === "own" ? undefined : error}
        onChange={(kind) => onChange(kind === "own" ? { kind, atMs: Date.now() + 30 * DAY_MS } : { kind })}
      />
      {value.kind === "own" && (
        <TextField
          label={`On${inUtc ? " (UTC)" : ""}`}
          type="datetime-local"
          isRequired
          value={value.atMs === undefined ? "" : toInput(value.atMs, inUtc)}
          error={error}
          onChange={(text) => onChange({ kind: "own", atMs: fromInput(text, inUtc) })}
        />
      )}
    </>
  );
}
