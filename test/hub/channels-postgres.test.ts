import { afterAll, beforeAll, expect, test } from "vitest";
import { claimChannel, keepHeard } from "../../src/hub/channels.ts";
import type { Hub } from "../../src/hub/hub.ts";
import { StaleError } from "../../src/store/store.ts";
import { startPostgres } from "../fixtures/postgres.ts";
import { heldClock, openWorld, removeFolder, shopEntry, type World } from "./world.ts";

/* Two processes on one Postgres that both want to listen. */

const server = await startPostgres();
let worlds: World[];
beforeAll(async () => {
  const environment = { JOURNEY_HUB_DATABASE_URL: await server.database() };
  const open = () => openWorld({ shop: shopEntry }, { clock: heldClock(), environment });
  worlds = [await open(), await open()];
});
afterAll(async () => {
  for (const world of worlds) {
    await world.close();
    removeFolder(world.folder);
  }
  await server.stop();
});

/** The channels that each of the two gets when both ask at the same instant; those of both would be listened to twice. */
async function race(channels: readonly string[]) {
  const asked = worlds.map(({ hub }) => Promise.all(channels.map((channel) => claimChannel(hub, "shop", channel))));
  return Promise.all(asked);
}

const channels = ["/a", "/b", "/c", "/d", "/e", "/f"];
const killed = (): Hub => {
  const [world] = worlds;
  if (!world) throw new Error("there are two");
  return { ...world.hub, presence: { ...world.hub.presence, id: "a killed process" } };
};

test("one of them has a channel, and one of them takes over that of a killed process, which keeps nothing more", async () => {
  const rows = await Promise.all(channels.map((channel) => claimChannel(killed(), "shop", channel)));
  for (const round of ["taken over", "held"]) {
    const [ours = [], theirs = []] = await race(channels);
    const held = channels.map((_, n) => [ours[n], theirs[n]].filter((row) => row).length);
    expect([round, held]).toEqual([round, channels.map(() => 1)]);
  }
  const heard = { deliveries: [{ dedupe_key: "e1", onConflict: "ignore" as const, body: "{}" }], place: "7" };
  for (const row of rows) {
    if (!row) throw new Error("nobody else had it");
    await expect(keepHeard(killed(), row, heard)).rejects.toThrow(StaleError);
  }
  expect(await worlds[0]?.rows("inbox")).toEqual([]);
});
