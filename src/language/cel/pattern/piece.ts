// What a pattern is made of, as it is read.

export type Matcher = (code: number, char: string) => boolean;

export interface Char {
  readonly kind: "char";
  readonly test: Matcher;
  /** What one question costs: a set asks each of its members. */
  readonly cost: number;
}

export type Assertion = "start" | "end" | "line_start" | "line_end" | "boundary" | "no_boundary";

export type Piece =
  | Char
  | { readonly kind: "assert"; readonly what: Assertion }
  | { readonly kind: "sequence"; readonly pieces: readonly Piece[] }
  | { readonly kind: "either"; readonly pieces: readonly Piece[] }
  | { readonly kind: "repeat"; readonly piece: Piece; readonly min: number; readonly max: number };

export class Unfit {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}
