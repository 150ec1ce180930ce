import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Survivorship } from "../../../src/identity/survivorship.ts";
import type { RecordFields } from "../../../src/model/kinds.ts";
import type { StoredRecord } from "../../../src/model/record.ts";
import { goldenName, goldenValues, type Pin } from "../../../src/pipeline/resolve/golden.ts";
import { at } from "../../fixtures/pipeline/crm.ts";

function record(id: string, hour: number, fields: RecordFields, more: Partial<StoredRecord> = {}): StoredRecord {
  const connection = more.connection ?? "crm";
  return {
    record_key: `${connection}:people:${id}`,
    connection,
    object: "people",
    remote_id: id,
    kind: "contact",
    first_seq: 1,
    first_seen_at: at(0),
    remote_updated_at: at(20),
    changed_at: at(hour),
    deleted: false,
    merged_into: null,
    fields,
    identifiers: [],
    ...more,
  };
}

const byRules = (person: Survivorship["person"]) => ({
  survivorship: { default: ["most_recent"], person, company: {} } satisfies Survivorship,
});

test("a field's value is that of the record that changed last; other values are kept as losers, with why", () => {
  const golden = goldenValues([
    record("1", 1, { first_name: "Ann", title: "Buyer" }),
    record("2", 30, { title: "CTO" }),
    record("3", 2, { title: "Buyer" }),
  ]);
  expect(golden).toEqual({
    first_name: { value: "Ann", record_key: "crm:people:1", rule: "only_value", losers: [] },
    title: {
      value: "CTO",
      record_key: "crm:people:2",
      rule: "most_recent",
      why: "changed 2026-01-02, crm:people:3 2026-01-01",
      losers: [
        { value: "Buyer", record_key: "crm:people:3" },
        { value: "Buyer", record_key: "crm:people:1" },
      ],
    },
  });
});

describe("the value is chosen", () => {
  const three = [
    record("1", 3, { title: "Head of Purchasing" }),
    record("2", 2, { title: "Buyer" }, { connection: "erp" }),
    record("3", 1, { title: "BUYER " }, { connection: "shop" }),
  ];
  test.each<[string, Survivorship["person"][string], string, string, string]>([
    [
      "by what changed last",
      ["most_recent"],
      "Head of Purchasing",
      "most_recent",
      "changed 2026-01-01T03:00:00.000Z, erp:people:2 2026-01-01T02:00:00.000Z",
    ],
    [
      "by the source that is believed first",
      [{ source_priority: ["shop", "crm"] }],
      "BUYER ",
      "source_priority",
      "shop before crm",
    ],
    [
      "by the next rule where sources rank alike",
      [{ source_priority: [["shop", "erp"]] }, "most_recent"],
      "Buyer",
      "source_priority",
      "erp before crm",
    ],
    ["by what most records say", ["most_frequent"], "Buyer", "most_frequent", "2 of 3 records say so"],
    ["by what says most", ["most_complete"], "Head of Purchasing", "most_complete", "says more than erp:people:2"],
    [
      "by what changed last where the rules leave a tie",
      [{ source_priority: ["desk"] }],
      "Head of Purchasing",
      "most_recent",
      "changed 2026-01-01T03:00:00.000Z, erp:people:2 2026-01-01T02:00:00.000Z",
    ],
  ])("%s", (_, rules, value, rule, why) => {
    expect(goldenValues(three, byRules({ title: rules })).title).toMatchObject({ value, rule, why });
  });

  test("over one of a deleted record, whatever the rules say", () => {
    const golden = goldenValues(
      [
        record("1", 9, { title: "CTO", department: "IT" }, { deleted: true }),
        record("2", 1, { title: "Buyer" }, { connection: "erp" }),
      ],
      byRules({ title: [{ source_priority: ["crm"] }] }),
    );
    expect(golden.title).toMatchObject({
      value: "Buyer",
      rule: "not_deleted",
      why: "crm:people:1 is deleted at its source",
    });
    expect(golden.department?.value).toBe("IT");
  });

  test("by the record key where nothing else tells values apart", () => {
    const both = [record("2", 1, { title: "CTO" }), record("1", 1, { title: "Buyer" })];
    expect(goldenValues(both).title).toMatchObject({ value: "Buyer", rule: "record_key" });
  });
});

test.each<[string, RecordFields<"contact">, RecordFields<"contact">, string]>([
  ["e-mails without case", { emails: [{ email: "Ann@A.example" }] }, { emails: [{ email: "ann@a.example" }] }, "email"],
  [
    "phones by their digits",
    { phone_numbers: [{ number: "+49 30 12345" }] },
    { phone_numbers: [{ number: "0049-3012345" }] },
    "phone",
  ],
  ["names without case, accents and signs", { last_name: "O’BRIEN-José" }, { last_name: "OBrien Jose" }, "last_name"],
])("values that mean the same are one, as the record that won wrote it: %s", (_, newer, older, field) => {
  const golden = goldenValues([record("1", 1, older), record("2", 2, newer)]);
  expect(golden[field]).toEqual({ ...goldenValues([record("2", 2, newer)])[field], losers: [] });
});

