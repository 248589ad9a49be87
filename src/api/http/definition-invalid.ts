import type { CheckedDefinition } from "#language";
import { json, quote, type Reply } from "./reply.ts";

/** Everything that is wrong with a definition, each at its place; the sentence counts them. */
export function definitionInvalid({ faults }: Pick<CheckedDefinition, "faults">): Reply {
  const [first] = faults;
  const detail =
    faults.length === 1
      ? `The definition is not valid: ${first?.path || "it"}: ${first?.message}`
      : `The definition is not valid: it has ${faults.length} faults, the first at ${quote(first?.path || "its beginning")}`;
  return json(422, { code: "definition_invalid", detail, faults });
}
