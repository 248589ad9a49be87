import { useQuery } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../kit/button.tsx";
import { TextField } from "../../kit/field.tsx";
import { Section } from "../../kit/page.tsx";
import { Answer, FailureNote } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import type { Reach } from "./reach.ts";

/** Headers that every request to the endpoint carries. Values that look like credentials are stored and not shown again. */
export function CustomHeaders({ reach, mayWrite }: { readonly reach: Reach; readonly mayWrite: boolean }) {
  const headers = useQuery({ queryKey: ["endpoint-headers", reach.key], queryFn: () => reach.headers() });
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const patch = useChange<Readonly<Record<string, string | null>>, unknown>((changes) => reach.changeHeaders(changes));
  const change = async (changes: Readonly<Record<string, string | null>>, done: string) => {
    try {
      await patch.run(changes);
      say(done);
      setName("");
      setValue("");
    } catch {
      // Shown below the form.
    }
  };
  return (
    <Section title="Headers" description="Sent with every request, for receivers that want a token or a route.">
      <Answer query={headers}>
        {(data) => {
          const shown: readonly (readonly [string, string])[] = [
            ...Object.entries(data.headers),
            ...data.sensitive.map((hidden) => [hidden, "not shown"] as const),
          ];
          return (
            <div className="stack">
              {shown.length === 0 && !mayWrite && <p className="faint">None.</p>}
              {shown.length > 0 && (
                <ul className="stack tight">
                  {shown.map(([header, text]) => (
                    <li key={header} className="row">
                      <code className="grow">
                        {header}: {text}
                      </code>
                      {mayWrite && (
                        <IconButton
                          label={`Remove ${header}`}
                          size="s"
                          icon={<Trash2 />}
                          onPress={() => void change({ [header]: null }, `Removed ${header}`)}
                        />
                      )}
                    </li>
                  ))}
                </ul>
              )}
              {mayWrite && (
                <form
                  className="row wrap endpoints-add"
                  onSubmit={(event) => {
                    event.preventDefault();
                    void change({ [name.trim()]: value }, `Every request carries ${name.trim()} now`);
                  }}
                >
                  <TextField label="Name" isMono value={name} onChange={setName} placeholder="X-Tenant" />
                  <TextField label="Value" isMono value={value} onChange={setValue} autoComplete="off" />
                  <Button type="submit" icon={<Plus />} isDisabled={name.trim() === ""} isPending={patch.isPending}>
                    Add
                  </Button>
                </form>
              )}
              {patch.error != null && <FailureNote error={patch.error} />}
            </div>
          );
        }}
      </Answer>
    </Section>
  );
}
