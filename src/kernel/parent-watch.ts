const CHECK_MS = 500;

/**
 * Calls `onGone` once when the launcher that started this process (bin/bun.mjs) is gone: killed, it could not forward a signal,
 * and this process stands in a session of its own, where no terminal reaches it. Does nothing in a process that was not started
 * by a launcher; returns how to stop watching. A child whose parent ends is given another parent, which is what is looked at.
 */
export function watchParent(
  onGone: () => void,
  environment: Record<string, string | undefined> = process.env,
): () => void {
  const launcher = Number(environment["POSTHORN_LAUNCHER_PID"]);
  // Our own children inherit the variable, but not the parent.
  if (launcher !== process.ppid) return () => {};
  const timer = setInterval(() => {
    if (process.ppid === launcher) return;
    clearInterval(timer);
    onGone();
  }, CHECK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
