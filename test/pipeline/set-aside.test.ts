import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { processBatch } from "../../src/pipeline/index.ts";
import { replay } from "../../src/pipeline/replay.ts";
import { set } from "../../src/store/writes.ts";
import { at, crmMappings, received } from "../fixtures/pipeline/crm.ts";
import { emptied, openSmallHub, rowsOf, type SmallHub } from "../fixtures/pipeline/hub.ts";

/* Records with a value that the mapping's table does not know, which is an error of no one record. */

let isKnown = false;
let hub: SmallHub;
beforeAll(async () => {
  hub = await openSmallHub({ mappings: () => ({ ...crmMappings, find }) });
});
afterAll(() => hub.close());
beforeEach(async () => {
  isKnown = false;
  await emptied(hub.store);
  await land(10, "1");
  const rows = await rowsOf(hub.store, "errors");
  await hub.store.commit([
    set(
      "errors",
      rows.map((row) => ({ ...row, status: "dismissed" })),
    ),
  ]);
});

/** The mapping file as it is, or with the value in its table. */
const find: typeof crmMappings.find = (connector, object) => {
  const people = crmMappings.find(connector, object);
  if (!isKnown || !people) return people;
  return { ...people, map: (payload, context) => people.map({ ...payload, status: "new" }, context) };
};

async function land(hour: number, id: string): Promise<void> {
  hub.hour(hour);
  const person = received("people", id, { status: "sleepy" });
  await processBatch(hub.pipeline, { records: [person], also: [] });
}

async function replayAt(hour: number): Promise<void> {
  hub.hour(hour);
  await replay(hub.pipeline);
}

const told = async () =>
  (await rowsOf(hub.store, "errors")).map(({ status, fingerprint }) => `${status} ${fingerprint}`);
const error = "people lead_status unknown_value sleepy";

test("an unknown value that a person has set aside stays so while records come with it, and through a replay", async () => {
  await land(11, "2");
  expect(await told()).toEqual([`dismissed ${error}`]);
  await replayAt(12);
  expect(await told()).toEqual([`dismissed ${error}`]);
});

test("it is over with a replay that does not meet it, and opens again when it comes back", async () => {
  isKnown = true;
  await replayAt(12);
  expect(await told()).toEqual([`resolved ${error}`]);
  isKnown = false;
  await land(13, "2");
  expect(await told()).toEqual([`open ${error}`]);
  expect((await rowsOf(hub.store, "errors"))[0]?.first_seen_at).toBe(at(10));
});
