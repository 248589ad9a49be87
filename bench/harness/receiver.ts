import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Child, Children } from "./children.ts";
import { freePort } from "./postgres.ts";
import { until } from "./until.ts";

/** Something that answers 200 to every request at once, with a body of two bytes: what a good receiver costs at least. */
export interface Receiver {
  readonly kind: string;
  readonly child: Child;
  /** One origin per host, `http://127.0.0.1:port` first. */
  readonly origins: readonly string[];
  /** With TLS: the file of the certificate that clients must trust. */
  readonly certificate: string | undefined;
}

export interface ReceiverOptions {
  readonly builtIn: boolean;
  /** Different addresses of 127.0.0.0/8 (Linux has them all); each is a host of its own to the engine. */
  readonly hosts: number;
  readonly tls: boolean;
}

export async function startReceiver(children: Children, scratch: string, options: ReceiverOptions): Promise<Receiver> {
  if (options.hosts > 1 && process.platform !== "linux") {
    throw new Error("Many receiver hosts need all of 127.0.0.0/8 on the loopback interface, which only Linux gives.");
  }
  const addresses = Array.from({ length: options.hosts }, (_, i) =>
    i === 0 ? "127.0.0.1" : `127.1.${i >> 8}.${i & 255}`,
  );
  const tls = options.tls ? makeCertificate(scratch) : undefined;
  const nginxPath = options.builtIn
    ? null
    : Bun.which("nginx", { PATH: `${process.env["PATH"]}:/usr/sbin:/usr/local/sbin` });
  const port = await freePort();
  const child =
    nginxPath === null
      ? startBunReceiver(children, addresses, port, tls)
      : startNginx(children, nginxPath, scratch, addresses, port, tls);
  const origins = addresses.map((address) => `${options.tls ? "https" : "http"}://${address}:${port}`);
  const last = origins.at(-1) ?? "";
  await until(`the receiver at ${last}`, 15_000, 50, async () => {
    if (child.output.some((line) => /\[emerg\]|EADDRINUSE/.test(line))) {
      throw new Error(`The receiver did not start:\n${child.output.join("\n")}`);
    }
    const trust = tls === undefined ? {} : { tls: { ca: Bun.file(tls.certificate) } };
    return fetch(last, { ...trust, keepalive: false }).then(
      (answer) => answer.ok,
      () => false,
    );
  });
  return { kind: nginxPath === null ? "built-in (Bun.serve)" : "nginx", child, origins, certificate: tls?.certificate };
}

interface Certificate {
  readonly key: string;
  readonly certificate: string;
}

function startNginx(
  children: Children,
  nginx: string,
  scratch: string,
  addresses: readonly string[],
  port: number,
  tls: Certificate | undefined,
): Child {
  const home = join(scratch, `nginx-${port}`);
  mkdirSync(home);
  chmodSync(home, 0o755);
  const config = join(home, "nginx.conf");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${join(home, kind)};`,
  );
  writeFileSync(
    config,
    `daemon off; worker_processes 1; worker_rlimit_nofile 16384; pid ${join(home, "pid")}; error_log stderr error;
events { worker_connections 16384; }
http {
  ${temporary.join(" ")}
  access_log off; keepalive_requests 1000000000; keepalive_timeout 300s; client_max_body_size 16m; client_body_buffer_size 64k;
  ${tls === undefined ? "" : `ssl_certificate ${tls.certificate}; ssl_certificate_key ${tls.key}; ssl_session_cache shared:bench:16m;`}
  server {
    ${addresses.map((address) => `listen ${address}:${port}${tls === undefined ? "" : " ssl"};`).join("\n    ")}
    location / { default_type text/plain; return 200 "ok"; }
  }
}
`,
  );
  return children.start("nginx", [nginx, "-p", home, "-c", config, "-e", "stderr"], {
    stopSignal: "SIGTERM",
    abortSignal: "SIGTERM",
  });
}

function startBunReceiver(
  children: Children,
  addresses: readonly string[],
  port: number,
  tls: Certificate | undefined,
): Child {
  const job = JSON.stringify({ addresses, port, tls });
  return children.start("receiver", [process.execPath, join(import.meta.dir, "receiver-main.ts")], {
    env: { BENCH_JOB: job },
  });
}

/** Self-signed, for this run only, made by the openssl command; nothing in Bun or Node makes certificates. */
function makeCertificate(scratch: string): Certificate {
  const key = join(scratch, "receiver.key");
  const certificate = join(scratch, "receiver.crt");
  const names = "subjectAltName=IP:127.0.0.1,DNS:localhost";
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  const command = [
    "openssl",
    "req",
    "-x509",
    ...curve,
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=localhost",
    "-addext",
    names,
  ];
  const made = Bun.spawnSync([...command, "-keyout", key, "-out", certificate], { stderr: "pipe" });
  if (!made.success) {
    throw new Error(`openssl could not make a certificate: ${made.stderr.toString()}`);
  }
  chmodSync(key, 0o644); // nginx's worker may be another user; it is worth nothing beyond this run
  return { key, certificate };
}
