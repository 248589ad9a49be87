/** Ends a switch over a closed union: a forgotten case does not compile, and a value from outside the union is told. */
export function unreachable(value: never): never {
  throw new Error(`A value outside its closed union reached a switch: ${JSON.stringify(value)}`);
}
