// Loaded before an engine whose wall clock a test sets: what it takes for now is what it would be, and as many milliseconds more as the file says.
// Monotonic time goes on as ever, and so does the database's clock.
import { readFileSync, writeFileSync } from "node:fs";

const LOOK_MS = 10;
const file = process.env["TEST_CLOCK"];
if (file === undefined) throw new Error("TEST_CLOCK should name the file that says by how much the clock is off.");

const RealDate = Date;
const realUuid = Bun.randomUUIDv7;
let offMs = 0;

const nowMs = () => RealDate.now() + offMs;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, as) => Reflect.construct(target, given.length === 0 ? [nowMs()] : given, as),
  apply: (target) => new target(nowMs()).toString(),
  get: (target, name) => (name === "now" ? nowMs : Reflect.get(target, name)),
});
Bun.randomUUIDv7 = new Proxy(realUuid, {
  apply: (target, self, [encoding = "hex", atMs = nowMs()]) => Reflect.apply(target, self, [encoding, atMs]),
});

setInterval(() => {
  const said = readFileSync(file, "utf8");
  const wanted = Number(said);
  if (said === "" || wanted === offMs) return;
  offMs = wanted;
  writeFileSync(`${file}.seen`, said);
}, LOOK_MS).unref();
