/**
 * What one may do, as words that stand on operations and in roles alike: an operation names the permission it needs, a role is
 * a set of permissions, and the question between them is membership, nothing cleverer.
 *
 * - `read`: see everything of an application
 * - `write`: change what belongs to an application (its endpoints, sources, deliveries), and see its secrets
 * - `admin`: the organisation's own things: applications, keys, audit, operational webhooks, settings, the instance
 * - `ingest`: send messages
 * - `work`: enqueue tasks, and do them
 * - `portal:read`, `portal:write`: what an application's own users may see and do through the portal
 */
export const PERMISSIONS = ["admin", "read", "write", "ingest", "work", "portal:read", "portal:write"] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** What an operation asks of its caller: a permission; `any`: a token of any kind; `public`: nothing. */
export type Access = Permission | "any" | "public";

/** Roles are named sets of permissions. What an application's users may do, its operators may do too. */
export const ROLE_PERMISSIONS = {
  admin: PERMISSIONS,
  operator: ["read", "write", "ingest", "work", "portal:read", "portal:write"],
  viewer: ["read", "portal:read"],
  ingest: ["ingest"],
  worker: ["work"],
  portal: ["portal:read", "portal:write"],
} as const satisfies Readonly<Record<string, readonly Permission[]>>;
export type KeyRole = keyof typeof ROLE_PERMISSIONS;
export const KEY_ROLES = Object.keys(ROLE_PERMISSIONS) as readonly KeyRole[];

/** The portal of one who may only look. */
export const PORTAL_READ_ONLY: readonly Permission[] = ["portal:read"];

export function permits(permissions: readonly Permission[], access: Access): boolean {
  return access === "public" || access === "any" || permissions.includes(access);
}

/**
 * Whether a token that is for one application may be used for an operation at all: the operation happens within an
 * application (`{app_id}` stands in its path), or it is open to the portal, whose tokens are for one application always.
 */
export function isWithinApplication(access: Access, path: string): boolean {
  return path.includes("{app_id}") || access.startsWith("portal:") || access === "any" || access === "public";
}
