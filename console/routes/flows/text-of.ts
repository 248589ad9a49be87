import { stringify } from "yaml";

/** A definition as YAML: as it was written, or made from what is stored. */
export function textOfDefinition(written: { readonly definition: unknown; readonly source: string | null }): string {
  return written.source ?? stringify(written.definition, { lineWidth: 0 });
}
