import ipaddr from "ipaddr.js";
import { parseMasterKey } from "../seal.ts";
import { Secret } from "../secret.ts";
import { parsePairs } from "../trace/pairs.ts";

/** What reading a text gave: the value, or what is wrong with the text and what would be right (never the text itself). */
export type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** How one kind of setting is read. `kind` is the word of the reference page. */
export interface Reader<T> {
  readonly kind: string;
  read(text: string): Reading<T>;
}

/** A closed range, both ends written as an operator would write them. */
export interface Range {
  readonly min: string;
  readonly max: string;
}

export interface ListenAddress {
  /** A host name, an IPv4 address, or an IPv6 address without its brackets. */
  readonly host: string;
  /** 0 lets the operating system choose. */
  readonly port: number;
}

const good = <T>(value: T): Reading<T> => ({ ok: true, value });
const bad = (problem: string): { readonly ok: false; readonly problem: string } => ({ ok: false, problem });

const SIZES: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
const DURATIONS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A size in bytes: a whole number with a binary unit (`512KiB`); the unit says aloud what a bare number would leave open. */
export function size(range: Range): Reader<number> {
  return measure("size", SIZES, "a whole number followed by B, KiB, MiB or GiB, such as 512KiB", range);
}

/** A duration in milliseconds: a whole number with its unit (`15s`, `90d`). */
export function duration(range: Range): Reader<number> {
  return measure("duration", DURATIONS, "a whole number followed by ms, s, m, h or d, such as 15s", range);
}

function measure(kind: string, units: Readonly<Record<string, number>>, form: string, range: Range): Reader<number> {
  const plain = (text: string): number | undefined => {
    const parts = /^(\d{1,15})([A-Za-z]+)$/.exec(text);
    const factor = Object.hasOwn(units, parts?.[2] ?? "") ? units[parts?.[2] ?? ""] : undefined;
    const value = Number(parts?.[1]) * (factor ?? Number.NaN);
    return Number.isSafeInteger(value) ? value : undefined;
  };
  const min = plain(range.min) ?? 0;
  const max = plain(range.max) ?? Number.MAX_SAFE_INTEGER;
  return {
    kind: `${kind}, ${range.min} to ${range.max}`,
    read(text) {
      const value = plain(text);
      if (value === undefined) {
        return bad(`a ${kind} is ${form}`);
      }
      return value < min || value > max ? bad(`it must be from ${range.min} to ${range.max}`) : good(value);
    },
  };
}

/** A whole number within a range; digits may be grouped by underscores. */
export function count(min: number, max: number): Reader<number> {
  return {
    kind: `number, ${min} to ${max}`,
    read(text) {
      if (!/^\d+(_\d+)*$/.test(text)) {
        return bad(`it must be a whole number from ${min} to ${max}`);
      }
      const value = Number(text.replaceAll("_", ""));
      return value < min || value > max ? bad(`it must be a whole number from ${min} to ${max}`) : good(value);
    },
  };
}

/** One word of a closed list. */
export function choice<const T extends string>(...words: readonly T[]): Reader<T> {
  return {
    kind: `one of ${words.join(", ")}`,
    read(text) {
      const found = words.find((word) => word === text);
      return found === undefined ? bad(`it must be one of ${words.join(", ")}`) : good(found);
    },
  };
}

/** Some words of a closed list, comma separated; `all` stands for the whole list. */
export function choices<const T extends string>(...words: readonly T[]): Reader<ReadonlySet<T>> {
  return {
    kind: `all, or a list of ${words.join(", ")}`,
    read(text) {
      if (text === "all") {
        return good(new Set(words));
      }
      const chosen = new Set<T>();
      for (const part of listed(text)) {
        const found = words.find((word) => word === part);
        if (found === undefined) {
          return bad(
            `${JSON.stringify(part)} is none of ${words.join(", ")}; name some of them, comma separated, or say all`,
          );
        }
        chosen.add(found);
      }
      return good(chosen);
    },
  };
}

