import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { planOf } from "../../src/hub/queries/queries.ts";
import { deriveAll } from "../../src/hub/sync.ts";
import type { RawRecord } from "../../src/model/record.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { customerIdOf } from "../../src/pipeline/resolve/plan.ts";
import { heldClock, newFolder, openWorld, removeFolder, type World } from "../hub/world.ts";

const connections = {
  crm: { connector: "hubspot", config: { access_token: "pat-made-up" } },
  sales: {
    connector: "salesforce",
    config: { login_url: "https://acme.my.salesforce.com", client_id: "made-up", client_secret: "made-up" },
  },
};
const clock = heldClock("2026-06-30T12:00:00.000Z");
let world: World;
let headers: Record<string, string>;
let viewer: Record<string, string>;
const folder = newFolder();
beforeAll(async () => {
  world = await openWorld(connections, { clock, folder });
  headers = { ...(await world.as("operator")), "content-type": "application/json" };
  viewer = { ...(await world.as("viewer")), "content-type": "application/json" };
  for (const records of [atFirst, then]) await processBatch(world.hub.pipeline, { records, also: [] });
  await deriveAll(world.hub);
});
afterAll(async () => {
  await world.close();
  removeFolder(folder);
});

function crm(
  object: string,
  id: string,
  properties: Record<string, unknown>,
  around: Record<string, string[]> = {},
): RawRecord {
  const version = String(properties.stamp ?? "2026-01-10T09:00:00.000Z");
  const associations = Object.fromEntries(
    Object.entries(around).map(([name, ids]) => [name, { results: ids.map((other) => ({ id: other })) }]),
  );
  const stamps = { hs_lastmodifieddate: version, lastmodifieddate: version };
  const payload = {
    id,
    properties: { ...properties, ...stamps },
    createdAt: "2026-01-02T09:00:00.000Z",
    updatedAt: version,
    associations,
  };
  return { connection: "crm", object, remote_id: id, version, deleted: false, payload };
}

function sales(object: string, Id: string, fields: Record<string, unknown>): RawRecord {
  const version = "2026-02-01T09:00:00.000Z";
  const stamps = { CreatedDate: "2026-01-20T09:00:00.000+0000", LastModifiedDate: version, IsDeleted: false };
  return { connection: "sales", object, remote_id: Id, version, deleted: false, payload: { Id, ...stamps, ...fields } };
}

const call = (id: string, at: string, contact: string, deal: string) =>
  crm(
    "calls",
    id,
    { hs_timestamp: at, hs_call_title: `Call ${id}`, hs_call_direction: "INBOUND" },
    { contacts: [contact], deals: [deal] },
  );

const ann = { firstname: "Ann", lastname: "Lee", email: "ann@acme.example" };
const atFirst = [
  crm("companies", "90", { name: "Acme", domain: "acme.example" }),
  crm("companies", "91", { name: "Acme Holding", domain: "acme-holding.example" }),
  crm("companies", "92", { name: "Bolt", domain: "bolt.example", hs_parent_company_id: "91" }),
  crm("contacts", "1", { ...ann, phone: "+49 30 1234567", jobtitle: "Buyer", associatedcompanyid: "90" }),
  crm("contacts", "2", { firstname: "Bea", lastname: "Stone", email: "bea@acme.example", associatedcompanyid: "90" }),
  crm(
    "deals",
    "7",
    { dealname: "Fleet", dealstage: "x", hs_is_closed: "false", createdate: "2026-01-05T09:00:00.000Z" },
    { contacts: ["1"], companies: ["90"] },
  ),
  call("31", "2026-06-20T09:00:00.000Z", "1", "7"),
  call("32", "2026-02-20T09:00:00.000Z", "2", "7"),
  call("33", "2025-12-01T09:00:00.000Z", "1", "7"),
  sales("Contact", "003A", {
    FirstName: "Ann",
    LastName: "Lee",
    Email: "ann@acme.example",
    Phone: "+49 30 7654321",
    Title: "Head of Purchasing",
  }),
  crm("companies", "93", { name: "Cogs", domain: "cogs.example" }),
  crm("contacts", "4", { firstname: "Dan", lastname: "Ray", email: "dan@ray.example", associatedcompanyid: "93" }),
  sales("Account", "001D", { Name: "Dynamo Works", Website: "https://dynamo.example" }),
  sales("Contact", "003D", { FirstName: "Dan", LastName: "Ray", Email: "dan@ray.example", AccountId: "001D" }),
  sales("Opportunity", "006A", { Name: "Spare parts", StageName: "Talk", IsClosed: false, IsWon: false }),
  sales("OpportunityContactRole", "00KA", { OpportunityId: "006A", ContactId: "003A", Role: "Decision Maker" }),
];
const then = [
  crm("contacts", "1", {
    ...ann,
    phone: "+49 30 1234567",
    jobtitle: "Buyer",
    associatedcompanyid: "92",
    stamp: "2026-05-01T10:00:00.000Z",
  }),
];

