// From the text of a pattern to its pieces, in RE2's syntax.
import { type Char, type Matcher, type Piece, Unfit } from "./piece.ts";

const REPEAT_MAX = 1_000;

const GROUPS_MAX = 50;

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

export class Reader {
  private readonly chars: readonly string[];
  private at = 0;
  private flags: Flags = { ignoreCase: false, multiline: false, dotAll: false };

  constructor(source: string) {
    this.chars = [...source];
  }

  expectEnd(): void {
    if (this.at < this.chars.length) {
      throw new Unfit("there is a `)` too many.");
    }
  }

  either(depth: number): Piece {
    if (depth > GROUPS_MAX) {
      throw new Unfit(`groups are nested deeper than ${GROUPS_MAX}.`);
    }
    const pieces = [this.sequence(depth)];
    while (this.take("|")) {
      pieces.push(this.sequence(depth));
    }
    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : { kind: "either", pieces };
  }

  private sequence(depth: number): Piece {
    const pieces: Piece[] = [];
    for (let next = this.peek(); next !== undefined && next !== "|" && next !== ")"; next = this.peek()) {
      const piece = this.atom(depth);
      if (piece !== undefined) {
        pieces.push(this.repeated(piece));
      }
    }
    return { kind: "sequence", pieces };
  }

  private repeated(piece: Piece): Piece {
    let min: number;
    let max: number;
    const before = this.at;
    if (this.take("*")) {
      [min, max] = [0, Number.POSITIVE_INFINITY];
    } else if (this.take("+")) {
      [min, max] = [1, Number.POSITIVE_INFINITY];
    } else if (this.take("?")) {
      [min, max] = [0, 1];
    } else {
      const counts = this.counts();
      if (counts === undefined) {
        this.at = before;
        return piece;
      }
      [min, max] = counts;
    }
    // Lazy or not makes no difference to whether there is a match.
    this.take("?");
    if (["*", "+", "?"].includes(this.peek() ?? "") || this.counts() !== undefined) {
      throw new Unfit("a repetition of a repetition needs parentheses.");
    }
    return { kind: "repeat", piece, min, max };
  }

  private counts(): readonly [number, number] | undefined {
    const rest = this.chars.slice(this.at, this.at + 12).join("");
    const match = /^\{(\d{1,4})(?:(,)(\d{1,4})?)?\}/.exec(rest);
    if (match === null) {
      return undefined;
    }
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === undefined ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (min > REPEAT_MAX || (max !== Number.POSITIVE_INFINITY && max > REPEAT_MAX) || max < min) {
      throw new Unfit(`\`${match[0]}\` asks for more than ${REPEAT_MAX} repetitions, or for less than none.`);
    }
    this.at += match[0].length;
    return [min, max];
  }

  private atom(depth: number): Piece | undefined {
    const char = this.next();
    switch (char) {
      case "(":
        return this.group(depth);
      case "[":
        return this.set();
      case ".": {
        const { dotAll } = this.flags;
        return { kind: "char", test: (code) => dotAll || code !== 10, cost: 1 };
      }
      case "^":
        return { kind: "assert", what: this.flags.multiline ? "line_start" : "start" };
      case "$":
        return { kind: "assert", what: this.flags.multiline ? "line_end" : "end" };
      case "*":
      case "+":
      case "?":
        throw new Unfit(`\`${char}\` has nothing before it to repeat.`);
      case "\\":
        return this.escapePiece();
      default:
        return { kind: "char", test: this.literal(char), cost: 1 };
    }
  }

  private group(depth: number): Piece | undefined {
    const outer = this.flags;
    if (this.take("?")) {
      if (
        this.peek() === "=" ||
        this.peek() === "!" ||
        (this.peek() === "<" && "=!".includes(this.chars[this.at + 1] ?? " "))
      ) {
        throw new Unfit("look-ahead and look-behind are not part of the language.");
      }
      if (this.take("P") || this.peek() === "<") {
        while (this.next() !== ">") {
          // The name of a group says nothing about whether there is a match.
        }
      } else {
        this.readFlags();
        if (this.take(")")) {
          return undefined;
        }
        if (!this.take(":")) {
          throw new Unfit(`\`(?${this.peek() ?? ""}\` is no kind of group.`);
        }
      }
    }
    const piece = this.either(depth + 1);
    if (!this.take(")")) {
      throw new Unfit("a `(` is not closed.");
    }
    this.flags = outer;
    return piece;
  }

  private readFlags(): void {
    let on = true;
    for (let char = this.peek(); char !== undefined && char !== ":" && char !== ")"; char = this.peek()) {
      this.at += 1;
      switch (char) {
        case "-":
          on = false;
          break;
        case "i":
          this.flags = { ...this.flags, ignoreCase: on };
          break;
        case "m":
          this.flags = { ...this.flags, multiline: on };
          break;
        case "s":
          this.flags = { ...this.flags, dotAll: on };
          break;
        default:
          throw new Unfit(`\`${char}\` is not a flag; i, m and s are.`);
      }
    }
  }

  private literal(char: string): Matcher {
    if (this.flags.ignoreCase) {
      const lower = char.toLowerCase();
      const upper = char.toUpperCase();
      return (_code, one) => one === char || one.toLowerCase() === lower || one.toUpperCase() === upper;
    }
    const code = char.codePointAt(0) ?? -1;
    return (one) => one === code;
  }

