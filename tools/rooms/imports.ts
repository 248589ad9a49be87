// Unused and type-only imports are arrows too, so nothing may be trimmed.
const transpilers = {
  ts: new Bun.Transpiler({ loader: "ts", trimUnusedImports: false }),
  tsx: new Bun.Transpiler({ loader: "tsx", trimUnusedImports: false }),
};
type Dialect = keyof typeof transpilers;

export interface Import {
  readonly specifier: string;
  /** A dynamic import is an arrow, but it makes no ring while modules load. */
  readonly dynamic: boolean;
}

/**
 * Everything a TypeScript file imports. Bun's own parser reads the file, after `type` was taken out of import and export clauses, since the
 * parser would otherwise drop these with the types. Throws what the parser says when the file does not parse.
 */
export function importsOf(source: string, dialect: Dialect = "ts"): readonly Import[] {
  const plain = source
    .replace(/^(\s*import) type(?=\s*[{*]|\s+\w+\s+from\b)/gm, "$1")
    .replace(/^(\s*export) type(?=\s*[{*])/gm, "$1")
    .replace(/^\s*(?:import|export)\b[^;"'`]*\{[^}]*\}\s*from/gm, (clause) =>
      clause.replace(/([{,]\s*)type (?=\w)/g, "$1"),
    );
  const parsed = transpilers[dialect]
    .scanImports(plain)
    .map((found) => ({ specifier: found.path, dynamic: found.kind === "dynamic-import" }));
  const inTypes = [...source.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g)].map((match) => ({
    specifier: match[1] ?? "",
    dynamic: true,
  }));
  const known = new Set(parsed.map((found) => found.specifier));
  return [...parsed, ...inTypes.filter((found) => !known.has(found.specifier))];
}

/** The file without comments and types, strings kept: where SQL is code and prose is gone. */
export function codeOf(source: string, dialect: Dialect = "ts"): string {
  return transpilers[dialect].transformSync(source);
}
