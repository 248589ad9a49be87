/** A word for a POSIX shell, whatever stands in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The request as a command that makes it again, byte for byte. Masked headers stay masked: they are marked for who fills them in. */
export function curlOf(request: {
  readonly url: string;
  readonly headers: readonly (readonly string[])[];
  readonly body: string;
}): string {
  const headers = request.headers
    .map(([name = "", value = ""]) => `  -H ${shellWord(`${name}: ${value}`)} \\\n`)
    .join("");
  // --data-raw: a body that begins with @ is no file name.
  return `curl -X POST ${shellWord(request.url)} \\\n${headers}  --data-raw ${shellWord(request.body)}`;
}
