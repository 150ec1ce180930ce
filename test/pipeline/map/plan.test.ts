import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { loadMappings, type Mappings, readMappingFolders, shippedMappings } from "../../../src/mapping/index.ts";
import { always, forEver } from "../../../src/model/during.ts";
import type { LandedRecord, StatedAssociation, StoredRecord } from "../../../src/model/record.ts";
import { planMap } from "../../../src/pipeline/map/plan.ts";
import { storedVersion } from "../../../src/pipeline/records.ts";
import { at, crmMappings, gone, landed, mergedWord, received } from "../../fixtures/pipeline/crm.ts";

const stages = {
  "deal:won": { name: "Closed Won", status: "won" },
  "deal:first": { name: "First talk", status: "open" },
};

function map(
  records: readonly LandedRecord[],
  {
    before = [],
    stated = [],
    mappings = crmMappings,
  }: { before?: StoredRecord[]; stated?: StatedAssociation[]; mappings?: Pick<Mappings, "find"> } = {},
) {
  const statedBy = new Map<string, StatedAssociation[]>();
  for (const row of stated) statedBy.set(row.source_key, [...(statedBy.get(row.source_key) ?? []), row]);
  return planMap({
    landed: records,
    mapping: (connection, object) => mappings.find(connection, object),
    context: () => ({
      baseCurrency: "USD",
      timeZone: "UTC",
      lookup: (table, key) => (table === "stages" ? stages[key as keyof typeof stages] : undefined),
    }),
    before: new Map(before.map((record) => [record.record_key, record])),
    stated: statedBy,
    pause: async () => undefined,
  });
}

const deal = (values: Record<string, unknown>, hour = 1) => received("deals", "7", values, { version: at(hour) });
const known: StoredRecord = {
  record_key: "crm:deals:7",
  connection: "crm",
  object: "deals",
  remote_id: "7",
  kind: "deal",
  first_seq: 3,
  first_seen_at: at(2),
  remote_updated_at: at(1),
  changed_at: at(1),
  deleted: false,
  merged_into: null,
  fields: { name: "Fleet", stage: "first", stage_label: "First talk", status: "open" },
  identifiers: [],
};

