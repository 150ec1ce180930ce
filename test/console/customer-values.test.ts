import { afterAll, beforeAll, expect, test } from "vitest";
import type { RawRecord } from "../../src/model/record.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { customerIdOf } from "../../src/pipeline/resolve/plan.ts";
import { openEmptyHub, type SampleHub } from "./sample-hub.ts";
import { type Opened, openConsole, ownSite, see } from "./visitor.ts";

let sample: SampleHub;
let pages: Opened;
let operator: { cookie: string };
let viewer: { cookie: string };
beforeAll(async () => {
  sample = await openEmptyHub();
  pages = openConsole(sample);
  [operator, viewer] = [await pages.as("operator"), await pages.as("viewer")];
  await processBatch(sample.hub.pipeline, { records, also: [] });
  await processBatch(sample.hub.pipeline, { records: moved, also: [] });
});
afterAll(() => pages.close());

function hubspot(
  object: string,
  id: string,
  properties: object,
  tied: Record<string, string> = {},
  day = "01",
): RawRecord {
  const version = `2026-02-${day}T09:00:00.000Z`;
  const stamps = { hs_lastmodifieddate: version, lastmodifieddate: version };
  const associations = Object.fromEntries(
    Object.entries(tied).map(([name, other]) => [name, { results: [{ id: other }] }]),
  );
  const payload = {
    id,
    properties: { ...properties, ...stamps },
    createdAt: "2026-01-15T09:00:00.000Z",
    updatedAt: version,
    associations,
  };
  return { connection: "hubspot", object, remote_id: id, version, deleted: false, payload };
}

const ada = { firstname: "Ada", lastname: "<b>Lovelace", jobtitle: "CTO", email: "ada@contoso.example" };
const dan = { firstname: "Dan", lastname: "Ray", email: "dan@ray.example" };
const records = [
  hubspot("companies", "1", { name: "Contoso", domain: "contoso.example" }),
  hubspot("companies", "2", { name: "Bolt & Sons", domain: "bolt.example", hs_parent_company_id: "1" }),
  hubspot("contacts", "5", { ...ada, associatedcompanyid: "1" }),
  hubspot("contacts", "8", { ...dan, associatedcompanyid: "1" }),
  hubspot("contacts", "9", { ...dan, associatedcompanyid: "2" }),
  hubspot(
    "deals",
    "7",
    { dealname: "Fleet", dealstage: "x", hs_is_closed: "false" },
    { contacts: "5", companies: "1" },
  ),
];
const moved = [hubspot("contacts", "5", { ...ada, associatedcompanyid: "2" }, {}, "20")];

const adaId = customerIdOf("hubspot:contacts:5");
const page = (id: string, by = operator) => see(pages.app, `/customers/${id}`, by);
const press = (path: string, form: Record<string, string>, by: Record<string, string> = operator) =>
  pages.app.request(path, { method: "POST", body: new URLSearchParams(form), headers: { ...ownSite, ...by } });
const company = (id: string) => customerIdOf(`hubspot:companies:${id}`);

test("a person shows where they are since when and where they were; companies who stands above and below", async () => {
  const { text } = await page(adaId);
  expect(text).toMatch(/Company Bolt & Sons , since 20 Feb 2026, 10:00/);
  expect(text).toMatch(/Was at Contoso , until 20 Feb 2026, 10:00/);
  expect((await page(company("2"))).text).toContain("Subsidiary of Contoso");
  expect((await page(company("1"))).text).toContain("Subsidiary Bolt & Sons");
  expect((await page(company("1"))).text).toContain("Ada <b>Lovelace from the start 20 Feb 2026, 10:00");
});

test("a person whose records name two companies shows the other as well", async () => {
  const { text } = await page(customerIdOf("hubspot:contacts:8"));
  expect(text).toMatch(/Company (Contoso|Bolt & Sons) Also at (Bolt & Sons|Contoso) , by other records/);
});

test("a company shows its deals with the people who have a part in each", async () => {
  const { text, html } = await page(company("1"));
  expect(text).toMatch(/Deals and their people Fleet hubspot deals 7 Open, .*opened 15 Jan 2026, 10:00/);
  expect(text).toContain("Ada <b>Lovelace CTO Contact none silent 0, 0");
  expect(html).not.toContain("<b>");
});

test("an operator sets a value by hand with a reason, and lets it go again", async () => {
  const set = await press("/customers/pin", { id: adaId, field: "title", value: "CEO", reason: "<i>promoted" });
  expect([set.status, set.headers.get("location")]).toEqual([303, `/customers/${adaId}`]);
  const { text, html } = await page(adaId);
  expect(text).toContain("Title CEO set by hand CTO hubspot contacts 5");
  expect(text).toContain(
    "Title was set by a operator on 1 Mar 2026, 13:00 : <i>promoted . It is kept by hubspot contacts 5",
  );
  expect(html).not.toContain("<i>");
  const left = await press("/customers/unpin", { id: adaId, field: "title", reason: "a mistake" });
  expect(left.status).toBe(303);
  expect((await page(adaId)).text).toContain("Title CTO hubspot contacts 5");
});

test.each([
  [{ field: "title", value: "CEO", reason: "" }, "Give a value, and say why"],
  [{ field: "email", value: "nobody", reason: "why not" }, 'This is no email: "nobody".'],
])("%j is refused with what is wrong", async (form, message) => {
  const refused = await press("/customers/pin", { id: adaId, ...form });
  expect(refused.status).toBe(409);
  expect((await refused.text()).replaceAll("&quot;", '"')).toContain(message);
});

test("a viewer finds no form and may send none", async () => {
  expect((await page(adaId, viewer)).html).not.toContain("/customers/pin");
  const sent = await press("/customers/pin", { id: adaId, field: "title", value: "CEO", reason: "so" }, viewer);
  expect(sent.status).toBe(403);
  const nobody = await press("/customers/unpin", { id: "c_none", field: "title", reason: "so" });
  expect(nobody.status).toBe(404);
});
