import { expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { parsePublicId } from "#kernel";
import { type Answer, type Answerer, receiver, testDatabase } from "#test";
import { apiOf, installation, openLedger, residentBytes, until } from "./kit/index.ts";

const MEGABYTE = new Uint8Array(1024 * 1024).fill(0x61);
const CHUNK = Buffer.concat([Buffer.from("100000\r\n"), MEGABYTE, Buffer.from("\r\n")]);
const hang = () => new Promise<never>(() => {});

interface Case {
  readonly name: string;
  readonly answer: Answer | Answerer;
  readonly outcome: string;
  readonly reason: string;
  readonly settledAs: "delivered" | "owed";
  readonly status?: number;
  readonly truncated?: boolean;
}

const CASES: readonly Case[] = [
  {
    name: "resets the connection",
    answer: "reset",
    outcome: "retryable",
    reason: "connection_reset",
    settledAs: "owed",
  },
  {
    name: "closes without a byte",
    answer: "close",
    outcome: "retryable",
    reason: "connection_reset",
    settledAs: "owed",
  },
  {
    name: "answers something else than HTTP",
    answer: { raw: "SSH-2.0-OpenSSH_9.6\r\n", afterwards: "close" },
    outcome: "retryable",
    reason: "invalid_response",
    settledAs: "owed",
  },
  {
    name: "says nothing",
    answer: "never",
    outcome: "timeout",
    reason: "timeout_connect_or_headers",
    settledAs: "owed",
  },
  {
    name: "drips its head byte by byte",
    answer: {
      stream: async (send) => {
        for (const byte of "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n") {
          await send(byte);
          await Bun.sleep(50);
        }
        await hang();
      },
    },
    outcome: "timeout",
    reason: "timeout_connect_or_headers",
    settledAs: "owed",
  },
  {
    name: "drips its body past the deadline",
    answer: {
      stream: async (send) => {
        await send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        for (let i = 0; i < 1000; i++) {
          await send("a");
          await Bun.sleep(50);
        }
      },
    },
    outcome: "timeout",
    reason: "timeout_body",
    settledAs: "owed",
    status: 200,
  },
  {
    name: "sends ten gigabytes after its 200",
    answer: {
      stream: async (send) => {
        await send(`HTTP/1.1 200 OK\r\nContent-Length: ${10 * 1024 ** 3}\r\n\r\n`);
        for (let i = 0; i < 10 * 1024; i++) await send(MEGABYTE);
      },
    },
    outcome: "delivered",
    reason: "http_200",
    settledAs: "delivered",
    status: 200,
    truncated: true,
  },
  {
    name: "sends endless chunks after its 500",
    answer: {
      stream: async (send) => {
        await send("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (let i = 0; i < 10 * 1024; i++) await send(CHUNK);
      },
    },
    outcome: "retryable",
    reason: "http_500",
    settledAs: "owed",
    status: 500,
    truncated: true,
  },
  {
    name: "sends broken gzip, which is not unpacked and so not broken",
    answer: { headers: { "Content-Encoding": "gzip" }, body: gzipSync("all is well").subarray(0, 20) },
    outcome: "delivered",
    reason: "http_200",
    settledAs: "delivered",
    status: 200,
  },
  {
    name: "promises a body and closes early",
    answer: { raw: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly so much", afterwards: "close" },
    outcome: "ambiguous",
    reason: "broken_body",
    settledAs: "owed",
    status: 200,
  },
  {
    name: "promises a body and resets",
    answer: { raw: "HTTP/1.1 204 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", afterwards: "reset" },
    outcome: "delivered", // RFC 9112 §6.3: a 204 has no body, whatever its head says.
    reason: "http_204",
    settledAs: "delivered",
    status: 204,
  },
  {
    name: "breaks its chunks after a 200",
    answer: { raw: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\nab", afterwards: "open" },
    outcome: "ambiguous",
    reason: "broken_body",
    settledAs: "owed",
    status: 200,
  },
  {
    name: "promises a body with its 404 and closes early",
    answer: { raw: "HTTP/1.1 404 No\r\nContent-Length: 100\r\n\r\nno", afterwards: "close" },
    outcome: "permanent",
    reason: "http_404",
    settledAs: "owed",
    status: 404,
  },
  {
    name: "answers after the deadline",
    answer: async () => {
      await Bun.sleep(1_600);
      return {};
    },
    outcome: "timeout",
    reason: "timeout_connect_or_headers",
    settledAs: "owed",
  },
  {
    name: "redirects to a place inside",
    answer: { status: 307, headers: { Location: "http://169.254.169.254/latest/meta-data" } },
    outcome: "permanent",
    reason: "http_307",
    settledAs: "owed",
    status: 307,
  },
];

test("P5, P6: whatever a receiver does, its outcome and reason are recorded and what follows is owed or done", async () => {
  await using database = await testDatabase();
  await using engine = await installation(database.url).start();
  await using ledger = openLedger(database.superuserUrl);
  const api = apiOf(engine);
  const app = await api.app();
  const receivers = CASES.map(({ answer }) => receiver({ answer }));
  const memoryBefore = residentBytes(engine.pid);
  try {
    const endpoints = await Promise.all(
      receivers.map(({ url }) => api.endpoint(app, { url, timeoutMs: 1_000, retrySchedule: [600, 600] })),
    );
    await api.send(app);
    const found = [];
    for (const [i, { name }] of CASES.entries()) {
      const id = parsePublicId("ep", endpoints[i] ?? "") ?? "";
      const attempt = await until(`a receiver that ${name} was recorded`, async () => {
        const [row] = await ledger.attempts("endpoint_id = $1::uuid", [id]);
        return row;
      });
      const [owed] = await ledger.rows(
        `select attempts, step, extract(epoch from due_at - now())::float8 as due_in_s from posthorn.delivery_owed where endpoint_id = $1::uuid`,
        [id],
      );
      found.push({ name, attempt, owed });
    }
    expect(
      found.map(({ name, attempt }) => ({
        name,
        outcome: attempt.outcome,
        reason: attempt.reason,
        settledAs: attempt.settled_as,
        status: attempt.status,
        truncated: attempt.response_truncated,
      })),
    ).toEqual(
      CASES.map(({ name, outcome, reason, settledAs, status, truncated }) => ({
        name,
        outcome,
        reason,
        settledAs,
        status: status ?? null,
        truncated: truncated ?? false,
      })),
    );
    for (const { name, attempt, owed } of found) {
      if (attempt.settled_as === "delivered") {
        expect({ name, owed }).toEqual({ name, owed: undefined });
        continue;
      }
      // A step of 600 s, and the jitter of a fifth.
      expect({ name, attempts: owed.attempts, step: owed.step }).toEqual({ name, attempts: 1, step: 1 });
      expect(owed.due_in_s).toBeGreaterThan(600 * 0.8 - 15);
      expect(owed.due_in_s).toBeLessThan(600 * 1.2);
      if (attempt.outcome === "timeout") expect(attempt.total_us).toBeWithin(1_000_000, 1_400_000);
    }
    // P7: ten gigabytes and endless chunks are cut while they are read.
    for (const { attempt } of found) expect(attempt.response_body?.length ?? 0).toBeLessThanOrEqual(16 * 1024);
    expect(residentBytes(engine.pid) - memoryBefore).toBeLessThan(100 * 1024 * 1024);
    for (const { requests } of receivers) expect(requests.length).toBe(1);
  } finally {
    for (const one of receivers) await one[Symbol.asyncDispose]();
  }
}, 60_000);
