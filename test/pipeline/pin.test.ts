import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { loadRules } from "../../src/hub/rules/rules.ts";
import type { GoldenValue } from "../../src/model/customer.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { pin } from "../../src/pipeline/pin.ts";
import { replay } from "../../src/pipeline/replay.ts";
import { customerIdOf } from "../../src/pipeline/resolve/plan.ts";
import { verify } from "../../src/pipeline/verify.ts";
import { clear } from "../../src/store/writes.ts";
import { at, received } from "../fixtures/pipeline/crm.ts";
import { clustersOf, emptied, openSmallHub, pipelineOn, rowsOf, type SmallHub } from "../fixtures/pipeline/hub.ts";

let hub: SmallHub;
let scratch: SmallHub;
beforeAll(async () => {
  [hub, scratch] = await Promise.all([openSmallHub(), openSmallHub()]);
});
afterAll(() => Promise.all([hub.close(), scratch.close()]));
beforeEach(async () => {
  await emptied(hub.store);
  hub.hour(10);
});

const person = (id: string, values: Record<string, unknown>, hour = 1) =>
  received("people", id, { last: "Lee", ...values }, { version: at(hour) });
const send = (...records: ReturnType<typeof person>[]) => processBatch(hub.pipeline, { records, also: [] });
const ann = customerIdOf("crm:people:1");
const bob = customerIdOf("crm:people:2");

async function golden(id: string, field: string): Promise<GoldenValue | undefined> {
  const [row] = await hub.store.byKey("customers", "id", [id]);
  return (JSON.parse(row?.golden ?? "{}") as Record<string, GoldenValue>)[field];
}

const setBy = (customer_id: string, field: string, value: string | null, by = "Kim") =>
  pin(hub.pipeline, { customer_id, field, value, by, reason: "as the card says" });

test("a value set by hand holds over what records say then and later, through replay, until it is let go", async () => {
  await send(person("1", { title: "Buyer" }));
  expect(await setBy(ann, "title", "CTO")).toMatchObject({ golden: { value: "CTO", rule: "pin" } });
  await send(person("1", { title: "Head of Purchasing" }, 2));
  const held = await golden(ann, "title");
  expect(held).toMatchObject({ value: "CTO", losers: [{ value: "Head of Purchasing", record_key: "crm:people:1" }] });
  await replay(hub.pipeline);
  expect(await golden(ann, "title")).toEqual(held);
  hub.hour(11);
  expect(await setBy(ann, "title", null, "Lou")).toMatchObject({ golden: { value: "Head of Purchasing" } });
  expect(
    (await rowsOf(hub.store, "pins")).map(({ by, at: when, ended }) => [by, when, JSON.parse(ended ?? "")]),
  ).toEqual([["Kim", at(10), { by: "Lou", at: at(11), reason: "as the card says" }]]);
  expect(await setBy(ann, "title", null)).toEqual({ found: false });
});

test("verification finds nothing that differs where values are set by hand", async () => {
  await send(person("1", { title: "Buyer", emails: ["ann@a.example"] }), person("2", { emails: ["ann@a.example"] }));
  await setBy(ann, "title", "CTO");
  await emptied(scratch.store);
  const { derive } = await loadRules(hub.folder, new Set());
  const compared = await verify(hub.store, pipelineOn(scratch.store), derive);
  const customers = compared.find(({ table }) => table === "customers");
  expect(customers).toMatchObject({ rows: 1, extra: 0, missing: 0 });
});

test("a value goes with the record it is right for: through a merge, of two the newer, and back when they are parted", async () => {
  const [apart, together] = [
    [{ emails: ["ann@a.example"] }, { emails: ["bob@b.example"] }],
    [{ emails: ["ann@a.example"] }, { emails: ["ann@a.example"] }],
  ];
  await send(person("1", { ...apart[0], title: "Buyer" }), person("2", { ...apart[1], title: "CTO" }));
  await setBy(ann, "title", "CFO");
  hub.hour(11);
  await setBy(bob, "title", "CEO");
  await send(person("2", { ...together[1], title: "CTO" }, 2));
  expect(await clustersOf(hub.store)).toEqual(["crm:people:1 + crm:people:2"]);
  expect((await golden(ann, "title"))?.value).toBe("CEO");
  hub.hour(12);
  await setBy(ann, "title", "cto"); // what the second record says: it goes where that goes
  expect((await golden(ann, "title"))?.value).toBe("cto");
  await send(person("2", { ...apart[1], title: "CTO" }, 3));
  expect([(await golden(ann, "title"))?.value, (await golden(bob, "title"))?.value]).toEqual(["CFO", "cto"]);
  await replay(hub.pipeline);
  expect([(await golden(ann, "title"))?.value, (await golden(bob, "title"))?.value]).toEqual(["CFO", "cto"]);
});

test("who a value is set for is derived anew, and of a company its people", async () => {
  const firm = received("firms", "1", { name: "Acme" }, { version: at(1) });
  await send(person("1", { firms: ["1"] }), person("2", {}), firm);
  await hub.store.commit([clear("dirty")]);
  await setBy(customerIdOf("crm:firms:1"), "industry", "bikes");
  const dirty = (await rowsOf(hub.store, "dirty")).map(({ customer_id }) => customer_id).sort();
  expect(dirty).toEqual([customerIdOf("crm:firms:1"), ann].sort());
});

test("there is nothing to set for a customer that is not, and nothing of it is kept", async () => {
  expect(await setBy(ann, "title", "CTO")).toEqual({ found: false });
  expect(await rowsOf(hub.store, "pins")).toEqual([]);
});
