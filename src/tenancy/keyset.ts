/**
 * A stretch of an ordered list, asked for by the last key one has seen: rows strictly beyond `after` in the given order, at
 * most `limit`. There is no offset anywhere: page ten thousand costs what the first one costs.
 */
export interface Keyset {
  readonly after: string | undefined;
  readonly order: "ascending" | "descending";
  readonly limit: number;
}

/** `and <column> > $n` and `order by <column> asc` of a keyset, whose `after` is the parameter numbered `n`. */
export function keysetSql(keyset: Keyset, column: string, n: number, cast: string): { where: string; order: string } {
  const [beyond, direction] = keyset.order === "ascending" ? [">", "asc"] : ["<", "desc"];
  return {
    // The parameter is named in both branches, so that the statement always takes the same parameters.
    where: keyset.after === undefined ? `and $${n}::${cast} is null` : `and ${column} ${beyond} $${n}::${cast}`,
    order: `order by ${column} ${direction}`,
  };
}
