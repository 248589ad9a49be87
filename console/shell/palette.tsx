import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { AppWindow, ArrowRight, Fingerprint, type LucideIcon, Search } from "lucide-react";
import { useDeferredValue, useState } from "react";
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
} from "react-aria-components";
import { ask } from "../api/client.ts";
import { asFailure } from "../api/failure.ts";
import type { components } from "../api/schema.d.ts";
import { useWhoAmI } from "../api/whoami.ts";
import { paths } from "../routes/paths.ts";
import { placesFor } from "./navigation.ts";

interface Hit {
  readonly id: string;
  readonly label: string;
  readonly note?: string;
  readonly href: string;
  readonly icon: LucideIcon;
}

type Found = components["schemas"]["FoundOut"];

/** The page of something that was found; undefined: it has none. */
export function placeOf({ kind, id, appId, messageId }: Found): string | undefined {
  switch (kind) {
    case "application":
      return paths.app(appId);
    case "endpoint":
      return paths.endpoint(appId, id);
    case "source":
      return paths.source(appId, id);
    case "message":
      return paths.message(appId, id);
    case "flow":
      return paths.flow(appId, id);
    case "run":
      return paths.run(appId, id);
    case "task":
      return paths.task(appId, id);
    case "attempt":
    case "delivery":
      return messageId === null ? undefined : paths.message(appId, messageId);
  }
}

/** Finds pages, applications by name, and anything by its id or uid. */
export default function Palette({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState("");
  const query = useDeferredValue(text.trim());
  const { data: who } = useWhoAmI();
  const navigate = useNavigate();

  const apps = useQuery({
    queryKey: ["palette", "apps"],
    queryFn: ({ signal }) =>
      ask<{ data: readonly { id: string; uid?: string | null; name: string }[] }>("/api/v1/app", {
        query: { limit: 250 },
        signal,
      }),
    enabled: who?.appId === null,
    staleTime: 30_000,
  });
  const found = useQuery({
    queryKey: ["palette", "find", query],
    queryFn: async ({ signal }) => {
      try {
        return await ask<Found>(`/api/v1/find/${encodeURIComponent(query)}`, { signal });
      } catch (error) {
        if (asFailure(error).kind === "missing") return null;
        throw error;
      }
    },
    enabled: query.length >= 3 && /^[\w.-]+$/.test(query) && who?.appId === null,
    staleTime: 30_000,
    retry: false,
  });

  const needle = query.toLowerCase();
  const fits = (hit: Hit): boolean => `${hit.label} ${hit.note ?? ""}`.toLowerCase().includes(needle);
  const exact: Hit[] = [];
  const at = found.data == null ? undefined : placeOf(found.data);
  if (found.data != null && at !== undefined) {
    exact.push({
      id: `found-${found.data.id}`,
      label: found.data.name ?? found.data.id,
      note: `${found.data.kind} ${found.data.id}`,
      href: at,
      icon: Fingerprint,
    });
  }
  const groups = [
    { title: "Found", hits: exact },
    {
      title: "Pages",
      hits: placesFor(who)
        .map((place): Hit => ({ id: place.href, label: place.label, href: place.href, icon: place.icon }))
        .filter(fits),
    },
    {
      title: "Applications",
      hits: (apps.data?.data ?? [])
        .map(
          (app): Hit => ({
            id: app.id,
            label: app.name,
            note: app.uid ?? app.id,
            href: paths.app(app.id),
            icon: AppWindow,
          }),
        )
        .filter(fits)
        .slice(0, 8),
    },
  ].filter((group) => group.hits.length > 0);

  return (
    <ModalOverlay className="scrim" isOpen onOpenChange={(open) => open || onClose()} isDismissable>
      <Modal className="modal" data-size="m">
        <Dialog className="dialog palette" aria-label="Search and commands">
          <Autocomplete inputValue={text} onInputChange={setText}>
            <SearchField className="palette-field" aria-label="Search pages, applications and ids" autoFocus>
              <Search aria-hidden />
              <Input placeholder="A page, an application, any id or uid" />
              <kbd>Esc</kbd>
            </SearchField>
            <Menu
              className="menu palette-list"
              aria-label="Results"
              renderEmptyState={() => (
                <p className="palette-empty">{found.isFetching ? "Looking…" : "Nothing of that name"}</p>
              )}
              onAction={(key) => {
                const hit = groups.flatMap((group) => group.hits).find((one) => one.id === key);
                onClose();
                if (hit !== undefined) void navigate({ href: hit.href });
              }}
            >
              {groups.map((group) => (
                <MenuSection key={group.title}>
                  <Header className="menu-header">{group.title}</Header>
                  {group.hits.map((hit) => (
                    <MenuItem key={hit.id} id={hit.id} className="item" textValue={hit.label}>
                      <hit.icon aria-hidden />
                      <span className="item-text truncate">{hit.label}</span>
                      {hit.note !== undefined && <span className="faint truncate">{hit.note}</span>}
                      <ArrowRight aria-hidden className="palette-go" />
                    </MenuItem>
                  ))}
                </MenuSection>
              ))}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
