import { ChevronRight } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { Link } from "react-aria-components";
import { siteName } from "../state/site-name.ts";
import { useStore } from "../state/store.ts";

export interface Crumb {
  readonly label: string;
  readonly href: string;
}

export interface PageProps {
  readonly title: string;
  /** The way here, without the page itself. */
  readonly crumbs?: readonly Crumb[] | undefined;
  /** Beside the title: badges, an id. */
  readonly beside?: ReactNode;
  readonly description?: ReactNode;
  /** At the right: what can be done, the main thing last. */
  readonly actions?: ReactNode;
  /** Under the title: `SubNav` of the thing's pages. */
  readonly nav?: ReactNode;
  /** The whole width and height, for what scrolls by itself. */
  readonly isWide?: boolean | undefined;
  readonly children: ReactNode;
}

/** The frame of every page: its title (which the tab shows and a screen reader is told), the way here, what can be done. */
export function Page({ title, crumbs = [], beside, description, actions, nav, isWide, children }: PageProps) {
  const site = useStore(siteName);
  useEffect(() => {
    document.title = [title, ...crumbs.map((crumb) => crumb.label).toReversed(), site].join(" · ");
  }, [title, crumbs, site]);
  return (
    <div className="page" data-wide={isWide || undefined}>
      <header className="page-head">
        {crumbs.length > 0 && (
          <nav aria-label="Breadcrumbs">
            <ol className="crumbs">
              {crumbs.map((crumb) => (
                <li key={crumb.href}>
                  <Link className="crumb truncate" href={crumb.href}>
                    {crumb.label}
                  </Link>
                  <ChevronRight aria-hidden />
                </li>
              ))}
            </ol>
          </nav>
        )}
        <div className="page-title">
          {/* The shell moves focus here after each step, so that a screen reader begins where the page does. */}
          <h1 id="page-title" tabIndex={-1}>
            {title}
          </h1>
          {beside}
          {actions !== undefined && actions !== false && <div className="page-actions">{actions}</div>}
        </div>
        {description !== undefined && description !== false && <p className="page-description">{description}</p>}
        {nav}
      </header>
      {children}
    </div>
  );
}

/** Pages of one thing, each with its own address. */
export function SubNav({
  label,
  items,
  current,
}: {
  readonly label: string;
  readonly items: readonly { readonly label: string; readonly href: string; readonly count?: string | undefined }[];
  readonly current: string;
}) {
  return (
    <nav aria-label={label} className="tab-list">
      {items.map((item) => (
        <Link
          key={item.href}
          href={item.href}
          className="tab"
          aria-current={item.href === current ? "page" : undefined}
          data-selected={item.href === current || undefined}
        >
          {item.label}
          {item.count !== undefined && <span className="tab-count num">{item.count}</span>}
        </Link>
      ))}
    </nav>
  );
}

/** A part of a page, with a heading of its own. */
export function Section({
  title,
  description,
  actions,
  children,
  isFlush,
}: {
  readonly title?: string | undefined;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly isFlush?: boolean;
}) {
  return (
    <section className="card" aria-label={title}>
      {(title !== undefined || actions !== undefined) && (
        <div className="card-head">
          <div className="grow">
            {title !== undefined && <h2>{title}</h2>}
            {description !== undefined && <p className="description">{description}</p>}
          </div>
          {actions}
        </div>
      )}
      <div className="card-body" data-flush={isFlush || undefined}>
        {children}
      </div>
    </section>
  );
}
