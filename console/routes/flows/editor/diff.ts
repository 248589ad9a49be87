export interface DiffLine {
  readonly kind: "same" | "added" | "removed" | "gap";
  readonly text: string;
  /** Line numbers in the old and the new text; of a gap the number of lines left out. */
  readonly before?: number;
  readonly after?: number;
}

/** Cells of the table; above it what differs in the middle counts as replaced, which is true and only less fine. */
const CELLS_MAX = 4_000_000;
const AROUND = 3;

/** What differs between two texts, line by line, with three lines around each difference. Equal texts: nothing. */
export function diffOf(before: string, after: string): readonly DiffLine[] {
  return before === after ? [] : foldSame(linesOf(before, after));
}

/** Every line of both texts: the same, removed or added. */
export function linesOf(before: string, after: string): readonly DiffLine[] {
  const old = before.split("\n");
  const now = after.split("\n");
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const lines: DiffLine[] = [];
  for (let at = 0; at < start; at++) lines.push({ kind: "same", text: old[at] ?? "", before: at + 1, after: at + 1 });
  lines.push(...middle(old.slice(start, old.length - end), now.slice(start, now.length - end), start));
  for (let at = end; at > 0; at--)
    lines.push({ kind: "same", text: old.at(-at) ?? "", before: old.length - at + 1, after: now.length - at + 1 });
  return lines;
}

/** The longest common sequence by the table everybody knows, walked back. */
function middle(old: readonly string[], now: readonly string[], offset: number): readonly DiffLine[] {
  const removed = (at: number): DiffLine => ({ kind: "removed", text: old[at] ?? "", before: offset + at + 1 });
  const added = (at: number): DiffLine => ({ kind: "added", text: now[at] ?? "", after: offset + at + 1 });
  if (old.length * now.length > CELLS_MAX)
    return [...old.map((_, at) => removed(at)), ...now.map((_, at) => added(at))];
  const width = now.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  const cell = (row: number, column: number): number => longest[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row--)
    for (let column = now.length - 1; column >= 0; column--)
      longest[row * width + column] =
        old[row] === now[column]
          ? cell(row + 1, column + 1) + 1
          : Math.max(cell(row + 1, column), cell(row, column + 1));
  const lines: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < old.length || column < now.length) {
    if (row < old.length && column < now.length && old[row] === now[column]) {
      lines.push({ kind: "same", text: old[row] ?? "", before: offset + row + 1, after: offset + column + 1 });
      row++;
      column++;
    } else if (column >= now.length || (row < old.length && cell(row + 1, column) >= cell(row, column + 1))) {
      lines.push(removed(row));
      row++;
    } else {
      lines.push(added(column));
      column++;
    }
  }
  return lines;
}

function foldSame(lines: readonly DiffLine[]): readonly DiffLine[] {
  const isNear = lines.map(() => false);
  lines.forEach((line, at) => {
    if (line.kind === "same") return;
    for (let near = Math.max(0, at - AROUND); near <= Math.min(lines.length - 1, at + AROUND); near++)
      isNear[near] = true;
  });
  const folded: DiffLine[] = [];
  let gap = 0;
  const close = () => {
    if (gap > 0) folded.push({ kind: "gap", text: "", before: gap });
    gap = 0;
  };
  lines.forEach((line, at) => {
    if (isNear[at] !== true) {
      gap++;
      return;
    }
    close();
    folded.push(line);
  });
  close();
  return folded;
}
