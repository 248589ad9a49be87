import type { Look } from "#kernel";

/**
 * What was done stays in the indexes for as long as anybody holds a snapshot from before (P11), in front of what is due: a look from the beginning
 * walks over all of it. So each second only what fell due within this time is looked for, in SQL; for what is older, as after an outage, a look
 * goes through everything once in `EVERYTHING_MS`.
 */
export const LATELY = "interval '1 minute'";
const EVERYTHING_MS = 30_000;

/** Whether a look takes what fell due lately, or everything. */
export type Reach = "lately" | "everything";

/** The two looks at what falls due: `condition` says of a row of `table` that it is, and `lately`, about the column `by`, that it is not long since. */
export function dueLooks(what: {
  readonly name: string;
  readonly table: string;
  readonly condition: string;
  readonly by: string;
  readonly lately: string;
  readonly run: (reach: Reach) => Promise<number>;
}): Look[] {
  const { name, table, condition, by, lately, run } = what;
  // Ordered, so that the index is walked from there on: how little that leaves, the planner cannot know.
  const pending = `(select true from ${table} where ${condition} and ${by} ${lately} order by ${by} limit 1)`;
  return [
    { name, pending, run: () => run("lately") },
    // Asked seldom, so that the statement of each second does not walk.
    {
      name: `${name}_everything`,
      pending: `(select true from ${table} where ${condition} order by ${by} limit 1)`,
      askedEveryMs: EVERYTHING_MS,
      run: () => run("everything"),
    },
  ];
}
