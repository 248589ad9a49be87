import type { ReactNode } from "react";
import { HttpStatus, OutcomeBadge } from "../../kit/badge.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { duration } from "../../kit/format.ts";
import { Time } from "../../kit/time.tsx";
import type { Attempt } from "./waterfall.ts";

interface Row {
  readonly name: string;
  readonly key: (attempt: Attempt) => string;
  readonly show?: (attempt: Attempt) => ReactNode;
}

const took = (ms: number | null | undefined) => (ms === null || ms === undefined ? "–" : duration(ms));
const header = (headers: readonly (readonly string[])[] | null | undefined, name: string) =>
  (headers ?? [])
    .filter(([known]) => known?.toLowerCase() === name)
    .map(([, value]) => value)
    .join(", ") || "–";

const ROWS: readonly Row[] = [
  { name: "Begun", key: (one) => one.timestamp, show: (one) => <Time at={one.timestamp} exact /> },
  {
    name: "Outcome",
    key: (one) => `${one.outcome}`,
    show: (one) => <OutcomeBadge outcome={one.outcome ?? one.statusText} />,
  },
  { name: "Reason", key: (one) => one.reason ?? "–" },
  {
    name: "Status",
    key: (one) => String(one.responseStatusCode),
    show: (one) => <HttpStatus status={one.responseStatusCode} />,
  },
  { name: "URL", key: (one) => one.url },
  { name: "Address", key: (one) => one.remoteAddress ?? "–" },
  { name: "Settings version", key: (one) => String(one.endpointVersion ?? "–") },
  { name: "Name resolved after", key: (one) => took(one.timing?.dnsMs) },
  { name: "Connecting took", key: (one) => took(one.timing?.connectMs) },
  { name: "First byte after", key: (one) => took(one.timing?.firstByteMs) },
  { name: "Took", key: (one) => took(one.timing?.totalMs) },
];

/** Two attempts side by side; what differs is marked, by more than its colour. */
export function CompareAttempts({
  attempts,
  onClose,
}: {
  readonly attempts: readonly [Attempt, Attempt] | undefined;
  readonly onClose: () => void;
}) {
  if (attempts === undefined) return null;
  const [left, right] = attempts;
  const names = [...(left.responseHeaders ?? []), ...(right.responseHeaders ?? [])].map(([name = ""]) =>
    name.toLowerCase(),
  );
  const rows: readonly Row[] = [
    ...ROWS,
    ...[...new Set(names)]
      .toSorted()
      .map((name) => ({ name, key: (one: Attempt) => header(one.responseHeaders, name) })),
    { name: "Body of the answer", key: (one) => one.response.slice(0, 2_000) || "–" },
  ];
  return (
    <Dialog title="Compare two attempts" size="l" isOpen onClose={onClose}>
      <div className="attempts-scroll">
        <table className="compare">
          <thead>
            <tr>
              <th scope="col">
                <span className="hidden-visually">What</span>
              </th>
              <th scope="col">Attempt {left.number}</th>
              <th scope="col">Attempt {right.number}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const differs = row.key(left) !== row.key(right);
              return (
                <tr key={row.name} data-differs={differs || undefined}>
                  <th scope="row">
                    {row.name}
                    {differs && <span className="faint"> ≠</span>}
                  </th>
                  <td>{row.show?.(left) ?? row.key(left)}</td>
                  <td>{row.show?.(right) ?? row.key(right)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}
