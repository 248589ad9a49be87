import { expect, test } from "bun:test";
import { tokenIn } from "./arrive.ts";

const link = (value: unknown) => `#key=${Buffer.from(JSON.stringify(value)).toString("base64url")}`;

test("a link has its token in the fragment, whatever application stands beside it", () => {
  expect(tokenIn(link({ appId: "app_1", token: "appsk_1" }))).toBe("appsk_1");
  expect(tokenIn(link({ appId: "mañana ✓", token: "appsk_~?" }))).toBe("appsk_~?");
});

test.each(["", "#", "#main", "#key=", "#key=%%%", "#key=e30", link({ token: 7 }), link({ token: "a b" }), link(null)])(
  "%p has none",
  (fragment) => {
    expect(tokenIn(fragment)).toBeUndefined();
  },
);
