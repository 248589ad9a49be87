import { expect, test } from "bun:test";
import { placeOf } from "./evidence.ts";

const nowhere = { appId: null, endpointId: null, sourceId: null };
const endpoint = { ...nowhere, appId: "app_1", endpointId: "ep_1" };

test("each thing that needs attention leads to its evidence", () => {
  expect(placeOf({ kind: "endpoint_failing", ...endpoint })).toBe("/apps/app_1/endpoints/ep_1");
  expect(placeOf({ kind: "backlog_old", ...endpoint })).toBe("/apps/app_1/endpoints/ep_1/owed");
  expect(placeOf({ kind: "backlog_old", ...endpoint, endpointId: null })).toBe("/apps/app_1/endpoints");
  expect(placeOf({ kind: "source_rejecting", ...nowhere, appId: "app_1", sourceId: "src_1" })).toBe(
    "/apps/app_1/sources/src_1",
  );
  expect(placeOf({ kind: "process_lost", ...nowhere })).toBe("#processes");
  expect(placeOf({ kind: "breaker_open", ...nowhere })).toBeUndefined();
});