/** A share of a whole. */
export const ratio: Reader<number> = {
  kind: "number, 0 to 1",
  read(text) {
    const value = Number(text);
    return /^\d*\.?\d+(e-?\d+)?$/i.test(text) && value <= 1 ? good(value) : bad("it must be a number from 0 to 1");
  },
};

export const yesOrNo: Reader<boolean> = {
  kind: "true or false",
  read(text) {
    const lower = text.toLowerCase();
    return lower === "true" || lower === "false" ? good(lower === "true") : bad("it must be true or false");
  },
};

/** Any printable text. */
export function word(lengthMax: number): Reader<string> {
  return {
    kind: "text",
    read(text) {
      return text.length <= lengthMax && !/\p{Cc}/u.test(text)
        ? good(text)
        : bad(`it must have at most ${lengthMax} characters and no control characters`);
    },
  };
}

/** `name=value,name=value`, percent-encoded where a comma or an equals sign is meant. */
export const pairs: Reader<readonly (readonly [string, string])[]> = {
  kind: "list of name=value",
  read(text) {
    const found = parsePairs(text);
    return found === undefined ? bad("it must be name=value,name=value, percent-encoded") : good(Object.freeze(found));
  },
};

export const secretPairs: Reader<Secret> = {
  kind: pairs.kind,
  read(text) {
    const found = pairs.read(text);
    return found.ok ? good(new Secret(text)) : found;
  },
};

/** `host:port`, an IPv6 host in brackets. */
export const listenAddress: Reader<ListenAddress> = {
  kind: "host:port",
  read(text) {
    const form = "an address is host:port, such as 127.0.0.1:8420, 0.0.0.0:8420 or [::1]:8420";
    const parts = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,6})$/.exec(text);
    if (parts === null) {
      return bad(form);
    }
    const [, six, name, digits] = parts;
    const port = Number(digits);
    if (port > 65_535) {
      return bad(`a port is a number from 0 to 65535; ${form}`);
    }
    if (six !== undefined) {
      return ipaddr.IPv6.isValid(six)
        ? good(Object.freeze({ host: six, port }))
        : bad(`only an IPv6 address stands in brackets; ${form}`);
    }
    const host = name ?? "";
    const looksNumeric = /^[\d.]+$/.test(host);
    const fits = looksNumeric
      ? ipaddr.IPv4.isValidFourPartDecimal(host)
      : /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host);
    return fits ? good(Object.freeze({ host, port })) : bad(form);
  },
};

/** Networks in CIDR notation, comma separated; a lone address is a network of one; `none` is the empty list. */
export const networks: Reader<readonly string[]> = {
  kind: "none, or a list of CIDRs",
  read(text) {
    if (text === "none") {
      return good(Object.freeze([]));
    }
    const found: string[] = [];
    for (const part of listed(text)) {
      const network = readNetwork(part);
      if (!network.ok) {
        return network;
      }
      found.push(network.value);
    }
    return good(Object.freeze(found));
  },
};

function readNetwork(text: string): Reading<string> {
  const [addressText = "", lengthText, ...rest] = text.split("/");
  const form = `${JSON.stringify(text)} is no network; a network is written 10.0.0.0/8 or fd00::/8`;
  const six = addressText.includes(":");
  const bits = six ? 128 : 32;
  // ipaddr.js also reads octal, hexadecimal and shortened IPv4 forms, which mean different things to different programs.
  const valid = six
    ? ipaddr.IPv6.isValid(addressText) && !addressText.includes("%")
    : ipaddr.IPv4.isValidFourPartDecimal(addressText);
  if (!valid || rest.length > 0 || (lengthText !== undefined && !/^\d{1,3}$/.test(lengthText))) {
    return bad(form);
  }
  const length = lengthText === undefined ? bits : Number(lengthText);
  if (length > bits) {
    return bad(`${form}; the length of its prefix is at most ${bits}`);
  }
  const given = ipaddr.parse(addressText);
  const network = `${(six ? ipaddr.IPv6 : ipaddr.IPv4).networkAddressFromCIDR(`${addressText}/${length}`).toString()}/${length}`;
  return `${given.toString()}/${length}` === network
    ? good(network)
    : bad(`${JSON.stringify(text)} has bits set beyond its prefix; the network it lies in is ${network}`);
}

