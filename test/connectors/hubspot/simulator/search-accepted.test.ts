import { expect, test } from "vitest";
import { startPortal } from "./small-portal.ts";

const { simulator, post } = startPortal({ limits: { searchPerSecond: 1000 } });

const one = (propertyName: string, operator: string, more: object = {}) => ({
  filterGroups: [{ filters: [{ propertyName, operator, ...more }] }],
});

/** Each body and the contact ids it finds, in order. */
const accepted: [name: string, body: object, ids: string[]][] = [
  ["nothing asked: everything live, by id", {}, ["101", "102", "103", "104", "105"]],
  ["no groups", { filterGroups: [] }, ["101", "102", "103", "104", "105"]],
  ["an empty group asks for nothing", { filterGroups: [{ filters: [] }] }, ["101", "102", "103", "104", "105"]],
  ["a group without filters", { filterGroups: [{}] }, ["101", "102", "103", "104", "105"]],
  [
    "nulls for absent parts",
    { filterGroups: null, sorts: null, query: null, after: null },
    ["101", "102", "103", "104", "105"],
  ],
  ["EQ on text", one("firstname", "EQ", { value: "Ada" }), ["101"]],
  ["EQ on text ignores case", one("city", "EQ", { value: "LONDON" }), ["101", "103"]],
  ["EQ on e-mail", one("email", "EQ", { value: "bob@northwind.example" }), ["102"]],
  ["EQ on a number compares numbers", one("numemployees", "EQ", { value: "50.0" }), ["103"]],
  ["EQ with a JSON number", one("numemployees", "EQ", { value: 250 }), ["102"]],
  ["EQ on an enumeration", one("lifecyclestage", "EQ", { value: "customer" }), ["102"]],
  ["EQ on an enumeration minds case", one("lifecyclestage", "EQ", { value: "Customer" }), []],
  ["EQ on a bool", one("hs_email_optout", "EQ", { value: "true" }), ["102"]],
  ["EQ with a JSON bool", one("hs_email_optout", "EQ", { value: false }), ["101"]],
  ["EQ on the record id", one("hs_object_id", "EQ", { value: "104" }), ["104"]],
  ["EQ on an owner", one("hubspot_owner_id", "EQ", { value: "501" }), ["101"]],
  [
    "EQ on a stamp in ms",
    one("lastmodifieddate", "EQ", { value: String(Date.parse("2026-10-03T10:00:00.123Z")) }),
    ["103", "104"],
  ],
  ["EQ on a day", one("date_of_birth", "EQ", { value: "1980-05-17" }), ["102"]],
  ["EQ on a day in ms", one("date_of_birth", "EQ", { value: String(Date.UTC(1980, 4, 17)) }), ["102"]],
  ["NEQ leaves out records without a value", one("city", "NEQ", { value: "leeds" }), ["101", "103"]],
  ["NEQ on a number", one("numemployees", "NEQ", { value: "10" }), ["102", "103", "105"]],
  ["LT compares numbers, not text", one("numemployees", "LT", { value: "10" }), ["105"]],
  ["LTE", one("numemployees", "LTE", { value: "10" }), ["101", "105"]],
  ["GT", one("numemployees", "GT", { value: "50" }), ["102"]],
  ["GTE", one("numemployees", "GTE", { value: "50" }), ["102", "103"]],
  ["GT on text", one("firstname", "GT", { value: "cleo" }), ["104", "105"]],
  ["GT on the stamp", one("lastmodifieddate", "GT", { value: "2026-10-03T10:00:00.123Z" }), ["105"]],
  [
    "GTE on the stamp keeps the tie",
    one("lastmodifieddate", "GTE", { value: "2026-10-03T10:00:00.123Z" }),
    ["103", "104", "105"],
  ],
  ["LT on the stamp", one("lastmodifieddate", "LT", { value: "2026-10-02T10:00:00Z" }), ["101"]],
  ["LTE on the stamp", one("lastmodifieddate", "LTE", { value: "2026-10-02T10:00:00Z" }), ["101", "102"]],
  ["NEQ on the stamp", one("lastmodifieddate", "NEQ", { value: "2026-10-03T10:00:00.123Z" }), ["101", "102", "105"]],
  ["a stamp as a day", one("lastmodifieddate", "GTE", { value: "2026-10-05" }), ["105"]],
  ["a stamp with an offset", one("lastmodifieddate", "LTE", { value: "2026-10-02T12:00:00+02:00" }), ["101", "102"]],
  ["GT on the record id", one("hs_object_id", "GT", { value: "103" }), ["104", "105"]],
  ["BETWEEN includes both ends", one("numemployees", "BETWEEN", { value: "10", highValue: "50" }), ["101", "103"]],
  [
    "BETWEEN on the stamp",
    one("lastmodifieddate", "BETWEEN", { value: "2026-10-02T00:00:00Z", highValue: "2026-10-03T23:59:59Z" }),
    ["102", "103", "104"],
  ],
  ["BETWEEN with equal ends", one("createdate", "BETWEEN", { value: "2026-01-02", highValue: "2026-01-02" }), ["102"]],
  ["IN on an enumeration", one("lifecyclestage", "IN", { values: ["lead", "opportunity"] }), ["101", "105"]],
  ["IN on record ids", one("hs_object_id", "IN", { values: ["105", "101", "999"] }), ["101", "105"]],
  ["IN on numbers", one("numemployees", "IN", { values: [9.5, "250"] }), ["102", "105"]],
  ["IN on text wants lower case", one("city", "IN", { values: ["london"] }), ["101", "103"]],
  ["IN on text with capitals finds nothing", one("city", "IN", { values: ["London"] }), []],
  [
    "NOT_IN leaves out records without a value",
    one("lifecyclestage", "NOT_IN", { values: ["lead", "customer"] }),
    ["103", "105"],
  ],
  ["HAS_PROPERTY", one("jobtitle", "HAS_PROPERTY"), ["104"]],
  ["NOT_HAS_PROPERTY", one("email", "NOT_HAS_PROPERTY"), ["104"]],
  ["HAS_PROPERTY ignores a value", one("jobtitle", "HAS_PROPERTY", { value: "anything" }), ["104"]],
  ["CONTAINS_TOKEN finds a whole word", one("company", "CONTAINS_TOKEN", { value: "northwind" }), ["101", "102"]],
  ["CONTAINS_TOKEN finds no part of a word", one("company", "CONTAINS_TOKEN", { value: "north" }), []],
  ["CONTAINS_TOKEN with a wildcard behind", one("company", "CONTAINS_TOKEN", { value: "north*" }), ["101", "102"]],
  ["CONTAINS_TOKEN with a wildcard before", one("lastname", "CONTAINS_TOKEN", { value: "*ler" }), ["105"]],
  ["CONTAINS_TOKEN on a mail domain", one("email", "CONTAINS_TOKEN", { value: "*@northwind.example" }), ["101", "102"]],
  ["CONTAINS_TOKEN with words in sequence", one("jobtitle", "CONTAINS_TOKEN", { value: "head of" }), ["104"]],
  ["CONTAINS_TOKEN splits at punctuation", one("lastname", "CONTAINS_TOKEN", { value: "miller" }), ["105"]],
  ["NOT_CONTAINS_TOKEN", one("company", "NOT_CONTAINS_TOKEN", { value: "northwind" }), ["104"]],
  [
    "filters of a group are joined by AND",
    {
      filterGroups: [
        {
          filters: [
            { propertyName: "city", operator: "EQ", value: "london" },
            { propertyName: "numemployees", operator: "GT", value: "20" },
          ],
        },
      ],
    },
    ["103"],
  ],
  [
    "groups are joined by OR",
    {
      filterGroups: [
        { filters: [{ propertyName: "firstname", operator: "EQ", value: "eve" }] },
        { filters: [{ propertyName: "city", operator: "EQ", value: "leeds" }] },
      ],
    },
    ["102", "105"],
  ],
  [
    "a record that fits two groups comes once",
    {
      filterGroups: [
        { filters: [{ propertyName: "firstname", operator: "EQ", value: "ada" }] },
        { filters: [{ propertyName: "city", operator: "EQ", value: "london" }] },
      ],
    },
    ["101", "103"],
  ],
  [
    "a keyset: after this stamp, or at it with a higher id",
    {
      filterGroups: [
        { filters: [{ propertyName: "lastmodifieddate", operator: "GT", value: "2026-10-03T10:00:00.123Z" }] },
        {
          filters: [
            { propertyName: "lastmodifieddate", operator: "EQ", value: "2026-10-03T10:00:00.123Z" },
            { propertyName: "hs_object_id", operator: "GT", value: "103" },
          ],
        },
      ],
      sorts: [{ propertyName: "lastmodifieddate", direction: "ASCENDING" }],
    },
    ["104", "105"],
  ],
  ["filters without a group", { filters: [{ propertyName: "firstname", operator: "EQ", value: "dan" }] }, ["104"]],
  [
    "sort ascending by the stamp",
    { sorts: [{ propertyName: "lastmodifieddate", direction: "ASCENDING" }] },
    ["101", "102", "103", "104", "105"],
  ],
  [
    "sort descending by the stamp",
    { sorts: [{ propertyName: "lastmodifieddate", direction: "DESCENDING" }] },
    ["105", "104", "103", "102", "101"],
  ],
  [
    "sort by a number, those without it last",
    { sorts: [{ propertyName: "numemployees", direction: "DESCENDING" }] },
    ["102", "103", "101", "105", "104"],
  ],
  ["sort as a plain name", { sorts: ["firstname"] }, ["101", "102", "103", "104", "105"]],
  ["sort as a name with a minus", { sorts: ["-createdate"] }, ["105", "104", "103", "102", "101"]],
  ["sort without a direction ascends", { sorts: [{ propertyName: "lastname" }] }, ["101", "104", "102", "105", "103"]],
  ["a query over the usual properties", { query: "stone" }, ["102", "105"]],
  ["a query matches beginnings of words", { query: "lov" }, ["101"]],
  ["a query of two words needs both", { query: "northwind bob" }, ["102"]],
  ["a query finds an additional e-mail", { query: "cleo.old" }, ["103"]],
  ["a query does not look into other properties", { query: "leeds" }, []],
  ["a query and a filter", { query: "northwind", ...one("city", "EQ", { value: "leeds" }) }, ["102"]],
  ["a limit", { limit: 2 }, ["101", "102"]],
  ["a limit as text", { limit: "3" }, ["101", "102", "103"]],
  ["a limit of none counts only", { limit: 0 }, []],
  ["a page by offset", { limit: 2, after: "2" }, ["103", "104"]],
  ["an offset as a number", { limit: 2, after: 4 }, ["105"]],
  ["an empty offset", { limit: 1, after: "" }, ["101"]],
  ["an offset behind the end", { after: "100" }, []],
  ["the very last page of ten thousand", { limit: 200, after: "9800" }, []],
  ["properties that do not exist are passed over", { properties: ["nope", "email"], limit: 1 }, ["101"]],
  ["fields nobody knows are passed over", { colour: "red", limit: 1 }, ["101"]],
];

