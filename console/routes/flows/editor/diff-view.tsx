import { useMemo } from "react";
import { diffOf } from "./diff.ts";

/** What differs between two texts. Signs say what was added and removed; the colours repeat it. */
export function DiffView({
  before,
  after,
  label,
}: {
  readonly before: string;
  readonly after: string;
  readonly label: string;
}) {
  const lines = useMemo(() => diffOf(before, after), [before, after]);
  if (lines.length === 0) return <p className="muted">Nothing differs.</p>;
  return (
    <section className="flows-diff" aria-label={label} tabIndex={0}>
      <table>
        <tbody>
          {lines.map((line) =>
            line.kind === "gap" ? (
              <tr key={`gap-${String(line.before)}-${lines.indexOf(line)}`} data-kind="gap">
                <td colSpan={4}>{line.before} lines alike</td>
              </tr>
            ) : (
              <tr key={`${line.before ?? "+"}-${line.after ?? "-"}`} data-kind={line.kind}>
                <td className="num">{line.before}</td>
                <td className="num">{line.after}</td>
                <td>
                  {line.kind === "added" ? "+" : line.kind === "removed" ? "−" : ""}
                  <span className="hidden-visually">
                    {line.kind === "added" ? "added" : line.kind === "removed" ? "removed" : ""}
                  </span>
                </td>
                <td className="flows-diff-text">{line.text}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </section>
  );
}
