import { expect, test } from "vitest";
import { startPortal } from "./small-portal.ts";

const { post, simulator } = startPortal({ limits: { searchPerSecond: 10_000, burst: 10_000 } });

const one = (propertyName: unknown, operator: unknown, more: object = {}) => ({
  filterGroups: [{ filters: [{ propertyName, operator, ...more }] }],
});
const filter = { propertyName: "city", operator: "EQ", value: "x" };
const filters = (count: number) => ({ filters: Array.from({ length: count }, () => filter) });

/** Each search body and a part of the message it is refused with. */
const refusedSearches: [name: string, body: unknown, message: RegExp][] = [
  ["no JSON", "{filterGroups: []}", /^Invalid input JSON on line 1, column 1/],
  ["an empty body", "", /end-of-input/],
  ["a form body", "filterGroups=%5B%5D", /^Invalid input JSON/],
  ["cut JSON", '{"filterGroups":[', /^Invalid input JSON/],
  ["an array", [], /from Array value/],
  ["a text", '"contacts"', /from String value/],
  ["null", null, /from Null value/],
  ["groups that are no list", { filterGroups: {} }, /filterGroups/],
  ["a group that is a filter list", { filterGroups: [[filter]] }, /from Array value.*filterGroups\.0/],
  ["a filter that is a text", { filterGroups: [{ filters: ["city = x"] }] }, /filters\.0/],
  ["no property name", one(undefined, "EQ", { value: "x" }), /required fields were not set: \[propertyName\]/],
  ["no operator", one("city", undefined, { value: "x" }), /required fields were not set: \[operator\]/],
  ["neither", { filterGroups: [{ filters: [{ value: "x" }] }] }, /not set: \[propertyName, operator\]/],
  [
    "an unknown operator",
    one("city", "LIKE", { value: "x" }),
    /"LIKE": not one of the values accepted for Enum class: \[IN, /,
  ],
  ["an operator in lower case", one("city", "eq", { value: "x" }), /not one of the values accepted/],
  ["a symbol as operator", one("numemployees", ">=", { value: "1" }), /not one of the values accepted/],
  ["an operator that is a number", one("city", 3, { value: "x" }), /not one of the values accepted/],
  ["a property name that is a number", one(7, "EQ", { value: "x" }), /from Number value/],
  ["an unknown property", one("favourite_colour", "EQ", { value: "x" }), /There was a problem with the request/],
  ["a property of another object", one("dealname", "EQ", { value: "x" }), /There was a problem/],
  [
    "the modified stamp of the other objects",
    one("hs_lastmodifieddate", "GT", { value: "1000" }),
    /There was a problem/,
  ],
  ["a name from the prototype", one("constructor", "HAS_PROPERTY"), /There was a problem/],
  ["EQ without a value", one("city", "EQ"), /value must be non-empty/],
  ["EQ with null", one("city", "EQ", { value: null }), /value must be non-empty/],
  ["EQ with an empty value", one("city", "EQ", { value: "" }), /non-blank, if specified \{propertyName: 'city'\}/],
  ["EQ with spaces", one("city", "EQ", { value: "  " }), /non-blank/],
  ["EQ with a list", one("city", "EQ", { value: ["x"] }), /from Array value/],
  ["EQ with an object", one("city", "EQ", { value: { is: "x" } }), /from Object value/],
  ["EQ with values instead of value", one("city", "EQ", { values: ["x"] }), /value must be non-empty/],
  ["IN without values", one("city", "IN"), /values must be non-empty/],
  ["IN with no values", one("city", "IN", { values: [] }), /values must be non-empty/],
  ["IN with value instead of values", one("city", "IN", { value: "x" }), /values must be non-empty/],
  ["IN with a text for a list", one("city", "IN", { values: "x" }), /from String value/],
  ["NOT_IN with a null among the values", one("city", "NOT_IN", { values: ["x", null] }), /from Null value/],
  ["IN with an empty enumeration value", one("lifecyclestage", "IN", { values: [""] }), /values must be non-empty/],
  ["BETWEEN without highValue", one("numemployees", "BETWEEN", { value: "1" }), /highValue must be non-empty/],
  ["BETWEEN without value", one("numemployees", "BETWEEN", { highValue: "1" }), /value must be non-empty/],
  ["BETWEEN upside down", one("numemployees", "BETWEEN", { value: "9", highValue: "1" }), /greater than highValue/],
  ["a number that is none", one("numemployees", "GT", { value: "many" }), /is no number: many/],
  ["an instant that is none", one("lastmodifieddate", "GTE", { value: "yesterday" }), /is no datetime: yesterday/],
  ["an instant in another notation", one("lastmodifieddate", "GTE", { value: "02/11/2026" }), /is no datetime/],
  ["a day that does not exist", one("date_of_birth", "EQ", { value: "2026-13-40" }), /is no date/],
  ["a record id that is a text", one("hs_object_id", "IN", { values: ["101", "x"] }), /is no number: x/],
  ["CONTAINS_TOKEN without a value", one("city", "CONTAINS_TOKEN"), /value must be non-empty/],
  ["CONTAINS_TOKEN with punctuation only", one("city", "CONTAINS_TOKEN", { value: "@." }), /no token/],
  [
    "six groups",
    { filterGroups: Array.from({ length: 6 }, () => filters(1)) },
    /Too many filter groups: the maximum is 5/,
  ],
  ["seven filters in a group", { filterGroups: [filters(7)] }, /Too many filters in a group: the maximum is 6/],
  ["nineteen filters", { filterGroups: [filters(6), filters(6), filters(6), filters(1)] }, /maximum is 18, but 19/],
  ["two sorts", { sorts: ["city", "firstname"] }, /at most one sort/],
  ["a sort by an unknown property", { sorts: ["-favourite_colour"] }, /There was a problem/],
  ["a sort in an unknown direction", { sorts: [{ propertyName: "city", direction: "DOWN" }] }, /Invalid input JSON/],
  ["a sort without a property", { sorts: [{ direction: "ASCENDING" }] }, /Invalid input JSON/],
  ["sorts that are no list", { sorts: "city" }, /from String value/],
  ["a query that is a list", { query: ["ada"] }, /from Array value/],
  ["a query of 3001 characters", { query: "a".repeat(3001) }, /no longer than 3000/],
  ["201 a page", { limit: 201 }, /between 0 and 200, but was 201/],
  ["fewer than none", { limit: -1 }, /between 0 and 200/],
  ["half a record", { limit: 1.5 }, /Invalid input JSON/],
  ["a limit that is a word", { limit: "all" }, /Invalid input JSON/],
  ["an offset that is a word", { after: "next" }, /after must be an integer/],
  ["a negative offset", { after: "-1" }, /after must be an integer/],
  ["a page across 10,000", { limit: 200, after: "9801" }, /first 10000 results/],
  ["a page beyond 10,000", { limit: 1, after: "10000" }, /first 10000 results/],
  ["properties that are no list", { properties: "email" }, /from String value/],
];

test.each(refusedSearches)("search refuses: %s", async (_name, body, message) => {
  const answer = await post("/crm/v3/objects/contacts/search", body);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ status: "error", correlationId: expect.any(String) });
  expect(answer.body.message).toMatch(message);
});

