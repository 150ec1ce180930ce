import { expect, test } from "vitest";
import { lintMappings } from "../../src/mapping/index.ts";
import { fileOf } from "./given.ts";

/** Findings of one file as an editor shows them, the text below the five lines of head. */
function findings(body: string, to = "contact"): string[] {
  return lintMappings([{ file: "crm/things.yaml", text: fileOf(body, to) }]).map(
    ({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`,
  );
}

test("a good file has no findings", () => {
  expect(findings("fields:\n  first_name: properties.firstname")).toEqual([]);
});

const mistakes: [what: string, body: string, line: number, column: number, message: string][] = [
  ["broken YAML", "fields: { title: [t }", 6, 21, "YAML:"],
  ["a key twice", "fields:\n  title: a\n  title: b", 8, 3, "YAML: Map keys must be unique"],
  [
    "a key the file does not have",
    "fields: {}\nfeilds: {}",
    7,
    1,
    'unknown key of a mapping "feilds"; did you mean "fields"?',
  ],
  ["no fields", "identifiers: []", 1, 1, '"fields" is missing'],
  [
    "a field the kind does not have",
    "fields:\n  frist_name: a",
    7,
    3,
    'unknown field of contact "frist_name"; did you mean "first_name"?',
  ],
  ["a field of another kind", "fields:\n  tax_number: a", 7, 3, 'unknown field of contact "tax_number"'],
  [
    "a part the field does not have",
    "fields:\n  emails:\n    - { adress: a, email: b }",
    8,
    9,
    'unknown part "adress"',
  ],
  ["a required part missing", "fields:\n  emails:\n    - { type: work }", 8, 7, '"email" is missing'],
  [
    "an unknown transform",
    "fields:\n  title: { from: t, do: uper }",
    7,
    25,
    'unknown transform "uper"; did you mean "upper"?',
  ],
  [
    "an unknown transform in a list",
    "fields:\n  title: { from: t, do: [trim, shout] }",
    7,
    32,
    'unknown transform "shout"',
  ],
  [
    "a transform without its arguments",
    "fields:\n  title: { from: t, do: truncate }",
    7,
    25,
    'the transform "truncate" needs its arguments',
  ],
  ["a wrong argument", "fields:\n  title: { from: t, do: { truncate: far } }", 7, 37, "expected number"],
  [
    "an unknown argument",
    "fields:\n  title: { from: t, do: { phone: { land: US } } }",
    7,
    36,
    'unknown argument of phone "land"',
  ],
  [
    "an unknown time zone",
    "fields:\n  converted_at: { from: t, do: { instant: { zone: Europe/Berln } } }",
    7,
    51,
    "not a time zone",
  ],
  [
    "two transforms in one entry",
    "fields:\n  title: { from: t, do: { truncate: 5, replace_table: { a: b } } }",
    7,
    25,
    "one transform an entry",
  ],
  ["a bad path", "fields:\n  title: properties..title", 7, 10, '"properties..title" is not a path'],
  [
    "a path to what every object inherits",
    "fields:\n  title: properties.constructor",
    7,
    10,
    '"constructor" is not a property',
  ],
  ["a bad path among several", "fields:\n  title: { from: [a, 'b[x]'] }", 7, 22, "is not a path"],
  [
    "a bad path in a transform's argument",
    "fields:\n  title: { from: t, do: { phone: { country_from: a..b } } }",
    7,
    25,
    "is not a path",
  ],
  [
    "a value an enum does not have",
    "fields:\n  lead_status: opne",
    7,
    16,
    '"opne" is not one of the field\'s values; did you mean "open"?',
  ],
  [
    "a path where an enum wants a value",
    "fields:\n  lead_status: properties.s",
    7,
    16,
    "for a path write { from: properties.s }",
  ],
  [
    "an unmapped enum",
    "fields:\n  lead_status: { from: s, map: { NEW: opened } }",
    7,
    39,
    '"opened" is not one of the field\'s values; did you mean "open"?',
  ],
  [
    "an else the enum does not have",
    "fields:\n  lead_status: { from: s, map: { NEW: open }, else: none }",
    7,
    53,
    '"none" is not one of the field\'s values',
  ],
  [
    "an enum value an expression makes",
    "fields:\n  lead_status: { value: \"raw.x == 1 ? 'open' : 'shut'\" }",
    7,
    25,
    '"shut" is not one of the field\'s values',
  ],
  ["an else without a map", "fields:\n  title: { from: a, else: b }", 7, 10, "else: belongs to a map:"],
  ["no source", "fields:\n  title: { do: trim }", 7, 10, "nothing to take the value from"],
  ["two sources", "fields:\n  title: { from: a, const: b }", 7, 10, "more than one source (from, const)"],
  [
    "an unknown key of a value",
    "fields:\n  title: { form: a }",
    7,
    12,
    'unknown key of a value "form"; did you mean "from"?',
  ],
  [
    "a list where one value goes",
    "fields:\n  title: { from: t, do: { split: ',' } }",
    7,
    25,
    "the last transform gives a list",
  ],
  [
    "a transform of the wrong type",
    "fields:\n  is_lead: { from: t, do: email }",
    7,
    27,
    "the field takes a boolean value; the last transform gives contact point",
  ],
  ["money for text", "fields:\n  title: { money: { amount: a } }", 7, 12, 'unknown key of a value "money"'],
  ["one value where a list goes", "fields:\n  emails: properties.email", 7, 11, "expected a list"],
  ["a number as text", "fields:\n  is_lead: 7", 7, 12, "expected a path, or { from: … }"],
  [
    "an unknown lookup table",
    "fields:\n  title: { lookup: { in: stage, key: a, take: b } }",
    7,
    26,
    'unknown lookup table "stage"; did you mean "stages"?',
  ],
  ["a wrong currency", "fields:\n  title: a\nexamples: 5", 8, 11, "expected array"],
  ["CEL that does not parse", 'fields:\n  title: { from: a, when: "raw.x ==" }', 7, 27, "CEL: Unexpected token: EOF"],
  [
    "CEL that names an unknown field",
    'fields:\n  title: { from: a, when: "first_nam == null" }\n  first_name: b',
    7,
    27,
    'unknown field "first_nam"; did you mean "first_name"?',
  ],
  [
    "CEL that reads a field made later",
    "fields:\n  title: { value: string(full_name) }\n  full_name: { value: string(title) }",
    7,
    19,
    'unknown field "full_name"',
  ],
  [
    "a condition that is none",
    'fields:\n  title: { from: a, when: "1 + 2" }',
    7,
    27,
    "a condition gives true or false; this gives int",
  ],
  [
    "an expression of the wrong type",
    "fields:\n  is_lead: { value: \"'yes'\" }",
    7,
    21,
    "the field takes a boolean value; the expression gives string",
  ],
  ["CEL whose types do not fit", "fields:\n  title: { value: \"'a' + 1\" }", 7, 19, "CEL: no such overload"],
  [
    "CEL that reads the whole payload",
    'fields:\n  title: { from: a, when: "size(raw) > 3" }',
    7,
    27,
    "raw is read by path",
  ],
  ["has() in CEL", 'fields:\n  title: { from: a, when: "has(raw.x)" }', 7, 27, "has() is not needed"],
  [
    "a part of record that is none",
    "fields: {}\nobserved: { stge: a }",
    7,
    13,
    'unknown observed value "stge"; did you mean "stage"?',
  ],
  ["a custom field that is no path", "fields: {}\ncustom_fields: [a, '']", 7, 20, "the path is empty"],
  ["a nameless identifier", "fields: {}\nidentifiers: [{ value: a }]", 7, 15, '"type" is missing'],
  [
    "an example that comes out otherwise",
    "fields: { title: t }\nexamples:\n  - name: a title\n    in: { id: 1, t: CEO }\n    out: { fields: { title: CFO } }",
    10,
    29,
    'example "a title": fields.title is "CEO", not "CFO"',
  ],
  [
    "an example whose list has another length",
    "fields: { emails: [{ email: m }] }\nexamples:\n  - name: x\n    in: { id: 1, m: a }\n    out: { fields: { emails: [] } }",
    10,
    30,
    'fields.emails is [{"email":"a"}], not []',
  ],
  [
    "an example that fails",
    "fields: { title: t }\nexamples:\n  - name: x\n    in: { t: CEO }\n    out: {}",
    9,
    9,
    "the record could not be mapped: the payload has no id",
  ],
  [
    "an example that should fail and does not",
    "fields: { title: t }\nexamples:\n  - name: x\n    in: { id: 1 }\n    fails: no id",
    10,
    12,
    "expected a failure, but the record was mapped",
  ],
];

test.each(mistakes)("%s is found at its place", (_what, body, line, column, message) => {
  const [first, ...rest] = findings(body);
  expect(first).toContain(`crm/things.yaml:${line}:${column}: `);
  expect(first).toContain(message);
  expect(rest.filter((finding) => !finding.includes("YAML"))).toEqual([]);
});

test("every mistake of a file is told at once, in the order of its lines", () => {
  expect(findings("fields:\n  frist_name: a\n  titel: b\n  lead_status: opne")).toEqual([
    expect.stringContaining(':7:3: unknown field of contact "frist_name"'),
    expect.stringContaining(':8:3: unknown field of contact "titel"'),
    expect.stringContaining(":9:16: "),
  ]);
});

test("a file that is no mapping at all says what one is", () => {
  const of = (text: string) =>
    lintMappings([{ file: "f.yaml", text }]).map(({ line, column, message }) => [line, column, message]);
  expect(of("")).toEqual([[1, 1, expect.stringContaining("expected a mapping")]]);
  expect(of("- a\n- b")).toEqual([[1, 1, expect.stringContaining("expected a mapping")]]);
  expect(of("apiVersion: journey-hub/v1\nto: person")).toEqual([
    [2, 5, expect.stringContaining("to: is one of association, contact")],
  ]);
  expect(
    of(
      `apiVersion: journey-hub/v2\nkind: Mapping\nmetadata: { connector: a, object: b }\nto: contact\nrecord: { id: id }\nfields: {}`,
    ),
  ).toEqual([[1, 13, expect.stringContaining("journey-hub/v1")]]);
});

test("two files for one object are refused unless each says when", () => {
  const plain = fileOf("fields: {}");
  const found = lintMappings([
    { file: "crm/a.yaml", text: plain },
    { file: "crm/b.yaml", text: plain.replace("fields", "when: raw.x == 1\nfields") },
  ]);
  expect(found).toEqual([
    {
      file: "crm/a.yaml",
      line: 3,
      column: 37,
      message:
        "crm things is also mapped by crm/b.yaml: give each file a when:, or this one the other's name to take its place",
    },
  ]);
});
