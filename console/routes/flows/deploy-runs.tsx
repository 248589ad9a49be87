import { Link } from "../../kit/button.tsx";
import { count, plural } from "../../kit/format.ts";
import { Note } from "../../kit/states.tsx";
import type { DeployRuns as Counts, RunningPolicy } from "../flow-parts/flow.ts";
import { paths } from "../paths.ts";

export const RUNNING: readonly { readonly id: RunningPolicy; readonly label: string }[] = [
  { id: "finish", label: "Finish as they began" },
  { id: "migrate", label: "Move if they can" },
  { id: "cancel", label: "Cancel" },
];

/** What becomes, or would become, of runs of other versions. */
export function DeployRuns({ appId, runs }: { readonly appId: string; readonly runs: Counts }) {
  const { finish, migrate, cancel, cannot, isComplete } = runs;
  if (finish + migrate + cancel + cannot.length === 0) return <Note>No run of another version goes on.</Note>;
  return (
    <Note tone={cancel > 0 || cannot.length > 0 ? "warn" : "info"}>
      <p>
        {[
          finish > 0 && `${plural(finish, "run")} will finish as they began`,
          migrate > 0 && `${plural(migrate, "run")} will move to the new version`,
          cancel > 0 && `${plural(cancel, "run")} will be cancelled, and what they did undone`,
        ]
          .filter(Boolean)
          .join("; ")}
        {finish + migrate + cancel > 0 && "."}
        {!isComplete && " There are more than were looked at."}
      </p>
      {cannot.length > 0 && (
        <>
          <p>{count(cannot.length)} cannot move, and finish as they began:</p>
          <ul className="flows-cannot">
            {cannot.map(({ runId, reason }) => (
              <li key={runId}>
                <Link href={paths.run(appId, runId)}>{runId}</Link> {reason}
              </li>
            ))}
          </ul>
        </>
      )}
    </Note>
  );
}
