// What people write who think in another language, and what it is here.

/** By name in small letters, of functions and of members that look like one; `…` stands for the value. */
const FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ["tolowercase", "….lowerAscii()"],
  ["lower", "….lowerAscii()"],
  ["downcase", "….lowerAscii()"],
  ["touppercase", "….upperAscii()"],
  ["upper", "….upperAscii()"],
  ["upcase", "….upperAscii()"],
  ["length", "size(…)"],
  ["len", "size(…)"],
  ["count", "size(…)"],
  ["includes", "….contains(x)"],
  ["tostring", "string(…)"],
  ["str", "string(…)"],
  ["parsefloat", "double(…)"],
  ["parseint", "int(…)"],
  ["number", "double(…)"],
  ["some", "….exists(x, …)"],
  ["any", "….exists(x, …)"],
  ["every", "….all(x, …)"],
  ["foreach", "….map(x, …)"],
  ["default", "….orValue(x)"],
  ["tojson", "string(…)"],
  ["test", "….matches(pattern)"],
  ["match", "….matches(pattern)"],
  ["date", "timestamp(…)"],
]);

/** What a name of a function in another language is called here; undefined: nobody knows. Misspelt ones are known, too. */
export function functionMeant(
  name: string,
  nearest: (word: string, known: Iterable<string>) => string | undefined,
): string | undefined {
  const small = name.toLowerCase();
  const misspelt = small.length < 4 ? undefined : nearest(small, FUNCTIONS.keys());
  return FUNCTIONS.get(small) ?? (misspelt === undefined ? undefined : FUNCTIONS.get(misspelt));
}

/** Signs and words of other languages, in the order in which they are looked for; texts in quotes are left out before. */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/\{\{|\$\{/, 'An expression stands by itself, without braces: { "$": "event.data.name" }.'],
  [/!==/, "Inequality is `!=`."],
  [/===|(?:^|[^=!<>])=(?!=)(?!>)/, "Equality is `==`."],
  [/=>/, "What is done with each element has a name for it: `list.map(x, x.name)`."],
  [/\?\?/, "A value for what need not be there: `input.?name.orValue(0)`."],
  [/\?\./, "A member that need not be there: `input.?name`, and then `.orValue(…)`."],
  [/(?<!&)&(?!&)|\band\b/i, "And is `&&`."],
  [/(?<!\|)\|(?!\|)|\bor\b/i, "Or is `||`."],
  [/\bnot\b/i, "Not is `!`."],
  [/;\s*$/, "An expression has no `;` behind it."],
  [/^[\p{L}\d\s,.!?'’-]+$/u, 'Text within an expression stands in quotes: "…".'],
];

/** Of an expression that is none, so much is looked at: leaving out what is in quotes takes time by the square of its length. */
const LOOKED_AT_MAX = 1_000;

/** What is right instead, where text is no expression. */
export function signMeant(text: string): string | undefined {
  const bare = text.slice(0, LOOKED_AT_MAX).replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
  return SIGNS.find(([sign]) => sign.test(bare))?.[1];
}
