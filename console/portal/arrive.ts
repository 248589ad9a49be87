import { signInWith } from "../state/session.ts";

/** The token in the fragment of a portal link, `#key=<base64url of {"appId", "token"}>`; undefined when there is none. */
export function tokenIn(fragment: string): string | undefined {
  const key = new URLSearchParams(fragment.replace(/^#/, "")).get("key");
  if (key === null) return undefined;
  try {
    const bytes = Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
    const found: unknown = JSON.parse(new TextDecoder().decode(bytes));
    // The application named beside it is for people who read links. Which one it is, the engine says by the token.
    const token = typeof found === "object" && found !== null && "token" in found ? found.token : undefined;
    return typeof token === "string" && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the token out of the address, where it would stay in the history and in what people copy, and signs in with it. */
export function arrive(): void {
  const { hash, pathname, search } = location;
  if (!hash.startsWith("#key=")) return;
  history.replaceState(history.state, "", `${pathname}${search}`);
  const token = tokenIn(hash);
  if (token !== undefined) signInWith(token);
}
