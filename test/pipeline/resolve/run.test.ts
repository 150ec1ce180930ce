import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RawRecord } from "../../../src/model/record.ts";
import { processBatch } from "../../../src/pipeline/index.ts";
import { pin } from "../../../src/pipeline/pin.ts";
import { replay } from "../../../src/pipeline/replay.ts";
import { customerIdOf } from "../../../src/pipeline/resolve/plan.ts";
import { type Store, StoreFullError } from "../../../src/store/store.ts";
import { append, set } from "../../../src/store/writes.ts";
import { at, crmMappings, received } from "../../fixtures/pipeline/crm.ts";
import {
  clustersOf,
  customerOf,
  emptied,
  openSmallHub,
  pipelineOn,
  rowsOf,
  type SmallHub,
  shippedIdentity,
  timelineOf,
} from "../../fixtures/pipeline/hub.ts";

/* Customers whose records come, change and go; anybody may send to the connection `site`. */

let hub: SmallHub;
let mappings = { ...crmMappings };
beforeAll(async () => {
  hub = await openSmallHub({ mappings: () => mappings, isPublic: (connection) => connection === "site" });
});
afterAll(() => hub.close());
beforeEach(async () => {
  mappings = { ...crmMappings };
  await emptied(hub.store);
  hub.hour(10);
});

type Values = Record<string, unknown>;
const ann: Values = { first: "Ann", last: "Lee", emails: ["ann@a.example"] };
const person = (id: string, values: Values, hour = 1) => received("people", id, values, { version: at(hour) });
const stranger = (id: string, values: Values, hour = 1) =>
  received("people", id, values, { connection: "site", version: at(hour) });
const send = (...records: RawRecord[]) => processBatch(hub.pipeline, { records, also: [] });
const customers = async () => (await rowsOf(hub.store, "customers")).map(({ id }) => id).sort();

describe("a customer that anybody could have founded", () => {
  const [site, crm] = [customerIdOf("site:people:9"), customerIdOf("crm:people:1")];

  test("is founded by the first record of our own, and keeps its id whatever becomes of the other", async () => {
    await send(stranger("9", { emails: ["ann@a.example"] }));
    expect(await customers()).toEqual([site]);
    hub.hour(11);
    await send(person("1", ann, 2));
    expect(await customers()).toEqual([crm]);
    expect(await customerOf(hub.store, "site:people:9")).toBe(crm); // where the id it had leads to
    await send(stranger("9", { emails: ["other@b.example"] }, 3));
    expect(await customers()).toEqual([crm, site].sort());
    expect(await customerOf(hub.store, "crm:people:1")).toBe(crm);
  });

  test("has been known since the other was; what is set by hand is kept by our own", async () => {
    await send(stranger("9", { emails: ["ann@a.example"] }));
    hub.hour(12);
    await send(person("1", ann, 2));
    expect(await rowsOf(hub.store, "customers")).toMatchObject([{ id: crm, name: "Ann Lee", first_seen_at: at(10) }]);
    await pin(hub.pipeline, { customer_id: crm, field: "title", value: "CTO", by: "Kim", reason: "her card" });
    expect(await rowsOf(hub.store, "pins")).toMatchObject([{ record_key: "crm:people:1" }]);
  });
});

describe("what is no person any more", () => {
  const firm = received("firms", "1", { name: "Acme", domain: "acme.example" });
  const call = received("calls", "1", { person: "2", at: at(3) });
  const asDeals = () => {
    mappings.find = (connector, object) => crmMappings.find(connector, object === "people" ? "deals" : object);
  };
  const resolved = async () => {
    const tables = [
      "identifiers",
      "comparables",
      "block_keys",
      "matches",
      "links",
      "customers",
      "memberships",
    ] as const;
    const rows = await Promise.all(tables.map(async (table) => [table, await rowsOf(hub.store, table)] as const));
    return Object.fromEntries(rows.map(([table, of]) => [table, of.map((row) => JSON.stringify(row)).sort()]));
  };

  test("leaves its customer at once, with all that hung on it", async () => {
    await send(person("1", ann), person("2", { ...ann, firms: ["1"] }), firm, call);
    expect(await clustersOf(hub.store)).toEqual(["crm:firms:1", "crm:people:1 + crm:people:2"]);
    asDeals();
    await send(person("2", { name: "Fleet", firm: "1" }, 2));
    expect(await clustersOf(hub.store)).toEqual(["crm:firms:1", "crm:people:1"]);
    expect(await timelineOf(hub.store, "crm:people:1")).toEqual(["contact.created crm:people:1"]);
    const [deal] = (await rowsOf(hub.store, "memberships")).filter(({ record_key }) => record_key === "crm:people:2");
    expect(deal).toMatchObject({ customer_id: customerIdOf("crm:firms:1"), role: "buyer" });
    expect((await rowsOf(hub.store, "identifiers")).map(({ record_key }) => record_key)).not.toContain("crm:people:2");
  });

  test("and leaves nothing that replay would not make", async () => {
    await send(person("1", ann), person("2", { first: "Bob", last: "Yu", firms: ["1"] }), firm, call);
    asDeals();
    await send(person("1", { name: "Fleet" }, 2), person("2", { name: "Vans" }, 2));
    const before = await resolved();
    await replay(hub.pipeline);
    expect(before).toEqual(await resolved());
    expect(await customers()).toEqual([customerIdOf("crm:firms:1")]);
  });
});

