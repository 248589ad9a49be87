import { useParams } from "@tanstack/react-router";

/** A part of the page's address, as `$name` in its path. Throws when the path has none of that name: the page is at a wrong one. */
export function useParam(name: string): string {
  const value: unknown = Reflect.get(useParams({ strict: false }), name);
  if (typeof value !== "string") throw new Error(`The address of this page has no $${name}.`);
  return value;
}
