// A collector of traces that takes everything and keeps nothing: what the engine pays for sending is measured, not what a
// collector does with it. Prints its URL.
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: async (request) => {
    await request.arrayBuffer();
    // An empty ExportTraceServiceResponse: everything was taken.
    return new Response(null, { headers: { "content-type": "application/x-protobuf" } });
  },
});
console.log(JSON.stringify({ url: server.url.origin }));
process.on("SIGTERM", () => process.exit(0));
