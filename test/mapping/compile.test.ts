import { expect, test } from "vitest";
import { loadMappings, type MapContext } from "../../src/mapping/index.ts";
import { fieldsOf, fileOf, mappingOf, noContext, outcomeOf } from "./given.ts";

test("a path reads a value, and the field's type says how: text trimmed, numbers, booleans, instants and dates parsed", () => {
  const lines = `
  first_name: name.first
  is_lead: lead
  converted_at: converted
  birth_date: born`;
  const payload = { name: { first: "  Maria " }, lead: "T", converted: "2024-05-02T12:00:00+0200", born: "1971-04-18" };
  expect(fieldsOf(lines, payload)).toEqual({
    first_name: "Maria",
    is_lead: true,
    converted_at: "2024-05-02T10:00:00.000Z",
    birth_date: "1971-04-18",
  });
});

test("what is empty leaves no trace: null, blank, an empty list, an absent path", () => {
  const lines = "  first_name: a\n  last_name: b\n  full_name: c\n  title: d.e.f\n  emails: [{ email: g, type: work }]";
  expect(fieldsOf(lines, { a: null, b: "  ", c: [], g: "" })).toEqual({});
});

test("from takes the first of several paths that is not empty, all takes every one", () => {
  const lines = `
  first_name: { from: [a, b, c] }
  full_name: { all: [a, b, c], do: { join: " " } }`;
  expect(fieldsOf(lines, { a: "", b: "Ann", c: "Lee" })).toEqual({ first_name: "Ann", full_name: "Ann Lee" });
});

test("first takes the first of several values, whatever each is made of", () => {
  const lines = `
  title:
    first:
      - { from: a, do: upper, when: raw.loud == true }
      - b
      - { const: unknown }`;
  expect(fieldsOf(lines, { a: "ceo", b: "CFO", loud: true })).toEqual({ title: "CEO" });
  expect(fieldsOf(lines, { a: "ceo", b: "CFO" })).toEqual({ title: "CFO" });
  expect(fieldsOf(lines, {})).toEqual({ title: "unknown" });
});

test("a table maps vendor values, keeps the original beside, and reports what it does not know", () => {
  const body = (rest: string) =>
    `fields:\n  lead_status: { from: s, map: { NEW: open, "7": closed }${rest} }\n  title: { from: s, map: { NEW: Fresh } }`;
  expect(outcomeOf(body(""), { s: "NEW" })).toMatchObject({
    record: { fields: { lead_status: "open", title: "Fresh" }, native: { lead_status: "NEW" } },
    drift: [],
  });
  expect(outcomeOf(body(""), { s: 7 })).toMatchObject({ record: { fields: { lead_status: "closed" } } });
  expect(outcomeOf(body(", else: working"), { s: "ODD" })).toMatchObject({
    record: { fields: { lead_status: "working" }, native: { lead_status: "ODD" } },
    drift: [
      { field: "lead_status", value: "ODD", reason: "unknown_value" },
      { field: "title", value: "ODD", reason: "unknown_value" },
    ],
  });
});

test("an enum field fed by a path takes only the model's own values", () => {
  const body = "fields: { lead_status: { from: s } }";
  expect(outcomeOf(body, { s: "working" })).toMatchObject({
    record: { fields: { lead_status: "working" } },
    drift: [],
  });
  expect(outcomeOf(body, { s: "Working" })).toMatchObject({
    record: { fields: {} },
    drift: [{ field: "lead_status", value: "Working", reason: "unknown_value" }],
  });
});

test("a value that cannot be read leaves the field empty and says so, cut to a readable length", () => {
  const body = "fields: { converted_at: when, emails: [{ email: { from: mail, do: email } }], first_name: name }";
  const outcome = outcomeOf(body, { when: "soon", mail: `no mail ${"x".repeat(500)}`, name: { first: "Ann" } });
  expect(outcome).toMatchObject({ record: { fields: {} } });
  expect("drift" in outcome && outcome.drift.map(({ field, value }) => [field, value.slice(0, 30)])).toEqual([
    ["converted_at", "soon"],
    ["emails.email", "no mail xxxxxxxxxxxxxxxxxxxxxx"],
    ["first_name", "an object with first"],
  ]);
  expect("drift" in outcome && outcome.drift[1]?.value.length).toBe(200);
});

test("numbers outside what the model allows are not let in", () => {
  const lines = "  probability: { from: p, do: { divide: 100 } }";
  expect(fieldsOf(lines, { p: "40" }, "deal")).toEqual({ probability: 0.4 });
  expect(fieldsOf(lines, { p: "400" }, "deal")).toEqual({});
});