const ada = { id: "101", properties: { city: "Bath" } };
const many = Array.from({ length: 101 }, (_, index) => ({ id: String(index), properties: { city: "Bath" } }));

/** Each batch body, its route and what it is refused with; the portal stays as it was. */
const refusedBatches: [name: string, route: string, body: unknown, status: number, message: RegExp][] = [
  ["no inputs", "update", {}, 400, /required fields were not set: \[inputs\]/],
  ["empty inputs", "update", { inputs: [] }, 400, /inputs may not be empty/],
  ["inputs that are an object", "update", { inputs: ada }, 400, /from Object value/],
  ["a bare list", "create", [ada], 400, /from Array value/],
  ["101 updates", "update", { inputs: many }, 400, /may not exceed 100, but it was 101/],
  ["101 reads", "read", { inputs: many }, 400, /may not exceed 100/],
  ["101 upserts", "upsert", { inputs: many }, 400, /may not exceed 100/],
  ["101 creations", "create", { inputs: many }, 400, /may not exceed 100/],
  ["101 archivings", "archive", { inputs: many }, 400, /may not exceed 100/],
  ["an update without an id", "update", { inputs: [{ properties: { city: "Bath" } }] }, 400, /not set: \[id\]/],
  ["an update without properties", "update", { inputs: [{ id: "101" }] }, 400, /not set: \[properties\]/],
  [
    "an update of nothing",
    "update",
    { inputs: [{ id: "101", properties: {} }] },
    400,
    /^No properties found to update/,
  ],
  ["a null value", "update", { inputs: [{ id: "101", properties: { city: null } }] }, 400, /from Null value/],
  [
    "a value that is a list",
    "update",
    { inputs: [{ id: "101", properties: { city: ["Bath"] } }] },
    400,
    /from Array value/,
  ],
  [
    "one id twice",
    "update",
    { inputs: [ada, ada] },
    400,
    /^Duplicate IDs found in batch input: \[101\]\. IDs must be unique$/,
  ],
  [
    "hs_object_id as idProperty",
    "update",
    { inputs: [{ ...ada, idProperty: "hs_object_id" }] },
    400,
    /^Unable to perform update by non-unique property hs_object_id/,
  ],
  [
    "a property that is not unique as idProperty",
    "upsert",
    { inputs: [{ ...ada, idProperty: "city" }] },
    400,
    /^Unable to perform upsert by non-unique/,
  ],
  [
    "a property that does not exist as idProperty",
    "read",
    { inputs: [{ id: "1" }], idProperty: "nope" },
    400,
    /^Unable to perform read by non-unique/,
  ],
  ["an upsert without idProperty", "upsert", { inputs: [ada] }, 400, /idProperty is required/],
  [
    "a property that does not exist",
    "update",
    { inputs: [ada, { id: "102", properties: { nope: "1" } }] },
    400,
    /PROPERTY_DOESNT_EXIST/,
  ],
  [
    "a value that is no option",
    "update",
    { inputs: [{ id: "101", properties: { hs_lead_status: "HOT" } }] },
    400,
    /INVALID_OPTION/,
  ],
  [
    "a list with one wrong option",
    "update",
    { inputs: [{ id: "101", properties: { interests: "road;skating" } }] },
    400,
    /INVALID_OPTION/,
  ],
  [
    "an owner that does not exist",
    "update",
    { inputs: [{ id: "101", properties: { hubspot_owner_id: "999" } }] },
    400,
    /INVALID_OPTION/,
  ],
  [
    "a bool that is neither",
    "update",
    { inputs: [{ id: "101", properties: { hs_email_optout: "yes" } }] },
    400,
    /INVALID_OPTION/,
  ],
  [
    "a read-only property",
    "update",
    { inputs: [{ id: "101", properties: { num_conversion_events: "9" } }] },
    400,
    /READ_ONLY_VALUE/,
  ],
  [
    "the modified stamp",
    "update",
    { inputs: [{ id: "101", properties: { lastmodifieddate: "1" } }] },
    400,
    /READ_ONLY_VALUE/,
  ],
  ["an e-mail that is none", "create", { inputs: [{ properties: { email: "ada(at)x" } }] }, 400, /INVALID_EMAIL/],
  [
    "a number that is none",
    "update",
    { inputs: [{ id: "101", properties: { annualrevenue: "lots" } }] },
    400,
    /INVALID_INTEGER/,
  ],
  [
    "an instant that is none",
    "update",
    { inputs: [{ id: "101", properties: { closedate: "soon" } }] },
    400,
    /INVALID_LONG/,
  ],
  [
    "a day that is not midnight",
    "update",
    { inputs: [{ id: "101", properties: { date_of_birth: "1980-05-17T10:00:00Z" } }] },
    400,
    /INVALID_DATE/,
  ],
  [
    "an e-mail another contact has",
    "create",
    { inputs: [{ properties: { firstname: "Z" } }, { properties: { email: "Bob@Northwind.example" } }] },
    409,
    /^Contact already exists\. Existing ID: 102$/,
  ],
  [
    "an additional e-mail of another contact",
    "create",
    { inputs: [{ properties: { email: "cleo.old@contoso.example" } }] },
    409,
    /Existing ID: 103$/,
  ],
  [
    "one e-mail twice in a batch",
    "create",
    { inputs: [{ properties: { email: "n@x.example" } }, { properties: { email: "N@x.example" } }] },
    409,
    /Duplicate value/,
  ],
  [
    "an association type nobody knows",
    "create",
    {
      inputs: [
        {
          properties: { email: "n@x.example" },
          associations: [
            { to: { id: "301" }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 9999 }] },
          ],
        },
      ],
    },
    400,
    /Unknown association type 9999/,
  ],
];

