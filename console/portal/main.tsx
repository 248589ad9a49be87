import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { I18nProvider, RouterProvider as LinkProvider } from "react-aria-components";
import { createRoot } from "react-dom/client";
import { queryClient } from "../api/query.ts";
import { Toasts } from "../kit/toast.tsx";
import { session } from "../state/session.ts";
import { arrive } from "./arrive.ts";
import { isFramed, tellHeight } from "./frame.ts";
import { createPortalRouter } from "./router.tsx";

// First of all: from here on the token stands in no address.
arrive();
// Another link, opened in the same tab: whatever was shown before is somebody else's.
addEventListener("hashchange", arrive);
session.subscribe(() => queryClient.clear());

const router = createPortalRouter();
const place = document.getElementById("root");
if (place === null) throw new Error("The page has no element with the id root.");
if (isFramed) document.documentElement.dataset["framed"] = "";
createRoot(place).render(
  <StrictMode>
    <I18nProvider locale="en-GB">
      <LinkProvider navigate={(href) => void router.navigate({ href })}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
          <Toasts />
        </QueryClientProvider>
      </LinkProvider>
    </I18nProvider>
  </StrictMode>,
);
tellHeight();
