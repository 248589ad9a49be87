import { None } from "../../kit/time.tsx";

/** Headers as they were on the wire. */
export function Headers({
  what,
  headers,
}: {
  readonly what: string;
  readonly headers: readonly (readonly string[])[] | null | undefined;
}) {
  if (headers === null || headers === undefined || headers.length === 0) return <None />;
  return (
    <dl className="key-values" aria-label={what}>
      {headers.map(([name, value], index) => (
        // A name may stand there twice.
        <div key={`${String(index)} ${name}`}>
          <dt className="mono">{name}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
