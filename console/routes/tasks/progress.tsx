import { percent } from "../../kit/format.ts";
import { None } from "../../kit/time.tsx";
import { isFields } from "../flow-parts/tree.ts";

/** How far a task says it is: a part of one, so many of so many, or words of its own. */
export function ProgressOf({ value }: { readonly value: unknown }) {
  if (value === null || value === undefined) return <None />;
  const part = partOf(value);
  if (part === undefined)
    return (
      <span className="muted tasks-why truncate">{typeof value === "string" ? value : JSON.stringify(value)}</span>
    );
  return (
    <span className="tasks-progress">
      <progress value={part} max={1} aria-label="Progress" />
      <span className="num">{percent(part)}</span>
    </span>
  );
}

export function partOf(value: unknown): number | undefined {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  if (!isFields(value)) return undefined;
  const { done, total } = value;
  return typeof done === "number" && typeof total === "number" && total > 0
    ? Math.min(1, Math.max(0, done / total))
    : undefined;
}
