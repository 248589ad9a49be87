import { Ban, CircleAlert, CloudOff, Hourglass, Inbox, RotateCw, SearchX, ShieldQuestion } from "lucide-react";
import type { ReactNode } from "react";
import { asFailure, type Failure } from "../api/failure.ts";
import { Button } from "./button.tsx";

interface StateProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly tone?: "bad" | undefined;
  readonly role?: "alert" | undefined;
}

function State({ icon, title, children, actions, tone, role }: StateProps) {
  return (
    <div className="state" data-tone={tone} role={role}>
      <span className="state-icon" aria-hidden="true">
        {icon}
      </span>
      <p className="state-title">{title}</p>
      {children !== undefined && <div className="state-text">{children}</div>}
      {actions !== undefined && <div className="row wrap">{actions}</div>}
    </div>
  );
}

/** Nothing is there, and that is no fault: says why, and what to do next. */
export function Empty({
  title,
  children,
  actions,
  icon,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly icon?: ReactNode;
}) {
  return (
    <State icon={icon ?? <Inbox />} title={title} actions={actions}>
      {children}
    </State>
  );
}

/** Nothing fits the filters. */
export function NoneFound({
  onClear,
  children,
}: {
  readonly onClear?: (() => void) | undefined;
  readonly children?: ReactNode;
}) {
  return (
    <State
      icon={<SearchX />}
      title="Nothing fits these filters"
      actions={onClear && <Button onPress={onClear}>Clear the filters</Button>}
    >
      {children}
    </State>
  );
}

/** A place that waits for what will stand there; it is as high as that will be. */
export function Loading({
  label = "Loading",
  rows = 4,
  height,
}: {
  readonly label?: string;
  readonly rows?: number;
  readonly height?: number;
}) {
  return (
    <div className="loading" role="status" style={height === undefined ? undefined : { height }}>
      <span className="hidden-visually">{label}…</span>
      {height === undefined && Array.from({ length: rows }, (_, row) => <i key={`row-${String(row)}`} />)}
    </div>
  );
}

interface Words {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: string;
  readonly again: boolean;
}

function wordsFor(failure: Failure): Words {
  switch (failure.kind) {
    case "unreachable":
      return {
        icon: <CloudOff />,
        title: "The engine does not answer",
        text: "It is asked again by itself. Nothing you see here changes until it does.",
        again: true,
      };
    case "forbidden":
      return {
        icon: <Ban />,
        title: "Your key may not see this",
        text: `${failure.message}. Ask whoever manages the keys for a role that may.`,
        again: false,
      };
    case "signed_out":
      return { icon: <Ban />, title: "You are signed out", text: failure.message, again: false };
    case "missing":
      return {
        icon: <SearchX />,
        title: "There is no such thing",
        text: `${failure.message}. It may have been deleted, or it is older than what is kept.`,
        again: false,
      };
    case "maybe":
      return {
        icon: <ShieldQuestion />,
        title: "Not confirmed",
        text: "The database did not say in time whether it was done. Asking again is safe: it happens once.",
        again: true,
      };
    case "busy":
      return {
        icon: <Hourglass />,
        title: "The engine is busy",
        text: `${failure.message}${failure.retryAfterSeconds === undefined ? "" : `. It asks to come back in ${failure.retryAfterSeconds} s`}.`,
        again: true,
      };
    case "conflict":
    case "invalid":
      return { icon: <CircleAlert />, title: "This cannot be done as asked", text: failure.message, again: false };
    case "fault":
      return { icon: <CircleAlert />, title: "Something failed that should not", text: failure.message, again: true };
  }
}

/** In place of what could not be loaded. */
export function Failing({ error, onRetry }: { readonly error: unknown; readonly onRetry?: (() => void) | undefined }) {
  const failure = asFailure(error);
  const { icon, title, text, again } = wordsFor(failure);
  return (
    <State
      icon={icon}
      title={title}
      role="alert"
      tone={failure.kind === "missing" || failure.kind === "forbidden" ? undefined : "bad"}
      actions={
        again && onRetry !== undefined ? (
          <Button icon={<RotateCw />} onPress={onRetry}>
            Try again
          </Button>
        ) : undefined
      }
    >
      <p>{text}</p>
      <FailureFacts failure={failure} />
    </State>
  );
}

/** Beside a form or in a dialog: why it was not done. */
export function FailureNote({ error }: { readonly error: unknown }) {
  const failure = asFailure(error);
  const { title, text } = wordsFor(failure);
  return (
    <Note tone="bad" role="alert">
      <strong>{title}.</strong> {text}
      <FailureFacts failure={failure} />
    </Note>
  );
}

function FailureFacts({ failure }: { readonly failure: Failure }) {
  return (
    <p className="faint failure-facts">
      <code>{failure.code}</code>
      {failure.requestId !== undefined && (
        <>
          {" · request "}
          <code>{failure.requestId}</code>
        </>
      )}
    </p>
  );
}

/** A sentence that must be seen, with its tone told by more than its colour. */
export function Note({
  tone = "info",
  role,
  children,
}: {
  readonly tone?: "info" | "ok" | "warn" | "bad";
  readonly role?: "alert" | "status";
  readonly children: ReactNode;
}) {
  return (
    <div className="note" data-tone={tone} role={role}>
      <CircleAlert aria-hidden />
      <div>{children}</div>
    </div>
  );
}

interface Asked<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly isPending: boolean;
  readonly refetch: () => unknown;
}

/**
 * The three things a query can be, so that no page forgets one: loading (as high as what comes), failing, or there. What was loaded before
 * stays in sight when asking again fails.
 */
export function Answer<T>({
  query,
  loading,
  children,
}: {
  readonly query: Asked<T>;
  readonly loading?: ReactNode;
  readonly children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) {
    return (
      <>
        {query.error != null && <FailureNote error={query.error} />}
        {children(query.data)}
      </>
    );
  }
  if (query.error != null) return <Failing error={query.error} onRetry={() => void query.refetch()} />;
  return loading ?? <Loading />;
}
