import { useMemo } from "react";
import { CodeView } from "../../kit/code-view.tsx";
import { KeyValues } from "../../kit/key-values.tsx";
import { Section } from "../../kit/page.tsx";
import { Empty } from "../../kit/states.tsx";
import { useSearch } from "../../kit/use-search.ts";
import type { WholeFlow } from "../flow-parts/flow.ts";
import { Graph } from "../flow-parts/graph.tsx";
import { KIND_WORDS } from "../flow-parts/kinds.ts";
import { type StepNode, textOf, treeOf, walk } from "../flow-parts/tree.ts";
import { triggersWords } from "../flow-parts/words.ts";
import { paths } from "../paths.ts";
import { FlowFrame } from "./frame.tsx";

/** The definition drawn, and what stands in a step. */
export default function FlowGraph() {
  return <FlowFrame current={paths.flowGraph}>{(flow) => <Drawn flow={flow} />}</FlowFrame>;
}

function Drawn({ flow }: { readonly flow: WholeFlow }) {
  const [{ step: at }, setSearch] = useSearch("step");
  const tree = useMemo(() => treeOf(flow.definition), [flow.definition]);
  const current = useMemo(() => walk(tree).find(({ way }) => textOf(way) === at), [tree, at]);
  return (
    <div className="two-sides flows-sides">
      <Graph
        tree={tree}
        startsWith={triggersWords(flow.triggers)}
        current={current?.way}
        onOpen={(step) => setSearch({ step: textOf(step.way) })}
        height={620}
      />
      {current === undefined ? (
        <Section title="Step">
          <Empty title="Choose a step">What it does, and what it is told to do when it fails, stands here.</Empty>
        </Section>
      ) : (
        <StepFacts step={current} />
      )}
    </div>
  );
}

function StepFacts({ step }: { readonly step: StepNode }) {
  const { id, title, kind, gist, way, value } = step;
  return (
    <Section title={title || id} description={kind === undefined ? undefined : KIND_WORDS[kind].note}>
      <div className="stack">
        <KeyValues
          items={[
            ["Kind", kind === undefined ? "unknown" : KIND_WORDS[kind].label],
            ["Id", <code key="i">{id}</code>],
            gist !== "" && ["Does", <code key="g">{gist}</code>],
            ["At", <code key="w">{textOf(way)}</code>],
          ]}
        />
        <CodeView text={JSON.stringify(value, null, 2)} what={`the definition of ${id}`} lines={22} />
      </div>
    </Section>
  );
}
