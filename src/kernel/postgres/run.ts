/** Another account to run the server's programs as. Undefined wherever one is expected: as ourselves. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * The whole environment of the server's programs: nothing of ours (it holds secrets) and nothing of the caller's (PGDATA, PGPORT,
 * a locale) may reach them. English messages, because we read them.
 */
export const SERVER_ENV: Readonly<Record<string, string>> = {
  PATH: `/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
  LC_ALL: "C",
  TZ: "UTC",
};

/** Runs a program to its end. A program that cannot be started at all ends with code 127 and the reason in `err`. */
export async function run(
  command: string[],
  options: { as?: Account | undefined; cwd?: string; stdin?: string; timeoutMs?: number } = {},
): Promise<Ran> {
  try {
    const child = Bun.spawn(command, {
      env: { ...SERVER_ENV },
      cwd: options.cwd ?? "/",
      stdin: options.stdin === undefined ? "ignore" : new TextEncoder().encode(options.stdin),
      stdout: "pipe",
      stderr: "pipe",
      // Its own session: Ctrl-C in the terminal reaches us, and we decide what becomes of it.
      detached: true,
      timeout: options.timeoutMs ?? 120_000,
      killSignal: "SIGKILL",
      ...(options.as === undefined ? {} : { uid: options.as.uid, gid: options.as.gid }),
    });
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { code, out, err };
  } catch (error) {
    return { code: 127, out: "", err: error instanceof Error ? error.message : String(error) };
  }
}