describe("mapping landed records", () => {
  test("puts a record into our vocabulary with what it was before", async () => {
    const { output } = await map([landed(deal({ name: "Fleet", stage: "won" }, 4), 9)], { before: [known] });
    expect(
      output.versions.map(({ mapped, before, first_seq, first_seen_at, changed_at }) => ({
        fields: mapped.fields,
        before: before?.fields,
        first_seq,
        first_seen_at,
        changed_at,
      })),
    ).toEqual([
      {
        fields: { name: "Fleet", stage: "won", stage_label: "Closed Won", status: "won" },
        before: known.fields,
        first_seq: 3,
        first_seen_at: at(2),
        changed_at: at(4),
      },
    ]);
    expect(output.passed).toEqual(new Set(["crm:deals:7"]));
  });

  test("gives the shipped mappings' records too", async () => {
    const mappings = loadMappings(await readMappingFolders([shippedMappings]));
    const contact = received(
      "contacts",
      "51",
      {
        id: "51",
        properties: { email: "Maria@Contoso.com", firstname: "Maria", associatedcompanyid: "901" },
        createdAt: at(0),
        updatedAt: at(1),
        archived: false,
      },
      { connection: "hubspot" },
    );
    const { output } = await map([landed(contact, 1)], { mappings });
    expect(output.versions[0]?.mapped.fields).toMatchObject({
      first_name: "Maria",
      emails: [{ email: "maria@contoso.com", type: "primary", is_primary: true }],
      company_ref: "companies:901",
    });
    expect(output.associations.added).toEqual([
      {
        from_key: "hubspot:contacts:51",
        to_key: "hubspot:companies:901",
        role: "company",
        source_key: "hubspot:contacts:51",
        ...always,
      },
    ]);
  });

  test("a version that says nothing new in our vocabulary goes no further, but the record is kept as seen", async () => {
    const { writes, output } = await map([landed(deal({ name: "Fleet", stage: "first", jh: { score: 71 } }, 4), 9)], {
      before: [known],
    });
    expect(output.versions).toEqual([]);
    expect(writes.map(({ op, table, rows }) => [op, table, rows.length])).toEqual([["set", "records", 1]]);
  });

  test("the second version of a batch is compared with the first", async () => {
    const { output } = await map([landed(deal({ stage: "first" }, 1), 1), landed(deal({ stage: "won" }, 2), 2)]);
    expect(output.versions.map(({ before, mapped }) => [before?.fields, mapped.fields])).toEqual([
      [undefined, { stage: "first", stage_label: "First talk", status: "open" }],
      [
        { stage: "first", stage_label: "First talk", status: "open" },
        { stage: "won", stage_label: "Closed Won", status: "won" },
      ],
    ]);
  });

  test("an object without a mapping file is a problem that says what to do; the record stays raw", async () => {
    const { writes, output } = await map([landed(received("leaflets", "1", {}), 5)]);
    expect(writes).toEqual([]);
    expect(output.problems).toMatchObject([
      {
        record_key: "crm:leaflets:1",
        step: "map",
        class: "no_mapping",
        fingerprint: "no mapping for leaflets",
        raw_seq: 5,
        remedy: expect.stringContaining("journey-hub errors retry"),
      },
    ]);
  });

  test("a record that cannot be mapped is a problem of its own; the others pass", async () => {
    const role = (id: string, values: object) => landed(received("roles", id, { deal: "7", ...values }), Number(id));
    const { output } = await map([role("1", {}), role("2", { person: "5" })]);
    expect(output.problems).toMatchObject([{ record_key: "crm:roles:1", class: "value", raw_seq: 1 }]);
    expect(output.passed).toEqual(new Set(["crm:roles:2"]));
  });

  test("a record whose newest version passes has passed, whatever an older one of the batch did", async () => {
    const role = (seq: number, values: object) => landed(received("roles", "1", { deal: "7", ...values }), seq);
    expect((await map([role(1, {}), role(2, { person: "5" })])).output.passed).toEqual(new Set(["crm:roles:1"]));
    expect((await map([role(1, { person: "5" }), role(2, {})])).output.passed).toEqual(new Set());
  });

  test("an unknown value is one problem for all records that hold it, and the field stays empty", async () => {
    const person = (id: string) => landed(received("people", id, { status: "sleepy" }), Number(id));
    const { output } = await map([person("1"), person("2")]);
    expect(output.versions.map(({ mapped }) => mapped.fields)).toEqual([{}, {}]);
    expect(output.problems.map(({ record_key, fingerprint }) => [record_key, fingerprint])).toEqual([
      ["", "people lead_status unknown_value sleepy"],
      ["", "people lead_status unknown_value sleepy"],
    ]);
    expect(output.passed).toEqual(new Set(["crm:people:1", "crm:people:2"]));
  });
});

describe("deletions", () => {
  test("word that a record is gone keeps what was known of it, marked deleted, as of the hour it became known", async () => {
    const { output } = await map([landed(gone("deals", "7"), 9, at(12))], { before: [known] });
    expect(output.versions.map(({ mapped, changed_at }) => ({ ...mapped, changed_at }))).toMatchObject([
      { deleted: true, fields: known.fields, remote_updated_at: null, changed_at: at(12) },
    ]);
  });

  test("of a document that was merged the newest word counts, and it claims to be nobody's", async () => {
    const word = (into: string, seq: number) => landed(mergedWord("deals", "7", { version: at(seq), into }), seq);
    const { output } = await map([word("8", 2), word("9", 3)], { before: [known] });
    expect(
      output.versions.map(({ mapped: { deleted, merged_into, identifiers } }) => [deleted, merged_into, identifiers]),
    ).toEqual([
      [true, "8", []],
      [true, "9", []],
    ]);
  });

  test("word of a record that was never seen makes nothing", async () => {
    const { writes, output } = await map([landed(gone("deals", "8"), 9)]);
    expect([writes, output.versions, output.problems]).toEqual([[], [], []]);
  });

  test("a deleted record keeps what it stated; a deleted link states nothing", async () => {
    const ends = { from_key: "crm:deals:7", to_key: "crm:people:5", role: "buyer", ...always };
    const link = { ...ends, source_key: "crm:deals:7" };
    const row = { ...link, source_key: "crm:roles:1" };
    const { output } = await map([landed(gone("deals", "7"), 9), landed(gone("roles", "1"), 10)], {
      before: [known],
      stated: [link, row],
    });
    expect(output.associations).toEqual({ added: [], removed: [row] });
  });
});

