import { useQuery } from "@tanstack/react-query";
import { Eraser, Pause, Play, Radio } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ask } from "../../api/client.ts";
import { useWhoAmI, type WhoAmI } from "../../api/whoami.ts";
import { Badge } from "../../kit/badge.tsx";
import { Button } from "../../kit/button.tsx";
import { ComboBox } from "../../kit/combo-box.tsx";
import { Checkbox, SearchField, Switch } from "../../kit/field.tsx";
import { count, rate } from "../../kit/format.ts";
import { Page } from "../../kit/page.tsx";
import { Empty, Failing, NoneFound } from "../../kit/states.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { useKey } from "../../shell/shortcuts.ts";
import { createFeed, type FeedView } from "./feed.ts";
import type { TailKind } from "./items.ts";
import { TailList } from "./list.tsx";
import { type TailState, useFeed, useTail } from "./use-tail.ts";

const KINDS: readonly { readonly id: TailKind; readonly label: string }[] = [
  { id: "event", label: "Events" },
  { id: "attempt", label: "Attempts" },
  { id: "rejection", label: "Rejections" },
];
const TYPING_MS = 400;

/** Everything as it happens. */
export default function Tail() {
  const { data: who } = useWhoAmI();
  const [search, change] = useSearch("q", "app", "kinds", "narrow");
  const [feed] = useState(() => createFeed());
  const view = useFeed(feed);
  const scopedApp = who?.appId ?? undefined;
  const appId = scopedApp ?? search.app;
  const asked = search.kinds?.split(",");
  const kinds = KINDS.map(({ id }) => id).filter((id) => asked === undefined || asked.includes(id));
  const isNarrow = search.narrow === "1";

  const [text, setText] = useState(search.q ?? "");
  const words = useSettled(text, TYPING_MS);
  const shownKinds = kinds.join();
  useEffect(() => feed.filter(text, new Set(shownKinds.split(","))), [feed, text, shownKinds]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address follows the words, not the other way about.
  useEffect(() => {
    if ((search.q ?? "") !== words) change({ q: words });
  }, [words]);

  const asks = isNarrow ? askedWord(words) : "";
  const askedBefore = useRef("");
  useEffect(() => {
    if (askedBefore.current !== asks) feed.narrow(asks, Date.now());
    askedBefore.current = asks;
  }, [feed, asks]);
  const apps = useApps(who);
  const names = useMemo(() => new Map(apps.map((app) => [app.id, app.name])), [apps]);
  const state = useTail({ appId, isScoped: scopedApp !== undefined, kinds, words: asks }, feed, names);

  // Paused by hand stays paused; held because somebody reads goes on by itself.
  const [isByHand, setByHand] = useState(false);
  const onHold = useCallback(
    (hold: boolean) => {
      if (!isByHand) feed.pause(hold);
    },
    [feed, isByHand],
  );
  const toggle = useCallback(() => {
    const next = !view.isPaused;
    setByHand(next);
    feed.pause(next);
  }, [feed, view.isPaused]);
  useKey("p", toggle);
  useKey(
    "c",
    useCallback(() => feed.clear(), [feed]),
  );

  if (state.kind === "refused") {
    return (
      <Page title="Live tail">
        <Failing error={state.failure} />
      </Page>
    );
  }
  return (
    <Page
      title="Live tail"
      isWide
      beside={<StateBadge state={state} isPaused={view.isPaused} />}
      actions={
        <>
          <Button icon={<Eraser />} onPress={() => feed.clear()}>
            Clear
          </Button>
          <Button look="primary" icon={view.isPaused ? <Play /> : <Pause />} onPress={toggle}>
            {view.isPaused ? (view.waiting > 0 ? `Go on, ${count(view.waiting)} waiting` : "Go on") : "Pause"}
          </Button>
        </>
      }
    >
      <div className="tail-bar">
        <div className="tail-filter">
          <SearchField label="Filter" placeholder="Filter: words, -without" value={text} onChange={setText} />
        </div>
        {scopedApp === undefined && <AppFilter apps={apps} appId={appId} onChange={(app) => change({ app })} />}
        <fieldset className="tail-kinds">
          <legend className="hidden-visually">What is shown</legend>
          {KINDS.map(({ id, label }) => (
            <Checkbox
              key={id}
              isSelected={kinds.includes(id)}
              isDisabled={kinds.length === 1 && kinds.includes(id)}
              onChange={(on) => {
                const next = KINDS.map((kind) => kind.id).filter((kind) => (kind === id ? on : kinds.includes(kind)));
                change({ kinds: next.length === KINDS.length ? undefined : next.join(",") });
              }}
            >
              {label}
            </Checkbox>
          ))}
        </fieldset>
        <Switch isSelected={isNarrow} onChange={(on) => change({ narrow: on ? "1" : undefined })}>
          Filter in the engine
        </Switch>
      </div>
      <TailList
        rows={view.rows}
        isPaused={view.isPaused}
        onHold={onHold}
        empty={
          view.received > 0 && text !== "" ? (
            <NoneFound onClear={() => setText("")}>
              {count(view.received)} came, none of them fits. What comes is looked at as it comes.
            </NoneFound>
          ) : (
            <Empty
              key={state.kind}
              title={state.kind === "live" ? "Nothing has happened since you came" : "Connecting"}
              icon={<Radio />}
            >
              What is accepted, sent or rejected from now on appears here.
            </Empty>
          )
        }
      />
      <Counts view={view} />
    </Page>
  );
}

/** What the engine is asked for: it looks for one text, in types and ids; the rest of the filter is seen to here. */
function askedWord(words: string): string {
  const plain = words.split(/\s+/).filter((word) => !word.startsWith("-"));
  return plain.toSorted((a, b) => b.length - a.length)[0] ?? "";
}

function StateBadge({ state, isPaused }: { readonly state: TailState; readonly isPaused: boolean }) {
  if (state.kind === "lost") return <Badge tone="bad">Connection lost, trying again</Badge>;
  if (state.kind === "connecting") return <Badge>Connecting</Badge>;
  return isPaused ? (
    <Badge tone="warn" icon={Pause}>
      Paused
    </Badge>
  ) : (
    <Badge tone="ok" icon={Radio}>
      Live
    </Badge>
  );
}

function Counts({ view }: { readonly view: FeedView }) {
  return (
    <p className="tail-counts num">
      <span>
        <b>{rate(view.perSecond)}</b> /s
      </span>
      <span>
        <b>{count(view.received)}</b> came
      </span>
      <span>
        <b>{count(view.rows.length)}</b> shown
      </span>
      <span data-some={view.skipped > 0 || undefined}>
        <b>{count(view.skipped)}</b> skipped
      </span>
      <span className="faint end">the newest 10,000 are kept</span>
    </p>
  );
}

/** The applications by name. Of very many only the first have one here; the others show their id. */
function useApps(who: WhoAmI | undefined): readonly App[] {
  const apps = useQuery({
    queryKey: ["tail", "apps"],
    queryFn: async ({ signal }) =>
      (await ask<{ readonly data: readonly App[] }>("/api/v1/app", { query: { limit: 250 }, signal })).data,
    enabled: who !== undefined && who.appId === null,
    refetchInterval: 30_000,
  });
  return useMemo(
    () => (who?.appId == null ? (apps.data ?? []) : [{ id: who.appId, name: who.appName ?? who.appId }]),
    [apps.data, who],
  );
}

interface App {
  readonly id: string;
  readonly uid?: string | null;
  readonly name: string;
}

function AppFilter({
  apps,
  appId,
  onChange,
}: {
  readonly apps: readonly App[];
  readonly appId: string | undefined;
  readonly onChange: (appId: string | undefined) => void;
}) {
  const options = apps.map((app) => ({ id: app.id, label: app.name, note: app.uid ?? undefined }));
  return (
    <div className="tail-apps">
      <ComboBox
        label="Application"
        isLabelHidden
        placeholder="All applications"
        options={options}
        value={appId}
        onChange={onChange}
      />
    </div>
  );
}

/** A value once it has stood still for a while. */
function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
