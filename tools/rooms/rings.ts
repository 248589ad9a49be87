/**
 * The rings of a graph: each strongly connected component with more than one node, and each node that points to itself, as one shortest
 * walk around it. Tarjan's algorithm, iterative so that a long chain of files does not exhaust the stack.
 */
export function ringsOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  return components(graph).flatMap((component) => {
    const start = component.toSorted()[0];
    const walk = start === undefined ? undefined : walkAround(start, new Set(component), graph);
    return walk === undefined ? [] : [walk];
  });
}

function components(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const onStack = new Set<string>();
  const stack: string[] = [];
  const found: string[][] = [];

  for (const root of graph.keys()) {
    if (index.has(root)) {
      continue;
    }
    const path: { node: string; next: number }[] = [{ node: root, next: 0 }];
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const { node } = frame;
      if (!index.has(node)) {
        index.set(node, index.size);
        low.set(node, index.get(node) ?? 0);
        stack.push(node);
        onStack.add(node);
      }
      const target = graph.get(node)?.[frame.next];
      frame.next += 1;
      if (target !== undefined) {
        if (!index.has(target)) {
          path.push({ node: target, next: 0 });
        } else if (onStack.has(target)) {
          lower(low, node, index.get(target));
        }
        continue;
      }
      path.pop();
      lower(low, path.at(-1)?.node, low.get(node));
      if (low.get(node) === index.get(node)) {
        const component = stack.splice(stack.lastIndexOf(node));
        for (const member of component) {
          onStack.delete(member);
        }
        found.push(component);
      }
    }
  }
  return found;
}

function lower(low: Map<string, number>, node: string | undefined, value: number | undefined): void {
  if (node !== undefined && value !== undefined) {
    low.set(node, Math.min(low.get(node) ?? value, value));
  }
}

/** The shortest way from a node back to itself inside its component, or nothing when there is none (a component of one). */
function walkAround(
  start: string,
  within: ReadonlySet<string>,
  graph: ReadonlyMap<string, readonly string[]>,
): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    for (const target of graph.get(node) ?? []) {
      if (target === start) {
        const walk = [start];
        for (let back: string | undefined = node; back !== undefined && back !== start; back = cameFrom.get(back)) {
          walk.splice(1, 0, back);
        }
        return [...walk, start];
      }
      if (within.has(target) && !cameFrom.has(target)) {
        cameFrom.set(target, node);
        queue.push(target);
      }
    }
  }
  return undefined;
}