  private escapePiece(): Piece {
    switch (this.peek()) {
      case "b":
        this.at += 1;
        return { kind: "assert", what: "boundary" };
      case "B":
        this.at += 1;
        return { kind: "assert", what: "no_boundary" };
      case "A":
        this.at += 1;
        return { kind: "assert", what: "start" };
      case "z":
        this.at += 1;
        return { kind: "assert", what: "end" };
      default: {
        const escaped = this.escape();
        return { kind: "char", test: typeof escaped === "string" ? this.literal(escaped) : escaped, cost: 1 };
      }
    }
  }

  /** After a backslash: a class, or the character that is meant. */
  private escape(): Matcher | string {
    const char = this.next();
    switch (char) {
      case "d":
        return isDigit;
      case "D":
        return (code) => !isDigit(code);
      case "w":
        return isWord;
      case "W":
        return (code) => !isWord(code);
      case "s":
        return isSpace;
      case "S":
        return (code) => !isSpace(code);
      case "n":
        return "\n";
      case "r":
        return "\r";
      case "t":
        return "\t";
      case "f":
        return "\f";
      case "v":
        return "\v";
      case "x":
        return this.hex();
      case "p":
      case "P":
        return this.property(char === "P");
      default:
        if (/[0-9]/.test(char)) {
          throw new Unfit("references back to a group are not part of the language.");
        }
        if (/[A-Za-z]/.test(char)) {
          throw new Unfit(`\`\\${char}\` means nothing.`);
        }
        return char;
    }
  }

  private hex(): string {
    const rest = this.chars.slice(this.at, this.at + 10).join("");
    const match = /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(rest);
    const code = Number.parseInt(match?.[1] ?? match?.[2] ?? "", 16);
    if (match === null || !(code <= 0x10ffff)) {
      throw new Unfit("`\\x` wants two hexadecimal digits, or some in braces.");
    }
    this.at += match[0].length;
    return String.fromCodePoint(code);
  }

  /** `\pL`, `\p{Greek}`: the platform's tables, asked about one character, where its matcher cannot run away. */
  private property(not: boolean): Matcher {
    let name = this.next();
    if (name === "{") {
      name = "";
      for (let char = this.next(); char !== "}"; char = this.next()) {
        name += char;
      }
    }
    const negated = name.startsWith("^");
    const bare = negated ? name.slice(1) : name;
    const regex = /^[A-Za-z_]{1,32}$/.test(bare) ? (classOf(bare) ?? classOf(`Script=${bare}`)) : undefined;
    if (regex === undefined) {
      throw new Unfit(`\`${name}\` is no class of characters.`);
    }
    const wanted = not === negated;
    return (_code, one) => regex.test(one) === wanted;
  }

  private set(): Char {
    const negated = this.take("^");
    const tests: Matcher[] = [];
    for (let first = true; first || this.peek() !== "]"; first = false) {
      if (this.peek() === "[" && this.chars[this.at + 1] === ":") {
        tests.push(this.posix());
        continue;
      }
      const from = this.setItem();
      if (typeof from !== "string") {
        tests.push(from);
        continue;
      }
      if (this.peek() !== "-" || this.chars[this.at + 1] === "]") {
        tests.push(this.literal(from));
        continue;
      }
      this.at += 1;
      const to = this.setItem();
      const low = from.codePointAt(0) ?? 0;
      const high = typeof to === "string" ? (to.codePointAt(0) ?? 0) : -1;
      if (high < low) {
        throw new Unfit(`\`${from}-${typeof to === "string" ? to : ""}\` is no range.`);
      }
      const within = (code: number): boolean => code >= low && code <= high;
      tests.push(
        this.flags.ignoreCase
          ? (code, one) =>
              within(code) ||
              within(one.toLowerCase().codePointAt(0) ?? -1) ||
              within(one.toUpperCase().codePointAt(0) ?? -1)
          : within,
      );
    }
    this.at += 1;
    return {
      kind: "char",
      test: (code, char) => tests.some((test) => test(code, char)) !== negated,
      cost: 1 + (tests.length >>> 2),
    };
  }

  private setItem(): Matcher | string {
    const char = this.next();
    return char === "\\" ? this.escape() : char;
  }

  private posix(): Matcher {
    const rest = this.chars.slice(this.at, this.at + 14).join("");
    const match = /^\[:(\^?)([a-z]+):\]/.exec(rest);
    const regex = POSIX[match?.[2] ?? ""];
    if (match === null || regex === undefined) {
      throw new Unfit("`[:` begins a class like `[:alpha:]`.");
    }
    this.at += match[0].length;
    const wanted = match[1] === "";
    return (_code, one) => regex.test(one) === wanted;
  }

  private peek(): string | undefined {
    return this.chars[this.at];
  }
  private take(char: string): boolean {
    if (this.chars[this.at] !== char) {
      return false;
    }
    this.at += 1;
    return true;
  }
  private next(): string {
    const char = this.chars[this.at];
    if (char === undefined) {
      throw new Unfit("it ends too early.");
    }
    this.at += 1;
    return char;
  }
}

const POSIX: Readonly<Record<string, RegExp>> = {
  alnum: /^[0-9A-Za-z]$/,
  alpha: /^[A-Za-z]$/,
  digit: /^[0-9]$/,
  lower: /^[a-z]$/,
  punct: /^[!-/:-@[-`{-~]$/,
  space: /^\s$/,
  upper: /^[A-Z]$/,
  word: /^\w$/,
  xdigit: /^[0-9A-Fa-f]$/,
};

function classOf(name: string): RegExp | undefined {
  try {
    return new RegExp(`^\\p{${name}}$`, "u");
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isWord(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 10) || (code >= 12 && code <= 13);
}
