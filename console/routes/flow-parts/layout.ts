import type { FlowTree, Lane, StepNode } from "./tree.ts";

/**
 * Where everything stands. A flow is structured (no arrow leads anywhere but to what follows), so its drawing is too: lists go down,
 * branches stand side by side, what happens after a failure stands at the right. Each block has an axis, the line on which one enters and
 * leaves it; blocks of a list share theirs, so that what happens when nothing goes wrong is one straight line.
 */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly lines: readonly Line[];
  readonly frames: readonly Frame[];
  readonly labels: readonly Label[];
}
export interface PlacedNode {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly what:
    | { readonly kind: "start" }
    | { readonly kind: "end" }
    | { readonly kind: "step"; readonly step: StepNode };
}
export interface Line {
  readonly d: string;
  readonly kind: "way" | "failure" | "compensation";
}
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly kind: "item" | "failure" | "compensation";
}
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly kind: Lane["role"];
  /** As wide as it may be. */
  readonly width: number;
}

export const NODE = { width: 224, height: 58 } as const;
const GAP = { x: 28, y: 30, side: 44 } as const;
/** Above a lane: a label, and the corner of the line that leads there. */
const HEAD = 46;
const PAD = 16;
const EMPTY_LANE = { width: 120, height: 24 } as const;
const MARGIN = 24;

interface Block {
  readonly width: number;
  readonly height: number;
  readonly axis: number;
  /** Draws it with its upper left corner there. */
  readonly draw: (x: number, y: number, out: Out) => void;
}
interface Out {
  readonly nodes: PlacedNode[];
  readonly lines: Line[];
  readonly frames: Frame[];
  readonly labels: Label[];
}

export function draw(tree: FlowTree): Drawing {
  const main = list([leaf("start", { kind: "start" }), ...tree.steps.map(block), leaf("end", { kind: "end" })]);
  const rescue = tree.onFailure.length === 0 ? undefined : framed(tree.onFailure, "failure", "when the run fails");
  const out: Out = { nodes: [], lines: [], frames: [], labels: [] };
  main.draw(MARGIN, MARGIN, out);
  rescue?.draw(MARGIN + main.width + GAP.side, MARGIN, out);
  return {
    width: MARGIN * 2 + main.width + (rescue === undefined ? 0 : GAP.side + rescue.width),
    height: MARGIN * 2 + Math.max(main.height, rescue?.height ?? 0),
    ...out,
  };
}

function leaf(key: string, what: PlacedNode["what"]): Block {
  return {
    width: NODE.width,
    height: NODE.height,
    axis: NODE.width / 2,
    draw: (x, y, out) => void out.nodes.push({ key, x, y, what }),
  };
}

function list(blocks: readonly Block[]): Block {
  const axis = Math.max(0, ...blocks.map((one) => one.axis));
  const right = Math.max(0, ...blocks.map((one) => one.width - one.axis));
  const height = blocks.reduce((sum, one) => sum + one.height, 0) + Math.max(0, blocks.length - 1) * GAP.y;
  return {
    width: axis + right,
    height,
    axis,
    draw: (x, y, out) => {
      let top = y;
      blocks.forEach((one, index) => {
        if (index > 0) out.lines.push({ kind: "way", d: `M${x + axis} ${top - GAP.y}V${top}` });
        one.draw(x + axis - one.axis, top, out);
        top += one.height + GAP.y;
      });
    },
  };
}

function block(step: StepNode): Block {
  const sides = step.lanes.filter(({ role }) => role === "failure" || role === "compensation");
  const core = coreOf(step);
  return sides.length === 0 ? core : withSides(core, sides);
}

const keyOf = (step: StepNode): string => step.way.join(".");

function coreOf(step: StepNode): Block {
  const node = leaf(keyOf(step), { kind: "step", step });
  const lanes = step.lanes.filter(({ role }) => role === "branch" || role === "else");
  if (lanes.length > 0) return branching(node, lanes);
  const item = step.lanes.find(({ role }) => role === "item");
  if (item === undefined) return node;
  const body = framed(item.steps, "item", item.label);
  return list([node, body]);
}

