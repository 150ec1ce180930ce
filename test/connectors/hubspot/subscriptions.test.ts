import type { SubscriptionPlan, SubscriptionWish } from "journey-hub/connector";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { demoCredentials, type HubspotSimulatorOptions } from "../../../connectors/hubspot/simulator/index.ts";
import { failureOf, oauth, openHubspot, startAccount, type TestAccount } from "./account.ts";

const developer = { app_id: demoCredentials.appId, developer_api_key: demoCredentials.developerApiKey };
const targetUrl = "http://127.0.0.1:8360/hooks/hubspot";
const deals = { object: "deals", fields: ["id", "properties.amount", "properties.hs_lastmodifieddate"] };
const notes = { object: "notes", fields: ["properties.hs_note_body", "associations.contacts.results"] };
const wish: SubscriptionWish = { targetUrl, objects: [deals] };
const dealEvents = ["creation", "deletion", "restore", "associationChange", "merge"].map((kind) => `deal.${kind}`);

let account: TestAccount;
beforeEach(() => start());
afterEach(() => account.close());

async function start(options: HubspotSimulatorOptions = {}): Promise<void> {
  account = await startAccount({}, options);
}

function subscriptions(config: Record<string, unknown> = developer) {
  const open = account.open(config).subscriptions;
  if (!open) throw new Error("HubSpot has subscriptions");
  return open;
}

const app = () => account.simulator.state.webhooks.app;
const told = (plan: SubscriptionPlan) =>
  plan.by === "hub" ? plan.changes.map(({ change, what }) => `${change} ${what}`) : [plan.by];
const standing = () =>
  [...app().subscriptions.values()].map(({ subscriptionType, propertyName, objectTypeId, active }) =>
    [subscriptionType, objectTypeId, propertyName, active ? null : "off"].filter(Boolean).join(" "),
  );

describe("of a legacy public app", () => {
  test("what would be changed is told, and nothing is", async () => {
    expect(told(await subscriptions().look(wish))).toEqual([
      `target ${targetUrl}`,
      ...dealEvents.map((event) => `create ${event}`),
      "create deal.propertyChange of amount",
    ]);
    expect([app().target, standing()]).toEqual([null, []]);
  });

  test("they are made active, and then there is nothing left to change", async () => {
    const plan = await subscriptions().apply({ targetUrl, objects: [deals, notes] });
    expect(plan).toMatchObject({ by: "hub", changes: expect.not.arrayContaining([{ refused: expect.anything() }]) });
    expect(app().target).toMatchObject({ targetUrl, maxConcurrentRequests: 10 });
    expect(standing()).toEqual([
      ...dealEvents,
      "deal.propertyChange amount",
      ...["creation", "deletion", "restore", "associationChange"].map((kind) => `object.${kind} 0-46`),
      "object.propertyChange 0-46 hs_note_body",
    ]);
    expect(told(await subscriptions().look({ targetUrl, objects: [deals, notes] }))).toEqual([]);
  });

  test("one that was switched off, one that is not mapped any more and another target are set right; others are left alone", async () => {
    app().replace({
      appId: 1,
      clientSecret: "s",
      targetUrl: "https://other.example/hooks",
      subscriptions: [
        ...dealEvents.map((subscriptionType) => ({ subscriptionType })),
        { subscriptionType: "deal.propertyChange", propertyName: "amount" },
        { subscriptionType: "deal.propertyChange", propertyName: "dealname" },
        { subscriptionType: "conversation.newMessage" },
      ],
    });
    for (const subscription of app().subscriptions.values()) {
      if (subscription.subscriptionType === "deal.creation") subscription.active = false;
    }
    const right = [
      `target ${targetUrl}, in the place of https://other.example/hooks, which hears nothing any more`,
      "remove deal.propertyChange of dealname",
      "activate deal.creation",
    ];
    expect(told(await subscriptions().look(wish))).toEqual(right);
    expect(told(await subscriptions().apply(wish))).toEqual(right);
    expect(standing()).toEqual([...dealEvents, "deal.propertyChange amount", "conversation.newMessage"]);
    expect(told(await subscriptions().look(wish))).toEqual([]);
  });

  test("what the hub writes itself, and what changes with everything, is not subscribed to", async () => {
    const fields = ["journey_hub_stage", "lastmodifieddate", "hs_object_id", "createdate"];
    const contacts = { object: "contacts", fields: fields.map((name) => `properties.${name}`) };
    const emails = { object: "emails", fields: ["properties.hs_email_subject", "properties.hs_email_text"] };
    const plan = told(await subscriptions().look({ targetUrl, objects: [contacts, emails] }));
    expect(plan.filter((line) => line.includes("propertyChange"))).toEqual([
      "create object.propertyChange of 0-49 hs_email_text",
    ]);
    expect(plan).toContain("create contact.privacyDeletion");
  });

  test("all are taken away when nothing is wanted any more; the target stays", async () => {
    await subscriptions().apply(wish);
    const plan = told(await subscriptions().apply({ targetUrl, objects: [] }));
    expect(plan.every((line) => line.startsWith("remove "))).toBe(true);
    expect([standing(), app().target?.targetUrl]).toEqual([[], targetUrl]);
  });

  test("one that HubSpot refuses does not keep the others from being made", async () => {
    await account.close();
    await start({ limits: { webhookSubscriptions: 2 } });
    const plan = await subscriptions().apply(wish);
    if (plan.by !== "hub") throw new Error("the hub changes them");
    expect(plan.changes.filter(({ refused }) => refused === undefined)).toHaveLength(3);
    expect(plan.changes.at(-1)?.refused).toContain("An app may have no more than 2 subscriptions");
  });

  test.each([
    ["the key", { ...developer, developer_api_key: "eu1-wrong" }, "developer_api_key"],
    ["the app", { ...developer, app_id: "99" }, "app_id"],
  ])("a mistake in %s names the setting, and takes no approval for lost", async (_, config, field) => {
    const looking = subscriptions({ ...oauth, ...config }).look(wish);
    expect(await failureOf(looking)).toMatchObject({ field, next: expect.stringMatching(/stop|skip/) });
    expect(account.requests.filter((request) => request.includes("/oauth/"))).toEqual([]);
  });

  test("on dated paths they are the same", async () => {
    const dated = subscriptions({ ...developer, api_version: "2026-03" });
    await dated.apply(wish);
    expect(told(await dated.look(wish))).toEqual([]);
    expect(account.requests.every((request) => request.includes("/webhooks/2026-03/1/"))).toBe(true);
  });

  test("HubSpot itself is given no address that it would not call", async () => {
    const { subscriptions: real } = openHubspot({ base_url: "https://api.hubapi.com", ...developer });
    if (!real) throw new Error("HubSpot has subscriptions");
    expect(await failureOf(real.look(wish))).toMatchObject({ field: "public_url", next: "stop" });
  });
});

