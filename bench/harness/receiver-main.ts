// The built-in receiver, in a process of its own so that what it uses can be told from what is measured.
const job = JSON.parse(process.env["BENCH_JOB"] ?? "{}") as {
  addresses: string[];
  port: number;
  tls?: { key: string; certificate: string };
};
const tls = job.tls === undefined ? {} : { tls: { key: Bun.file(job.tls.key), cert: Bun.file(job.tls.certificate) } };
for (const hostname of job.addresses) {
  Bun.serve({
    hostname,
    port: job.port,
    ...tls,
    async fetch(request) {
      await request.arrayBuffer();
      return new Response("ok");
    },
  });
}