/** A folder. `~` is the shell's, which does not expand it in `NAME=value` of an env file. */
export const folder: Reader<string> = {
  kind: "folder",
  read(text) {
    if (text.startsWith("~")) {
      return bad("~ is not expanded here; write the path out");
    }
    return text.includes("\0") ? bad("a path has no zero byte") : good(text);
  },
};

/** An http or https address without query, fragment or credentials; a trailing slash is dropped. */
export const webAddress: Reader<string> = {
  kind: "URL",
  read(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const web = url !== undefined && (url.protocol === "https:" || url.protocol === "http:");
    if (!web || url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
      return bad(
        "it must be an http or https URL without credentials, query or fragment, such as https://hooks.example.com",
      );
    }
    return good(url.href.replace(/\/+$/, ""));
  },
};

/** Origins of web pages, as browsers write them: `https://app.example.com`. `none` is the empty list, `*` every origin. */
export const origins: Reader<readonly string[]> = {
  kind: "none, *, or a list of origins",
  read(text) {
    if (text === "none") return good(Object.freeze([]));
    const found = new Set<string>();
    for (const part of listed(text)) {
      const url = URL.canParse(part) ? new URL(part) : undefined;
      const web = url !== undefined && /^https?:$/.test(url.protocol) && /^[a-z0-9.:[\]-]+$/.test(url.host);
      if (part !== "*" && (!web || part.replace(/\/$/, "").toLowerCase() !== url.origin)) {
        const nearest = web ? `; it may mean ${url.origin}` : ", such as https://app.example.com";
        return bad(
          `${JSON.stringify(part)} is no origin: scheme, host and port (unless usual) and nothing else${nearest}`,
        );
      }
      found.add(part === "*" || url === undefined ? "*" : url.origin);
    }
    return good(Object.freeze(found.has("*") ? ["*"] : [...found]));
  },
};

/** A PostgreSQL connection URL; secret, because it usually carries a password. */
export const databaseUrl: Reader<Secret> = {
  kind: "PostgreSQL URL",
  read(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || (url.protocol !== "postgres:" && url.protocol !== "postgresql:")) {
      return bad("it must begin with postgres:// or postgresql://, as in postgres://user:password@host:5432/database");
    }
    return url.pathname.length > 1
      ? good(new Secret(text))
      : bad("it must name a database, as in postgres://user:password@host:5432/database");
  },
};

/** A bearer token: long enough not to be guessed, and of characters a header may carry. */
export const token: Reader<Secret> = {
  kind: "token, 16 or more characters",
  read(text) {
    if (!/^[\x21-\x7e]*$/.test(text)) {
      return bad("it must consist of printable ASCII without spaces, since it travels in a header");
    }
    return text.length < 16
      ? bad(`it has ${text.length} characters and must have at least 16; openssl rand -hex 32 makes a good one`)
      : good(new Secret(text));
  },
};

/** Master keys, comma separated; the first seals, all of them open. They stay text, so that no print of the config shows them. */
export const masterKeys: Reader<readonly Secret[]> = {
  kind: "list of keys of 32 bytes, base64 or hexadecimal",
  read(text) {
    const parts = listed(text);
    for (const [index, part] of parts.entries()) {
      const key = parseMasterKey(part);
      if (!key.ok) {
        return bad(parts.length > 1 ? `key ${index + 1} of ${parts.length}: ${key.message}` : key.message);
      }
    }
    return new Set(parts).size < parts.length
      ? bad("a key stands in it twice")
      : good(Object.freeze(parts.map((part) => new Secret(part))));
  },
};

const listed = (text: string): string[] => text.split(",").map((part) => part.trim());
