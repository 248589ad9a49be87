import { CalendarRange } from "lucide-react";
import { useMemo, useState } from "react";
import { useUtc } from "../state/preferences.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Segments, TextField } from "./field.tsx";
import { absolute } from "./format.ts";
import { fromInput, PRESETS, type PresetId, presetOf, toInput, windowOf } from "./time-windows.ts";
import { useSearch } from "./use-search.ts";

export interface TimeWindowState {
  /** Changes when the window does, and not with the clock: the key for queries. */
  readonly key: string;
  /** Follows the clock. */
  readonly isLive: boolean;
  readonly spanMs: number;
  /** The window as it is now. */
  readonly now: () => { readonly since: number; readonly until: number };
  readonly choose: (since: number, until: number) => void;
}

/** The window of time a page shows, kept in its address: `?window=6h`, or `?since=…&until=…`. */
export function useTimeWindow(byDefault: PresetId = "1h"): TimeWindowState {
  const [search, change] = useSearch("window", "since", "until");
  const { window: preset, since, until } = search;
  return useMemo(() => {
    const found = windowOf({ window: preset, since, until }, byDefault);
    return {
      ...found,
      choose: (from, to) =>
        change(
          { window: undefined, since: new Date(from).toISOString(), until: new Date(to).toISOString() },
          { push: true },
        ),
    };
  }, [preset, since, until, byDefault, change]);
}

/** Chooses the window: one of a few that follow the clock, or a span of one's own. */
export function TimeWindow({
  byDefault = "1h",
  presets,
}: {
  readonly byDefault?: PresetId;
  readonly presets?: readonly PresetId[];
}) {
  const [search, change] = useSearch("window", "since", "until");
  const [isOpen, setOpen] = useState(false);
  const inUtc = useUtc();
  const isOwn = search.since !== undefined && search.until !== undefined;
  const value = isOwn ? "own" : presetOf(search.window, byDefault);
  const options = PRESETS.filter(({ id }) => presets?.includes(id) ?? true).map(({ id, label }) => ({ id, label }));
  return (
    <div className="time-window">
      <Segments<PresetId | "own">
        label="Window of time"
        options={options}
        value={value}
        onChange={(id) => change({ window: id === byDefault ? undefined : id, since: undefined, until: undefined })}
      />
      <Button look={isOwn ? "plain" : "quiet"} icon={<CalendarRange />} onPress={() => setOpen(true)}>
        {isOwn
          ? `${absolute(new Date(search.since ?? 0), inUtc, false).slice(5, 16)} – ${absolute(new Date(search.until ?? 0), inUtc, false).slice(5, 16)}`
          : "Custom"}
      </Button>
      {isOpen && (
        <OwnWindow
          byDefault={byDefault}
          onClose={() => setOpen(false)}
          onChoose={(since, until) =>
            change(
              { window: undefined, since: new Date(since).toISOString(), until: new Date(until).toISOString() },
              { push: true },
            )
          }
        />
      )}
    </div>
  );
}

function OwnWindow({
  byDefault,
  onClose,
  onChoose,
}: {
  readonly byDefault: PresetId;
  readonly onClose: () => void;
  readonly onChoose: (since: number, until: number) => void;
}) {
  const inUtc = useUtc();
  const start = useTimeWindow(byDefault).now();
  const [since, setSince] = useState(toInput(start.since, inUtc));
  const [until, setUntil] = useState(toInput(start.until, inUtc));
  const from = fromInput(since, inUtc);
  const to = fromInput(until, inUtc);
  const error =
    from === undefined || to === undefined
      ? "A date and a time are missing"
      : from >= to
        ? "The end should be after the beginning"
        : undefined;
  return (
    <Dialog
      title="Window of time"
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            look="primary"
            isDisabled={error !== undefined}
            onPress={() => {
              if (from !== undefined && to !== undefined) onChoose(from, to);
              onClose();
            }}
          >
            Show
          </Button>
        </>
      }
    >
      <TextField
        label={`From${inUtc ? " (UTC)" : ""}`}
        type="datetime-local"
        value={since}
        onChange={setSince}
        autoFocus
      />
      <TextField
        label={`To${inUtc ? " (UTC)" : ""}`}
        type="datetime-local"
        value={until}
        onChange={setUntil}
        error={error}
      />
    </Dialog>
  );
}
