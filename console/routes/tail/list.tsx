import { useNavigate } from "@tanstack/react-router";
import { ArrowDown } from "lucide-react";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Button } from "../../kit/button.tsx";
import { useUtc } from "../../state/preferences.ts";
import type { TailRow } from "./ring.ts";
import { Row } from "./row.tsx";

const WIDE_PX = 30;
const NARROW_PX = 50;
const SPARE = 6;

export interface TailListProps {
  readonly rows: readonly TailRow[];
  readonly isPaused: boolean;
  /** Scrolled up, or something in it has the focus: what is being read should stand still. Back at the end: it goes on. */
  readonly onHold: (hold: boolean) => void;
  readonly empty: ReactNode;
}

/** The rows in sight, of however many there are. It follows the newest until somebody scrolls up. */
export function TailList({ rows, isPaused, onHold, empty }: TailListProps) {
  const scroller = useRef<HTMLElement>(null);
  const navigate = useNavigate();
  const inUtc = useUtc();
  const rowPx = useRowPx();
  const [height, setHeight] = useState(600);
  const [top, setTop] = useState(0);
  const isAtEnd = useRef(true);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const whole = rows.length * rowPx;
  const end = Math.max(0, whole - height);
  const isFollowing = isAtEnd.current && !isPaused;
  // The end is known before the browser has laid it out: the rows there are drawn in the same pass, and nothing flickers.
  const from = isFollowing ? end : Math.min(top, end);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever changes the rows moves the end.
  useLayoutEffect(() => {
    if (isFollowing && scroller.current !== null) scroller.current.scrollTop = end;
  }, [rows, end, isFollowing]);

  const first = Math.max(0, Math.floor(from / rowPx) - SPARE);
  const shown = rows.slice(first, Math.ceil((from + height) / rowPx) + SPARE);

  return (
    <div className="tail-frame">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: what is clicked are the links within, and Enter on a link is a click. */}
      <section
        ref={scroller}
        className="tail-list"
        role="log"
        aria-live="off"
        aria-label="What happens"
        tabIndex={0}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          const wasAtEnd = isAtEnd.current;
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < rowPx;
          setTop(scrollTop);
          if (wasAtEnd !== isAtEnd.current) onHold(!isAtEnd.current);
        }}
        onClick={(event) => {
          const link = event.target instanceof Element ? event.target.closest("a") : null;
          const href = link?.getAttribute("href") ?? undefined;
          if (href === undefined || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault();
          void navigate({ href });
        }}
        onFocusCapture={(event) => {
          if (event.target !== event.currentTarget) onHold(true);
        }}
      >
        {rows.length === 0 && <div className="tail-empty">{empty}</div>}
        <div className="tail-whole" style={{ height: whole }}>
          {shown.map((row, slot) => (
            <Row key={row.number} row={row} inUtc={inUtc} top={(first + slot) * rowPx} />
          ))}
        </div>
      </section>
      {from < end - rowPx && (
        <div className="tail-newest">
          <Button
            icon={<ArrowDown />}
            onPress={() => {
              isAtEnd.current = true;
              if (scroller.current !== null) scroller.current.scrollTop = scroller.current.scrollHeight;
              onHold(false);
            }}
          >
            To the newest
          </Button>
        </div>
      )}
    </div>
  );
}

const narrow = typeof matchMedia === "function" ? matchMedia("(max-width: 760px)") : undefined;

function useRowPx(): number {
  const [isNarrow, setNarrow] = useState(narrow?.matches ?? false);
  useEffect(() => {
    const changed = (): void => setNarrow(narrow?.matches ?? false);
    narrow?.addEventListener("change", changed);
    return () => narrow?.removeEventListener("change", changed);
  }, []);
  return isNarrow ? NARROW_PX : WIDE_PX;
}
