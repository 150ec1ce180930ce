import { afterEach, expect, test } from "vitest";
import { startOrg, type TestOrg } from "./org.ts";

let org: TestOrg;
afterEach(() => org.close());

const writebackOf = ({ connection }: TestOrg) => {
  if (!connection.writeback?.create) throw new Error("Salesforce can be written back to");
  return { look: connection.writeback.look, create: connection.writeback.create };
};
const objects = ["Account", "Contact", "Lead"];

test("an org without the fields has all of them afterwards, readable and writable, and nothing is made twice", async () => {
  org = await startOrg({}, { customFields: "none" });
  const { look, create } = writebackOf(org);
  expect(await look()).toHaveLength(15);
  const made = await create();
  expect(made.map(({ object, created }) => `${object} ${created}`)).toEqual(
    objects.flatMap((object) => Array(5).fill(`${object} true`)),
  );
  expect(await look()).toEqual([]);
  expect(await create()).toEqual([]);
});

test("a user who may not customise the org is told what to do by hand, with the refusal", async () => {
  org = await startOrg({}, { customFields: "none", mayCustomize: false });
  const left = await writebackOf(org).create();
  expect(left).toHaveLength(15);
  expect(left[0]).toMatchObject({ object: "Account", field: "Journey_Hub_Stage__c", created: false });
  expect(left[0]?.instructions).toMatch(/INSUFFICIENT_ACCESS.*Create it: Setup → Object Manager → Account/);
});

test("a field that is there and hidden is not made again: access to it is given", async () => {
  org = await startOrg({}, { customFields: "none" });
  const { look, create } = writebackOf(org);
  // Made by somebody before, and shown to nobody.
  org.always.trouble = async (request) => {
    const isGrant = request.url.endsWith("/sobjects/FieldPermissions");
    return isGrant
      ? new Response('[{"errorCode":"UNABLE_TO_LOCK_ROW","message":"locked"}]', { status: 400 })
      : undefined;
  };
  await expect(create()).rejects.toThrow("UNABLE_TO_LOCK_ROW");
  expect(await look()).toHaveLength(15);
  org.always.trouble = () => undefined;
  expect(await create()).toHaveLength(15);
  expect(await look()).toEqual([]);
});

test("a field of that name with another type stays as it is, and a person is told", async () => {
  org = await startOrg({}, { customFields: { Lead: [{ name: "Journey_Hub_Score__c", type: "boolean" }] } });
  const left = (await writebackOf(org).create()).filter(({ created }) => !created);
  expect(left).toMatchObject([{ object: "Lead", field: "Journey_Hub_Score__c" }]);
  expect(left[0]?.instructions).toContain("Change Field Type");
});