test.each(accepted)("search finds: %s", async (_name, body, ids) => {
  const answer = await post("/crm/v3/objects/contacts/search", body);
  expect(answer.status).toBe(200);
  expect(answer.body.results.map(({ id }) => id)).toEqual(ids);
});

test("total counts all matches, and the cursor is an offset without a link", async () => {
  const first = await post("/crm/v3/objects/contacts/search", { limit: 2 });
  expect(first.body.total).toBe(5);
  expect(first.body.paging).toEqual({ next: { after: "2" } });
  const last = await post("/crm/v3/objects/contacts/search", { limit: 2, after: "4" });
  expect(last.body.total).toBe(5);
  expect(last.body.paging).toBeUndefined();
});

test("a search answers the standard properties, or those asked for with the three stamps", async () => {
  const standard = await post("/crm/v3/objects/deals/search", { limit: 1 });
  expect(Object.keys(standard.body.results[0]?.properties ?? {})).toEqual([
    "amount",
    "closedate",
    "createdate",
    "dealname",
    "dealstage",
    "hs_lastmodifieddate",
    "hs_object_id",
    "pipeline",
  ]);
  const asked = await post("/crm/v3/objects/contacts/search", { properties: ["jobtitle"], limit: 1 });
  expect(asked.body.results[0]?.properties).toEqual({
    jobtitle: null,
    createdate: "2026-01-01T00:00:00.000Z",
    lastmodifieddate: "2026-10-01T10:00:00.000Z",
    hs_object_id: "101",
  });
});

