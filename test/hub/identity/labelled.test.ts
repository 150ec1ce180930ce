import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import csv from "../../../connectors/csv/index.ts";
import { readLabelled } from "../../../src/hub/identity/labelled.ts";

const folder = mkdtempSync(join(tmpdir(), "journey-hub-labelled-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const people = `apiVersion: journey-hub/v1
kind: Mapping
metadata: { connector: csv, object: people }
to: contact
record: { id: id }
fields: { first_name: first, last_name: last, phone_numbers: [{ number: { from: phone, do: phone } }] }
`;
const firms = people
  .replace("to: contact", "when: raw.kind == 'firm'\nto: company")
  .replace(/fields: .*/, "fields: { name: last }");

function put(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const mapping = put("people.yaml", people);
const rows = "id;first;last;phone;kind;who\n1;Ann;Lee;030 123456;;a\n2;Anne;Lee;;;a\n3;;Acme;;firm;b\n4;Bob;Lee;;; \n";

const read = (more: object = {}, text = rows) =>
  readLabelled(csv, { file: put("rows.csv", text), mappings: [mapping], truth: "who", ...more });

test("rows are parties by the mapping, with the label of their column, blank where there is none", async () => {
  const { parties, unmapped } = await read();
  expect(parties.map(({ key, truth }) => [key, truth])).toEqual([
    ["1", "a"],
    ["2", "a"],
    ["3", "b"],
    ["4", ""],
  ]);
  expect([parties[0]?.party.fields, unmapped]).toEqual([{ first_name: "Ann", last_name: "Lee" }, 0]);
});

test("several mapping files tell persons from companies, and a country completes phone numbers", async () => {
  const persons = put("persons.yaml", people.replace("to: contact", "when: raw.kind != 'firm'\nto: contact"));
  const { parties } = await read({ mappings: [persons, put("firms.yaml", firms)], country: "DE" });
  expect(parties.map(({ party }) => party.kind)).toEqual(["person", "person", "company", "person"]);
  expect(parties[0]?.party.fields.phone_numbers).toEqual([{ number: "+4930123456" }]);
});

test("rows that cannot be mapped are counted, with the first one's reason", async () => {
  const found = await read({ mappings: [put("firms.yaml", firms)] }, `${rows}5;;Acme Ltd;;firm;b\n6;;Bond;;firm;c\n`);
  expect(found.parties.map(({ key }) => key)).toEqual(["3", "5", "6"]);
  expect(found).toMatchObject({ unmapped: 3, unmappedBecause: expect.stringMatching(/^row 1: no mapping of people/) });
});

test("a file behind a symbolic link is read where it lies", async () => {
  const file = put("real.csv", rows);
  symlinkSync(file, join(folder, "link.csv"));
  expect((await read({ file: join(folder, "link.csv") })).parties).toHaveLength(4);
});

describe("said plainly is", () => {
  const cases: [string, object, string | undefined, RegExp][] = [
    [
      "a column of labels that is not there",
      { truth: "cluster" },
      undefined,
      /no column "cluster", which --truth names; there are: id, first/,
    ],
    ["a column of labels that is empty", {}, "id;last;who\n1;Lee;\n2;Lee;\n", /The column "who" is empty in every row/],
    ["labels that are all one", {}, "id;last;who\n1;Lee;a\n2;Lee;a\n", /is the same in every row/],
    ["labels that are all different", {}, "id;last;who\n1;Lee;a\n2;Lee;b\n", /no two rows are of one customer/],
    ["an id that two rows bear", {}, "id;last;who\n1;Lee;a\n1;Lee;b\n", /Rows 1 and 2 both have the id 1/],
    ["a file without rows", {}, "id;last;who\n", /has no row that could be mapped/],
    [
      "why no row can be mapped",
      {},
      "no;last;who\n1;Lee;a\n",
      /compared\. 1 row could not be mapped; the first, row 1: .*\bid\b/,
    ],
    [
      "labels that are all one among the rows that can be mapped",
      {},
      "id;last;who\n1;Lee;a\n;Ray;b\n",
      /is the same in every row.*others\. 1 row could not be mapped; the first, row 2: .*\bid\b/,
    ],
    [
      "columns that are all named otherwise",
      {},
      "id;given;surname;who\n1;Ann;Lee;a\n2;Ann;Lee;a\n3;Bob;Ray;b\n",
      /No row says anything: the mapping reads first, last, phone, and the columns are id, given, surname, who\./,
    ],
    [
      "columns that are all empty",
      {},
      "id,first,last,phone,who\n1,,,,a\n2,,,,a\n3,,,,b\n",
      /No row says anything: the columns that the mapping reads are empty/,
    ],
    [
      "a row that is cut off",
      {},
      'id;last;who\n1;Lee;a\n2;"Lee;a\n',
      /line 3: the row begins a quote that is not closed/,
    ],
    ["a file that is not there", { file: join(folder, "none.csv") }, undefined, /There is no file .*none\.csv/],
    [
      "a mapping that is not there",
      { mappings: [join(folder, "none.yaml")] },
      undefined,
      /There is no file .*none\.yaml/,
    ],
    [
      "a mistake in a mapping, with its place",
      { mappings: [put("wrong.yaml", people.replace("last_name", "surname"))] },
      undefined,
      /wrong\.yaml:6:\d+ .*surname/,
    ],
    [
      "a mapping to what is no customer",
      {
        mappings: [
          put("deals.yaml", people.replace("to: contact", "to: deal").replace(/fields: .*/, "fields: { name: last }")),
        ],
      },
      undefined,
      /makes rows deal: only contacts and companies/,
    ],
    [
      "two mappings of different objects",
      { mappings: [mapping, put("other.yaml", people.replace("object: people", "object: others"))] },
      undefined,
      /must be of one connector and object/,
    ],
  ];
  test.each(cases)("%s", async (_, more, text, message) => {
    await expect(read(more, text)).rejects.toThrow(message);
  });
});
