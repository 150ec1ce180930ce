import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HubspotRow } from "../../connectors/hubspot/simulator/index.ts";
import type { Delivery } from "../../src/connector/index.ts";
import { auditStream } from "../../src/hub/audit/audit.ts";
import { retryErrors } from "../../src/hub/errors/retry.ts";
import { drainInbox } from "../../src/hub/inbox/inbox.ts";
import { keepDeliveries } from "../../src/hub/inbox/intake.ts";
import { syncConnection } from "../../src/hub/sync.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import {
  changeInHubspot,
  hubspotEntry,
  noon,
  openWorld,
  removeFolder,
  serveHubspot,
  type TestHubspot,
  type World,
} from "./world.ts";

const on = (day: string) => `2026-${day}T09:00:00.000Z`;

/** A deal that was won in three steps long ago. */
const won = (id: string): HubspotRow => ({
  id,
  properties: { dealname: `Deal ${id}`, pipeline: "default", dealstage: "closedwon", hs_is_closed_won: "true" },
  history: {
    dealstage: [
      { value: "closedwon", timestamp: on("02-10") },
      { value: "qualifiedtobuy", timestamp: on("01-20") },
      { value: "appointmentscheduled", timestamp: on("01-05") },
    ],
  },
  createdAt: on("01-05"),
  updatedAt: on("03-01"),
});
const stepsOfWon = ["2026-01-20 appointmentscheduled → qualifiedtobuy", "2026-02-10 qualifiedtobuy → closedwon"];

let clock: ReturnType<typeof virtualClock>;
let hubspot: TestHubspot;
let world: World;
beforeEach(async () => {
  clock = virtualClock(noon);
  hubspot = await serveHubspot(clock, { objects: { deals: [won("7001")] } });
  world = await openWorld({ crm: hubspotEntry(hubspot) }, { clock });
});
afterEach(async () => {
  await world.close();
  await hubspot.close();
  removeFolder(world.folder);
});

/** The steps of a deal through its stages, with their day. */
async function steps(id = "7001"): Promise<string[]> {
  const events = (await world.rows("events")).filter(
    ({ kind, record_key }) => kind === "deal.stage_changed" && record_key === `crm:deals:${id}`,
  );
  return events
    .map(({ occurred_at, changes }) => {
      const [change] = JSON.parse(changes) as { from: string; to: string }[];
      return `${occurred_at.slice(0, 10)} ${change?.from} → ${change?.to}`;
    })
    .sort();
}
const errors = async () => (await world.rows("errors")).map(({ status, fingerprint }) => `${status} ${fingerprint}`);

let told = 0;
async function deliver(...ids: string[]): Promise<void> {
  const deliveries = ids.map((id): Delivery => {
    told += 1;
    const subscriptionType = "deal.propertyChange";
    const event = { eventId: told, portalId: 424242, subscriptionType, occurredAt: clock.now(), objectId: Number(id) };
    return { dedupe_key: `event ${told}`, onConflict: "ignore", body: JSON.stringify(event) };
  });
  await keepDeliveries(world.hub, "crm", deliveries);
}
const drain = (retry = false) => drainInbox(world.hub, "crm", { retry });
const reads = () => hubspot.requests.filter((request) => request.endsWith("/deals/batch/read")).length;
const setStage = (dealstage: string) =>
  changeInHubspot(hubspot, "PATCH", "/crm/v3/objects/deals/7001", { properties: { dealstage } });

describe("a record that first comes by a webhook", () => {
  test("brings its past, and is not asked for it again", async () => {
    await deliver("7001");
    expect(await drain()).toEqual({ done: 1, failed: 0 });
    expect(await steps()).toEqual(stepsOfWon);
    expect(reads()).toBe(2);
    await deliver("7001");
    await drain();
    expect(reads()).toBe(3);
  });

  test("and has changed since we saw it brings the steps between, though the webhooks name it alone", async () => {
    await syncConnection(world.hub, "crm");
    clock.advance(60_000);
    await setStage("contractsent");
    clock.advance(60_000);
    await setStage("closedlost");
    await deliver("7001", "7001");
    await drain();
    expect((await steps()).slice(2)).toEqual([
      "2026-11-02 closedwon → contractsent",
      "2026-11-02 contractsent → closedlost",
    ]);
  });

  test("waits while HubSpot does not tell its past; one that is known does not", async () => {
    await deliver("7001");
    hubspot.setPastDown(true);
    expect(await drain()).toEqual({ done: 0, failed: 1 });
    expect(await errors()).toEqual(["open past unread:deals"]);
    hubspot.setPastDown(false);
    clock.advance(60_000);
    expect(await drain(true)).toEqual({ done: 1, failed: 0 });
    expect(await steps()).toEqual(stepsOfWon);
    expect(await errors()).toEqual(["resolved past unread:deals"]);

    hubspot.setPastDown(true);
    await setStage("closedlost");
    await deliver("7001");
    expect(await drain()).toEqual({ done: 1, failed: 0 });
    expect((await steps()).slice(2)).toEqual(["2026-11-02 closedwon → closedlost"]);
    expect(await errors()).toEqual(["open past unread:deals"]);
  });

  test("waits five minutes at most", async () => {
    hubspot.setPastDown(true);
    await deliver("7001");
    expect(await drain()).toEqual({ done: 0, failed: 1 });
    clock.advance(5 * 60_000);
    expect(await drain(true)).toEqual({ done: 1, failed: 0 });
    expect(await steps()).toEqual([]);
    expect(await world.rows("records")).toMatchObject([{ remote_id: "7001" }]);
    expect(await errors()).toEqual(["open past unread:deals"]);
  });
});

test("a record that an audit finds missing is healed with its past, which does not count as healed", async () => {
  await syncConnection(world.hub, "crm");
  hubspot.simulator.load({
    portalId: 424242,
    objects: { deals: [won("7001"), won("7002")] },
    associations: [],
    owners: [],
    pipelines: {},
  });
  const pass = await auditStream(world.hub, world.hub.connection("crm"), "deals");
  expect(pass).toMatchObject({ missing: 1, stale: 0, extra: 0 });
  expect(await steps("7002")).toEqual(stepsOfWon);
});

test("a record fetched anew from the error inbox brings its past", async () => {
  hubspot.setDown(true);
  await deliver("7001");
  for (let n = 0; n < 10; n++) await drain(true);
  expect(await errors()).toEqual(["open fetch deals 503"]);
  hubspot.setDown(false);
  await retryErrors(world.hub, {});
  expect(await errors()).toEqual(["resolved fetch deals 503"]);
  expect(await steps()).toEqual(stepsOfWon);
});
