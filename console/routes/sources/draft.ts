import type { components } from "../../api/schema.d.ts";
import { factsOf, OPTIONS, type OptionName } from "./presets.ts";
import type { Preset, Source } from "./source.ts";

/** A source as it is typed: everything is text. */
export interface Draft {
  readonly preset: Preset;
  readonly name: string;
  readonly uid: string;
  /** Only when it is made; later it is rotated. */
  readonly secret: string;
  readonly options: Readonly<Partial<Record<OptionName, string>>>;
}

const NAMES = Object.keys(OPTIONS) as readonly OptionName[];

/** The ways in the body that the form has fields for. */
export const FIELDS: readonly string[] = ["preset", "name", "uid", "secret", ...NAMES.map((name) => `options.${name}`)];

export function draftOf(source: Source | undefined): Draft {
  const given = (name: OptionName) => {
    const value = source?.options[name];
    return value === undefined || value === null ? [] : [[name, String(value)] as const];
  };
  return {
    preset: source?.preset ?? "stripe",
    name: source?.name ?? "",
    uid: source?.uid ?? "",
    secret: "",
    options: Object.fromEntries(NAMES.flatMap(given)),
  };
}

/** Options as the preset takes them: what is empty is its default. What is no number stays as it was typed, so that the API says what is wrong. */
export function optionsOf({ preset, options }: Draft): Record<string, string | number> {
  return Object.fromEntries(
    factsOf(preset).options.flatMap((name) => {
      const text = options[name]?.trim() ?? "";
      if (text === "") return [];
      return [[name, OPTIONS[name].kind === "seconds" && /^\d+$/.test(text) ? Number(text) : text] as const];
    }),
  );
}

/** What can be changed of a source; its preset and its secret are no part of it. */
export function changeOf(draft: Draft): components["schemas"]["SourcePatch"] {
  const uid = draft.uid.trim();
  return { name: draft.name.trim(), uid: uid === "" ? null : uid, options: optionsOf(draft) };
}

export function bodyOf(draft: Draft): components["schemas"]["SourceIn"] {
  const secret = draft.secret === "" || factsOf(draft.preset).secretFrom === "nobody" ? {} : { secret: draft.secret };
  return { ...changeOf(draft), preset: draft.preset, ...secret };
}

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;

/**
 * What can be said about a draft before it is sent, by field. Only about what was typed: what is missing is told when it is sent. The API
 * says all of it again, and more.
 */
export function faultsOf(draft: Draft): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const secret = secretFault(draft.preset, draft.secret);
  if (secret !== undefined) found["secret"] = secret;
  const { options: known } = factsOf(draft.preset);
  for (const name of known) {
    const text = draft.options[name]?.trim() ?? "";
    if (text === "") continue;
    const fault = optionFault(name, text);
    if (fault !== undefined) found[`options.${name}`] = fault;
  }
  if (!known.includes("template")) return found;

  const template = draft.options.template?.trim() || "{body}";
  const has = (name: OptionName) => (draft.options[name]?.trim() ?? "") !== "";
  const strange = template.match(/\{[^{}]*\}/g)?.find((part) => !["{body}", "{timestamp}", "{id}"].includes(part));
  if (strange !== undefined) found["options.template"] = `${strange} is none of {body}, {timestamp} and {id}.`;
  else if (template.split("{body}").length !== 2)
    found["options.template"] = "It should have {body} exactly once: what is not signed can be changed on the way.";
  if (template.includes("{timestamp}") && !has("timestampHeader"))
    found["options.timestampHeader"] = "{timestamp} is signed: say which header it comes in.";
  if (!template.includes("{timestamp}") && has("timestampHeader"))
    found["options.timestampHeader"] =
      "{timestamp} is not part of what is signed: a time that is not signed proves nothing.";
  if (template.includes("{id}") && !has("idHeader"))
    found["options.idHeader"] = "{id} is signed: say which header it comes in.";
  return found;
}

function optionFault(name: OptionName, text: string): string | undefined {
  switch (OPTIONS[name].kind) {
    case "header":
      return HEADER_NAME.test(text) ? undefined : "That is not the name of an HTTP header.";
    case "path":
      return text.split(".").every((part) => part !== "") ? undefined : "It should be names with dots between: data.id";
    case "seconds": {
      const seconds = Number(text);
      const fits = Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400;
      return fits ? undefined : "It should be a whole number from 1 to 86,400.";
    }
    case "text":
      if (name === "eventTypeDefault" && !/^[\w.-]+$/.test(text)) return "Letters, digits, -, _ and dots only.";
      return undefined;
    case "choice":
      return undefined;
  }
}

/** What is wrong with a secret as it was pasted; undefined: nothing that can be seen from here. */
export function secretFault(preset: Preset, secret: string): string | undefined {
  if (secret === "") return undefined;
  if (secret !== secret.trim()) return "It begins or ends with white space: paste it without.";
  if (preset !== "standard-webhooks") return undefined;
  if (secret.startsWith("whsk_")) return "whsk_ is the sender's private key; its public one is needed, whpk_…";
  if (!/^(whsec_|whpk_)?[A-Za-z0-9+/_-]+=*$/.test(secret))
    return "It should be base64, with whsec_ or whpk_ before it.";
  return undefined;
}
