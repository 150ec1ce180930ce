import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConnectors } from "../../connectors/index.ts";
import { type Hub, openHub } from "../../src/hub/hub.ts";
import { applyWritebacks, deriveAll, syncConnection } from "../../src/hub/sync.ts";
import { replay } from "../../src/pipeline/replay.ts";
import { startAccount } from "../cli/harness.ts";

let account: Awaited<ReturnType<typeof startAccount>>;
let hub: Hub;
beforeEach(async () => {
  account = await startAccount();
  account.load(450);
  hub = await openHub({ folder: account.folder, connectors: loadConnectors, environment: {} });
});
afterEach(async () => {
  await hub.close();
  await account.stop();
});

const customers = async () => (await hub.store.db.select().from(hub.store.tables.customers)).length;

test("a replay that was killed half way is ended before anything is written back by what it left", async () => {
  await syncConnection(hub, "hubspot");
  await deriveAll(hub);
  const before = await customers();
  expect(before).toBeGreaterThan(400);
  const killed = replay(hub.pipeline, () => {
    throw new Error("killed");
  });
  await expect(killed).rejects.toThrow("killed");
  expect(await customers()).toBeLessThan(before);
  expect(await applyWritebacks(hub, "hubspot")).toMatchObject({ records: 450, refused: 0 });
  expect(await customers()).toBe(before);
}, 60_000);
