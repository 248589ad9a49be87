/** A proxy on this machine makes every stranger look local; each of these, or anything that begins so, tells of one. */
const TELLTALES = [
  "forwarded",
  "via",
  "x-forwarded",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-original-",
  "x-envoy-",
  "true-client-ip",
  "client-ip",
  "cf-",
  "cdn-loop",
  "fly-",
  "fastly-",
  "tailscale-",
];

/** Whether somebody passed the request on: then the address it comes from is the proxy's, and not the asker's. */
export function isPassedOn(headers: Headers): boolean {
  for (const name of headers.keys()) if (TELLTALES.some((telltale) => name.startsWith(telltale))) return true;
  return false;
}
