// Floor: receive a request, read and parse its body, answer 202. What accepting costs when nothing is kept.
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request) {
    JSON.parse(Buffer.from(await request.arrayBuffer()).toString());
    return new Response(`{"id":"${Bun.randomUUIDv7()}"}`, { status: 202 });
  },
});
console.log(JSON.stringify({ event: "listening", url: server.url.origin }));
process.on("SIGTERM", () => process.exit(0));
