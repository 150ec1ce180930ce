import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { demoCredentials } from "../../../connectors/hubspot/simulator/index.ts";
import type { Delivery } from "../../../src/connector/index.ts";
import { drainInbox } from "../../../src/hub/inbox/inbox.ts";
import { keepDeliveries } from "../../../src/hub/inbox/intake.ts";
import { type OwnObjects, openOwnObjects } from "../../scenarios/own-objects.ts";
import {
  contacts,
  heldClock,
  hubspotAppSecret,
  hubspotEntry,
  openWorld,
  removeFolder,
  serveHubspot,
  type TestHubspot,
  type World,
} from "../world.ts";

let events = 0;

/** What HubSpot tells of a record, by the names it has for objects. */
function told(objectId: number, more: object, portalId = 424242): Delivery {
  events += 1;
  const event = { eventId: events, portalId, occurredAt: Date.parse("2026-11-02T12:00:01.000Z"), objectId, ...more };
  return { dedupe_key: `event ${events}`, onConflict: "ignore", body: JSON.stringify(event) };
}

describe("webhooks of an object of the account's own", () => {
  let own: OwnObjects;
  beforeAll(async () => {
    own = await openOwnObjects("hubspot");
  });
  afterAll(() => own.close());

  const drain = async (...deliveries: Delivery[]) => {
    await keepDeliveries(own.hub, "hubspot", deliveries);
    return drainInbox(own.hub, "hubspot", { retry: false });
  };
  const ofType = (subscriptionType: string, objectTypeId = "2-1001") => ({ subscriptionType, objectTypeId });

  test("are fetched by the name that the mapping file has for it, and what is deleted is gone", async () => {
    const told201 = told(201, ofType("object.propertyChange"));
    expect(await drain(told201, told(202, ofType("object.creation")))).toEqual({ done: 2, failed: 0 });
    expect(Object.keys(await own.memberships())).toEqual(["Ann's membership", "Ben's membership"]);
    await own.account.delete(2);
    expect(await drain(told(202, ofType("object.deletion")))).toEqual({ done: 1, failed: 0 });
    expect((await own.memberships())["Ben's membership"]?.deleted).toBe(true);
  });

  test("of one that no mapping file names ask for nothing, once and for all", async () => {
    const before = await own.rows("raw_records");
    const other = [ofType("object.creation", "2-1002"), ofType("object.deletion", "2-1002")];
    expect(await drain(...other.map((more) => told(7, more)))).toEqual({ done: 2, failed: 0 });
    expect(await drain(told(7, ofType("object.propertyChange", "0-7")))).toEqual({ done: 1, failed: 0 });
    expect(new Set((await own.rows("inbox")).map(({ status }) => status))).toEqual(new Set(["done"]));
    expect(await own.rows("raw_records")).toEqual(before);
    expect(await own.rows("errors")).toEqual([]);
  });

  test("of an association lead to the record that it comes from", async () => {
    const more = { subscriptionType: "object.associationChange", objectId: undefined, fromObjectTypeId: "2-1001" };
    expect(await drain(told(0, { ...more, fromObjectId: 203, toObjectId: 103 }))).toEqual({ done: 1, failed: 0 });
    expect(Object.keys(await own.memberships())).toContain("Cleo's membership");
  });
});

describe("an app that delivers for several accounts", () => {
  let clock: ReturnType<typeof heldClock>;
  let hubspot: TestHubspot;
  let world: World;
  beforeEach(async () => {
    clock = heldClock();
    hubspot = await serveHubspot(clock, { objects: { contacts: contacts(3) } });
    const config = {
      base_url: hubspot.url,
      access_token: demoCredentials.accessTokens[0],
      app_client_secret: hubspotAppSecret,
    };
    world = await openWorld({ hubspot: hubspotEntry(hubspot, { config }) }, { clock });
  });
  afterEach(async () => {
    await world.close();
    await hubspot.close();
    removeFolder(world.folder);
  });

  const drain = async (...deliveries: Delivery[]) => {
    await keepDeliveries(world.hub, "hubspot", deliveries);
    return drainInbox(world.hub, "hubspot", { retry: true });
  };
  const gone = { subscriptionType: "contact.deletion" };

  test("is believed of the connection's account alone, which is asked for once and kept", async () => {
    await drain(told(1001, { subscriptionType: "contact.creation" }));
    expect((await world.rows("connections"))[0]?.account).toBe("424242");
    expect(await drain(told(1001, gone, 7))).toEqual({ done: 1, failed: 0 });
    expect((await world.rows("records")).map(({ deleted }) => deleted)).toEqual([0]);
    await drain(told(1001, gone));
    expect((await world.rows("records")).map(({ deleted }) => deleted)).toEqual([1]);
    expect(hubspot.requests.filter((request) => request.endsWith("/details"))).toHaveLength(1);
  });

  test("waits while the account is not known, and nothing of it is believed", async () => {
    hubspot.setDown(true);
    const timer = setInterval(() => clock.advance(60_000), 1);
    expect(await drain(told(1001, gone, 7))).toEqual({ done: 0, failed: 2 });
    clearInterval(timer);
    expect(await world.rows("records")).toEqual([]);
    expect((await world.rows("inbox")).map(({ status }) => status)).toEqual(["waiting"]);
    hubspot.setDown(false);
    clock.advance(120_000);
    expect(await drain()).toEqual({ done: 1, failed: 0 });
    expect(await world.rows("raw_records")).toEqual([]);
  });
});
