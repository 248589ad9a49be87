/** The sign of the house: a posthorn's bell. */
export function Mark({ size = 26 }: { readonly size?: number }) {
  return (
    <svg className="mark" viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path
        d="M7 16h5c5 0 7-3 13-7v14c-6-4-8-7-13-7"
        fill="none"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
