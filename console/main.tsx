import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { I18nProvider, RouterProvider as LinkProvider } from "react-aria-components";
import { createRoot } from "react-dom/client";
import { queryClient } from "./api/query.ts";
import { Toasts } from "./kit/toast.tsx";
import { router } from "./router.tsx";
import { session } from "./state/session.ts";

// What one key may see is not shown to the next.
session.subscribe(() => {
  queryClient.clear();
  if (session.get() === undefined) goToSignIn();
});

function goToSignIn(): void {
  const { href, pathname } = router.state.location;
  if (pathname !== "/sign-in")
    void router.navigate({ href: `/sign-in?next=${encodeURIComponent(href)}`, replace: true });
}

const place = document.getElementById("root");
if (place === null) throw new Error("The page has no element with the id root.");
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
