import { plugin } from "bun";

/**
 * Lets modules of users' folders, which stand outside our node_modules, import `posthorn/tasks`: it is the module that this program
 * itself has, not a second copy of it.
 */
export function provideImports(): void {
  plugin({
    name: "posthorn",
    setup(build) {
      build.module("posthorn/tasks", async () => ({ exports: await import("../tasks.ts"), loader: "object" }));
    },
  });
}
