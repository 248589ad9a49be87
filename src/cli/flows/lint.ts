import { checkDefinition, type Definition, type DefinitionFault } from "#language";
import type { FlowFile, FolderFault } from "./folder.ts";

/** A file of a folder, held against the language. */
export interface Linted {
  readonly path: string;
  /** Undefined: it is not valid. */
  readonly definition: Definition | undefined;
  readonly file: FlowFile | undefined;
  readonly faults: readonly DefinitionFault[];
  readonly warnings: readonly DefinitionFault[];
}

/** Without asking anybody: what only the engine knows (event types, secrets) is not held against a definition. */
export function lintFiles(files: readonly FlowFile[], unread: readonly FolderFault[]): readonly Linted[] {
  const seen = new Map<string, string>();
  const linted = files.map((file): Linted => {
    const checked = checkDefinition("definition" in file.input ? file.input.definition : file.input);
    const definition = checked.definition ?? undefined;
    const twin = definition === undefined ? undefined : seen.get(definition.flow);
    if (definition !== undefined) seen.set(definition.flow, file.path);
    if (definition !== undefined && twin !== undefined) {
      const message = `${twin} has a flow of the same name, ${JSON.stringify(definition.flow)}`;
      return {
        path: file.path,
        definition: undefined,
        file,
        faults: [{ path: "flow", code: "repeated_value", message }],
        warnings: checked.warnings,
      };
    }
    return { path: file.path, definition, file, faults: checked.faults, warnings: checked.warnings };
  });
  const broken = unread.map(
    ({ path, ...fault }): Linted => ({
      path,
      definition: undefined,
      file: undefined,
      faults: [{ path: "", code: "unreadable", ...fault }],
      warnings: [],
    }),
  );
  return [...linted, ...broken];
}

/** As compilers tell it, so that editors lead there: `flows/cart.yaml:12:7: expression_syntax: …`. */
export function lintText(linted: readonly Linted[]): string {
  const text: string[] = [];
  for (const { path, faults, warnings } of linted) {
    for (const fault of faults) text.push(line(path, "error", fault));
    for (const warning of warnings) text.push(line(path, "warning", warning));
  }
  return text.join("");
}

function line(path: string, kind: "error" | "warning", fault: DefinitionFault): string {
  const at = fault.line === undefined ? "" : `:${fault.line}:${fault.column ?? 1}`;
  const where = fault.path === "" ? "" : ` (${fault.path})`;
  const hint = fault.hint === undefined ? "" : `\n    ${fault.hint}`;
  return `${path}${at}: ${kind}: ${fault.message} [${fault.code}]${where}${hint}\n`;
}