test.each(refusedBatches)("batch refuses as a whole: %s", async (_name, route, body, status, message) => {
  const before = simulator.state.tables.contacts.version;
  const answer = await post(`/crm/v3/objects/contacts/batch/${route}`, body);
  expect(answer.status).toBe(status);
  expect(answer.body.message).toMatch(message);
  expect(simulator.state.tables.contacts.version).toBe(before);
});

test("a bad property comes as JSON inside the message, with all objections of the batch", async () => {
  const inputs = [
    { id: "101", properties: { nope: "1", city: "Bath" } },
    { id: "102", properties: { lifecyclestage: "vip" } },
  ];
  const { body } = await post("/crm/v3/objects/contacts/batch/update", { inputs });
  expect(body.category).toBe("VALIDATION_ERROR");
  expect(body.message).toMatch(/^Property values were not valid: \[/);
  expect(JSON.parse(body.message.slice(body.message.indexOf("[")))).toEqual([
    {
      isValid: false,
      message: 'Property "nope" does not exist',
      error: "PROPERTY_DOESNT_EXIST",
      name: "nope",
      localizedErrorMessage: 'Property "nope" does not exist',
      portalId: 424242,
    },
    expect.objectContaining({ error: "INVALID_OPTION", name: "lifecyclestage" }),
  ]);
});

test("an unknown object type is refused without a category, an unknown path with HTML", async () => {
  const typo = await post("/crm/v3/objects/widgets/search", {});
  expect(typo.status).toBe(400);
  expect(typo.body).toEqual({
    status: "error",
    message: "Unable to infer object type from: widgets",
    correlationId: expect.any(String),
  });
  expect((await post("/crm/v3/objects/0-9999/search", {})).body.message).toBe(
    "Invalid object or event type id: 0-9999",
  );
  const nowhere = await post("/crm/v3/nothing/here", {});
  expect(nowhere.status).toBe(404);
  expect(nowhere.text).toContain("<title>Error 404 Not Found</title>");
});

test("a search of everything since 1970 fails inside, unless switched off", async () => {
  const since = one("lastmodifieddate", "GTE", { value: "0" });
  expect((await post("/crm/v3/objects/contacts/search", since)).status).toBe(500);
  const { post: ask } = startPortal({ switches: { epochZeroSearchFails: false } });
  expect((await ask("/crm/v3/objects/contacts/search", since)).body.total).toBe(5);
});
