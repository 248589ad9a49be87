// The one command: `npm run check`, or without the tests `npm run check -- --no-tests`. Every step runs, whatever the others say.
import { join } from "node:path";

interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

const root = join(import.meta.dir, "..");
const bun = process.execPath;
const bin = (name: string): string => join(root, "node_modules/.bin", name);

const STEPS: readonly Step[] = [
  { name: "format and lint", command: [bin("biome"), "check", "--error-on-warnings", "."] },
  { name: "types", command: [bin("tsc"), "-p", "tsconfig.json"] },
  { name: "types of the console", command: [bin("tsc"), "-p", "console/tsconfig.json"] },
  { name: "law of arrows", command: [bun, "tools/rooms.ts"] },
  { name: "tidy files", command: [bun, "tools/tidy.ts"] },
  { name: "generated docs", command: [bun, "tools/generated.ts", "--check"] },
  { name: "schema dump", command: [bun, "tools/schema-dump.ts", "--check"] },
];
// As `npm test`: two files at a time, each beside a database server of its own, those first that took longest when they were timed.
const TESTS: Step = {
  name: "tests",
  command: [bun, "test", "--timeout=30000", "--parallel=2", "--no-isolate", "--timings=test/timings.json"],
};

const wanted = new Set(process.argv.slice(2));
const unknown = [...wanted].filter((flag) => flag !== "--no-tests");
if (unknown.length > 0) {
  console.error(`Unknown argument ${unknown.join(" ")}; \`npm run check -- --no-tests\` is the only variant.`);
  process.exit(2);
}

const failed: string[] = [];
const startedAt = performance.now();
for (const step of wanted.has("--no-tests") ? STEPS : [...STEPS, TESTS]) {
  const stepStartedAt = performance.now();
  const child = Bun.spawn([...step.command], { cwd: root, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  console.log(`${exitCode === 0 ? "ok    " : "FAILED"}  ${step.name.padEnd(20)} ${seconds(stepStartedAt)}`);
  if (exitCode !== 0) {
    failed.push(step.name);
    console.log(`${out}${err}`.replace(/\n*$/, "\n"));
  }
}
console.log(
  failed.length === 0 ? `All is well, ${seconds(startedAt)}.` : `Failed: ${failed.join(", ")}; ${seconds(startedAt)}.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
