import { expect, test } from "bun:test";
import type { Endpoint, Exchange } from "./connection.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { DeadlineWheel } from "./deadline.ts";
import { OK, rawServer } from "./fixtures/raw-server.ts";

const silent: Exchange = { opened() {}, received() {}, ended() {}, closed() {} };
const endpointAt = (port: number, key = `127.0.0.1 ${port}`): Endpoint => ({
  key,
  address: "127.0.0.1",
  port,
  tls: undefined,
  hostname: "127.0.0.1",
});

/** Takes a connection and waits until it is open. */
async function opened(pool: ConnectionPool, endpoint: Endpoint) {
  const open = Promise.withResolvers<void>();
  const connection = pool.take(endpoint, { ...silent, opened: open.resolve });
  await open.promise;
  if (connection === undefined) throw new Error("The pool gave no connection.");
  return connection;
}

test("the connection released last is taken first, and only under its own key", async () => {
  await using server = await rawServer((socket) => void socket.write(OK));
  const pool = new ConnectionPool(new DeadlineWheel());
  const endpoint = endpointAt(server.port);
  const [first, second] = [await opened(pool, endpoint), await opened(pool, endpoint)];
  pool.release(first, performance.now());
  pool.release(second, performance.now());
  const other = await opened(pool, endpointAt(server.port, "another name"));
  expect(other).not.toBe(first);
  expect(other).not.toBe(second);
  expect(pool.take(endpoint, silent)).toBe(second);
  expect(pool.take(endpoint, silent)).toBe(first);
  for (const connection of [first, second, other]) connection.close();
  await server.allClosed();
});

test("a connection that the peer closes while it is idle is not given out", async () => {
  await using server = await rawServer((socket) => void socket.end());
  const pool = new ConnectionPool(new DeadlineWheel());
  const endpoint = endpointAt(server.port);
  const connection = await opened(pool, endpoint);
  pool.release(connection, performance.now());
  connection.write("GET / HTTP/1.1\r\n\r\n", undefined);
  await server.allClosed();
  while (connection.isOpen) await new Promise((resolve) => setImmediate(resolve));
  const next = await opened(pool, endpoint);
  expect(next).not.toBe(connection);
  next.close();
});

test("closing the pool closes what is idle, and nothing of it is left in the wheel", async () => {
  await using server = await rawServer((socket) => void socket.write(OK));
  const pool = new ConnectionPool(new DeadlineWheel());
  const connections = [await opened(pool, endpointAt(server.port)), await opened(pool, endpointAt(server.port))];
  for (const connection of connections) pool.release(connection, performance.now());
  pool.close();
  await server.allClosed();
  for (const connection of connections) expect(connection.next).toBe(connection);
});

test("P7: attempts that were abandoned while connecting are bounded, and forgotten when they are over", async () => {
  await using server = await rawServer((socket) => void socket.write(OK));
  const pool = new ConnectionPool(new DeadlineWheel());
  const endpoint = endpointAt(server.port);
  const attempts = Array.from({ length: 64 }, () => pool.take(endpoint, silent));
  for (const attempt of attempts) if (attempt !== undefined) pool.abandon(attempt);
  expect(pool.take(endpoint, silent)).toBeUndefined();
  // Another place is not concerned.
  pool.take(endpointAt(server.port, "elsewhere"), silent)?.close();
  while (attempts.some((attempt) => attempt?.isConnecting)) await new Promise((resolve) => setImmediate(resolve));
  const next = await opened(pool, endpoint);
  next.close();
  await server.allClosed();
});
