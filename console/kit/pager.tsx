import { Button } from "./button.tsx";

export interface PagerProps {
  /** The iterator of the page in sight; undefined: the first. */
  readonly at: string | undefined;
  /** As the API answers a list. */
  readonly done: boolean;
  readonly next: string | null | undefined;
  readonly previous: string | null | undefined;
  /** Undefined: the first page. */
  readonly onPage: (iterator: string | undefined) => void;
  /** What lies before and behind: newer and older, where nothing else is said. */
  readonly words?: readonly [before: string, behind: string] | undefined;
  /** With it a button leads straight to the first page. */
  readonly first?: string | undefined;
}

/** The way through a list that comes in pages; nothing where there is only one. */
export function Pager({ at, done, next, previous, onPage, words = ["Newer", "Older"], first }: PagerProps) {
  if (at === undefined && done) return null;
  return (
    <div className="row pager">
      {first !== undefined && (
        <Button isDisabled={at === undefined} onPress={() => onPage(undefined)}>
          {first}
        </Button>
      )}
      <Button isDisabled={at === undefined || !previous} onPress={() => onPage(previous ?? undefined)}>
        {words[0]}
      </Button>
      <Button isDisabled={done} onPress={() => onPage(next ?? undefined)}>
        {words[1]}
      </Button>
    </div>
  );
}
