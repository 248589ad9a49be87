/** A span that has ended. Plain data, so that recording one on the road of events costs an object and a push. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly state?: string | undefined;
  /** Whether the parent is another program's. */
  readonly parentIsRemote?: boolean;
  readonly name: string;
  readonly kind: "server" | "client" | "consumer" | "producer" | "internal";
  /** Wall clock, ms since 1970, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  /** By the names of the semantic conventions, or under `posthorn.`; undefined ones are left out. */
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly events?: readonly { readonly name: string; readonly atMs: number }[];
  /** Why it failed; absent: it did not. */
  readonly failure?: string | undefined;
}
