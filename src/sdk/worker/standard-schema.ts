/**
 * What zod, valibot, arktype and others have in common (standardschema.dev, version 1): enough to check a value and to know its types.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Checked<Output> | Promise<Checked<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type Checked<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export type InputOf<S> = S extends StandardSchema<infer Input, infer _> ? Input : never;
export type OutputOf<S> = S extends StandardSchema<infer _, infer Output> ? Output : never;

/** The value as the schema makes it, or what is wrong with it, one sentence for each fault. */
export async function checkBy<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
): Promise<{ readonly ok: true; readonly value: Output } | { readonly ok: false; readonly faults: string }> {
  const checked = await schema["~standard"].validate(value);
  if (checked.issues === undefined) return { ok: true, value: checked.value };
  const faults = checked.issues.slice(0, 20).map(({ message, path }) => {
    const at = (path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    return at === "" ? message : `${at}: ${message}`;
  });
  return { ok: false, faults: faults.join("; ") };
}
