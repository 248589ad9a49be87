/** The token the engine gives to its own machine in development; undefined anywhere else, where it says that there is no such thing. */
export async function developmentToken(): Promise<string | undefined> {
  if (!/^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname)) return undefined;
  const response = await fetch("/console/session", { method: "POST", headers: { accept: "application/json" } });
  if (!response.ok) return undefined;
  const answer: unknown = await response.json();
  return typeof answer === "object" && answer !== null && "token" in answer && typeof answer.token === "string"
    ? answer.token
    : undefined;
}
