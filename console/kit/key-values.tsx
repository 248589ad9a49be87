import type { ReactNode } from "react";

/** Names and what they are: the facts of one thing. */
export function KeyValues({
  items,
  columns = 1,
}: {
  readonly items: readonly (readonly [name: string, value: ReactNode] | false | undefined)[];
  readonly columns?: 1 | 2 | 3;
}) {
  return (
    <dl className="key-values" data-columns={columns}>
      {items
        .filter((item) => item !== false && item !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
