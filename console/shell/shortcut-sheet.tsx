import { Dialog } from "../kit/dialog.tsx";
import { createStore, useStore } from "../state/store.ts";
import { places } from "./navigation.ts";

const isOpen = createStore(false);
export const openShortcutSheet = (): void => isOpen.set(true);

const EVERYWHERE = [
  ["Ctrl K", "Search and commands (⌘ K on a Mac)"],
  ["?", "This sheet"],
  ["/", "Filter the page"],
] as const;

/** Keys of single pages. */
const PAGES = [
  ["p", "Live tail: pause and go on"],
  ["c", "Live tail: clear"],
] as const;

/** What `?` shows. */
export function ShortcutSheet() {
  const open = useStore(isOpen);
  return (
    <Dialog title="Keyboard shortcuts" isOpen={open} onClose={() => isOpen.set(false)}>
      <Keys title="Everywhere" keys={EVERYWHERE} />
      <Keys title="Go to" keys={places.map((place) => [place.keys, place.label] as const)} />
      <Keys title="On pages" keys={PAGES} />
    </Dialog>
  );
}

function Keys({ title, keys }: { readonly title: string; readonly keys: readonly (readonly [string, string])[] }) {
  return (
    <section className="stack tight">
      <h3>{title}</h3>
      <dl className="shortcut-list">
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>{does}</dt>
            <dd>
              {key.split(" ").map((part, index) => (
                <kbd key={`${part}${String(index)}`}>{part}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
