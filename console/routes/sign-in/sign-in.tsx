import { useNavigate } from "@tanstack/react-router";
import { KeyRound } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { Form } from "react-aria-components";
import { asFailure, type Failure } from "../../api/failure.ts";
import { whoAmI } from "../../api/whoami.ts";
import { Button } from "../../kit/button.tsx";
import { TextField } from "../../kit/field.tsx";
import { FailureNote } from "../../kit/states.tsx";
import { Mark } from "../../shell/mark.tsx";
import { hasLeft, session, signInWith, signOut } from "../../state/session.ts";
import { developmentToken } from "./development.ts";

/** Where to go after signing in: an address of ours, never another site's. */
export function nextAfter(next: string | undefined): string {
  return next?.startsWith("/") === true && !next.startsWith("//") && !next.startsWith("/\\") ? next : "/";
}

/** Signs in with an API key; on loopback in development by itself, unless somebody just signed out. */
export default function SignIn() {
  // As it was when this page was opened: on the way out the address changes before the page is gone.
  const [next] = useState(() => new URLSearchParams(location.search).get("next") ?? undefined);
  const navigate = useNavigate();
  const [token, setToken] = useState("");
  const [failure, setFailure] = useState<Failure>();
  const [isPending, setPending] = useState(!hasLeft());

  const enter = useCallback(
    async (candidate: string): Promise<void> => {
      setPending(true);
      setFailure(undefined);
      signInWith(candidate.trim());
      try {
        const who = await whoAmI();
        if (!who.permissions.some((permission) => permission === "read")) {
          signOut();
          throw new Error(`This key has the role ${who.role}; the console needs one that may read`);
        }
        await navigate({ href: nextAfter(next), replace: true });
      } catch (error) {
        if (session.get() !== undefined) signOut();
        setFailure(asFailure(error));
        setPending(false);
      }
    },
    [navigate, next],
  );

  useEffect(() => {
    document.title = "Sign in · Posthorn";
    if (hasLeft()) return;
    let isGone = false;
    developmentToken().then(
      (found) => {
        if (isGone) return;
        if (found === undefined) setPending(false);
        else void enter(found);
      },
      () => setPending(false),
    );
    return () => {
      isGone = true;
    };
  }, [enter]);

  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Mark size={40} />
        <h1>Sign in to Posthorn</h1>
        <Form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void enter(token);
          }}
        >
          <TextField
            label="API key"
            type="password"
            autoComplete="current-password"
            value={token}
            onChange={setToken}
            isRequired
            isMono
            autoFocus
            error={failure?.kind === "signed_out" ? "This key is not known here, or it ran out" : undefined}
            description="It is kept in this tab only, and gone when you close it."
          />
          {failure !== undefined && failure.kind !== "signed_out" && <FailureNote error={failure} />}
          <Button
            type="submit"
            look="primary"
            icon={<KeyRound />}
            isPending={isPending}
            isDisabled={token.trim() === ""}
          >
            {isPending && token === "" ? "Signing in…" : "Sign in"}
          </Button>
        </Form>
        <p className="description">
          <code>posthorn token</code> prints the token that was generated in development. Keys are made under Settings.
        </p>
      </div>
    </main>
  );
}