const annId = customerIdOf("crm:contacts:1");
const companyId = (id: string) => customerIdOf(`crm:companies:${id}`);

async function get<T = Record<string, unknown>>(path: string): Promise<{ status: number; body: T }> {
  const reply = await world.app.request(`/api/v1/customers/${path}`, { headers });
  return { status: reply.status, body: (await reply.json()) as T };
}

async function post(
  path: string,
  body: object,
  by = headers,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const init = { method: "POST", headers: by, body: JSON.stringify(body) };
  const reply = await world.app.request(`/api/v1/customers/${path}`, init);
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
}

describe("why a value is what it is", () => {
  test("says what won, what lost, by which rule, with record, raw version and the line of the mapping", async () => {
    const { body } = await get(`${annId}/explain/fields/title`);
    expect(body).toMatchObject({
      id: annId,
      name: "Ann Lee",
      field: "title",
      value: "Buyer",
      rule: "most_recent",
      why: "changed 2026-05-01, sales:Contact:003A 2026-02-01",
      rules: ["most_recent"],
      pin: null,
      winner: {
        record_key: "crm:contacts:1",
        changed_at: "2026-05-01T10:00:00.000Z",
        raw: { seq: atFirst.length + 1, version: "2026-05-01T10:00:00.000Z" },
        mapping: { file: "hubspot/contacts.yaml", line: expect.any(Number) },
        correction: null,
      },
      losers: [
        { value: "Head of Purchasing", record_key: "sales:Contact:003A", mapping: { file: "salesforce/Contact.yaml" } },
      ],
    });
  });

  test("a phone number beside the first is no loser", async () => {
    const { body } = await get(`${annId}/explain/fields/phone`);
    expect(body).toMatchObject({ value: "+49301234567", losers: [], also: [{ value: "+49307654321" }] });
  });

  test.each([
    [`${annId}/explain/fields/shoe_size`, `The customer ${annId} has no shoe_size.`],
    [`${annId}/explain/fields/constructor`, `The customer ${annId} has no constructor.`],
    ["c_none/explain/fields/title", "There is no customer c_none."],
    [
      `${annId}/explain/path?from=crm:contacts:1&to=crm:contacts:2`,
      `One of these records is not the customer ${annId}.`,
    ],
  ])("%s is not found", async (path, detail) => {
    expect(await get(path)).toMatchObject({ status: 404, body: { detail } });
  });

  test("between two of its records the steps are shown", async () => {
    const { body } = await get(`${annId}/explain/path?from=sales:Contact:003A&to=crm:contacts:1`);
    expect(body).toMatchObject({
      steps: [
        {
          from: "sales:Contact:003A",
          to: "crm:contacts:1",
          evidence: { claim: "email:ann@acme.example", with: "crm:contacts:1" },
          waterfall: null,
        },
      ],
    });
  });
});

describe("companies over time", () => {
  test("a person shows where it is since when, and where it was", async () => {
    const { body } = await get(annId);
    expect(body).toMatchObject({
      company: { id: companyId("92"), name: "Bolt", from: "2026-05-01T10:00:00.000Z" },
      former_companies: [{ id: companyId("90"), name: "Acme", from: null, to: "2026-05-01T10:00:00.000Z" }],
    });
  });

  test("a person whose records name two companies shows the other as well", async () => {
    const { body } = await get<{ company: { name: string }; other_companies: { name: string }[] }>(
      customerIdOf("crm:contacts:4"),
    );
    const others = body.other_companies.map(({ name }) => name);
    expect([body.company.name, ...others].sort()).toEqual(["Cogs", "Dynamo Works"]);
    expect(body).toMatchObject({ former_companies: [] });
  });

  test("a company shows its people, those who left with the time they did", async () => {
    const moved = "2026-05-01T10:00:00.000Z";
    const bea = customerIdOf("crm:contacts:2");
    expect((await get(companyId("90"))).body).toMatchObject({
      people: [
        { id: bea, name: "Bea Stone", from: null, to: null },
        { id: annId, name: "Ann Lee", from: null, to: moved },
      ],
      associated: { contact: 1 },
    });
    expect((await get(companyId("92"))).body).toMatchObject({ people: [{ id: annId, from: moved, to: null }] });
  });

  test("a company shows which stand above and below it", async () => {
    expect((await get(companyId("92"))).body).toMatchObject({
      family: { parents: [{ id: companyId("91"), name: "Acme Holding" }], subsidiaries: [] },
    });
    expect((await get(companyId("91"))).body).toMatchObject({
      family: { parents: [], subsidiaries: [{ id: companyId("92"), name: "Bolt" }] },
    });
  });
});