test("of e-mails, phones and addresses all are kept, the first first, each once", () => {
  const golden = goldenValues([
    record("1", 2, {
      emails: [{ email: "new@b.example" }, { email: "Old@a.example" }],
      addresses: [{ city: "Bothell", country: "US" }],
    }),
    record("2", 1, {
      emails: [{ email: "old@a.example" }],
      addresses: [{ city: "bothell", country: "US", type: "work" }],
    }),
  ]);
  expect(golden.email).toEqual({
    value: "new@b.example",
    record_key: "crm:people:1",
    rule: "first_listed",
    why: "its record lists it first",
    losers: [],
    also: [{ value: "Old@a.example", record_key: "crm:people:1" }],
  });
  expect(golden.email_domain).toMatchObject({ value: "b.example", rule: "of_email" });
  expect(golden.address).toMatchObject({ value: { city: "Bothell", country: "US" }, rule: "only_value" });
});

describe("a value set by hand", () => {
  const pin = (id: string, hour: number, field: string, value: string): Pin => ({
    ...{ id, field, value: JSON.stringify(value), by: "Kim", at: at(hour), reason: "as her card says" },
  });

  test("holds over what the records say, which stays beside it", () => {
    const golden = goldenValues([record("1", 1, { title: "Buyer", emails: [{ email: "ann@a.example" }] })], {
      pins: [pin("p1", 2, "title", "CTO"), pin("p2", 2, "email", "ceo@b.example"), pin("p3", 2, "department", "IT")],
    });
    expect(golden.title).toEqual({
      value: "CTO",
      record_key: "",
      rule: "pin",
      why: "set by Kim: as her card says",
      losers: [{ value: "Buyer", record_key: "crm:people:1" }],
    });
    expect(golden.email).toMatchObject({ value: "ceo@b.example", also: [{ value: "ann@a.example" }] });
    expect([golden.email_domain?.value, golden.department?.value]).toEqual(["b.example", "IT"]);
  });

  test("gives way to one that was set later, in whatever order they are given", () => {
    const pins = [pin("p2", 3, "title", "CFO"), pin("p1", 2, "title", "CTO"), pin("p0", 3, "title", "CEO")];
    for (const some of [pins, pins.toReversed()]) expect(goldenValues([], { pins: some }).title?.value).toBe("CFO");
  });
});

const seed = 20_260_214;
test(`golden values are a function of the records, in whatever order they come (seed ${seed})`, () => {
  const words = fc.option(fc.constantFrom("Ann", "ann", "Anne", "Änn", "Bob"), { nil: undefined });
  const fields = fc.record({
    first_name: words,
    title: words,
    emails: fc.uniqueArray(fc.constantFrom("a@a.example", "A@a.example", "b@b.example"), { maxLength: 3 }),
  });
  const records = fc
    .array(fc.tuple(fields, fc.nat({ max: 3 }), fc.constantFrom("crm", "erp"), fc.boolean()), { maxLength: 6 })
    .map((rows) =>
      rows.map(([{ emails, ...rest }, hour, connection, deleted], n) =>
        record(String(n), hour, { ...rest, emails: emails.map((email) => ({ email })) }, { connection, deleted }),
      ),
    );
  const rule = fc.constantFrom<Survivorship["default"][number]>(
    ...(["most_recent", "most_complete", "most_frequent"] as const),
    { source_priority: ["erp"] },
  );
  const rules = fc.array(rule, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(records, rules, rules, fc.infiniteStream(fc.nat()), (members, names, emails, ranks) => {
      const by = byRules({ first_name: names, email: emails });
      const others = members.map((member) => ({ member, rank: ranks.next().value })).sort((a, b) => a.rank - b.rank);
      const shuffled = others.map(({ member }) => member);
      expect(JSON.stringify(goldenValues(shuffled, by))).toBe(JSON.stringify(goldenValues(members, by)));
    }),
    { seed, numRuns: 300 },
  );
});

test.each([
  [{ full_name: "Ann M. Lee", first_name: "Ann" }, "Ann M. Lee"],
  [{ first_name: "Ann", last_name: "Lee" }, "Ann Lee"],
  [{ last_name: "Lee", emails: [{ email: "ann@a.example" }] }, "Lee"],
  [{ emails: [{ email: "ann@a.example" }] }, "ann@a.example"],
  [{}, ""],
])("the display name of %j is “%s”", (fields, name) => {
  expect(goldenName(goldenValues([record("1", 1, fields)]))).toBe(name);
});

test("a company is named by its name, else its domain", () => {
  const company = (fields: RecordFields<"company">) =>
    goldenName(goldenValues([record("1", 1, fields, { kind: "company" })]));
  expect([company({ name: "Acme", domains: ["acme.example"] }), company({ domains: ["acme.example"] })]).toEqual([
    "Acme",
    "acme.example",
  ]);
});
