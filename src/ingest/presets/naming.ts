import { jsonObject, textAt } from "./body.ts";
import { toEventType } from "./event-type.ts";
import type { OptionReader } from "./options.ts";
import type { Disbelieved, HeaderLookup } from "./preset.ts";

/** Where a sender without rules of its own puts the name of what happened and its id. */
export interface Naming {
  readonly typeHeader: string | undefined;
  readonly typePath: readonly string[];
  readonly typeOtherwise: string;
  readonly idHeader: string | undefined;
  readonly idPath: readonly string[] | undefined;
}

/**
 * Options shared by `standard-webhooks`, `hmac` and `none`: `eventTypeHeader`, `eventTypeField` (default `type`),
 * `eventTypeDefault` (default `webhook`), and, with `ids`, `idHeader` and `idField`.
 */
export function readNaming(options: OptionReader, ids: "ids" | "no_ids"): Naming {
  const typeHeader = options.headerName("eventTypeHeader");
  const typePath = options.path("eventTypeField") ?? ["type"];
  const typeOtherwise = options.text("eventTypeDefault", 256) ?? "webhook";
  if (toEventType(typeOtherwise) !== typeOtherwise) {
    options.fault("eventTypeDefault", "eventTypeDefault should consist of letters, digits, -, _ and . only.");
  }
  if (ids === "no_ids") return { typeHeader, typePath, typeOtherwise, idHeader: undefined, idPath: undefined };
  return {
    typeHeader,
    typePath,
    typeOtherwise,
    idHeader: options.headerName("idHeader"),
    idPath: options.path("idField"),
  };
}

/** Names the event: the header, else the field of a JSON body, else the default. A body that is no JSON is as welcome. */
export function nameOf(
  naming: Naming,
  headers: HeaderLookup,
  body: Uint8Array,
): { readonly eventType: string; readonly id: string | undefined } {
  const typeOfHeader = naming.typeHeader === undefined ? undefined : toEventType(headers.get(naming.typeHeader));
  const idOfHeader = naming.idHeader === undefined ? undefined : (headers.get(naming.idHeader) ?? undefined);
  const wantsBody = typeOfHeader === undefined || (naming.idPath !== undefined && idOfHeader === undefined);
  const json = wantsBody ? jsonObject(body) : undefined;
  return {
    eventType: typeOfHeader ?? toEventType(textAt(json, naming.typePath)) ?? naming.typeOtherwise,
    id: idOfHeader ?? (naming.idPath === undefined ? undefined : textAt(json, naming.idPath)),
  };
}

/**
 * Checks an id that is signed in front of the body with dots between. Without a limit on its characters the dots could be
 * moved: `a` + `1` + `2.x` and `a.1` + `2` + `x` sign the same bytes. Standard Webhooks names that attack; refusing what
 * a JSON body starts with (braces, quotes, space) closes it and still takes ids with dots.
 */
export function checkSignedId(id: string | null, header: string): Disbelieved | undefined {
  if (id === null || id === "") {
    return { kind: "rejected", reason: "id_missing", detail: `The request has no ${header} header.` };
  }
  if (/^[A-Za-z0-9_\-.:~+/=|@]{1,256}$/.test(id)) return undefined;
  return {
    kind: "rejected",
    reason: "id_malformed",
    detail: `${header} should be 1 to 256 letters, digits and _-.:~+/=|@; it has ${id.length} characters.`,
  };
}
