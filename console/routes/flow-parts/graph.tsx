import { CircleDot, Flag, Maximize, ZoomIn, ZoomOut } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { IconButton } from "../../kit/button.tsx";
import { Segments } from "../../kit/field.tsx";
import { KIND_WORDS, UNKNOWN_KIND } from "./kinds.ts";
import { type Drawing, draw, NODE, type PlacedNode } from "./layout.ts";
import { Outline } from "./outline.tsx";
import { STEP_STATES, type StepState } from "./step-state.ts";
import { type FlowTree, isSame, type StepNode, type Way } from "./tree.ts";

export interface GraphProps {
  readonly tree: FlowTree;
  /** What starts it, in words; the first node says so. */
  readonly startsWith: string;
  readonly current?: Way | undefined;
  readonly onOpen: (step: StepNode) => void;
  /** How each step of a run stands; absent: this is no run. */
  readonly stateOf?: ((step: StepNode) => StepState | undefined) | undefined;
  /** Steps with something wrong in them. */
  readonly isFaulty?: ((step: StepNode) => boolean) | undefined;
  readonly height?: number | undefined;
  readonly toolbar?: ReactNode;
}

const LEGIBLE = 0.75;
const HEIGHT_LEAST = 320;
const ZOOMS = [0.35, 0.5, 0.65, 0.8, 1, 1.25, 1.5] as const;

