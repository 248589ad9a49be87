import { expect, test } from "bun:test";
import { curlOf, shellWord } from "./curl.ts";

test.each(["plain", "it's", 'a "b" $c `d` \\e', "@file", "line\nbreak", "-x", "", "日本"])(
  "a shell reads %j as it was written",
  async (text) => {
    const shell = Bun.spawn(["sh", "-c", `printf %s ${shellWord(text)}`], { stdout: "pipe" });
    expect(await new Response(shell.stdout).text()).toBe(text);
  },
);

test("a copied command sends the same request again", async () => {
  const seen: { body: string; type: string | null }[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      seen.push({ body: await request.text(), type: request.headers.get("content-type") });
      return new Response();
    },
  });
  try {
    const body = `@{"name": "O'Brien", "price": 1.50}`;
    const command = curlOf({ url: server.url.href, headers: [["Content-Type", "application/json; a='b'"]], body });
    const shell = Bun.spawn(["sh", "-c", `command -v curl >/dev/null || exit 42; ${command}`], {
      stdout: "pipe",
      stderr: "pipe",
    });
    const code = await shell.exited;
    if (code === 42) return; // Without curl there is nobody to read it; its words are checked above.
    expect(seen).toEqual([{ body, type: "application/json; a='b'" }]);
  } finally {
    await server.stop(true);
  }
});