/** A node, its lanes side by side under it, and where they meet again. */
function branching(node: Block, lanes: readonly Lane[]): Block {
  const bodies = lanes.map(({ steps }) => (steps.length === 0 ? EMPTY : list(steps.map(block))));
  const widths = bodies.reduce((sum, one) => sum + one.width, 0) + GAP.x * (bodies.length - 1);
  const tallest = Math.max(...bodies.map((one) => one.height));
  // The axis goes down between the outermost lanes, so that the node stands over their middle.
  const offsets: number[] = [];
  bodies.reduce((left, one) => {
    offsets.push(left);
    return left + one.width + GAP.x;
  }, 0);
  const first = (offsets[0] ?? 0) + (bodies[0]?.axis ?? 0);
  const last = (offsets.at(-1) ?? 0) + (bodies.at(-1)?.axis ?? 0);
  const middle = (first + last) / 2;
  const shift = Math.max(0, node.axis - middle);
  const axis = middle + shift;
  return {
    width: Math.max(widths + shift, axis + node.width - node.axis),
    height: node.height + HEAD + tallest + GAP.y,
    axis,
    draw: (x, y, out) => {
      node.draw(x + axis - node.axis, y, out);
      const fork = y + node.height;
      const meet = fork + HEAD + tallest + GAP.y;
      bodies.forEach((one, index) => {
        const lane = lanes[index];
        if (lane === undefined) return;
        const left = x + shift + (offsets[index] ?? 0);
        const at = left + one.axis;
        out.lines.push({ kind: "way", d: bent(x + axis, fork, at, fork + HEAD, fork + 12) });
        out.labels.push({
          x: at,
          y: fork + 27,
          text: lane.label,
          kind: lane.role,
          width: Math.max(one.width, EMPTY_LANE.width) - 8,
        });
        one.draw(left, fork + HEAD, out);
        out.lines.push({ kind: "way", d: bent(at, fork + HEAD + one.height, x + axis, meet, meet - 12) });
      });
    },
  };
}

const EMPTY: Block = {
  width: EMPTY_LANE.width,
  height: EMPTY_LANE.height,
  axis: EMPTY_LANE.width / 2,
  draw: (x, y, out) =>
    void out.lines.push({ kind: "way", d: `M${x + EMPTY_LANE.width / 2} ${y}v${EMPTY_LANE.height}` }),
};

/** What goes on for each item, or after a failure: in a frame of its own. */
function framed(steps: readonly StepNode[], kind: Frame["kind"], label: string): Block {
  const body = steps.length === 0 ? EMPTY : list(steps.map(block));
  const top = 34;
  const width = body.width + PAD * 2;
  const height = body.height + top + PAD;
  return {
    width,
    height,
    axis: body.axis + PAD,
    draw: (x, y, out) => {
      out.frames.push({ x, y, width, height, kind });
      out.labels.push({
        x: x + width / 2,
        y: y + 17,
        text: label,
        kind: kind === "item" ? "item" : kind,
        width: width - 16,
      });
      body.draw(x + PAD, y + top, out);
    },
  };
}

/** Its roads for bad days stand at its right, one beside the other; the one after a failure leads back. */
function withSides(core: Block, lanes: readonly Lane[]): Block {
  const sides = lanes.map(({ steps, role, label }) => ({
    kind: role === "failure" ? ("failure" as const) : ("compensation" as const),
    body: framed(steps, role === "failure" ? "failure" : "compensation", label),
  }));
  const width = core.width + sides.reduce((sum, { body }) => sum + GAP.side + body.width, 0);
  const tallest = Math.max(core.height, ...sides.map(({ body }) => body.height));
  return {
    width,
    height: tallest,
    axis: core.axis,
    draw: (x, y, out) => {
      core.draw(x, y, out);
      if (tallest > core.height)
        out.lines.push({ kind: "way", d: `M${x + core.axis} ${y + core.height}V${y + tallest}` });
      // From the node itself, which is at the top of its block.
      let from = x + core.axis + NODE.width / 2;
      let left = x + core.width + GAP.side;
      for (const { kind, body } of sides) {
        out.lines.push({ kind, d: `M${from} ${y + 17}H${left}` });
        body.draw(left, y, out);
        from = left + body.width;
        left = from + GAP.side;
      }
    },
  };
}

/** From one point down to a height, across, and down again; with round corners. */
function bent(x1: number, y1: number, x2: number, y2: number, atY: number): string {
  if (Math.abs(x1 - x2) < 1) return `M${x1} ${y1}V${y2}`;
  const way = x2 > x1 ? 1 : -1;
  const r = Math.min(8, Math.abs(x2 - x1) / 2, Math.abs(atY - y1), Math.abs(y2 - atY));
  return `M${x1} ${y1}V${atY - r}q0 ${r} ${r * way} ${r}H${x2 - r * way}q${r * way} 0 ${r * way} ${r}V${y2}`;
}
