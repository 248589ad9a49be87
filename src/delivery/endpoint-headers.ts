import { isHeaderName, isHeaderValue, isReservedHeader, type Queryable, type Sealer } from "#kernel";
import { type Resealed, sealAnew } from "./endpoint-secret.ts";

/** Custom headers in the order and case in which they are sent. */
export type Headers = readonly (readonly [name: string, value: string])[];

export const HEADERS_MAX = 50;
export const HEADER_NAME_LENGTH_MAX = 128;
export const HEADER_VALUE_LENGTH_MAX = 4_096;
/** All together: receivers commonly allow 8 KiB for everything, ours included. */
export const HEADERS_LENGTH_MAX = 6_144;

export const MASK = "••••••";

/** Values that are credentials whatever they hold; Svix's list and what else the field uses. */
const SENSITIVE = new Set([
  "authorization",
  "proxy-authorization",
  "www-authenticate",
  "x-auth-token",
  "cookie",
  "set-cookie",
]);
const SENSITIVE_PART =
  /secret|token|passw|credential|signature|auth|api[-_]?key|access[-_]?key|private[-_]?key|session/;

/** Whether a header's value is hidden wherever it would be shown. */
export function isSensitiveHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return SENSITIVE.has(lower) || SENSITIVE_PART.test(lower);
}

/** `Posthorn-*` tells hops and will tell more; `User-Agent` says who sends. */
function isOurs(name: string): boolean {
  const lower = name.toLowerCase();
  return isReservedHeader(name) || lower.startsWith("posthorn-") || lower === "user-agent";
}

export interface HeaderFault {
  readonly name: string;
  readonly message: string;
}

/** What is wrong with custom headers; empty when they may be sent. Names that belong to the sender are refused (P8). */
export function headerFaults(headers: Headers): HeaderFault[] {
  const faults: HeaderFault[] = [];
  const seen = new Set<string>();
  let length = 0;
  for (const [name, value] of headers) {
    length += name.length + value.length + 4;
    const lower = name.toLowerCase();
    if (name.length > HEADER_NAME_LENGTH_MAX || !isHeaderName(name)) {
      faults.push({
        name,
        message: `${JSON.stringify(name.slice(0, 64))} is no header name: letters, digits and !#$%&'*+-.^_\`|~ only, at most ${HEADER_NAME_LENGTH_MAX}`,
      });
    } else if (isOurs(name)) {
      faults.push({ name, message: `The header ${name} is set by the sender and cannot be chosen` });
    } else if (seen.has(lower)) {
      faults.push({ name, message: `The header ${name} is given twice: names differ only in case` });
    }
    // The value is not quoted: it may be a credential.
    if (value.length > HEADER_VALUE_LENGTH_MAX || !isHeaderValue(value)) {
      faults.push({
        name,
        message: `The value has ${value.length} characters; it should have at most ${HEADER_VALUE_LENGTH_MAX}, all visible characters of Latin-1, with spaces only inside`,
      });
    }
    seen.add(lower);
  }
  if (headers.length > HEADERS_MAX) {
    faults.push({ name: "", message: `There are ${headers.length} headers; at most ${HEADERS_MAX} are allowed` });
  }
  if (length > HEADERS_LENGTH_MAX) {
    faults.push({ name: "", message: `The headers have ${length} bytes; at most ${HEADERS_LENGTH_MAX} are allowed` });
  }
  return faults;
}

/** Headers after a patch: a value replaces or adds, null removes; names are the same whatever their case. */
export function patchHeaders(headers: Headers, patch: readonly (readonly [string, string | null])[]): Headers {
  const patched = new Map(headers.map((header) => [header[0].toLowerCase(), header]));
  for (const [name, value] of patch) {
    if (value === null) patched.delete(name.toLowerCase());
    else patched.set(name.toLowerCase(), [name, value]);
  }
  return [...patched.values()];
}

/** What may be shown, and the names of what may not. */
export function showHeaders(headers: Headers): { readonly shown: Headers; readonly sensitive: readonly string[] } {
  return {
    shown: headers.filter(([name]) => !isSensitiveHeader(name)),
    sensitive: headers.filter(([name]) => isSensitiveHeader(name)).map(([name]) => name),
  };
}

export function maskHeaders(headers: Headers): Headers {
  return headers.map(([name, value]) => [name, isSensitiveHeader(name) ? MASK : value]);
}

const contextOf = (endpointId: string) => `endpoint_headers:${endpointId}`;

/** Null when there are none. */
export function sealHeaders(sealer: Sealer, endpointId: string, headers: Headers): Buffer | null {
  if (headers.length === 0) return null;
  return sealer.seal(Buffer.from(JSON.stringify(headers)), contextOf(endpointId));
}

/** Throws SealError. */
export function openHeaders(sealer: Sealer, endpointId: string, sealed: Uint8Array | null): Headers {
  if (sealed === null) return [];
  // Written by sealHeaders and authenticated by the seal: its shape needs no second look.
  return JSON.parse(sealer.open(sealed, contextOf(endpointId)).toString()) as Headers;
}

/** Seals anew those of the next `limit` endpoints' headers that another master key sealed: see `resealSecrets`. */
export async function resealHeaders(
  q: Queryable,
  sealer: Sealer,
  after: string | undefined,
  limit: number,
): Promise<Resealed> {
  const rows = await q.query<{ id: string; headers_sealed: Uint8Array }>(
    `select id, headers_sealed from posthorn.endpoint
      where id > $1 and headers_sealed is not null order by id limit $2`,
    [after ?? "00000000-0000-0000-0000-000000000000", limit],
  );
  let [resealed, unopened] = [0, 0];
  for (const row of rows) {
    const sealed = sealAnew(sealer, row.headers_sealed, contextOf(row.id));
    if (sealed === "unopened") unopened++;
    if (typeof sealed === "string") continue;
    await q.query("update posthorn.endpoint set headers_sealed = $2 where id = $1 and headers_sealed = $3", [
      row.id,
      sealed,
      row.headers_sealed,
    ]);
    resealed++;
  }
  return { resealed, unopened, next: rows.length < limit ? undefined : rows.at(-1)?.id };
}
