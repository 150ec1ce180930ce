import { expect, test } from "vitest";
import { processBatch } from "../../../src/pipeline/index.ts";
import { set } from "../../../src/store/writes.ts";
import { at, received } from "../../fixtures/pipeline/crm.ts";
import { clustersOf, openSmallHub } from "../../fixtures/pipeline/hub.ts";

test("a record of very many kept scores is decided about", async () => {
  const hub = await openSmallHub();
  const ann = (title: string, n: number) =>
    received("people", "1", { first: "Ann", last: "Lee", title }, { connection: "crm", version: at(n) });
  await processBatch(hub.pipeline, { records: [ann("CTO", 1)], also: [] });
  const document = JSON.stringify({ prior: -8, fields: [] });
  const scores = Array.from({ length: 70_000 }, (_, n) => {
    return {
      left_key: "crm:people:1",
      right_key: `gone:people:${n}`,
      weight: 9,
      probability: 0.998,
      document,
      apart: 1,
    };
  });
  await hub.store.commit([set("matches", scores)]);
  await processBatch(hub.pipeline, { records: [ann("CEO", 2)], also: [] });
  expect(await clustersOf(hub.store)).toEqual(["crm:people:1"]);
  await hub.close();
});
