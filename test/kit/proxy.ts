import type { Socket } from "bun";

/** A way to the database that a test may spoil: what the engine says still arrives, what it is answered does not. */
export interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** A connection that asks with this text in it hears nothing any more; the others go on. */
  loseAnswersTo(text: string): void;
  /** Breaks every connection; new ones work. */
  cut(): void;
  /** Breaks every connection, and new ones too, until `pass`. */
  refuse(): void;
  pass(): void;
}

interface Leg {
  peer: Socket<Leg> | undefined;
  /** What could not be written yet. */
  pending: Buffer;
  /** The database's side, whose bytes are answers. */
  readonly isAnswering: boolean;
  isLost: boolean;
}

export function proxyTo(port: number): Proxy {
  const open = new Set<Socket<Leg>>();
  let lost: string | undefined;
  let isRefusing = false;
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
      const { peer, isLost } = socket.data;
      if (isLost) return;
      // Bytes of a question: it is the other side that will be kept from answering.
      if (lost !== undefined && peer?.data.isAnswering && bytes.includes(lost)) peer.data.isLost = true;
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
        if (isRefusing) {
          socket.data = { peer: undefined, pending: Buffer.alloc(0), isAnswering: false, isLost: true };
          socket.terminate();
          return;
        }
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
    loseAnswersTo: (text) => {
      lost = text;
    },
    refuse: () => {
      isRefusing = true;
      for (const socket of [...open]) socket.terminate();
    },
    pass: () => {
      isRefusing = false;
    },
    cut: () => {
      lost = undefined;
      for (const socket of open) socket.terminate();
    },
    async [Symbol.asyncDispose]() {
      server.stop(true);
    },
  };
}
