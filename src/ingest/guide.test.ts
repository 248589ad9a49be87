import { expect, test } from "bun:test";
import { join } from "node:path";
import { testDatabase } from "#test";
import type { PresetName } from "./presets/preset.ts";
import { openWorld } from "./world.ts";

const GUIDE = join(import.meta.dir, "../../docs/guides/receive-webhooks.md");
const tools = ["bash", "curl", "openssl", "base64", "od"];

// The commands of the guide in its order, each against a source as the section above it says.
const SECTIONS: readonly (readonly [PresetName, string | undefined, Record<string, unknown>, number, string])[] = [
  ["stripe", "whsec_guide", {}, 200, "invoice.paid"],
  ["github", undefined, {}, 202, "pull_request.opened"],
  ["shopify", "hush", {}, 200, "orders.create"],
  ["slack", "signing", {}, 200, "app_mention"],
  ["standard-webhooks", undefined, {}, 202, "user.created"],
  [
    "hmac",
    undefined,
    { signatureHeader: "X-Signature", template: "{timestamp}.{body}", timestampHeader: "X-Timestamp" },
    202,
    "thing.done",
  ],
  ["none", undefined, {}, 202, "door.opened"],
];

test.skipIf(tools.some((tool) => Bun.which(tool) === null))(
  "every command of the guide works over a socket",
  async () => {
    const guide = await Bun.file(GUIDE).text();
    const commands = [...guide.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) =>
      block?.includes('"$URL"') ? [block] : [],
    );
    expect(commands).toHaveLength(SECTIONS.length);
    await using world = await openWorld(testDatabase);
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request, self) => world.ingest.receive(request, self),
    });
    try {
      for (const [i, [preset, secret, options, status, type]] of SECTIONS.entries()) {
        const made = await world.newSource(preset, { options, ...(secret !== undefined && { secret }) });
        const run = Bun.spawn(["bash", "-c", commands[i] ?? ""], {
          env: { PATH: process.env["PATH"] ?? "", URL: `${server.url}in/${made.token}`, SECRET: made.secret ?? "" },
          stdout: "pipe",
          stderr: "ignore",
        });
        const answer = await new Response(run.stdout).text();
        expect([preset, answer.split(" ")[1]]).toEqual([preset, String(status)]);
        const [event] = await world.db.query<{ type: string }>("select type from posthorn.event where source_id = $1", [
          made.source.id,
        ]);
        expect([preset, event?.type]).toEqual([preset, type]);
      }
    } finally {
      await server.stop(true);
    }
  },
);