test("later pages of one query see a write at once, though earlier results are remembered", async () => {
  const { post: ask, patch, clock } = startPortal();
  const body = { sorts: ["-lastmodifieddate"], limit: 1 };
  expect((await ask("/crm/v3/objects/contacts/search", body)).body.results[0]?.id).toBe("105");
  clock.ms += 1000;
  await patch("/crm/v3/objects/contacts/102", { properties: { city: "York" } });
  expect((await ask("/crm/v3/objects/contacts/search", body)).body.results[0]?.id).toBe("102");
});

test("with a lag a fresh change is not found until the index has caught up", async () => {
  const { post: ask, patch, clock } = startPortal({ switches: { searchLagMs: 5000 } });
  await patch("/crm/v3/objects/contacts/102", { properties: { city: "York" } });
  const york = one("city", "EQ", { value: "york" });
  expect((await ask("/crm/v3/objects/contacts/search", york)).body.total).toBe(0);
  clock.ms += 5000;
  expect((await ask("/crm/v3/objects/contacts/search", york)).body.total).toBe(1);
});

test("what a lagging index did not show is not remembered: an index in order finds it by the same query, after no write", async () => {
  const { post: ask, patch, simulator } = startPortal({ switches: { searchLagMs: 5000 } });
  await patch("/crm/v3/objects/contacts/102", { properties: { city: "York" } });
  const york = one("city", "EQ", { value: "york" });
  expect((await ask("/crm/v3/objects/contacts/search", york)).body.total).toBe(0);
  simulator.state.settings.switches.searchLagMs = 0;
  expect((await ask("/crm/v3/objects/contacts/search", york)).body.total).toBe(1);
});

test("with disorder neighbouring results change places and nothing is lost", async () => {
  const { post: ask } = startPortal({ switches: { searchDisorder: true } });
  const answer = await ask("/crm/v3/objects/contacts/search", {});
  expect(answer.body.results.map(({ id }) => id)).toEqual(["102", "101", "104", "103", "105"]);
});

test("results remembered from one seed are forgotten with the next", async () => {
  const ids = { limit: 1, sorts: ["firstname"] };
  expect((await post("/crm/v3/objects/contacts/search", ids)).body.total).toBe(5);
  simulator.load({ portalId: 7, objects: {}, associations: [], owners: [], pipelines: {} });
  expect((await post("/crm/v3/objects/contacts/search", ids)).body.total).toBe(0);
});
