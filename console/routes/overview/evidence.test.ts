import { expect, test } from "bun:test";
import { placeOf } from "./evidence.ts";

const item = { kind: "endpoint_failing", appId: null, endpointId: null, sourceId: null };

test("each thing that needs attention leads to its evidence", () => {
  expect(placeOf({ ...item, appId: "app_1", endpointId: "ep_1" })).toBe("/apps/app_1/endpoints/ep_1");
  expect(placeOf({ ...item, kind: "backlog_old", appId: "app_1", endpointId: "ep_1" })).toBe(
    "/apps/app_1/endpoints/ep_1/owed",
  );
  expect(placeOf({ ...item, kind: "source_rejecting", appId: "app_1", sourceId: "src_1" })).toBe(
    "/apps/app_1/sources/src_1",
  );
  expect(placeOf({ ...item, kind: "process_lost" })).toBe("#processes");
  expect(placeOf({ ...item, kind: "something_new" })).toBeUndefined();
});