test("list entries give an item each, or with each: one for every element; incomplete and repeated items are dropped", () => {
  const lines = `
  emails:
    - { email: { from: main, do: email }, type: primary }
    - { each: { from: more, do: { split: ";" } }, email: { from: ., do: email }, type: other }
    - { each: accounts, email: { from: mail, do: email }, opted_out: out }`;
  const payload = {
    main: "A@x.example",
    more: "b@x.example; a@X.example;;",
    accounts: [{ mail: "c@x.example", out: "yes" }, {}],
  };
  expect(fieldsOf(lines, payload)).toEqual({
    emails: [
      { email: "a@x.example", type: "primary" },
      { email: "b@x.example", type: "other" },
      { email: "c@x.example", opted_out: true },
    ],
  });
});

test("a plain list takes values one by one or split, each once", () => {
  const lines = `  domains: [{ from: site, do: domain }, { from: more, do: [{ split: "," }, domain] }]`;
  expect(fieldsOf(lines, { site: "https://www.a.example/x", more: "b.example, A.example" }, "company")).toEqual({
    domains: ["a.example", "b.example"],
  });
});

test("an object made of constants alone says nothing and is left out", () => {
  const lines = "  addresses: [{ type: billing, city: city }]";
  expect(fieldsOf(lines, {})).toEqual({});
  expect(fieldsOf(lines, { city: "Bothell" })).toEqual({ addresses: [{ type: "billing", city: "Bothell" }] });
});

test("money is a canonical decimal with the record's currency, the file's default or the connection's", () => {
  const lines = (rest: string) => `  amount: { money: { amount: a, currency: c${rest} } }`;
  const inUsd: MapContext = { ...noContext, baseCurrency: "USD" };
  expect(fieldsOf(lines(""), { a: "1,200.50", c: "eur" }, "deal", inUsd)).toEqual({
    amount: { amount: "1200.5", currency: "EUR" },
  });
  expect(fieldsOf(lines(""), { a: 0 }, "deal", inUsd)).toEqual({ amount: { amount: "0", currency: "USD" } });
  expect(fieldsOf(lines(", default_currency: CHF"), { a: 5 }, "deal", inUsd)).toEqual({
    amount: { amount: "5", currency: "CHF" },
  });
  expect(outcomeOf(`fields:\n${lines("")}`, { a: 5 }, "deal")).toMatchObject({
    record: { fields: {} },
    drift: [{ field: "amount", value: "5 without a currency", reason: "unreadable" }],
  });
});

test("lookup takes another record's value; a stage is asked for by the kind it belongs to", () => {
  const stages: Record<string, Record<string, unknown>> = { "deal:7": { name: "Offer", status: "open" } };
  const context: MapContext = { lookup: (table, key) => (table === "stages" ? stages[key] : undefined) };
  const lines =
    "  stage_label: { lookup: { in: stages, key: s, take: name } }\n  status: { lookup: { in: stages, key: s, take: status } }";
  expect(fieldsOf(lines, { s: 7 }, "deal", context)).toEqual({ stage_label: "Offer", status: "open" });
  expect(fieldsOf(lines, { s: "8" }, "deal", context)).toEqual({});
  expect(
    fieldsOf("  stage_label: { lookup: { in: stages, key: s, take: constructor } }", { s: 7 }, "deal", context),
  ).toEqual({});
});

test("a ref names the object, by the id's first characters where they tell", () => {
  const lines = `  owner_ref: { ref: users, from: o }\n  company_ref: { ref: { "001": Account, "00Q": Lead }, from: w }`;
  expect(fieldsOf(lines, { o: 5, w: "00Qxx" })).toEqual({ owner_ref: "users:5", company_ref: "Lead:00Qxx" });
  expect(fieldsOf(lines, { o: "", w: "006xx" })).toEqual({});
});

test("expressions see the fields mapped before them, the payload by path and, in lists, the element", () => {
  const lines = `
  closed_at: { from: closed, when: status != 'open' }
  status: { value: "raw.won == true ? 'won' : 'open'" }
  name: { value: "string(raw['deal name']) + ' of ' + string(raw.year)" }`;
  const payload = { closed: "2024-05-02", won: true, "deal name": "Fleet", year: 2024 };
  expect(fieldsOf(lines, payload, "deal")).toEqual({
    closed_at: "2024-05-02T00:00:00.000Z",
    status: "won",
    name: "Fleet of 2024",
  });
  expect(fieldsOf(lines, { ...payload, won: false }, "deal")).toEqual({ status: "open", name: "Fleet of 2024" });
  const stages = `  stages: [{ each: rows, id: id, status: { value: "item.closed == 'true' ? 'won' : 'open'" } }]`;
  expect(fieldsOf(stages, { rows: [{ id: 1, closed: "true" }, { id: 2 }] }, "pipeline")).toEqual({
    stages: [
      { id: "1", status: "won" },
      { id: "2", status: "open" },
    ],
  });
});

