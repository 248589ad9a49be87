// What tests stand on: real servers, real processes, real sockets.
export { type EngineOptions, startEngine, type TestEngine } from "./engine.ts";
export { type FreshServer, freshServer } from "./fresh-server.ts";
export { type Answer, type Answerer, type ReceivedRequest, type Receiver, receiver } from "./receiver.ts";
export { type TestDatabase, type TestServer, testDatabase, testServer } from "./shared.ts";
