import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RawRecord } from "../../../src/model/record.ts";
import { processBatch } from "../../../src/pipeline/index.ts";
import { replay } from "../../../src/pipeline/replay.ts";
import { at, gone, mergedWord, received } from "../../fixtures/pipeline/crm.ts";
import { clustersOf, emptied, openSmallHub, rowsOf, type SmallHub, timelineOf } from "../../fixtures/pipeline/hub.ts";

type Values = Record<string, unknown>;
const ann: Values = { first: "Ann", last: "Lee", emails: ["ann@a.example"] };
const person = (id: string, values: Values, hour = 1) => received("people", id, values, { version: at(hour) });

let hub: SmallHub;
beforeAll(async () => {
  hub = await openSmallHub();
});
afterAll(() => hub.close());
beforeEach(() => emptied(hub.store));

async function send(...batches: RawRecord[][]): Promise<void> {
  for (const records of batches) await processBatch(hub.pipeline, { records, also: [] });
}

describe("what a vendor has merged is one customer, other names and addresses or not", () => {
  const bob: Values = { first: "Bob", last: "Marsh", emails: ["bob@b.example"] };
  const loser = person("1", bob);
  const word = mergedWord("people", "1", { version: at(2), into: "2" });
  test.each<[string, RawRecord[][]]>([
    ["where the one that is gone says so itself", [[loser, person("2", ann)], [person("1", { ...bob, into: "2" }, 2)]]],
    ["where the vendor says only that much of it", [[loser, person("2", ann)], [word]]],
    ["where the one that remains says so", [[loser, person("2", ann)], [person("2", { ...ann, took: ["1"] }, 2)]]],
    ["where the one that remains comes later", [[loser], [word], [person("2", ann)]]],
    ["where the one that is gone comes later", [[person("2", { ...ann, took: ["1"] })], [loser]]],
    ["where it is all told at once", [[loser, word, person("2", { ...ann, took: ["1"] }, 2)]]],
  ])("%s", async (_, batches) => {
    await send(...batches);
    expect(await clustersOf(hub.store)).toEqual(["crm:people:1 + crm:people:2"]);
    await replay(hub.pipeline);
    expect(await clustersOf(hub.store)).toEqual(["crm:people:1 + crm:people:2"]);
  });

  test("where one went into the next, each told of alone; the last one's name is the customer's", async () => {
    await send([loser, person("2", ann), person("3", { first: "Zoe", last: "Zimmer" })]);
    await send([word], [mergedWord("people", "2", { version: at(3), into: "3" })]);
    expect(await clustersOf(hub.store)).toEqual(["crm:people:1 + crm:people:2 + crm:people:3"]);
    expect((await rowsOf(hub.store, "customers")).map(({ name }) => name)).toEqual(["Zoe Zimmer"]);
    expect((await timelineOf(hub.store, "crm:people:3")).sort()).toEqual([
      "contact.created crm:people:1",
      "contact.created crm:people:2",
      "contact.created crm:people:3",
      "record.merged crm:people:1",
      "record.merged crm:people:2",
    ]);
  });

  test("and others join it by what the one that remains is called, whatever the other was", async () => {
    await send([loser, person("2", ann)], [word], [person("4", { ...ann, title: "CTO" })]);
    expect(await clustersOf(hub.store)).toEqual(["crm:people:1 + crm:people:2 + crm:people:4"]);
  });

  test("until the vendor says otherwise: a record that is back is a customer of its own", async () => {
    await send([loser, person("2", ann)], [word], [person("1", bob, 3)]);
    expect(await clustersOf(hub.store)).toEqual(["crm:people:1", "crm:people:2"]);
  });

  test("also where it was first told to be gone: the timeline tells that once", async () => {
    await send([loser, person("2", ann)], [gone("people", "1")], [word]);
    expect(await clustersOf(hub.store)).toEqual(["crm:people:1 + crm:people:2"]);
    const ended = (await timelineOf(hub.store, "crm:people:1")).filter((event) => event.startsWith("record."));
    expect(ended).toEqual(["record.deleted crm:people:1"]);
    await replay(hub.pipeline);
    expect(await clustersOf(hub.store)).toEqual(["crm:people:1 + crm:people:2"]);
  });

  test("word that a record is gone does not take back what it went into", async () => {
    await send([loser, person("2", ann)], [word], [gone("people", "1"), gone("people", "1", { version: at(5) })]);
    const [row] = (await rowsOf(hub.store, "records")).filter(({ remote_id }) => remote_id === "1");
    expect([row?.deleted, row?.merged_into]).toEqual([1, "2"]);
  });
});
