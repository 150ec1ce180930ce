import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepDeliveries } from "../../../src/hub/inbox/intake.ts";
import { checkConnection } from "../../../src/hub/sync.ts";
import { closedPort } from "../../connector/loopback-vendor.ts";
import {
  eventually,
  heldClock,
  hubspotEntry,
  openWorld,
  removeFolder,
  serveHubspot,
  type TestHubspot,
  type World,
} from "../world.ts";

/* A stop while the vendor cannot be reached, on a clock that stands still: no pause would ever be over. */

let hubspot: TestHubspot;
let world: World;
beforeEach(async () => {
  const clock = heldClock();
  hubspot = await serveHubspot(clock);
  const entry = hubspotEntry({ ...hubspot, url: `http://${await closedPort()}` });
  world = await openWorld({ hubspot: { ...entry, schedule: "1h" } }, { clock });
});
afterEach(async () => {
  await world.close();
  await hubspot.close();
  removeFolder(world.folder);
});

test("says nothing of a connection that is being checked: a try that failed would have been made again", async () => {
  const checked = checkConnection(world.hub, "hubspot").catch((cause: unknown) => cause);
  await eventually("a pause", () => world.hub.connection("hubspot").wait() !== null);
  await world.runner.stop();
  expect(await checked).toMatchObject({ next: "retry", details: { unreachable: true } });
  expect([...(await world.rows("connections")), ...(await world.rows("errors"))]).toEqual([]);
});

test("ends the pauses between tries at once, and loses nothing", async () => {
  const event = { eventId: 1, portalId: 424242, subscriptionType: "contact.creation", occurredAt: 1, objectId: 7 };
  const delivery = { dedupe_key: "event 1", onConflict: "ignore", body: JSON.stringify(event) } as const;
  await keepDeliveries(world.hub, "hubspot", [delivery]);
  await world.runner.start();
  await eventually("a pause", () => world.hub.connection("hubspot").wait() !== null);
  const from = performance.now();
  await world.runner.stop();
  expect(performance.now() - from).toBeLessThan(5_000); // ten seconds are the most that a stop takes
  expect(world.runner.state()).toBe("stopped");
  expect(await world.rows("inbox")).toMatchObject([{ status: "waiting", attempts: 0 }]);
  const said = [...(await world.rows("connections")), ...(await world.rows("errors"))];
  expect(said.filter(({ message }) => message?.includes("stopped"))).toEqual([]); // that is no fault of the connection's
  expect((await world.rows("runs")).filter(({ status }) => status === "running")).toEqual([]);
});

test("is heard by as many calls as wait, without a word of a leak", async () => {
  const warnings: Error[] = [];
  const hear = (warning: Error) => void warnings.push(warning);
  process.on("warning", hear);
  const heard: number[] = [];
  for (let n = 0; n < 50; n++) world.hub.ending.addEventListener("abort", () => void heard.push(n));
  await nextTurn();
  process.off("warning", hear);
  world.hub.stopWaiting();
  expect([heard.length, warnings]).toEqual([50, []]);
});
