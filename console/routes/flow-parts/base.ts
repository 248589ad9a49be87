/** Where an application's operations stand. */
export const appBase = (appId: string): string => `/api/v1/app/${encodeURIComponent(appId)}`;