describe("associations", () => {
  test("are stated by lists and by fields that point at records, each record once, the list's role first", async () => {
    const call = landed(received("calls", "1", { person: "5", deal: "7" }), 1);
    const ann = landed(received("people", "5", { firms: ["2", "2", "3"] }), 2);
    const stated = (await map([call, ann])).output.associations.added;
    expect(stated.map(({ from_key, to_key, role }) => `${from_key} ${role} ${to_key}`)).toEqual([
      "crm:calls:1 contact crm:people:5",
      "crm:calls:1 deal crm:deals:7",
      "crm:people:5 employer crm:firms:2",
      "crm:people:5 employer crm:firms:3",
    ]);
  });

  test("only what changed is added and removed", async () => {
    const old = (to: string) => ({ ...employment(to), from_key: "crm:calls:9", source_key: "crm:calls:9" });
    const { output } = await map([landed(received("calls", "9", { person: "2", deal: "3" }), 2)], {
      stated: [
        { ...old("1"), to_key: "crm:people:1", role: "contact" },
        { ...old("2"), to_key: "crm:people:2", role: "contact" },
      ],
    });
    expect(output.associations).toEqual({
      added: [{ ...old("3"), to_key: "crm:deals:3", role: "deal" }],
      removed: [{ ...old("1"), to_key: "crm:people:1", role: "contact" }],
    });
  });
});

function employment(firm: string, valid_from = "", valid_to = forEver): StatedAssociation {
  const key = "crm:people:5";
  return { from_key: key, to_key: `crm:firms:${firm}`, role: "employer", source_key: key, valid_from, valid_to };
}

describe("a person's companies are kept with their times:", () => {
  const version = (hour: number, ...firms: string[]) =>
    landed(received("people", "5", { firms }, { version: at(hour) }), hour);
  test.each<[string, [hour: number, ...firms: string[]][], StatedAssociation[]]>([
    ["the first was theirs from ever, also when it is said later", [[1], [2, "1"]], [employment("1")]],
    [
      "who moves was at the one till then, and is at the other since",
      [
        [1, "1"],
        [2, "2"],
      ],
      [employment("2", at(2)), employment("1", "", at(2))],
    ],
    [
      "who comes back was there twice",
      [
        [1, "1"],
        [2, "2"],
        [3, "1"],
        [4, "3"],
      ],
      [
        employment("3", at(4)),
        employment("1", at(3), at(4)),
        employment("2", at(2), at(3)),
        employment("1", "", at(2)),
      ],
    ],
    [
      "who is at none for a while is at the next since then",
      [[1, "1"], [2], [3, "2"]],
      [employment("2", at(3)), employment("1", "", at(2))],
    ],
    [
      "who is at two leaves one",
      [
        [1, "1"],
        [2, "1", "2"],
        [3, "2"],
      ],
      [employment("2", at(2)), employment("1", "", at(3))],
    ],
  ])("%s", async (_, versions, expected) => {
    const together = await map(versions.map((each) => version(...each)));
    expect(together.output.associations).toEqual({ added: expected, removed: [] });
    let before: StoredRecord[] = [];
    let stated: StatedAssociation[] = [];
    for (const each of versions) {
      const { output } = await map([version(...each)], { before, stated });
      const gone = new Set(output.associations.removed.map((row) => JSON.stringify(row)));
      stated = [...stated.filter((row) => !gone.has(JSON.stringify(row))), ...output.associations.added];
      before = output.versions.length > 0 ? output.versions.map(storedVersion) : before;
    }
    const sorted = (rows: readonly StatedAssociation[]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(sorted(stated)).toEqual(sorted(expected));
  });
});

describe("a mapping file of a data folder", () => {
  let mappings: Mappings;
  beforeAll(async () => {
    mappings = loadMappings(await readMappingFolders([shippedMappings, join(import.meta.dirname, "nowhere")]));
  });

  test("is asked for by connector and object only", async () => {
    expect(mappings.find("hubspot", "contacts")?.to).toEqual(["contact"]);
    expect(mappings.find("netsuite", "customer")?.to.toSorted()).toEqual(["company", "contact"]);
    expect(mappings.find("netsuite", "contacts")).toBeUndefined();
  });
});