test("a record with nothing but a mailbox that two people use is neither's, until it says whose", async () => {
  const bob = { ...ann, first: "Bob" };
  const mailbox = { emails: ["ann@a.example"] };
  await send(person("3", mailbox));
  await send(person("1", ann), person("2", bob));
  const apart = ["crm:people:1", "crm:people:2", "crm:people:3"];
  expect(await clustersOf(hub.store)).toEqual(apart);
  await send(person("2", { ...bob, emails: ["bob@a.example"] }, 2));
  expect(await clustersOf(hub.store)).toEqual(["crm:people:1 + crm:people:3", "crm:people:2"]);
  await send(person("2", bob, 3));
  expect(await clustersOf(hub.store)).toEqual(apart);
  const reviewed = (await rowsOf(hub.store, "matches")).filter(
    (row) => row.apart === 1 && row.right_key === "crm:people:3",
  );
  expect(reviewed.map(({ left_key, right_key }) => `${left_key} ~ ${right_key}`).sort()).toEqual([
    "crm:people:1 ~ crm:people:3",
    "crm:people:2 ~ crm:people:3",
  ]);
});

describe("a record is scored with what another as it stands says", () => {
  const bob = { ...ann, first: "Bob" };
  const scores = async () =>
    (await rowsOf(hub.store, "matches")).map(({ left_key, right_key, weight }) => [left_key, right_key, weight]).sort();
  const expectAsReplayed = async (pairs: number) => {
    const asTheyCame = await scores();
    expect(asTheyCame).toHaveLength(pairs);
    await replay(hub.pipeline);
    expect(asTheyCame).toEqual(await scores());
  };

  test("whoever changed that since it was last met", async () => {
    await send(person("1", ann));
    await send(person("2", ann));
    await processBatch(pipelineOn(hub.store), { records: [person("1", bob, 2)], also: [] });
    await send(person("3", ann));
    await send(person("2", bob, 3));
    await send(person("4", ann));
    await expectAsReplayed(6);
  });

  test("also when a change of it was refused by a full disk", async () => {
    let isFull = false;
    const commit: Store["commit"] = (writes, options) =>
      isFull ? Promise.reject(new StoreFullError("no room")) : hub.store.commit(writes, options);
    const pipeline = pipelineOn({ ...hub.store, commit });
    const arrives = (record: RawRecord) => processBatch(pipeline, { records: [record], also: [] });
    await arrives(person("1", ann));
    await arrives(person("2", ann));
    isFull = true;
    await expect(arrives(person("1", bob, 2))).rejects.toThrow(StoreFullError);
    isFull = false;
    await arrives(person("3", ann));
    await arrives(person("4", ann));
    await expectAsReplayed(6);
  });
});

test("a person who goes to another company, or leaves one, has an event that says so; replay makes it again", async () => {
  const moves = async () =>
    (await rowsOf(hub.store, "events"))
      .filter(({ kind }) => kind === "contact.company_changed")
      .map(({ occurred_at, title, changes }) => [occurred_at, title, JSON.parse(changes)])
      .sort();
  const employed = (hour: number, ...firms: string[]) => person("1", { ...ann, firms }, hour);
  await send(employed(1));
  await send(employed(2, "1"), employed(3, "1", "2")); // at the first that is known of she was from ever
  await send(employed(4, "3"), employed(4, "3"));
  // That she left is a change of nobody's stamp: the vendor says it without one.
  const unstamped = { ...employed(4), version: at(5) };
  await send({ ...unstamped, payload: { ...unstamped.payload, firms: [] } });
  const expected = [
    [at(3), "Came to a company", [{ field: "company_ref", to: "firms:2" }]],
    [at(4), "Changed company", [{ field: "company_ref", from: ["firms:1", "firms:2"], to: "firms:3" }]],
    [at(10), "Left a company", [{ field: "company_ref", from: "firms:3" }]],
  ];
  expect(await moves()).toEqual(expected);
  await replay(hub.pipeline);
  expect(await moves()).toEqual(expected);
});

