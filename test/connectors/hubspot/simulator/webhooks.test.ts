import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { afterEach, expect, test } from "vitest";
import { signV3, type WebhookEvent, type WebhookSubscription } from "../../../../connectors/hubspot/simulator/index.ts";
import { startPortal } from "./small-portal.ts";

// HubSpot's own test vectors, from its SDKs.
const vector = {
  method: "POST",
  uri: "https://www.example.com/webhook_uri",
  body: "{'example_field':'example_value'}",
  clientSecret: "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
};

test.each([
  [1693657560000, "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="],
  [1700000300000, "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="],
])("signs HubSpot's vector of %i", (timestamp, signature) => {
  expect(signV3({ ...vector, timestamp })).toBe(signature);
});

test("listed percent codes of the URI are decoded before signing, others are not", () => {
  const timestamp = 1693657560000;
  const plain = signV3({ ...vector, timestamp, uri: "https://www.example.com/a?x=1:2@3" });
  expect(signV3({ ...vector, timestamp, uri: "https://www.example.com/a?x=1%3A2%403" })).toBe(plain);
  expect(signV3({ ...vector, timestamp, uri: "https://www.example.com/a?x=1%202" })).not.toBe(
    signV3({ ...vector, timestamp, uri: "https://www.example.com/a?x=1 2" }),
  );
});

interface Delivery {
  headers: Headers;
  body: string;
  events: WebhookEvent[];
}

const open: { close(): void }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

/** A target that answers with the given statuses, then 200. */
async function listen(...statuses: (200 | 204 | 400 | 500)[]) {
  const deliveries: Delivery[] = [];
  const app = new Hono().post("/hooks/hubspot", async (c) => {
    const body = await c.req.text();
    deliveries.push({ headers: c.req.raw.headers, body, events: JSON.parse(body) });
    return c.body(null, statuses.shift() ?? 200);
  });
  const port = await new Promise<number>((ready) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, (info) => ready(info.port));
    open.push(server);
  });
  return { deliveries, targetUrl: `http://127.0.0.1:${port}/hooks/hubspot` };
}

function subscribed(targetUrl: string, subscriptions: WebhookSubscription[]) {
  const portal = startPortal();
  portal.simulator.subscribe({ appId: 77, clientSecret: "app-secret", targetUrl, subscriptions });
  return portal;
}

test("a created and changed contact is told in a signed list of events", async () => {
  const { deliveries, targetUrl } = await listen();
  const { post, patch, simulator, clock } = subscribed(targetUrl, [
    { subscriptionType: "contact.creation" },
    { subscriptionType: "contact.propertyChange", propertyName: "city" },
  ]);
  await post("/crm/v3/objects/contacts", { properties: { firstname: "Fay" } });
  await patch("/crm/v3/objects/contacts/101", { properties: { city: "Bath", jobtitle: "Countess" } });
  await patch("/crm/v3/objects/contacts/101", { properties: { city: "Bath" } });
  await patch("/crm/v3/objects/deals/201", { properties: { amount: "1" } });
  expect(await simulator.deliver()).toEqual({ delivered: 2, waiting: 0, givenUp: 0 });
  expect(deliveries[0]?.events).toEqual([
    {
      eventId: 101,
      subscriptionId: 1000,
      portalId: 424242,
      appId: 77,
      occurredAt: clock.ms,
      subscriptionType: "contact.creation",
      attemptNumber: 0,
      objectId: 602,
      changeSource: "INTEGRATION",
      changeFlag: "CREATED",
    },
    expect.objectContaining({
      subscriptionType: "contact.propertyChange",
      objectId: 101,
      propertyName: "city",
      propertyValue: "Bath",
    }),
  ]);
  const { headers, body = "" } = deliveries[0] ?? {};
  const timestamp = Number(headers?.get("X-HubSpot-Request-Timestamp"));
  expect(timestamp).toBe(clock.ms);
  expect(headers?.get("X-HubSpot-Signature-v3")).toBe(
    signV3({ method: "POST", uri: targetUrl, body, timestamp, clientSecret: "app-secret" }),
  );
});

test("archiving, merging and tying records are told, generic subscriptions with the object's type id", async () => {
  const { deliveries, targetUrl } = await listen();
  const { remove, post, put, simulator } = subscribed(targetUrl, [
    { subscriptionType: "object.deletion", objectTypeId: "0-3" },
    { subscriptionType: "contact.merge" },
    { subscriptionType: "contact.associationChange" },
  ]);
  await remove("/crm/v3/objects/deals/202");
  await remove("/crm/v3/objects/contacts/105");
  await put("/crm/v4/objects/companies/302/associations/default/contacts/103");
  await post("/crm/v3/objects/contacts/merge", { primaryObjectId: "101", objectIdToMerge: "102" });
  await simulator.deliver();
  expect(deliveries[0]?.events).toMatchObject([
    { subscriptionType: "object.deletion", objectTypeId: "0-3", objectId: 202, changeFlag: "DELETED" },
    {
      subscriptionType: "contact.associationChange",
      associationType: "CONTACT_TO_COMPANY",
      fromObjectId: 103,
      toObjectId: 302,
      associationRemoved: false,
      isPrimaryAssociation: false,
    },
    { subscriptionType: "contact.merge", primaryObjectId: 101, mergedObjectIds: [102], newObjectId: null },
  ]);
});

test("more than a hundred events go in several deliveries", async () => {
  const { deliveries, targetUrl } = await listen();
  const { post, simulator } = subscribed(targetUrl, [{ subscriptionType: "company.creation" }]);
  const inputs = Array.from({ length: 100 }, (_, index) => ({ properties: { name: `Company ${index}` } }));
  await post("/crm/v3/objects/companies/batch/create", { inputs });
  await post("/crm/v3/objects/companies/batch/create", { inputs: inputs.slice(0, 50) });
  expect((await simulator.deliver()).delivered).toBe(150);
  expect(deliveries.map(({ events }) => events.length)).toEqual([100, 50]);
});

test("what is refused comes again with a higher attempt number and the same event id", async () => {
  const { deliveries, targetUrl } = await listen(500, 400);
  const { post, simulator } = subscribed(targetUrl, [{ subscriptionType: "contact.creation" }]);
  await post("/crm/v3/objects/contacts", { properties: { firstname: "Fay" } });
  expect(await simulator.deliver()).toEqual({ delivered: 0, waiting: 1, givenUp: 0 });
  expect(await simulator.deliver()).toEqual({ delivered: 0, waiting: 1, givenUp: 0 });
  expect(simulator.pendingEvents()).toHaveLength(1);
  expect(await simulator.deliver()).toEqual({ delivered: 1, waiting: 0, givenUp: 0 });
  expect(deliveries.map(({ events }) => [events[0]?.eventId, events[0]?.attemptNumber])).toEqual([
    [101, 0],
    [101, 1],
    [101, 2],
  ]);
});

test("after ten retries a delivery is given up, also when nobody listens", async () => {
  const { targetUrl } = await listen();
  for (const server of open.splice(0)) server.close();
  const { post, simulator } = subscribed(targetUrl, [{ subscriptionType: "contact.creation" }]);
  await post("/crm/v3/objects/contacts", { properties: { firstname: "Fay" } });
  for (let retry = 0; retry < 10; retry += 1) expect((await simulator.deliver()).waiting).toBe(1);
  expect(await simulator.deliver()).toEqual({ delivered: 0, waiting: 0, givenUp: 1 });
});
