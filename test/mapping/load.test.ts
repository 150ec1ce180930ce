import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  lintMappings,
  loadMappings,
  openMappings,
  readMappingFolders,
  shippedMappings,
} from "../../src/mapping/index.ts";
import { fileOf, noContext } from "./given.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mappings-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function write(file: string, text: string): Promise<void> {
  await mkdir(join(folder, file, ".."), { recursive: true });
  await writeFile(join(folder, file), text);
}

const ownContacts = fileOf("fields: { last_name: properties.surname }").replace(
  "{ connector: crm, object: things }",
  "{ connector: hubspot, object: contacts }",
);

test("a user's file takes the place of the shipped one of the same name; all others stay", async () => {
  await write("hubspot/contacts.yaml", ownContacts);
  const shipped = loadMappings(await readMappingFolders([shippedMappings]));
  const own = loadMappings(await readMappingFolders([shippedMappings, folder]));
  const payload = { id: "1", properties: { surname: "Johnson", lastname: "Yang" } };
  expect(shipped.find("hubspot", "contacts")?.map(payload, noContext)).toMatchObject({
    record: { fields: { last_name: "Yang" } },
  });
  expect(own.find("hubspot", "contacts")?.map(payload, noContext)).toMatchObject({
    record: { fields: { last_name: "Johnson" } },
  });
  expect(own.find("hubspot", "contacts")?.version).not.toBe(shipped.find("hubspot", "contacts")?.version);
  expect(own.find("hubspot", "deals")?.version).toBe(shipped.find("hubspot", "deals")?.version);
  expect(own.findings).toEqual([]);
});

test("a user's file of another name for a shipped object is refused with the way out", async () => {
  await write("hubspot/my-contacts.yaml", ownContacts);
  const findings = lintMappings(await readMappingFolders([shippedMappings, folder]));
  expect(findings.map(({ file, message }) => `${file}: ${message}`)).toEqual([
    expect.stringMatching(/^hubspot\/contacts\.yaml: hubspot contacts is also mapped by hubspot\/my-contacts\.yaml/),
    expect.stringMatching(/^hubspot\/my-contacts\.yaml: .*give .* this one the other's name to take its place$/),
  ]);
});

test("a broken file costs its own object only", async () => {
  await write("crm/bad.yaml", fileOf("fields: { nonsense: a }"));
  await write("crm/good.yml", fileOf("fields: { title: a }").replace("object: things", "object: others"));
  const { find, findings } = loadMappings(await readMappingFolders([folder]));
  expect(find("crm", "things")).toBeUndefined();
  expect(find("crm", "others")?.to).toEqual(["contact"]);
  expect(findings.map(({ file }) => file)).toEqual(["crm/bad.yaml"]);
});

test("folders that do not exist, other kinds of files and other endings are passed by", async () => {
  await write("journeys/default.yaml", "kind: Journey");
  await write("crm/notes.txt", "hello");
  expect(await readMappingFolders([join(folder, "nowhere"), folder])).toEqual([]);
});

test("mappings that are compiled as they are asked for are the same as all compiled at once", async () => {
  const whole = loadMappings(await readMappingFolders([shippedMappings]));
  const opened = openMappings(folder, ["salesforce", "hubspot", "netsuite", "webhook", "tracking", "csv"]);
  const versions = whole.all.map(({ connector, object }) => opened.find(connector, object)?.version);
  expect(versions).toEqual(whole.all.map(({ version }) => version));
  expect(opened.find("hubspot", "contacts")).toBe(opened.find("hubspot", "contacts"));
  expect(opened.find("hubspot", "contact")).toBeUndefined();
  expect(opened.findings).toEqual([]);
});

test("of connectors that are not used there is no mapping", async () => {
  await write("crm/things.yaml", fileOf("fields: { title: a }"));
  const { find, findings } = openMappings(folder, ["hubspot"]);
  expect([find("salesforce", "Contact"), find("crm", "things"), find("", "contacts")]).toEqual(
    Array(3).fill(undefined),
  );
  expect(findings).toEqual([]);
});

test("a data folder's files are compiled with the shipped ones of their connector, and their mistakes told, at once", async () => {
  await write("hubspot/contacts.yaml", ownContacts.replace("last_name", "lost_name"));
  const { find, findings } = openMappings(folder, ["hubspot", "salesforce"]);
  expect(findings.map(({ file, message }) => `${file}: ${message}`)).toEqual([
    expect.stringMatching(/^hubspot\/contacts\.yaml: .*lost_name/),
  ]);
  expect(find("hubspot", "contacts")).toBeUndefined();
  expect([find("hubspot", "deals")?.to, find("salesforce", "Lead")?.to]).toEqual([["deal"], ["contact"]]);
});

test("in the place of a mapping with a mistake stands what its files tell of it, the replaced one included", async () => {
  const shipped = openMappings(join(folder, "none"), ["hubspot"]).find("hubspot", "contacts");
  await write("hubspot/contacts.yaml", ownContacts.replace("last_name", "lost_name"));
  const { held, allHeld, find } = openMappings(folder, ["hubspot", "salesforce"]);
  expect(allHeld.map(({ connector, object }) => `${connector} ${object}`)).toEqual(["hubspot contacts"]);
  expect(held("hubspot", "contacts")).toMatchObject({ to: ["contact"], reads: shipped?.reads });
  expect([held("hubspot", "deals"), held("salesforce", "Contact"), find("hubspot", "contacts")]).toEqual(
    Array(3).fill(undefined),
  );
});

test("a file that tells no object stands for every object of its connector that has no mapping", async () => {
  await write("crm/people.yaml", "{ [");
  const { held } = loadMappings(await readMappingFolders([folder]));
  expect(held("crm", "contact")?.findings[0]).toMatchObject({ file: "crm/people.yaml", line: 1 });
  expect(held("other", "contact")).toBeUndefined();
});

test("of files that share an object, one that cannot be read holds all its records", async () => {
  const person = `${fileOf("fields: { title: a }")}\nwhen: raw.kind == 'person'\n`;
  await write("crm/a.yaml", person);
  await write("crm/b.yaml", person.replace("to: contact", "to: contract"));
  const { find, held } = loadMappings(await readMappingFolders([folder]));
  expect(find("crm", "things")).toBeUndefined();
  expect(held("crm", "things")?.findings.map(({ file }) => file)).toEqual(["crm/b.yaml"]);
});

test.each([
  ["object: contacts", "object: contcts", /takes the place of the shipped one of contacts, .* write contacts/],
  ["connector: hubspot", "connector: hubspto", /lies in the folder of hubspot: write hubspot, or move it to hubspto\//],
])("a file that does not map what it stands for is refused: %s mistyped", async (right, wrong, message) => {
  await write("hubspot/contacts.yaml", ownContacts.replace(right, wrong));
  const findings = lintMappings(await readMappingFolders([shippedMappings, folder]));
  expect(findings.map((finding) => finding.message)).toEqual([expect.stringMatching(message)]);
});
