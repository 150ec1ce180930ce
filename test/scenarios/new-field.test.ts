import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sfId } from "../../connectors/salesforce/simulator/index.ts";
import { type Vendor, vendors } from "../../src/cli/vendors.ts";
import { readMappingsAnew } from "../../src/hub/errors/mappings.ts";
import { findConnection } from "../../src/hub/queries/connections.ts";
import { syncConnection } from "../../src/hub/sync.ts";
import { openThreeAccounts, type ThreeAccounts } from "./three-accounts.ts";

/*
 * A mapping is edited after everything was read: it reads one field more. The tests build on one another, in the order they stand in.
 */

const today = "2026-03-18T12:00:00.000Z";
const longAgo = "2026-01-05T09:00:00.000Z";
/** More than one page of each vendor's. */
const amounts: Record<Vendor, number> = { hubspot: 230, salesforce: 2_050, netsuite: 1_050 };
const numbers = (vendor: Vendor) => Array.from({ length: amounts[vendor] }, (_, n) => n + 1);

/** The stream of people at each vendor, and a field of theirs that the shipped mapping does not read. */
const people = {
  hubspot: { stream: "contacts", field: "properties.salutation" },
  salesforce: { stream: "Contact", field: "AssistantName" },
  netsuite: { stream: "contact", field: "salutation" },
} as const satisfies Record<Vendor, { stream: string; field: string }>;

let three: ThreeAccounts;
beforeAll(async () => {
  three = await openThreeAccounts(
    {
      hubspot: {
        objects: {
          contacts: numbers("hubspot").map((n) => ({
            id: String(n),
            properties: { email: `h${n}@acme.example`, salutation: `Dr ${n}` },
            createdAt: longAgo,
            updatedAt: longAgo,
          })),
        },
      },
      salesforce: {
        Contact: numbers("salesforce").map((n) => ({
          Id: sfId("003", n),
          LastName: `Miller ${n}`,
          Email: `s${n}@acme.example`,
          AssistantName: `Dr ${n}`,
        })),
      },
      netsuite: {
        contact: numbers("netsuite").map((n) => ({
          id: n,
          entityid: `Miller ${n}`,
          email: `n${n}@acme.example`,
          salutation: `Dr ${n}`,
          datecreated: longAgo,
          lastmodifieddate: longAgo,
        })),
      },
    },
    today,
  );
  for (const vendor of vendors) await syncConnection(three.hub, vendor);
});
afterAll(() => three.close());

/** As somebody does in the data folder: a copy of the shipped file that keeps fields of the vendor's beside ours. */
async function keepFields(vendor: Vendor, ...fields: string[]): Promise<void> {
  const file = join("mappings", vendor, `${people[vendor].stream}.yaml`);
  const path = join(three.hub.folder, file);
  mkdirSync(dirname(path), { recursive: true });
  const shipped = readFileSync(join(import.meta.dirname, "../..", file), "utf8");
  writeFileSync(path, shipped.replace("\nidentifiers:", `\ncustom_fields: [${fields.join(", ")}]\nidentifiers:`));
  await readMappingsAnew(three.hub);
}

async function sync(vendor: Vendor): Promise<string[]> {
  three.clock.advance(60_000);
  three.requests.splice(0);
  await syncConnection(three.hub, vendor);
  return three.requests.splice(0);
}

const streamOf = async (vendor: Vendor) =>
  (await findConnection(three.hub, vendor))?.streams.find(({ name }) => name === people[vendor].stream);

/** How many people have a value in one of the fields kept beside ours. */
async function withDoctor(vendor: Vendor): Promise<number> {
  const rows = await three.rows("records");
  return rows.filter(({ connection, custom_fields }) => connection === vendor && /"Dr \d+"/.test(custom_fields)).length;
}

test.each(vendors)("%s: all records have the field after the next sync, though none has changed", async (vendor) => {
  expect(await withDoctor(vendor)).toBe(0);
  const quiet = await sync(vendor);
  await keepFields(vendor, people[vendor].field);
  expect((await streamOf(vendor))?.rereading).toEqual({ fields: [people[vendor].field], records: 0 });
  const requests = await sync(vendor);
  expect(await withDoctor(vendor)).toBe(amounts[vendor]);
  expect((await streamOf(vendor))?.rereading).toBeNull();
  // The pages of people, and no more than a question beside them; nothing else is read again.
  expect(requests.length - quiet.length).toBeLessThanOrEqual(Math.ceil(amounts[vendor] / 100) + 4);
});

test.each(vendors)("%s: another sync asks no more, nor does one after the field is taken out again", async (vendor) => {
  const asked = (await sync(vendor)).length;
  expect((await sync(vendor)).length).toBe(asked);
  await keepFields(vendor);
  expect((await streamOf(vendor))?.rereading).toBeNull();
  expect((await sync(vendor)).length).toBe(asked);
});

test.each(vendors)(
  "%s: a field that the account does not have is told, and causes no reading without end",
  async (vendor) => {
    const quiet = (await sync(vendor)).length;
    await keepFields(vendor, vendor === "hubspot" ? "properties.shoe_size" : "shoe_size__c");
    await sync(vendor);
    expect((await streamOf(vendor))?.rereading).toBeNull();
    const missing = (await three.rows("errors")).filter(
      ({ connection, message, status }) => connection === vendor && status === "open" && message.includes("shoe_size"),
    );
    expect(missing).toHaveLength(1);
    expect((await sync(vendor)).length).toBe(quiet);
  },
);