test("an expression that does not fit a record fails that record, by the field's name", () => {
  expect(outcomeOf(`fields: { title: { value: "raw.a + ' x'" } }`, { a: 5 })).toEqual({
    failure: {
      class: "value",
      field: "title",
      message: expect.stringContaining("the expression of title does not fit this record"),
    },
  });
});

test("a record without an id fails", () => {
  expect(mappingOf("fields: { title: t }").map({ t: "x" }, noContext)).toEqual({
    failure: { class: "value", field: "record.id", message: expect.stringContaining("no id") },
  });
});

test("identifiers are normalised, each once, never a free-mail domain, and report no drift of their own", () => {
  const body = `fields: { title: t }
identifiers:
  - { type: email, value: { from: mail, do: email } }
  - { type: email, each: others, value: { from: ., do: email } }
  - { type: domain, value: { from: mail, do: domain } }
  - { type: phone, value: { from: phone, do: { phone: { country: US } } } }`;
  const outcome = outcomeOf(body, {
    mail: "A@Gmail.com",
    others: ["a@gmail.com", "b@x.example", "??"],
    phone: "425 555 0100",
  });
  expect(outcome).toMatchObject({
    record: {
      identifiers: [
        { type: "email", value: "a@gmail.com" },
        { type: "email", value: "b@x.example" },
        { type: "phone", value: "+14255550100" },
      ],
    },
    drift: [],
  });
});

test("associations, observed values and custom fields come along", () => {
  const body = `fields: { title: t }
associations:
  - { to: companies, each: links, id: id, role: type }
  - { to: companies, id: parent }
observed: { stage: our_stage, score: our_score, grade: our_grade }
custom_fields: [properties.tier, properties.seats, properties.vip, properties.deep]`;
  const payload = {
    links: [{ id: 9, type: "primary" }, { id: 9, type: "primary" }, { type: "lost" }],
    parent: "8",
    our_stage: "decision",
    our_score: "71",
    properties: { tier: "gold", seats: 12, vip: false, deep: { no: "objects" } },
  };
  expect(outcomeOf(body, payload)).toMatchObject({
    record: {
      associations: [
        { to: "companies:9", role: "primary" },
        { to: "companies:8", role: "related" },
      ],
      observed: { stage: "decision", score: 71, grade: null },
      custom_fields: { tier: "gold", seats: 12, vip: false },
    },
  });
});

test("files that share an object by when: map each record by the first that holds", () => {
  const person = fileOf("when: raw.person == 'T'\nfields: { first_name: name }");
  const company = fileOf("when: raw.person == 'F'\nfields: { name: name }", "company");
  const { find, findings } = loadMappings([
    { file: "crm/a.yaml", text: company },
    { file: "crm/b.yaml", text: person },
  ]);
  expect(findings).toEqual([]);
  const mapping = find("crm", "things");
  expect(mapping?.to).toEqual(["company", "contact"]);
  expect(mapping?.reads).toEqual(["id", "name", "person"]);
  expect(mapping?.map({ id: 1, person: "T", name: "Ann" }, noContext)).toMatchObject({ record: { kind: "contact" } });
  expect(mapping?.map({ id: 1, person: "F", name: "Acme" }, noContext)).toMatchObject({ record: { kind: "company" } });
  expect(mapping?.map({ id: 1, name: "?" }, noContext)).toMatchObject({ failure: { field: "when" } });
});

test("a file of associations gives links instead of records", () => {
  const mapping = mappingOf(
    "association: { from: { ref: deals, from: d }, to: { ref: contacts, from: c }, role: r }",
    "association",
  );
  expect(mapping.map({ id: 1, d: 2, c: 3, r: "Buyer" }, noContext)).toEqual({
    association: {
      kind: "association",
      remote_id: "1",
      remote_updated_at: null,
      deleted: false,
      from: "deals:2",
      to: "contacts:3",
      role: "Buyer",
    },
    drift: [],
  });
  expect(mapping.map({ id: 1, d: 2 }, noContext)).toMatchObject({ failure: { field: "association.to" } });
});

test("the version changes with the meaning of a file, not with its layout, comments or examples", () => {
  const version = (body: string) => mappingOf(body).version;
  const plain = version("fields: { title: t, last_name: l }");
  expect(
    version("# a comment\nfields:\n  title: t\n  last_name: l\nexamples: [{ name: x, in: { id: 1 }, out: {} }]"),
  ).toBe(plain);
  expect(version("fields: { title: t, last_name: m }")).not.toBe(plain);
});

test("mapping a payload twice gives equal records and leaves the payload as it was", () => {
  const mapping = mappingOf("fields: { emails: [{ email: { from: m, do: email } }], first_name: n }");
  const payload = Object.freeze({ id: "1", m: "A@x.example", n: "Ann" });
  expect(mapping.map(payload, noContext)).toEqual(mapping.map(payload, noContext));
});
