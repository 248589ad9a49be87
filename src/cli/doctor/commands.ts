import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import type { Environment } from "#kernel";

export interface DiagnosticSurroundings {
  readonly env: Environment;
  readonly out: (text: string) => void;
  readonly exit: (code: number) => void;
}

/** `doctor` and `support-bundle`. What they do is loaded when it is asked for. */
export function addDiagnosticCommands(program: Command, { env, out, exit }: DiagnosticSurroundings): void {
  program
    .command("doctor")
    .description("Look at everything an engine stands on, and say what to do about what is wrong.")
    .option("-j, --json", "print the findings as JSON: a list of {check, level, is, should, remedy}")
    .addHelpText(
      "after",
      `
It reads settings, machine and database with the environment of the engine, changes nothing, and works beside a running engine. The
embedded PostgreSQL of a stopped one is started for the look and stopped again.

Exit codes: 0 nothing failed, 1 something did.

Examples:
  posthorn doctor
  posthorn doctor --json | jq '.[] | select(.level != "ok")'`,
    )
    .action(async (options: { json?: true }) => {
      const [{ diagnose }, { findingsText }] = await Promise.all([import("./doctor.ts"), import("./finding.ts")]);
      const { findings } = await diagnose(env, Date.now());
      out(options.json ? `${JSON.stringify(findings, null, 2)}\n` : findingsText(findings));
      exit(findings.some(({ level }) => level === "fail") ? 1 : 0);
    });

  program
    .command("support-bundle")
    .description("Gather what somebody who helps needs to know, without secrets and payloads.")
    .option("-o, --out <file>", "where to write it; - for standard output", "posthorn-support.tar.gz")
    .option("-l, --log <file>", "a file with the engine's log, for its last lines")
    .addHelpText(
      "after",
      `
Examples:
  posthorn support-bundle
  posthorn support-bundle --out monday.tar.gz --log /var/log/posthorn.log
  kubectl exec deploy/posthorn -- posthorn support-bundle --out - > support.tar.gz`,
    )
    .action(async (options: { out: string; log?: string }) => {
      const { supportBundle } = await import("../support-bundle/bundle.ts");
      const bytes = await supportBundle({ env, nowMs: Date.now(), logFile: options.log });
      if (options.out === "-") {
        await Bun.write(Bun.stdout, bytes);
        return;
      }
      await writeFile(options.out, bytes, { mode: 0o600 });
      out(`${options.out}: ${bytes.length} bytes. Look through it before it leaves the house.\n`);
    });
}