describe("of another app", () => {
  const own = { object: "p424242_membership", fields: ["properties.level"] };

  test("a person puts them right: a project's file and the words for a private app are given", async () => {
    const plan = await subscriptions({}).apply({ targetUrl, objects: [deals, own] });
    if (plan.by !== "person" || !plan.file) throw new Error("a person does it");
    expect(plan.instructions).toContain(`enter the target URL ${targetUrl}`);
    expect(plan.instructions).toContain(
      "  deal: created, deleted, restored, association changed, merged; property changes of amount",
    );
    expect(plan.file.name).toBe("webhooks-hsmeta.json");
    const { type, config } = JSON.parse(plan.file.text);
    expect([type, config.settings]).toEqual(["webhooks", { targetUrl, maxConcurrentRequests: 10 }]);
    expect(config.subscriptions.crmObjects).toContainEqual({
      subscriptionType: "object.propertyChange",
      objectType: "deal",
      propertyName: "amount",
      active: true,
    });
    expect(config.subscriptions.crmObjects).toContainEqual({
      subscriptionType: "object.deletion",
      objectType: "p424242_membership",
      active: true,
    });
    expect(account.requests).toEqual([]);
  });

  test("nor is a person given a file with an address that HubSpot would not call", async () => {
    const { subscriptions: real } = openHubspot({ base_url: "https://api.hubapi.com" });
    const plan = await real?.look(wish);
    expect(plan).toEqual({ by: "person", instructions: expect.stringMatching(/https addresses only.*Set public_url/) });
    const reached = await real?.look({ ...wish, targetUrl: "https://hub.example.com/hooks/hubspot" });
    expect(reached).toMatchObject({ by: "person", file: { name: "webhooks-hsmeta.json" } });
  });

  test("and takes them away", async () => {
    const plan = await subscriptions({}).look({ targetUrl, objects: [] });
    expect(plan).toMatchObject({ by: "person", instructions: expect.stringContaining('"active": false') });
    expect("file" in plan).toBe(false);
  });
});
