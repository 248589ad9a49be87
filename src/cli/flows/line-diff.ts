const CONTEXT = 3;
/** Lines that differ in the middle of two texts, above which they are told as one change: comparing costs their product. */
const COMPARED_MAX = 2_000;

/** Two texts line by line: `-` what only the first has, `+` what only the second has, three lines around each; empty: they are the same. */
export function lineDiff(before: string, after: string): string {
  const a = lines(before);
  const b = lines(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  if (head === a.length && head === b.length) return "";
  const middle = compared(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  const all = [...a.slice(0, head).map(same), ...middle, ...a.slice(a.length - tail).map(same)];
  const near = all.map((_, i) => all.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some(([sign]) => sign !== " "));
  const shown: string[] = [];
  for (const [i, [sign, line]] of all.entries()) {
    if (near[i]) shown.push(`${sign}${line}`);
    else if (near[i - 1] === true || i === 0) shown.push("…");
  }
  return `${shown.join("\n")}\n`;
}

type Line = readonly [sign: " " | "-" | "+", text: string];
const same = (line: string): Line => [" ", line];
const lines = (text: string) => text.replace(/\n$/, "").split("\n");

/** By the longest common subsequence. */
function compared(a: readonly string[], b: readonly string[]): Line[] {
  const all = (): Line[] => [...a.map((line): Line => ["-", line]), ...b.map((line): Line => ["+", line])];
  if (a.length > COMPARED_MAX || b.length > COMPARED_MAX) return all();
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const out: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      out.push([" ", left]);
      i++;
      j++;
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      out.push(["-", left]);
      i++;
    } else if (right !== undefined) {
      out.push(["+", right]);
      j++;
    }
  }
  return out;
}
