import { afterEach, beforeEach, expect, test } from "vitest";
import { problem, startAccount, type TestAccount } from "./account.ts";

let account: TestAccount;
beforeEach(async () => {
  account = await startAccount();
});
afterEach(() => account.close());

test.each([
  ["salesorder", "salesOrder"],
  ["customrecord_membership", "customrecord_membership"],
  ["../customer/7?expandSubResources=true#x", "..%2Fcustomer%2F7%3FexpandSubResources%3Dtrue%23x"],
  ["constructor", "constructor"],
])("the fields of %s are looked up under that name, and nothing else is asked for", async (object, name) => {
  const asked: string[] = [];
  account.troubles.push((request) => {
    asked.push(new URL(request.url).href.replace(/^.*metadata-catalog\//, ""));
    return undefined;
  });
  const fields = await account.connection.discover?.fields(object);
  expect(asked).toEqual([name]);
  if (name.includes("%")) expect(fields).toBeNull();
});

test("a refusal with a code that objects have by nature is read as any other", async () => {
  account.troubles.push(problem(400, "constructor", "Something is amiss"));
  await expect(account.connection.discover?.fields("customer")).resolves.toBeNull();
});