describe("the people of a deal", () => {
  interface Groups {
    items: { name: string; members: { name: string }[] }[];
    next_cursor: string | null;
  }

  test("are those it names with their roles, and who was active on it, by the last touch while it was open", async () => {
    const { body } = await get<Groups>(`${companyId("90")}/buying-groups`);
    expect(body.items).toMatchObject([
      {
        record_key: "crm:deals:7",
        name: "Fleet",
        status: "open",
        members: [
          {
            name: "Ann Lee",
            title: "Buyer",
            roles: ["contact"],
            touches: 1,
            inbound: 1,
            last_touch: { at: "2026-06-20T09:00:00.000Z" },
            engagement: "active",
          },
          { name: "Bea Stone", roles: [], touches: 1, engagement: "silent" },
        ],
      },
    ]);
  });

  test("come deal by deal, the newest first", async () => {
    const first = await get<Groups>(`${annId}/buying-groups?limit=1`);
    const second = await get<Groups>(`${annId}/buying-groups?limit=1&cursor=${first.body.next_cursor}`);
    expect([...first.body.items, ...second.body.items]).toMatchObject([
      { name: "Spare parts", members: [{ name: "Ann Lee", roles: ["Decision Maker"] }] },
      { name: "Fleet" },
    ]);
    expect(second.body.next_cursor).toBeNull();
  });
});

describe("a value set by hand", () => {
  const reason = "as her card says";

  test("is shown with who set it and why, until it is let go", async () => {
    const set = await post(`${annId}/pins`, { field: "phone", value: "+49 (30) 99 88 77", reason });
    expect(set).toMatchObject({ status: 200, body: { value: "+4930998877", rule: "pin" } });
    expect((await get(annId)).body).toMatchObject({
      golden: { phone: { value: "+4930998877", record_key: "" } },
      pins: [{ field: "phone", reason, record_key: "crm:contacts:1", ended: null }],
    });
    expect((await get(`${annId}/explain/fields/phone`)).body).toMatchObject({ winner: null, pin: { reason } });
    const left = await post(`${annId}/pins/phone/unpin`, { reason: "she moved" });
    expect(left).toMatchObject({ status: 200, body: { golden: { value: "+49301234567" } } });
    expect((await get(`${annId}/pins`)).body).toMatchObject({
      items: [{ field: "phone", ended: { reason: "she moved" } }],
    });
    expect((await get(annId)).body.pins).toEqual([]);
  });

  test.each([
    [{ field: "phone", value: "call me", reason }, 409, 'This is no phone: "call me".'],
    [{ field: "lifecycle_stage", value: "friend", reason }, 409, 'This is no lifecycle_stage: "friend".'],
    [{ field: "address", value: {}, reason }, 409, "This is no address: {}."],
    [
      { field: "number_of_employees", value: 5, reason },
      409,
      "A person has no field number_of_employees that can be set by hand",
    ],
    [
      { field: "email_domain", value: "a.example", reason },
      409,
      "A person has no field email_domain that can be set by hand",
    ],
    [{ field: "title", value: "CTO" }, 400, "The body is not right."],
  ])("%j is refused", async (body, status, detail) => {
    const refused = await post(`${annId}/pins`, body);
    expect(refused).toMatchObject({ status, body: { detail: expect.stringContaining(detail) } });
  });

  test.each([
    [{ field: "opted_out", value: "yes", reason }, true],
    [
      { field: "address", value: { line1: " 1 Main St", country: "US" }, reason },
      { line1: " 1 Main St", country: "US" },
    ],
  ])("%j is taken", async (body, value) => {
    expect(await post(`${annId}/pins`, body)).toMatchObject({ status: 200, body: { value } });
  });

  test("scores and what is written back follow it, as it comes and as it goes", async () => {
    const standing = async () => {
      await deriveAll(world.hub);
      const { value } = (await get<{ value: number }>(`${annId}/score`)).body;
      const planned: unknown[] = [];
      for await (const page of planOf(world.hub, "crm")) planned.push(...page);
      const written = planned.find((one) => JSON.stringify(one).includes('"crm:contacts:1"'));
      return { value, written };
    };
    const before = await standing();
    await post(`${annId}/pins`, { field: "title", value: "Chief Technology Officer", reason });
    const held = await standing();
    expect(held.value).toBeGreaterThan(before.value);
    expect(held.written).toMatchObject({ values: { score: Math.round(held.value) } });
    await post(`${annId}/pins/title/unpin`, { reason });
    expect(await standing()).toEqual(before);
  });

  test("what is not set cannot be let go, and who only looks may set nothing", async () => {
    expect(await post(`${annId}/pins/title/unpin`, { reason })).toMatchObject({ status: 409 });
    expect(await post(`${annId}/pins`, { field: "title", value: "CTO", reason }, viewer)).toMatchObject({
      status: 403,
    });
    expect(await post("c_none/pins", { field: "title", value: "CTO", reason })).toMatchObject({ status: 404 });
  });
});
