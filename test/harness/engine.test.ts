import { expect, test } from "bun:test";
import { startEngine } from "./index.ts";

const program = (code: string) => ({ env: {}, command: ["-e", code] });

test("an engine is ready when it says where it listens, and its lines can be waited for", async () => {
  await using engine = await startEngine(
    program(`
      process.on("SIGTERM", () => { console.log(JSON.stringify({ event: "stopping" })); process.exit(3); });
      process.on("SIGUSR2", () => console.error(JSON.stringify({ event: "asked", times: 1 })));
      console.log("not json"); console.log(JSON.stringify({ event: "listening", url: "http://127.0.0.1:1/" }));
      setInterval(() => {}, 1000);`),
  );
  expect(engine.url).toBe("http://127.0.0.1:1");
  engine.kill("SIGUSR2");
  expect(await engine.waitForEvent("asked")).toEqual({ event: "asked", times: 1 });
  expect(await engine.stop()).toBe(3);
  expect(engine.logs()).toContain("not json");
});

test("an engine that ends before it listens is an error with what it wrote", async () => {
  const starting = startEngine(program(`console.error("no database"); process.exit(1)`));
  await expect(starting).rejects.toThrow(/ended with 1[\s\S]*no database/);
});