test("of a record that lands for the first time is looked up only what others or people have said of it before", async () => {
  const asked = new Set<string>();
  const byKey: Store["byKey"] = (table, column, keys) => {
    if (keys.includes("crm:people:1")) asked.add(`${table}.${column}`);
    return hub.store.byKey(table, column, keys);
  };
  const pipeline = pipelineOn({ ...hub.store, byKey }, {});
  await processBatch(pipeline, { records: [person("1", ann)], also: [] });
  const ofOthers = ["associations.from_key", "associations.to_key", "errors.record_key", "memberships.record_key"];
  expect([...asked].sort()).toEqual([...ofOthers, "heads.record_key"].sort());
  const pinned = { customer_id: customerIdOf("crm:people:1"), field: "title", value: "CEO", by: "Kim", reason: "" };
  await pin(pipeline, pinned);
  asked.clear();
  await processBatch(pipeline, { records: [person("1", { ...ann, title: "CTO" }, 2)], also: [] });
  const ofKnown = ["records.record_key", "links.record_key", "matches.left_key", "pins.record_key"];
  expect([...asked]).toEqual(expect.arrayContaining(ofKnown));
  expect([...asked]).not.toContain("overrides.left_key");
});

test("a block key on more records than it may be is known by its rule", async () => {
  const anns = Array.from({ length: 22 }, (_, n) => person(`${n}`, { first: "Ann", last: `Lee${n}` }));
  await send(...anns);
  const full = () => [...hub.pipeline.fullKeys.values()].map(({ name }) => name);
  expect(full()).not.toContain("person|first"); // it was not before this batch
  await send(person("22", { first: "Ann", last: "Moor" }));
  expect(full()).toContain("person|first");
});

test("a block key that stands for two values leads to scores that are refused, and to nothing else", async () => {
  const bob = { first: "Bob", last: "Marsh", emails: ["bob@marsh.example"] };
  await send(person("1", ann), person("2", bob), received("firms", "1", { name: "Acme", domain: "acme.example" }));
  const standing = async () => [await clustersOf(hub.store), (await rowsOf(hub.store, "matches")).length];
  const before = await standing();
  const seqOf = async (key: string) => (await hub.store.byKey("records", "record_key", [key]))[0]?.first_seq ?? 0;
  const [bobs, others] = [await seqOf("crm:people:2"), [await seqOf("crm:people:1"), await seqOf("crm:firms:1")]];
  const held = (await rowsOf(hub.store, "block_keys")).filter(({ first_seq }) => first_seq === bobs);
  expect(held.length).toBeGreaterThan(0);
  const taken = held.flatMap(({ key }) => [...others, 999_999].map((first_seq) => ({ key, first_seq })));
  await hub.store.commit([append("block_keys", taken)]);
  await send(person("2", { ...bob, first: "Robert" }, 2));
  expect(await standing()).toEqual(before);
});

