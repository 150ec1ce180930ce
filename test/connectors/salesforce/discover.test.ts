import { afterEach, expect, test } from "vitest";
import { startOrg, type TestOrg } from "./org.ts";

let org: TestOrg;
afterEach(() => org.close());

test("an object's name that somebody typed leads to no other address of the org", async () => {
  org = await startOrg();
  const asked: string[] = [];
  org.always.trouble = ({ url }) => {
    asked.push(new URL(url).pathname);
    return undefined;
  };
  const name = "../query?q=SELECT Id FROM Organization&";
  expect(await org.connection.discover?.fields(name)).toBeNull();
  expect(asked.filter((path) => path.includes("/sobjects/"))).toEqual([
    expect.stringMatching(/\/sobjects\/\.\.%2Fquery/),
  ]);
  expect(asked.filter((path) => path.endsWith("/query"))).toEqual([]);
});
