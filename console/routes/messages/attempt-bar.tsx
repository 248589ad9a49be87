import { duration } from "../../kit/format.ts";
import { None } from "../../kit/time.tsx";
import { type Attempt, SEGMENTS, type Segment, segmentsOf } from "./waterfall.ts";

/** Where the time of a request went, on a scale that all bars of the page share. */
export function AttemptBar({ attempt, scaleMs }: { readonly attempt: Attempt; readonly scaleMs: number }) {
  const segments = segmentsOf(attempt);
  if (segments.length === 0) return <None />;
  const share = (ms: number) => `${(ms / scaleMs) * 100}%`;
  const words = segments
    .map((segment) => `${SEGMENTS[segment.kind]}: ${duration(segment.toMs - segment.fromMs)}`)
    .join(", ");
  return (
    <div className="waterfall-bar" role="img" aria-label={words} title={words}>
      {segments.map((segment) => (
        <i
          key={segment.kind}
          data-kind={segment.kind}
          style={{ insetInlineStart: share(segment.fromMs), width: share(segment.toMs - segment.fromMs) }}
        />
      ))}
    </div>
  );
}

const KINDS: readonly Segment["kind"][] = ["dns", "connect", "wait", "body"];

export function BarKey() {
  return (
    <p className="waterfall-key">
      {KINDS.map((kind) => (
        <span key={kind}>
          <i data-kind={kind} aria-hidden="true" />
          {SEGMENTS[kind]}
        </span>
      ))}
    </p>
  );
}
