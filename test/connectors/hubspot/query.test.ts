import { describe, expect, test } from "vitest";
import { inFamily } from "../../../connectors/hubspot/paths.ts";
import { fitsAddress, isSought, searchBody, settle, wantedOf } from "../../../connectors/hubspot/query.ts";

const second = (n: number) => new Date(Date.parse("2026-10-01T08:00:00.000Z") + n * 1_000).toISOString();
const row = (id: number, at: string) => ({ id: String(id), at });
const rows = (count: number, at: (n: number) => string) => Array.from({ length: count }, (_, n) => row(n + 1, at(n)));

describe("what is asked of a record", () => {
  test.each([
    ["contacts", ["properties.email"], { properties: ["email", "lastmodifieddate"], associations: [] }],
    ["deals", ["properties.amount", "url", "id"], { properties: ["amount", "hs_lastmodifieddate"], associations: [] }],
    [
      "notes",
      ["associations.contacts.results", "associations.companies.results"],
      { properties: ["hs_lastmodifieddate"], associations: ["companies", "contacts"] },
    ],
  ] as const)("%s with %j", (object, fields, wanted) => {
    expect(wantedOf(object, fields)).toEqual(wanted);
  });

  test("a hundred usual names fit into an address, five hundred do not", () => {
    const names = (count: number) => Array.from({ length: count }, (_, n) => `custom_property_${n}`);
    expect(fitsAddress(names(100))).toBe(true);
    expect(fitsAddress(names(500))).toBe(false);
  });
});

describe("the search", () => {
  test("asks for everything from a millisecond on, oldest first, without an offset", () => {
    expect(searchBody("contacts", { at: "2026-10-01T08:00:00.123Z", id: null }, ["email"])).toEqual({
      filterGroups: [{ filters: [{ propertyName: "lastmodifieddate", operator: "GTE", value: "1790841600123" }] }],
      sorts: ["lastmodifieddate"],
      properties: ["email"],
      limit: 200,
    });
  });

  test("asks for the rest of one millisecond by id", () => {
    expect(searchBody("deals", { at: "2026-10-01T08:00:00.123Z", id: "77" }, ["amount"])).toEqual({
      filterGroups: [
        {
          filters: [
            { propertyName: "hs_lastmodifieddate", operator: "EQ", value: "1790841600123" },
            { propertyName: "hs_object_id", operator: "GT", value: "77" },
          ],
        },
      ],
      sorts: ["hs_object_id"],
      properties: ["amount"],
      limit: 200,
    });
  });

  test("does not begin at epoch 0, where HubSpot answers 500", () => {
    const body = searchBody("deals", { at: "1970-01-01T00:00:00.000Z", id: null }, []);
    expect(body.filterGroups[0]?.filters[0]?.value).toBe("1000");
  });
});

describe("a page of search results", () => {
  const since = { at: second(0), id: null };

  test("that is not full is the last one", () => {
    expect(settle([row(1, second(0)), row(2, second(5))], since)).toEqual({
      rows: [row(1, second(0)), row(2, second(5))],
      next: null,
    });
  });

  test("that is not full goes on all the same where HubSpot says that more follows", () => {
    expect(settle([row(1, second(0)), row(2, second(5))], since, true)).toEqual({
      rows: [row(1, second(0))],
      next: { at: second(5), id: null },
    });
  });

  test("that is full withholds its last millisecond and goes on from there", () => {
    const page = rows(200, (n) => second(Math.min(n, 197)));
    const settled = settle(page, since);
    expect(settled.rows.map(({ id }) => id)).toEqual(page.slice(0, 197).map(({ id }) => id));
    expect(settled.next).toEqual({ at: second(197), id: null });
  });

  test("that is full of one later millisecond is read by id within it", () => {
    expect(
      settle(
        rows(200, () => second(3)),
        since,
      ),
    ).toEqual({ rows: [], next: { at: second(3), id: "0" } });
  });

  test("that is full of the very millisecond asked for is read by id within it", () => {
    expect(
      settle(
        rows(200, () => second(0)),
        since,
      ),
    ).toEqual({ rows: [], next: { at: second(0), id: "0" } });
  });

  test("that begins below the bound passes those records on and still moves", () => {
    const settled = settle(
      rows(200, (n) => (n < 2 ? second(-1) : second(0))),
      since,
    );
    expect(settled.rows.map(({ id }) => id)).toEqual(["1", "2"]);
    expect(settled.next).toEqual({ at: second(0), id: "0" });
  });

  test("within one millisecond goes on after its highest id, numerically", () => {
    const page = rows(200, () => second(3)).map(({ at }, n) => row(n === 0 ? 1000 : 800 + n, at));
    expect(settle(page, { at: second(3), id: "0" }).next).toEqual({ at: second(3), id: "1000" });
  });

  test.each([
    ["the next id", row(78, second(3)), true],
    ["a record changed since", row(78, second(4)), true],
    ["an id that has been read", row(77, second(3)), false],
    ["an id of fewer digits", row(9, second(3)), false],
    ["a record of before", row(78, second(2)), false],
  ])("within one millisecond is the right answer by %s: %j, %s", (_, found, answers) => {
    expect(isSought(found, { at: second(3), id: "77" })).toBe(answers);
    expect(isSought(found, { at: second(3), id: null })).toBe(true);
  });

  test("that ends a millisecond goes on with the next one", () => {
    const next = { at: "2026-10-01T08:00:03.001Z", id: null };
    expect(settle([row(9, second(3))], { at: second(3), id: "8" })).toEqual({ rows: [row(9, second(3))], next });
  });
});

describe("the families of paths", () => {
  test.each([
    ["/crm/v3/objects/contacts?limit=100", "/crm/objects/2026-03/contacts?limit=100"],
    ["/crm/v3/objects/contacts/batch/read", "/crm/objects/2026-03/contacts/batch/read"],
    ["/crm/v4/associations/deals/contacts/batch/read", "/crm/associations/2026-03/deals/contacts/batch/read"],
    ["/crm/v3/properties/contacts/groups", "/crm/properties/2026-03/contacts/groups"],
    ["/crm/v3/owners", "/crm/owners/2026-03"],
    ["/crm/v3/pipelines/deals", "/crm/pipelines/2026-03/deals"],
    ["/oauth/v1/token", "/oauth/v3/token"],
    ["/crm/v3/ownersmore", "/crm/v3/ownersmore"],
  ])("%s is %s in 2026-03 and stays as it is in v3", (path, dated) => {
    expect(inFamily(`https://api.hubapi.com${path}`, "2026-03")).toBe(`https://api.hubapi.com${dated}`);
    expect(inFamily(`https://api.hubapi.com${path}`, "v3")).toBe(`https://api.hubapi.com${path}`);
  });
});
