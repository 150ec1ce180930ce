import { afterAll, beforeAll, expect, test } from "vitest";
import { loadRules } from "../../src/hub/rules/rules.ts";
import { deriveDue } from "../../src/pipeline/derive/run.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { verify } from "../../src/pipeline/verify.ts";
import { at, received } from "../fixtures/pipeline/crm.ts";
import { openSmallHub, pipelineOn, rowsOf, type SmallHub } from "../fixtures/pipeline/hub.ts";

let hub: SmallHub;
let scratch: SmallHub;
beforeAll(async () => {
  [hub, scratch] = await Promise.all([openSmallHub(), openSmallHub()]);
});
afterAll(() => Promise.all([hub.close(), scratch.close()]));

test("verification comes to its end, and finds nothing, when a timer has come due that is not worked off yet", async () => {
  const person = received("people", "1", { first: "Ann", emails: ["ann@a.example"] }, { version: at(1) });
  await processBatch(hub.pipeline, { records: [person], also: [] });
  const { derive: rules } = await loadRules(hub.folder, new Set());
  await deriveDue({ store: hub.store, rules, asOf: at(10) });
  const [timer] = await rowsOf(hub.store, "timers");
  const afterIt = () => new Date(Date.parse(timer?.due_at ?? "") + 1).toISOString();
  const compared = await verify(hub.store, pipelineOn(scratch.store, {}, afterIt), rules);
  expect(compared.flatMap(({ examples }) => examples)).toEqual([]);
  expect(compared.find(({ table }) => table === "timers")?.rows).toBe(1);
});
