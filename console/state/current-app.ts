import { longShelf } from "./storage.ts";
import { createStore } from "./store.ts";

/** The application somebody last looked at: where "its" pages lead while the address names none. */
export interface CurrentApp {
  readonly id: string;
  readonly name: string;
}

function read(): CurrentApp | undefined {
  const [id, ...name] = (longShelf.read("app") ?? "").split("|");
  return id ? { id, name: name.join("|") } : undefined;
}

export const currentApp = createStore<CurrentApp | undefined>(read());

export function enterApp(app: CurrentApp | undefined): void {
  const known = currentApp.get();
  if (known?.id === app?.id && known?.name === app?.name) return;
  currentApp.set(app);
  longShelf.write("app", app === undefined ? undefined : `${app.id}|${app.name}`);
}
