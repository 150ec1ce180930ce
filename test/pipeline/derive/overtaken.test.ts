import { afterAll, beforeAll, expect, test } from "vitest";
import { loadRules } from "../../../src/hub/rules/rules.ts";
import type { Rules } from "../../../src/pipeline/derive/plan.ts";
import { deriveDue } from "../../../src/pipeline/derive/run.ts";
import { processBatch } from "../../../src/pipeline/index.ts";
import { verify } from "../../../src/pipeline/verify.ts";
import type { Store } from "../../../src/store/store.ts";
import { at, received } from "../../fixtures/pipeline/crm.ts";
import { openSmallHub, rowsOf, type SmallHub } from "../../fixtures/pipeline/hub.ts";

let hub: SmallHub;
let scratch: SmallHub;
let rules: Rules;
beforeAll(async () => {
  [hub, scratch] = [await openSmallHub(), await openSmallHub()];
  rules = (await loadRules(hub.folder, new Set())).derive;
});
afterAll(async () => {
  await hub.close();
  await scratch.close();
});

const send = (...records: ReturnType<typeof received>[]) => processBatch(hub.pipeline, { records, also: [] });
const derive = (store: Store = hub.store) => deriveDue({ store, rules, asOf: at(10) });

/** The store as a process sees it that is slow: between its reading and its first commit, `meanwhile` happens. */
function slow(store: Store, meanwhile: () => Promise<unknown>): Store {
  let isFirst = true;
  return {
    ...store,
    async commit(writes, options) {
      if (isFirst) await meanwhile();
      isFirst = false;
      return store.commit(writes, options);
    },
  };
}

test("a process that is overtaken does not put back what another has derived from more", async () => {
  const ann = { first: "Ann", title: "CTO", emails: ["ann@a.example"] };
  await send(received("people", "1", { ...ann, status: "new" }));
  const overtaken = slow(hub.store, async () => {
    await send(received("people", "1", { ...ann, title: "Trainee", status: "busy" }, { version: at(2) }));
    await derive();
  });
  await derive(overtaken);
  expect(await rowsOf(hub.store, "dirty")).toEqual([]);
  const compared = await verify(hub.store, scratch.pipeline, rules);
  expect(compared.flatMap(({ examples }) => examples)).toEqual([]);
  expect((await rowsOf(hub.store, "scores")).length).toBeGreaterThan(0);
});
