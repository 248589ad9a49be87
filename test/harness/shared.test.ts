import { expect, test } from "bun:test";
import { SQL } from "bun";
import { testDatabase } from "./index.ts";

test("a test database has the schema, belongs to a role without superuser rights, and is a test's own", async () => {
  await using one = await testDatabase();
  await using two = await testDatabase();
  const [first, second] = [new SQL(one.url, { max: 1 }), new SQL(two.url, { max: 1 })];
  await first`insert into posthorn.endpoint_set (app_id, version) values (gen_random_uuid(), 1)`;
  const [seen] = await second`
    select (select count(*)::int from posthorn.endpoint_set) as rows,
           (select rolsuper from pg_roles where rolname = current_user) as super`;
  expect(seen).toEqual({ rows: 0, super: false });
  await Promise.all([first.close(), second.close()]);
});
