import { Loading } from "../kit/states.tsx";

/** The place of a page whose module is on its way. */
export function PageLoading({ title }: { readonly title: string }) {
  return (
    <div className="page">
      <header className="page-head">
        <div className="page-title">
          <h1>{title}</h1>
        </div>
      </header>
      <Loading label={title} rows={6} />
    </div>
  );
}
