// The ground: what every room stands on and that knows no room.
export { unreachable } from "./unreachable.ts";
