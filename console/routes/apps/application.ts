import type { components } from "../../api/schema.d.ts";

export type App = components["schemas"]["ApplicationOut"];