describe("records that hang together with more than can be read", () => {
  const near = { roundsMax: 3, recordsMax: 100, recordsPerPartyMax: 1 };
  const link = (n: number, values: Values = {}, hour = 1) =>
    person(`c${n}`, { emails: [`${n}@a.example`, `${n + 1}@a.example`], ...values }, hour);
  const chain = Array.from({ length: 12 }, (_, n) => link(10 + n));
  const open = async () =>
    (await rowsOf(hub.store, "errors"))
      .filter(({ status, step }) => status === "open" && step === "resolve")
      .map(({ record_key, class: kind }) => `${record_key} ${kind}`);

  test("stay as they are, new ones by themselves; it is said, and all else of the batch goes on", async () => {
    await send(...chain);
    const before = await clustersOf(hub.store);
    const short = pipelineOn(hub.store, { reach: near });
    const batch = [link(22), link(20, { title: "CTO" }, 2), person("1", ann), person("2", ann)];
    await processBatch(short, { records: batch, also: [] });
    expect(await clustersOf(hub.store)).toEqual(
      [...before, "crm:people:c22", "crm:people:1 + crm:people:2"].sort((a, b) => (a < b ? -1 : 1)),
    );
    expect(await open()).toEqual(["crm:people:c20 limit", "crm:people:c22 limit"]);
    const [error] = await hub.store.byKey("errors", "record_key", ["crm:people:c22"]);
    expect(error?.message).toMatch(
      /hang together with this one \(\d+ were read\), most of all by email:\d+@a\.example \(2 records\)/,
    );
    const [changed] = await hub.store.byKey("customers", "id", [await customerOf(hub.store, "crm:people:c20")]);
    expect(JSON.parse(changed?.golden ?? "{}")).toMatchObject({ title: { value: "CTO" } });
    const known = new Set(await customers());
    for (const { customer_id } of await rowsOf(hub.store, "links")) expect(known).toContain(customer_id);
  });

  test("leave no customer standing that has no record any more, and show all and only what those that stand have", async () => {
    const lead = (id: string, values: Values, hour = 1) => received("leads", id, values, { version: at(hour) });
    let kind = "people";
    mappings.find = (connector, object) => crmMappings.find(connector, object === "leads" ? kind : object);
    const founder = (title: string, hour: number) => person("1", { title, emails: ["b@b.example"] }, hour);
    const longer = Array.from({ length: 8 }, (_, n) => link(2 + n)); // that one leaves must not make room for scores
    await send(founder("CEO", 1), ...longer, ...chain, lead("1", ann));
    await send(lead("2", { title: "CTO", emails: ["20@a.example", "b@b.example"] }));
    const ofChain = await customerOf(hub.store, "crm:leads:2");
    kind = "deals";
    const short = pipelineOn(hub.store, { reach: near, mappings: () => mappings });
    const deals = [lead("1", { name: "Fleet" }, 2), lead("2", { name: "Vans" }, 2)];
    await processBatch(short, { records: [...deals, founder("Chief", 2), link(20, { title: "Buyer" }, 2)], also: [] });
    expect(await customers()).toEqual(
      [...new Set((await rowsOf(hub.store, "links")).map((row) => row.customer_id))].sort(),
    );
    const [changed] = await hub.store.byKey("customers", "id", [ofChain]);
    expect(changed?.golden).not.toContain("CTO");
    for (const title of ["Chief", "Buyer"]) expect(changed?.golden).toContain(title);
  });

  test("hold up nobody who is kept apart from one of them by a person", async () => {
    await send(...chain, person("1", ann));
    const ends = { left_key: "crm:people:1", right_key: "crm:people:c22", id: 1, kind: "cannot_link" };
    const word = {
      ...ends,
      by: "Olga",
      at: at(2),
      reason: "she knows them",
      revoked_at: null,
      revoked_by: null,
      revoked_reason: null,
    };
    await hub.store.commit([set("overrides", [word])]);
    const short = pipelineOn(hub.store, { reach: near });
    await processBatch(short, { records: [link(22), person("1", ann, 2), person("2", ann)], also: [] });
    expect(await clustersOf(hub.store)).toContain("crm:people:1 + crm:people:2");
    expect(await open()).toEqual(["crm:people:c22 limit"]);
  });

  test("are decided about by a replay that can read them, which ends the error", async () => {
    await send(...chain);
    await processBatch(pipelineOn(hub.store, { reach: near }), { records: [link(22)], also: [] });
    await replay(hub.pipeline);
    expect(await clustersOf(hub.store)).not.toContain("crm:people:c22");
    expect(await open()).toEqual([]);
  });
});

describe("rules that score a kind no more", () => {
  const firm = (id: string, values: Values, hour = 1) => received("firms", id, values, { version: at(hour) });
  const { match: _, ...byClaims } = shippedIdentity.company;
  const others = { ...shippedIdentity, version: "others", company: byClaims };

  test("take its records as they come, and what was kept of them goes", async () => {
    await send(firm("1", { name: "Acme Widgets" }), firm("2", { name: "Acme Widgets Inc" }), person("1", ann));
    expect((await rowsOf(hub.store, "matches")).map(({ right_key }) => right_key)).toEqual(["crm:firms:2"]);
    const later = pipelineOn(hub.store, { identity: others });
    await processBatch(later, { records: [firm("1", { name: "Acme Widgets Ltd" }, 2)], also: [] });
    expect(await rowsOf(hub.store, "matches")).toEqual([]);
    expect((await rowsOf(hub.store, "comparables")).map(({ record_key }) => record_key)).toEqual([
      "crm:firms:2",
      "crm:people:1",
    ]);
  });
});
