// What tests stand on: real servers, real processes, real sockets.
export { type TestDatabase, testDatabase, testServer } from "./shared.ts";
