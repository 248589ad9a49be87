import { plugin } from "bun";

let isProvided = false;

/**
 * Lets modules of users' folders, which stand outside our node_modules, import `posthorn/flows`, `posthorn/tasks` and `posthorn/testing`: they are
 * the modules that this program itself has, not second copies of them. Each is loaded when something first imports it.
 */
export function provideImports(): void {
  if (isProvided) return;
  isProvided = true;
  plugin({
    name: "posthorn",
    setup(build) {
      build.module("posthorn/flows", async () => ({ exports: await import("./flows.ts"), loader: "object" }));
      build.module("posthorn/tasks", async () => ({ exports: await import("./tasks.ts"), loader: "object" }));
      build.module("posthorn/testing", async () => ({ exports: await import("./testing.ts"), loader: "object" }));
    },
  });
}
