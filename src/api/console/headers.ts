/**
 * What a page of ours may load and do: its own files and nothing else, no inline script, no inline style. Whoever manages to write into
 * a page can then still run nothing. `connect-src` is the API of the same origin.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

const EVERYWHERE = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
} as const;

/** Headers of a page. The portal may stand in frames of its own origin and of `ancestors` (`*`: of all); the console in none. */
export function pageHeaders(page: "console" | "portal", ancestors: readonly string[]): Record<string, string> {
  if (page === "portal") {
    return {
      ...EVERYWHERE,
      "Content-Security-Policy": `${POLICY}; frame-ancestors ${["'self'", ...ancestors].join(" ")}`,
      "Permissions-Policy": PERMISSIONS,
    };
  }
  return {
    ...EVERYWHERE,
    "Content-Security-Policy": `${POLICY}; frame-ancestors 'none'`,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "X-Frame-Options": "DENY",
  };
}

const PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/** Headers of a file whose name changes with its content. */
export const assetHeaders: Readonly<Record<string, string>> = {
  ...EVERYWHERE,
  "Cache-Control": "public, max-age=31536000, immutable",
  "Cross-Origin-Resource-Policy": "same-origin",
};
