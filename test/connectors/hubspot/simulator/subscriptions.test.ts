import { expect, test } from "vitest";
import { demoCredentials } from "../../../../connectors/hubspot/simulator/index.ts";
import { startPortal } from "./small-portal.ts";

const key = demoCredentials.developerApiKey;
const base = "/webhooks/v3/1";
const at = (path: string, hapikey = key) => `${base}${path}?hapikey=${hapikey}`;
const target = { targetUrl: "https://hub.example/hooks/hs", throttling: { maxConcurrentRequests: 10 } };

test.each([
  ["no key", `${base}/settings`, 401],
  ["an account's token for a key", at("/settings", demoCredentials.accessTokens[0]), 401],
  ["another app", `/webhooks/v3/2/settings?hapikey=${key}`, 404],
  ["no settings made yet", at("/settings"), 404],
])("with %s it is refused", async (_, path, status) => {
  expect((await startPortal().get(path)).status).toBe(status);
});

test.each([
  ["plain http", { ...target, targetUrl: "http://hub.example/hooks" }],
  ["too few deliveries at once", { ...target, throttling: { maxConcurrentRequests: 5 } }],
])("a target with %s is refused", async (_, body) => {
  expect((await startPortal().put(at("/settings"), body)).status).toBe(400);
});

test("a target stands until it is deleted, on both families of paths", async () => {
  const { put, get, remove } = startPortal();
  expect((await put(at("/settings"), target)).body).toMatchObject(target);
  expect((await get(`/webhooks/2026-03/1/settings?hapikey=${key}`)).body).toMatchObject(target);
  expect((await remove(at("/settings"))).status).toBe(204);
  expect((await get(at("/settings"))).status).toBe(404);
});

const email = { eventType: "contact.propertyChange", propertyName: "email" };

test.each([
  ["an event nobody has heard of", { eventType: "contact.sneeze" }, 400],
  ["a change of no property", { eventType: "contact.propertyChange" }, 400],
  ["a generic event of no object", { eventType: "object.creation" }, 400],
  ["an object of an account's own", { eventType: "object.creation", objectTypeId: "2-1001" }, 400],
  ["one that is there", email, 409],
  ["one too many", { eventType: "deal.creation" }, 400],
])("a subscription to %s is refused", async (_, body, status) => {
  const { post } = startPortal({ limits: { webhookSubscriptions: 2 } });
  for (const standing of [email, { eventType: "contact.creation" }]) await post(at("/subscriptions"), standing);
  expect((await post(at("/subscriptions"), body)).status).toBe(status);
});

test("a subscription makes events while it is active, and none when it is gone", async () => {
  const { put, post, patch, remove, get, simulator } = startPortal();
  await put(at("/settings"), target);
  const { body } = await post(at("/subscriptions"), email);
  expect(body).toMatchObject({ ...email, active: false });
  const change = async (address: string) => {
    await patch("/crm/v3/objects/contacts/101", { properties: { email: address } });
    return simulator.pendingEvents().length;
  };
  expect(await change("a@x.example")).toBe(0);
  await patch(at(`/subscriptions/${body.id}`), { active: true });
  expect(await change("b@x.example")).toBe(1);
  expect(simulator.pendingEvents()).toMatchObject([{ subscriptionId: Number(body.id), appId: 1 }]);
  const inputs = [{ id: body.id, active: false }];
  expect((await post(at("/subscriptions/batch/update"), { inputs })).body.results).toMatchObject([{ active: false }]);
  await remove(at(`/subscriptions/${body.id}`));
  expect((await get(at("/subscriptions"))).body.results).toEqual([]);
  expect(await change("c@x.example")).toBe(1);
});
