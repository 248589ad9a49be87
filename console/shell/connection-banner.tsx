import { useQueryClient } from "@tanstack/react-query";
import { CloudOff } from "lucide-react";
import { useEffect, useRef } from "react";
import { connection } from "../state/connection.ts";
import { useStore } from "../state/store.ts";

/** Says that the engine is away, and asks everything in sight anew when it is back. */
export function ConnectionBanner() {
  const state = useStore(connection);
  const queries = useQueryClient();
  const wasLost = useRef(false);
  useEffect(() => {
    if (state === "ok" && wasLost.current) void queries.invalidateQueries();
    wasLost.current = state === "lost";
  }, [state, queries]);
  return (
    <div role="status" className="banner-place">
      {state === "lost" && (
        <div className="banner">
          <CloudOff aria-hidden />
          The engine does not answer. What you see may be old; it is asked again every two seconds.
        </div>
      )}
    </div>
  );
}
