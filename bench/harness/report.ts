import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine, Versions } from "./machine.ts";
import type { Spread } from "./stats.ts";

/** A figure with its unit. `undefined` and NaN print as a dash: not measured is not zero. */
export type Cell = string | number | Spread | undefined;

export interface Table {
  readonly title: string;
  /** Column names; the first names the row. Units belong in the name. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** One line of the design's table of numbers: what was asked for, what was found. */
export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  readonly reached: boolean;
}

export interface Report {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly tables: readonly Table[];
  readonly targets: readonly Target[];
  /** What a reader must know before quoting a figure. */
  readonly notes: readonly string[];
}

export interface Result extends Report {
  readonly scenario: string;
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly versions: Versions;
}

export function print(result: Result): void {
  const { machine, versions } = result;
  console.log(
    `\n${result.scenario}  ${result.date}${result.quick ? "  QUICK: shows that it works, not how fast it is" : ""}`,
  );
  console.log(
    `${machine.cores} × ${machine.model}, ${machine.memoryGiB} GiB, ${machine.kernel}, ${machine.fileSystem}, fsync ${machine.fsyncMs} ms`,
  );
  console.log(
    `Bun ${versions.bun}, PostgreSQL ${versions.postgres}, engine ${versions.commit}, load before ${machine.loadBefore.toFixed(2)}`,
  );
  for (const [name, value] of Object.entries(result.settings)) {
    console.log(`  ${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
  }
  for (const table of result.tables) {
    console.log(`\n${render(table)}`);
  }
  if (result.targets.length > 0) {
    const rows = result.targets.map((target) => [
      target.what,
      target.wanted,
      target.found,
      target.reached ? "yes" : "NO",
    ]);
    console.log(`\n${render({ title: "Targets", columns: ["what", "wanted", "found", "reached"], rows })}`);
  }
  for (const note of result.notes) {
    console.log(`- ${note}`);
  }
}

/** Plain text columns that a terminal and a Markdown code block both show well. */
export function render(table: Table): string {
  const lines = [table.columns.map(String), ...table.rows.map((row) => row.map(show))];
  const widths = table.columns.map((_, i) => Math.max(...lines.map((line) => (line[i] ?? "").length)));
  const numeric = table.columns.map((_, i) => i > 0 && table.rows.every((row) => typeof row[i] !== "string"));
  const pad = (line: readonly string[]): string =>
    line
      .map((text, i) => (numeric[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  const [head = [], ...body] = lines;
  return [table.title, pad(head), widths.map((width) => "-".repeat(width)).join("  "), ...body.map(pad)].join("\n");
}

export function show(cell: Cell): string {
  if (cell === undefined || (typeof cell === "number" && Number.isNaN(cell))) {
    return "-";
  }
  if (typeof cell === "string") {
    return cell;
  }
  if (typeof cell === "number") {
    return figure(cell);
  }
  return cell.count === 1 || cell.min === cell.max
    ? figure(cell.median)
    : `${figure(cell.median)} (${figure(cell.min)}–${figure(cell.max)})`;
}

/** Three significant digits below a hundred, whole numbers with separators above. */
function figure(value: number): string {
  if (Number.isNaN(value)) {
    return "-";
  }
  return Math.abs(value) >= 100 || Number.isInteger(value)
    ? Math.round(value).toLocaleString("en-US")
    : String(Number(value.toPrecision(3)));
}

export function save(root: string, result: Result): string {
  const folder = join(root, "bench/results");
  mkdirSync(folder, { recursive: true });
  // A quick run must not replace figures that somebody quotes.
  const path = join(folder, `${result.scenario}${result.quick ? ".quick" : ""}.json`);
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
}
