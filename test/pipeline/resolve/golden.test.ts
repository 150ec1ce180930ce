import { expect, test } from "vitest";
import type { RecordFields } from "../../../src/model/kinds.ts";
import type { StoredRecord } from "../../../src/model/record.ts";
import { goldenName, goldenValues } from "../../../src/pipeline/resolve/golden.ts";
import { at } from "../../fixtures/pipeline/crm.ts";

function record(id: string, hour: number, fields: RecordFields, more: Partial<StoredRecord> = {}): StoredRecord {
  return {
    record_key: `crm:people:${id}`,
    connection: "crm",
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

test("a field's value is that of the record that changed last; other values are kept as losers", () => {
  const golden = goldenValues([
    record("1", 1, { first_name: "Ann", title: "Buyer" }),
    record("2", 3, { title: "CTO" }),
    record("3", 2, { title: "Buyer" }),
  ]);
  expect(golden).toEqual({
    first_name: { value: "Ann", record_key: "crm:people:1", rule: "most_recent", losers: [] },
    title: {
      value: "CTO",
      record_key: "crm:people:2",
      rule: "most_recent",
      losers: [
        { value: "Buyer", record_key: "crm:people:3" },
        { value: "Buyer", record_key: "crm:people:1" },
      ],
    },
  });
});

test("records that changed at one instant rank by their keys, in whatever order they are given", () => {
  const both = [record("2", 1, { title: "CTO" }), record("1", 1, { title: "Buyer" })];
  expect(goldenValues(both)).toEqual(goldenValues([...both].reverse()));
  expect(goldenValues(both).title?.value).toBe("Buyer");
});

test("a deleted record counts only where no other has the field", () => {
  const golden = goldenValues([
    record("1", 9, { title: "CTO", department: "IT" }, { deleted: true }),
    record("2", 1, { title: "Buyer" }),
  ]);
  expect([golden.title?.value, golden.department?.value]).toEqual(["Buyer", "IT"]);
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
