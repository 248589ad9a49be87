/** Svix's rule for every name that a customer chooses: an application's, endpoint's or source's uid, an event type, a channel. */
export const UID_PATTERN = /^[a-zA-Z0-9\-_.]+$/;
export const UID_LENGTH_MAX = 256;

const ID_PREFIXES = ["app_", "ep_", "msg_", "src_", "atmpt_"] as const;

/** A uid that could be taken for an id is refused: `GET /app/{id or uid}` must mean one thing. */
export function isReservedUid(uid: string): boolean {
  return ID_PREFIXES.some((prefix) => uid.startsWith(prefix));
}
