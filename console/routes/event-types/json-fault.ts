/** Where a text stops being JSON, for whoever types it. */
export interface JsonFault {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

class Stop {
  readonly at: number;
  readonly message: string;
  constructor(at: number, message: string) {
    this.at = at;
    this.message = message;
  }
}

const DEPTH_MAX = 200;

/**
 * The first place at which a text is no JSON (RFC 8259); undefined: it is. `JSON.parse` of each browser tells it differently, and some not
 * at all. Also refuses a name that stands twice in one object, of which parsers keep one and say nothing.
 */
export function jsonFault(text: string): JsonFault | undefined {
  try {
    read(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const before = text.slice(0, error.at);
    const line = before.split("\n").length;
    return { line, column: error.at - before.lastIndexOf("\n"), message: error.message };
  }
}

function read(text: string): void {
  let at = 0;

  const space = () => {
    while (at < text.length && " \t\n\r".includes(text.charAt(at))) at++;
  };
  const shown = () => (at >= text.length ? "the end" : JSON.stringify(text.charAt(at)));
  const wanted = (what: string) => new Stop(at, `Here should be ${what}, and there is ${shown()}`);

  function value(depth: number): void {
    if (depth > DEPTH_MAX) throw new Stop(at, `It is nested more than ${DEPTH_MAX} deep`);
    const first = text.charAt(at);
    if (first === "{") object(depth);
    else if (first === "[") list(depth);
    else if (first === '"') string();
    else scalar(first);
  }

  function scalar(first: string): void {
    const word = /^(?:true|false|null)(?![\w$])/.exec(text.slice(at, at + 6));
    const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/.exec(text.slice(at, at + 400));
    const found = word ?? number;
    if (found !== null) {
      at += found[0].length;
      return;
    }
    if (first === "'") throw new Stop(at, "Text stands in double quotes");
    throw wanted("a value");
  }

  function object(depth: number): void {
    const names = new Set<string>();
    at++;
    space();
    if (text.charAt(at) === "}") {
      at++;
      return;
    }
    for (;;) {
      space();
      if (text.charAt(at) !== '"') {
        if (text.charAt(at) === "}")
          throw new Stop(at, "After a comma another name should follow: take the comma away");
        throw wanted("a name in double quotes");
      }
      const start = at;
      const name = string();
      if (names.has(name)) throw new Stop(start, `The name ${name} stands twice in this object`);
      names.add(name);
      space();
      if (text.charAt(at) !== ":") throw wanted("a colon");
      at++;
      space();
      value(depth + 1);
      space();
      if (text.charAt(at) === "}") break;
      if (text.charAt(at) !== ",") throw wanted("a comma or }");
      at++;
    }
    at++;
  }

  function list(depth: number): void {
    at++;
    space();
    if (text.charAt(at) === "]") {
      at++;
      return;
    }
    for (;;) {
      space();
      if (text.charAt(at) === "]") throw new Stop(at, "After a comma another value should follow: take the comma away");
      value(depth + 1);
      space();
      if (text.charAt(at) === "]") break;
      if (text.charAt(at) !== ",") throw wanted("a comma or ]");
      at++;
    }
    at++;
  }

  /** With its quotes, as it stands there. */
  function string(): string {
    const start = at;
    at++;
    for (; at < text.length; at++) {
      const char = text.charAt(at);
      if (char === '"') {
        at++;
        return text.slice(start, at);
      }
      if (char === "\n") throw new Stop(start, "This text has no end on its line");
      if (char < " ") throw new Stop(at, "A control character should be written with \\u");
      if (char === "\\") {
        const escaped = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(text.slice(at, at + 6));
        if (escaped === null) throw new Stop(at, 'After \\ comes one of " \\ / b f n r t, or u and four hex digits');
        at += escaped[0].length - 1;
      }
    }
    throw new Stop(start, "This text has no end");
  }

  space();
  value(0);
  space();
  if (at < text.length) throw wanted("the end");
}
