import { createStore } from "./store.ts";

/** Whether the engine can be reached: `lost` after a request that got no answer at all. */
export const connection = createStore<"ok" | "lost">("ok");

const ASK_EVERY_MS = 2_000;
let asking = false;

export function answered(): void {
  connection.set("ok");
}

/** From now on the engine is asked every two seconds whether it is back; whoever follows `connection` learns it. */
export function unreachable(): void {
  connection.set("lost");
  if (asking) return;
  asking = true;
  const ask = async (): Promise<void> => {
    const back = await fetch("/livez", { cache: "no-store" }).then(
      (response) => response.ok,
      () => false,
    );
    if (back) answered();
    if (connection.get() === "ok") asking = false;
    else setTimeout(ask, ASK_EVERY_MS);
  };
  setTimeout(ask, ASK_EVERY_MS);
}
