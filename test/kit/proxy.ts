import type { Socket } from "bun";

/** A way to the database that a test may spoil: what the engine says still arrives, what it is answered does not. */
export interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** From now on the answer to a commit is lost, and all that would follow it on its connection; nothing else changes. */
  loseCommits(): void;
  /** Breaks every connection; new ones work. */
  cut(): void;
}

interface Leg {
  peer: Socket<Leg> | undefined;
  /** What could not be written yet. */
  pending: Buffer;
  /** The database's side, whose bytes are answers. */
  readonly isAnswering: boolean;
  isLost: boolean;
}

/** CommandComplete of a COMMIT: https://www.postgresql.org/docs/18/protocol-message-formats.html */
const COMMITTED = Buffer.from("C\0\0\0\x0bCOMMIT\0", "latin1");

export function proxyTo(port: number): Proxy {
  const open = new Set<Socket<Leg>>();
  let isLosing = false;
  const forward = (to: Socket<Leg> | undefined, bytes: Buffer) => {
    if (to === undefined) return;
    to.data.pending = Buffer.concat([to.data.pending, bytes]);
    flush(to);
  };
  const flush = (socket: Socket<Leg>) => {
    const written = socket.write(socket.data.pending);
    if (written > 0) socket.data.pending = socket.data.pending.subarray(written);
  };
  const handlers = {
    data: (socket: Socket<Leg>, bytes: Buffer) => {
      const { data } = socket;
      if (data.isAnswering && isLosing && Buffer.from(bytes).includes(COMMITTED)) data.isLost = true;
      if (data.isLost) return;
      forward(socket.data.peer, Buffer.from(bytes));
    },
    drain: flush,
    close: (socket: Socket<Leg>) => {
      open.delete(socket);
      socket.data.peer?.terminate();
    },
    error: () => {},
  };
  const server = Bun.listen<Leg>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      ...handlers,
      open: (socket) => {
        socket.data = { peer: undefined, pending: Buffer.alloc(0), isAnswering: false, isLost: false };
        open.add(socket);
        socket.pause();
        Bun.connect<Leg>({
          hostname: "127.0.0.1",
          port,
          data: { peer: socket, pending: Buffer.alloc(0), isAnswering: true, isLost: false },
          socket: handlers,
        }).then(
          (peer) => {
            socket.data.peer = peer;
            socket.resume();
          },
          () => socket.terminate(),
        );
      },
    },
  });
  return {
    port: server.port,
    loseCommits: () => {
      isLosing = true;
    },
    cut: () => {
      isLosing = false;
      for (const socket of open) socket.terminate();
    },
    async [Symbol.asyncDispose]() {
      server.stop(true);
    },
  };
}
