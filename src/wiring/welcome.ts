/** What a newcomer needs next. The token is shown because it was generated here for development, on this machine only. */
export function welcome(url: string, token: string, allowed: readonly string[]): string {
  const networks = allowed.length === 0 ? "public addresses only" : `public addresses, and ${allowed.join(" and ")}`;
  return `
  Posthorn is running.

    Console    ${url}
    API        ${url}/api/v1      reference: ${url}/docs
    Health     ${url}/readyz
    API token  ${token}
    Deliveries may go to ${networks}.

  Send a first event (the application is made with it):

    curl ${url}/api/v1/app/hello/msg \\
      -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' \\
      -d '{"eventType":"greeting.sent","payload":{"text":"hello"},"application":{"name":"Hello","uid":"hello"}}'

  Ctrl-C stops everything.

`;
}