/** A flow as a drawing, or as an outline that says the same in words. Arrow keys go from step to step. */
export function Graph(props: GraphProps) {
  const { tree, current, onOpen, toolbar } = props;
  const drawing = useMemo(() => draw(tree), [tree]);
  // As high as the drawing is at its largest, so that a small one leaves no void; known before anything is measured.
  const height = Math.min(props.height ?? 560, Math.max(HEIGHT_LEAST, drawing.height));
  const [look, setLook] = useState<"graph" | "outline">("graph");
  const [zoom, setZoom] = useState<number>();
  const scroller = useRef<HTMLElement>(null);
  const [wide, setWide] = useState(0);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => setWide(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const whole = wide === 0 ? 1 : Math.max(ZOOMS[0], Math.min(1, wide / drawing.width, height / drawing.height));
  // As much as fits of what can still be read, and never larger than life.
  const fitting = wide === 0 ? 1 : Math.max(LEGIBLE, Math.min(1, wide / drawing.width));
  const scale = zoom ?? fitting;
  const step = (by: 1 | -1) => {
    const next = by > 0 ? ZOOMS.find((one) => one > scale + 0.01) : ZOOMS.findLast((one) => one < scale - 0.01);
    if (next !== undefined) setZoom(next);
  };
  const chosen = drawing.nodes.find(
    ({ what }) => what.kind === "step" && current !== undefined && isSame(what.step.way, current),
  );
  const looked = chosen ?? drawing.nodes[0];
  // What is spoken of is in sight: only this view is scrolled, never the page.
  useEffect(() => {
    const view = scroller.current;
    if (view === null || looked === undefined) return;
    const to = (at: number, size: number, from: number, room: number) =>
      at >= from && at + size <= from + room ? from : at + size / 2 - room / 2;
    view.scrollTo({
      left: to(looked.x * scale, NODE.width * scale, view.scrollLeft, view.clientWidth),
      top: to(looked.y * scale, NODE.height * scale, view.scrollTop, view.clientHeight),
    });
  }, [looked, scale]);
  return (
    <div className="graph">
      <div className="graph-bar">
        <Segments
          label="How the flow is shown"
          options={[
            { id: "graph", label: "Graph" },
            { id: "outline", label: "Outline" },
          ]}
          value={look}
          onChange={setLook}
        />
        {toolbar}
        <span className="end" />
        {look === "graph" && (
          <span className="graph-zoom">
            <IconButton label="Smaller" size="s" icon={<ZoomOut />} onPress={() => step(-1)} />
            <IconButton label="As large as fits" size="s" icon={<Maximize />} onPress={() => setZoom(whole)} />
            <IconButton label="Larger" size="s" icon={<ZoomIn />} onPress={() => step(1)} />
          </span>
        )}
      </div>
      {look === "outline" ? (
        <div className="graph-outline" style={{ height }}>
          <Outline tree={tree} current={current} onOpen={onOpen} stateOf={props.stateOf} />
        </div>
      ) : (
        <section
          ref={scroller}
          className="graph-view"
          aria-label="Graph of the flow"
          style={{ height }}
          tabIndex={-1}
          {...panning}
        >
          <Plane {...props} drawing={drawing} scale={scale} />
        </section>
      )}
    </div>
  );
}

function Plane({
  drawing,
  scale,
  startsWith,
  current,
  onOpen,
  stateOf,
  isFaulty,
}: GraphProps & { readonly drawing: Drawing; readonly scale: number }) {
  const steps = drawing.nodes.filter(isStep);
  const chosen = steps.find(({ what }) => current !== undefined && isSame(what.step.way, current)) ?? steps[0];
  const place = useRef<HTMLDivElement>(null);
  const go = (event: KeyboardEvent, from: PlacedStep) => {
    const way = ARROWS[event.key];
    if (way === undefined) return;
    const to = nearest(steps, from, way);
    if (to === undefined) return;
    event.preventDefault();
    place.current?.querySelector<HTMLElement>(`[data-key="${to.key}"]`)?.focus();
    onOpen(to.what.step);
  };
  return (
    <div className="graph-room" style={{ width: drawing.width * scale, height: drawing.height * scale }}>
      <div
        ref={place}
        className="graph-plane"
        style={{ width: drawing.width, height: drawing.height, transform: `scale(${scale})` }}
      >
        {drawing.frames.map((frame) => (
          <div
            key={`${frame.x}-${frame.y}`}
            className="graph-frame"
            data-kind={frame.kind}
            style={{ left: frame.x, top: frame.y, width: frame.width, height: frame.height }}
          />
        ))}
        <svg width={drawing.width} height={drawing.height} aria-hidden="true">
          {drawing.lines.map(({ d, kind }) => (
            <path key={`${kind}${d}`} d={d} data-kind={kind} />
          ))}
        </svg>
        {drawing.labels.map((label) => (
          <span
            key={`${label.x}-${label.y}-${label.text}`}
            className="graph-label truncate"
            data-kind={label.kind}
            title={label.text}
            aria-hidden="true"
            style={{ left: label.x, top: label.y, maxWidth: label.width }}
          >
            {label.text}
          </span>
        ))}
        {drawing.nodes.map((node) =>
          isStep(node) ? (
            <StepButton
              key={node.key}
              node={node}
              isCurrent={current !== undefined && isSame(node.what.step.way, current)}
              isStop={node === chosen}
              state={stateOf?.(node.what.step)}
              isFaulty={isFaulty?.(node.what.step) ?? false}
              onOpen={onOpen}
              onKeyDown={(event) => go(event, node)}
            />
          ) : (
            <div
              key={node.key}
              className="graph-end"
              style={{ left: node.x, top: node.y, width: NODE.width, height: NODE.height }}
            >
              {node.what.kind === "start" ? <CircleDot aria-hidden /> : <Flag aria-hidden />}
              <span className="graph-clamp">{node.what.kind === "start" ? startsWith : "End"}</span>
            </div>
          ),
        )}
      </div>
    </div>
  );
}

type PlacedStep = PlacedNode & { readonly what: { readonly kind: "step"; readonly step: StepNode } };
const isStep = (node: PlacedNode): node is PlacedStep => node.what.kind === "step";

function StepButton({
  node,
  isCurrent,
  isStop,
  state,
  isFaulty,
  onOpen,
  onKeyDown,
}: {
  readonly node: PlacedStep;
  readonly isCurrent: boolean;
  readonly isStop: boolean;
  readonly state: StepState | undefined;
  readonly isFaulty: boolean;
  readonly onOpen: (step: StepNode) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}) {
  const { step } = node.what;
  const words = step.kind === undefined ? UNKNOWN_KIND : KIND_WORDS[step.kind];
  const look = state === undefined ? undefined : STEP_STATES[state.state];
  const name = step.title || step.id || "(no id)";
  return (
    <button
      type="button"
      className="graph-node"
      data-key={node.key}
      data-current={isCurrent || undefined}
      data-state={state?.state}
      data-faulty={isFaulty || undefined}
      aria-pressed={isCurrent}
      tabIndex={isStop ? 0 : -1}
      style={{ left: node.x, top: node.y, width: NODE.width, height: NODE.height }}
      onClick={() => onOpen(step)}
      onKeyDown={onKeyDown}
    >
      <words.icon aria-hidden />
      <span className="graph-words">
        <span className="truncate graph-name">{name}</span>
        <span className="truncate graph-gist">
          <span className="hidden-visually">{words.label}: </span>
          {step.gist || words.label}
        </span>
      </span>
      {look !== undefined && (
        <span className="graph-state" data-tone={look.tone}>
          <look.icon aria-hidden />
          <span className="hidden-visually">{look.label}</span>
          {state !== undefined && state.count > 1 && <span className="num">{state.count}</span>}
        </span>
      )}
      {isFaulty && <span className="hidden-visually">, has a fault</span>}
    </button>
  );
}

const ARROWS: Readonly<Record<string, readonly [x: number, y: number] | undefined>> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/** The closest one that lies that way; what lies aside counts thrice. */
function nearest(
  all: readonly PlacedStep[],
  from: PlacedStep,
  [dx, dy]: readonly [number, number],
): PlacedStep | undefined {
  let best: { readonly node: PlacedStep; readonly far: number } | undefined;
  for (const node of all) {
    const x = node.x - from.x;
    const y = node.y - from.y;
    const ahead = x * dx + y * dy;
    if (node === from || ahead <= 0) continue;
    const far = ahead + 3 * Math.abs(x * dy + y * dx);
    if (best === undefined || far < best.far) best = { node, far };
  }
  return best?.node;
}

/** Dragging the ground moves the drawing; a finger scrolls it by itself. */
const panning = {
  onPointerDown(event: PointerEvent<HTMLElement>) {
    const { target } = event;
    const view: HTMLElement = event.currentTarget;
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    if (target instanceof Element && target.closest("button") !== null) return;
    const start = { x: event.clientX + view.scrollLeft, y: event.clientY + view.scrollTop };
    view.setPointerCapture(event.pointerId);
    const follow = (move: globalThis.PointerEvent) => view.scrollTo(start.x - move.clientX, start.y - move.clientY);
    const over = new AbortController();
    const listen = { signal: over.signal };
    view.addEventListener("pointermove", follow, listen);
    view.addEventListener("pointerup", () => over.abort(), listen);
    view.addEventListener("pointercancel", () => over.abort(), listen);
  },
};
