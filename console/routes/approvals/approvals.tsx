import { UserCheck } from "lucide-react";
import { api } from "../../api/client.ts";
import { Link } from "../../kit/button.tsx";
import { CodeView } from "../../kit/code-view.tsx";
import { Id } from "../../kit/copy.tsx";
import { Select } from "../../kit/field.tsx";
import { KeyValues } from "../../kit/key-values.tsx";
import { Page, Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty, Loading, NoneFound } from "../../kit/states.tsx";
import { Time } from "../../kit/time.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { useAppCrumbs } from "../app-crumbs.ts";
import { DecideButtons } from "../flow-parts/decide.tsx";
import type { Approval } from "../flow-parts/flow.ts";
import { isFields } from "../flow-parts/tree.ts";
import { useParam } from "../params.ts";
import { paths } from "../paths.ts";
import { useFlowChoices } from "../runs/flow-choices.ts";

const PAGE = 25;
const AGAIN_MS = 3_000;

/** What waits for somebody's yes or no. */
export default function Approvals() {
  const appId = useParam("appId");
  const crumbs = useAppCrumbs(appId);
  const choices = useFlowChoices(appId);
  const [{ flow, page: iterator }, setSearch] = useSearch("flow", "page");
  const approvals = api.useQuery(
    "get",
    "/api/v1/app/{app_id}/approval",
    {
      params: {
        path: { app_id: appId },
        query: { limit: PAGE, ...(iterator !== undefined && { iterator }), ...(flow !== undefined && { flow }) },
      },
    },
    { refetchInterval: AGAIN_MS },
  );
  return (
    <Page
      title="Approvals"
      crumbs={crumbs}
      description="Runs that wait for a person. Who decided, when and why is kept with the run."
    >
      <Section isFlush>
        <div className="row wrap filters">
          <Select
            label="Flow"
            isLabelHidden
            options={[{ id: "any", label: "All flows" }, ...choices]}
            value={flow ?? "any"}
            onChange={(id) => setSearch({ flow: id === "any" ? undefined : id, page: undefined })}
          />
        </div>
        <Answer query={approvals} loading={<Loading rows={6} />}>
          {({ data, done, iterator: next, prevIterator }) => (
            <>
              {data.length === 0 &&
                (flow === undefined ? (
                  <Empty title="Nothing waits for a decision" icon={<UserCheck />}>
                    A step <code>approve</code> stops its run here until somebody says yes or no, or until its timeout.
                  </Empty>
                ) : (
                  <NoneFound onClear={() => setSearch({ flow: undefined, page: undefined })} />
                ))}
              <ul className="approvals">
                {data.map((one) => (
                  <Asked key={`${one.runId} ${one.path}`} appId={appId} approval={one} />
                ))}
              </ul>
              <Pager
                at={iterator}
                done={done}
                next={next}
                previous={prevIterator}
                onPage={(page) => setSearch({ page }, { push: true })}
              />
            </>
          )}
        </Answer>
      </Section>
    </Page>
  );
}

function Asked({ appId, approval }: { readonly appId: string; readonly approval: Approval }) {
  const { title, details, runId, path, flow, askedAt, until, decision } = approval;
  return (
    <li className="approvals-one">
      <div className="approvals-words">
        <h3>{title}</h3>
        <p className="muted">
          <Link href={paths.flow(appId, flow)}>{flow}</Link>, step <code>{path}</code>, asked <Time at={askedAt} />
          {until !== null && (
            <>
              , times out <Time at={until} />
            </>
          )}
        </p>
        <Id id={runId} href={paths.run(appId, runId)} />
        {details != null && <Details details={details} title={title} />}
      </div>
      {decision === null ? (
        <DecideButtons appId={appId} runId={runId} path={path} title={title} />
      ) : (
        <p className="muted">
          {decision.approved ? "Approved" : "Rejected"} by {decision.by} <Time at={decision.at} />
          {decision.reason !== "" && `: ${decision.reason}`}
        </p>
      )}
    </li>
  );
}

const FLAT_MAX = 12;

/** Names and plain values as people read them; anything deeper as it is. */
function Details({ details, title }: { readonly details: unknown; readonly title: string }) {
  if (isFields(details)) {
    const all = Object.entries(details);
    if (all.length <= FLAT_MAX && all.every(([, value]) => typeof value !== "object" || value === null))
      return <KeyValues items={all.map(([name, value]) => [name, String(value ?? "")])} />;
  }
  return <CodeView text={JSON.stringify(details, null, 2)} what={`details of ${title}`} lines={8} />;
}
