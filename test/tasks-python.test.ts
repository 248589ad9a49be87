import { expect, test } from "bun:test";
import { join } from "node:path";
import { startEngine, testDatabase } from "#test";

const PYTHON = Bun.which("python3");
const missing = PYTHON === null ? " (skipped: python3 is not installed)" : "";

test.skipIf(PYTHON === null)(
  `a worker in Python does tasks, and leaves when it is told to${missing}`,
  async () => {
    await using database = await testDatabase();
    await using engine = await startEngine({ env: { DATABASE_URL: database.url } });
    // biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON; what is not there fails the test.
    const ask = async (method: string, path: string, body?: unknown, token = engine.token): Promise<any> => {
      const response = await fetch(`${engine.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return response.json();
    };
    await ask("POST", "/app", { name: "Acme", uid: "acme" });
    // A key that may work, and nothing else.
    const { token } = await ask("POST", "/api-key", { name: "py", role: "worker", appId: "acme" });
    const enqueued = await ask(
      "POST",
      "/app/acme/task/batch",
      {
        tasks: [
          { name: "py.add", input: [1, 2, 3] },
          { name: "py.word_count", input: "some words ä" },
          { name: "py.refuse" },
          { name: "py.add", input: "no numbers", retry: { attempts: 1 } },
        ],
      },
      token,
    );
    expect((await ask("GET", "/app/acme/task", undefined, token)).code).toBe("forbidden");
    const worker = Bun.spawn([PYTHON ?? "", join(import.meta.dir, "../examples/python-worker/worker.py")], {
      env: { PATH: process.env["PATH"] ?? "", POSTHORN_URL: engine.url, POSTHORN_TOKEN: token, POSTHORN_APP: "acme" },
      stdout: "ignore",
      stderr: "inherit",
    });
    try {
      const ended = async ({ id }: { id: string }) => {
        for (;;) {
          const task = await ask("GET", `/app/acme/task/${id}`);
          if (task.state === "completed" || task.state === "failed")
            return [task.state, task.output ?? task.error.class, task.attempts];
          await Bun.sleep(20);
        }
      };
      expect(await Promise.all(enqueued.data.map(ended))).toEqual([
        ["completed", 6, 1],
        ["completed", 3, 1],
        ["failed", "permanent", 1],
        ["failed", "retryable", 1],
      ]);
      worker.kill("SIGTERM");
      expect(await worker.exited).toBe(0);
      const { data } = await ask("GET", "/app/acme/worker");
      expect(data).toMatchObject([{ endedBy: "left", running: 0 }]);
    } finally {
      worker.kill("SIGKILL");
    }
  },
  30_000,
);
