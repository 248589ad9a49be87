import type { YAMLError } from "yaml";
import type { DefinitionFault } from "./fault.ts";

const FAULTS_TOLD_MAX = 20;

interface Position {
  readonly line: number;
  readonly column: number;
}

/** What the parser of YAML stumbled over, told so that it can be mended. Of each line the first: what it says behind that follows from it. */
export function unreadable(
  source: string,
  errors: readonly Pick<YAMLError, "code" | "message" | "pos">[],
  positionOf: (offset: number) => Position,
): readonly DefinitionFault[] {
  const lines = new Set<number>();
  const faults: DefinitionFault[] = [];
  for (const { code, message, pos } of errors) {
    // Where a line is indented wrongly, its first sign and not its margin is meant.
    const offset = pos[0] + (/^[ \t]*(?=\S)/.exec(source.slice(pos[0], pos[0] + 1_000))?.[0].length ?? 0);
    const at = positionOf(offset);
    if (lines.has(at.line)) continue;
    lines.add(at.line);
    faults.push({ path: "", ...at, code: "unreadable", ...told(code, message, source, offset, at) });
    if (faults.length === FAULTS_TOLD_MAX) break;
  }
  return faults;
}

function told(
  code: string,
  message: string,
  source: string,
  offset: number,
  { column }: Position,
): { readonly message: string; readonly hint?: string } {
  switch (code) {
    case "DUPLICATE_KEY": {
      const [name = ""] = /^[^\s:,}]+/.exec(source.slice(offset, offset + 100)) ?? [];
      return { message: `\`${name}\` stands twice in this object.`, hint: "A member stands once in an object." };
    }
    case "BAD_INDENT":
    case "MISSING_CHAR":
    case "IMPOSSIBLE":
      return {
        message: sentence(message),
        hint: `This begins in column ${column}: members of one object begin in the same column, and what belongs to a member begins further right.`,
      };
    case "TAB_AS_INDENT":
      return { message: sentence(message), hint: "YAML is indented with spaces." };
    case "BLOCK_AS_IMPLICIT_KEY":
    case "BLOCK_IN_FLOW":
      return {
        message: sentence(message),
        hint: `Text with a colon and a space in it stands in quotes: $: "a == 'b: c'".`,
      };
    default:
      return { message: sentence(message) };
  }
}

const sentence = (text: string): string => `${text.replace(/\.?$/, "")}.`;
