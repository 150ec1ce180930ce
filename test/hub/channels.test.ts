import { afterEach, beforeEach, expect, test } from "vitest";
import { SourceError } from "../../src/connector/index.ts";
import { claimChannel, keepHeard, keepListening, releaseChannel } from "../../src/hub/channels.ts";
import { planRetry } from "../../src/hub/errors/retry.ts";
import type { Hub } from "../../src/hub/hub.ts";
import { StaleError } from "../../src/store/store.ts";
import { heldClock, openWorld, removeFolder, shopEntry, type World } from "./world.ts";

/* Which of several processes listens to a channel, and what is kept of what it hears. */

let world: World;
beforeEach(async () => {
  world = await openWorld({ shop: shopEntry }, { clock: heldClock() });
});
afterEach(async () => {
  await world.close();
  removeFolder(world.folder);
});

/** The hub as another process on the same store has it, while those named are gone. */
function processNamed(id: string, ...gone: string[]): Hub {
  const presence = { ...world.hub.presence, id, gone: async () => (owner: string) => gone.includes(owner) };
  return { ...world.hub, presence };
}

const told = (id: string, place: string) => ({
  deliveries: [{ dedupe_key: id, onConflict: "ignore" as const, body: "{}" }],
  place,
});

async function claimed(hub: Hub) {
  const row = await claimChannel(hub, "shop", "/events");
  if (!row) throw new Error(`${hub.presence.id} does not have the channel`);
  return row;
}

test("one process has a channel until it gives it up or is gone; the next goes on behind what it heard", async () => {
  const [a, b] = [processNamed("a"), processNamed("b")];
  const { row } = await keepHeard(a, await claimed(a), told("e1", "7"));
  expect(await claimChannel(b, "shop", "/events")).toBeNull();
  const taken = await claimed(processNamed("b", "a"));
  expect(taken).toMatchObject({ owner: "b", place: "7", heard: 1 });
  await releaseChannel(a, row); // it learns nothing of it, and takes nothing back
  await releaseChannel(b, taken);
  expect(await claimed(processNamed("c"))).toMatchObject({ owner: "c", place: "7" });
});

test("a process that was taken for gone keeps nothing more, neither deliveries nor their place", async () => {
  const a = processNamed("a");
  const row = await claimed(a);
  await claimed(processNamed("b", "a"));
  await expect(keepHeard(a, row, told("e1", "7"))).rejects.toThrow(StaleError);
  expect(await world.rows("inbox")).toEqual([]);
  expect(await world.rows("channels")).toMatchObject([{ owner: "b", place: null, heard: 0 }]);
});

test("what is told twice is kept once, and a pull that is owed stays owed", async () => {
  const a = processNamed("a");
  const first = await keepHeard(a, await claimed(a), { ...told("e1", "7"), incomplete: "an overflow" });
  const second = await keepHeard(a, first.row, told("e1", "8"));
  expect(second.kept).toEqual({ accepted: 0, duplicate: 1, conflicts: [] });
  expect(await world.rows("inbox")).toHaveLength(1);
  expect(await world.rows("channels")).toMatchObject([{ place: "8", incomplete: "an overflow", heard: 2 }]);
});

test("the error that a channel cannot be listened to says what closes it", async () => {
  await keepListening(world.hub, "shop", new SourceError("retry", "the line is cut", { code: "ECONNRESET" }));
  const { refused } = await planRetry(world.hub, {});
  expect(refused).toMatchObject([
    { fingerprint: "channel ECONNRESET", refusal: expect.stringContaining("listens again by itself") },
  ]);
  await keepListening(world.hub, "shop");
  expect(await world.rows("errors")).toMatchObject([{ status: "resolved" }]);
});
