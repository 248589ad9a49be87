// A receiver that takes every request and never answers. One connection carries one request, since no answer ever frees it.
let taken = 0;
const server = Bun.listen<{ counted: boolean }>({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    open(socket) {
      socket.data = { counted: false };
    },
    data(socket) {
      if (!socket.data.counted) {
        socket.data.counted = true;
        taken++;
      }
    },
    close(socket) {
      taken -= socket.data.counted ? 1 : 0;
    },
  },
});
console.log(`http://127.0.0.1:${server.port}`);
let said = 0;
setInterval(() => {
  if (taken !== said) {
    said = taken;
    console.log(`taken ${taken}`);
  }
}, 100);
process.on("SIGTERM", () => process.exit(0));
