import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { IncomingWebhook } from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import hubspot from "../../../connectors/hubspot/index.ts";
import { contacts, elsewhere, startAccount } from "./account.ts";

/** The test vectors of HubSpot's own SDKs. */
const secret = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
const signedAt = 1693657560000;
const signature = "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=";
const text = "{'example_field':'example_value'}";

const config = hubspot.config.parse({ access_token: "pat-na1-x", app_client_secret: secret });
const { webhook } = hubspot;
if (!webhook) throw new Error("HubSpot has webhooks");

const request = (headers: Record<string, string>, body = text, url = "https://www.example.com/webhook_uri") =>
  ({ method: "POST", url, headers, body: new TextEncoder().encode(body) }) satisfies IncomingWebhook;
const good = { "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": String(signedAt) };

describe("the signature", () => {
  test.each([
    [signature, signedAt],
    ["RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw=", 1700000300000],
  ])("%s is HubSpot's own", (vector, timestamp) => {
    const headers = { "x-hubspot-signature-v3": vector, "x-hubspot-request-timestamp": String(timestamp) };
    expect(webhook.verify(config, request(headers), timestamp)).toEqual({ accepted: true });
  });

  test.each([
    ["of another body", request(good, `${text} `), signedAt, "the signature does not match"],
    [
      "of another address",
      request(good, text, "https://evil.example/webhook_uri"),
      signedAt,
      "the signature does not match",
    ],
    ["of another method", { ...request(good), method: "PUT" }, signedAt, "the signature does not match"],
    [
      "cut short",
      request({ ...good, "x-hubspot-signature-v3": signature.slice(0, 20) }),
      signedAt,
      "the signature does not match",
    ],
    ["in hex", request({ ...good, "x-hubspot-signature-v3": "2b7e9d" }), signedAt, "the signature does not match"],
    ["six minutes old", request(good), signedAt + 360_000, "the timestamp is more than five minutes away"],
    ["six minutes ahead", request(good), signedAt - 360_000, "the timestamp is more than five minutes away"],
    [
      "without a number for a time",
      request({ ...good, "x-hubspot-request-timestamp": "abc" }),
      signedAt,
      "the timestamp is more than five minutes away",
    ],
    ["without its headers", request({}), signedAt, "the header x-hubspot-signature-v3 is missing"],
  ])("%s is refused", (_, incoming, nowMs, reason) => {
    expect(webhook.verify(config, incoming, nowMs)).toEqual({ accepted: false, reason });
  });

  test("covers the address with HubSpot's percent codes decoded", () => {
    const encoded = request(good, text, "https://www.example.com%2Fwebhook_uri");
    expect(webhook.verify(config, encoded, signedAt)).toEqual({ accepted: true });
  });

  test("of an older version counts only where the settings allow it", () => {
    const body = '{"example_field":"example_value"}';
    const v2 = {
      "x-hubspot-signature": "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900",
      "x-hubspot-signature-version": "v2",
    };
    const v1 = {
      "x-hubspot-signature": createHash("sha256")
        .update(secret + body)
        .digest("hex"),
      "x-hubspot-signature-version": "v1",
    };
    const verdict = (headers: Record<string, string>, oldest?: string) => {
      const settings = { access_token: "pat-na1-x", app_client_secret: secret, oldest_signature: oldest };
      return webhook.verify(hubspot.config.parse(settings), request(headers, body), signedAt).accepted;
    };
    expect([verdict(v2), verdict(v2, "v3"), verdict(v2, "v2"), verdict(v2, "v1")]).toEqual([false, false, true, true]);
    expect([verdict(v1), verdict(v1, "v2"), verdict(v1, "v1")]).toEqual([false, false, true]);
    // Beside a signature v3, whatever it is worth, no older one counts.
    expect(verdict({ ...v1, ...good }, "v1")).toBe(false);
  });

  test("needs the app's client secret", () => {
    expect(webhook.missing(config)).toBeNull();
    expect(webhook.missing(hubspot.config.parse({ access_token: "pat-na1-x" }))).toContain(
      "app_client_secret is not set",
    );
  });
});

const event = {
  eventId: 100,
  subscriptionId: 1,
  portalId: 424242,
  appId: 7,
  occurredAt: 1762084800000,
  subscriptionType: "contact.propertyChange",
  attemptNumber: 0,
  objectId: 1001,
  propertyName: "email",
  propertyValue: "a@acme.example",
};

describe("deliveries", () => {
  test("are the events of the array, one each, known by account, type, record, event and time", () => {
    const second = { ...event, objectId: 1002 };
    expect(webhook.deliveries(config, request({}, JSON.stringify([event, second])))).toEqual([
      {
        dedupe_key: "424242:contact.propertyChange:1001:100:1762084800000",
        onConflict: "ignore",
        body: JSON.stringify(event),
      },
      {
        dedupe_key: "424242:contact.propertyChange:1002:100:1762084800000",
        onConflict: "ignore",
        body: JSON.stringify(second),
      },
    ]);
  });

  test("keep their key when HubSpot tries again", () => {
    const [first] = webhook.deliveries(config, request({}, JSON.stringify([event])));
    const [again] = webhook.deliveries(config, request({}, JSON.stringify([{ ...event, attemptNumber: 3 }])));
    expect(again?.dedupe_key).toBe(first?.dedupe_key);
  });

  test.each([
    ["no JSON", "hello", "is not valid JSON"],
    ["no array", "{}", "a HubSpot webhook is a JSON array of events"],
    ["no event", '[{"eventId":1}]', "not a HubSpot webhook event: portalId"],
  ])("%s is said to be malformed", (_, body, message) => {
    expect(() => webhook.deliveries(config, request({}, body))).toThrow(message);
  });
});

describe("what an event asks for", () => {
  const work = (more: object) => webhook.work(config, JSON.stringify({ ...event, ...more }));

  test.each([
    ["contact.creation", {}, { stream: "contacts", id: "1001" }],
    ["company.propertyChange", {}, { stream: "companies", id: "1001" }],
    ["deal.restore", {}, { stream: "deals", id: "1001" }],
    ["object.creation", { objectTypeId: "0-5" }, { stream: "tickets", id: "1001" }],
    ["contact.merge", { primaryObjectId: 7, mergedObjectIds: [8] }, { stream: "contacts", id: "7" }],
    ["company.merge", { primaryObjectId: 7, newObjectId: 9 }, { stream: "companies", id: "9" }],
    [
      "deal.associationChange",
      { objectId: undefined, associationType: "DEAL_TO_CONTACT", fromObjectId: 5, toObjectId: 6 },
      { stream: "deals", id: "5" },
    ],
    [
      "contact.associationChange",
      { objectId: undefined, associationType: "COMPANY_TO_CONTACT", fromObjectId: 5, toObjectId: 6 },
      { stream: "companies", id: "5" },
    ],
  ])("%s: fetch the record", (subscriptionType, more, expected) => {
    expect(work({ subscriptionType, ...more })).toEqual({ kind: "changed", ...expected });
  });

  test.each(["ticket.deletion", "contact.privacyDeletion"])("%s: the record is gone", (subscriptionType) => {
    const stream = subscriptionType.startsWith("ticket") ? "tickets" : "contacts";
    expect(work({ subscriptionType })).toEqual({ kind: "gone", stream, id: "1001", at: "2025-11-02T12:00:00.000Z" });
  });

  test.each([
    ["conversation.newMessage", "conversation.newMessage is about an object that is not read"],
    ["contact.somethingNew", "contact.somethingNew is not followed"],
    ["object.creation", "object.creation is about an object that is not read"],
  ])("%s: nothing", (subscriptionType, why) => {
    expect(work({ subscriptionType })).toEqual({ kind: "nothing", why });
  });

  test("of another account: nothing", () => {
    const own = hubspot.config.parse({ access_token: "pat-na1-x", portal_id: "7" });
    const why = "an event of another account, 424242";
    expect(webhook.work(own, JSON.stringify(event))).toEqual({ kind: "nothing", why });
  });
});

test("events of another account ask for nothing, whether the settings name ours or HubSpot has told it", () => {
  const body = JSON.stringify({ ...event, subscriptionType: "contact.deletion" });
  const other = { kind: "nothing", why: "an event of another account, 424242" };
  const named = hubspot.config.parse({ access_token: "pat-na1-x", app_client_secret: secret, portal_id: "7" });
  expect([webhook.manyAccounts?.(config), webhook.manyAccounts?.(named)]).toEqual([true, false]);
  expect([webhook.work(config, body, "7"), webhook.work(named, body)]).toEqual([other, other]);
  expect(webhook.work(config, body, "424242")).toMatchObject({ kind: "gone", stream: "contacts", id: "1001" });
});

test("what the simulated HubSpot sends is accepted, and leads to the record that changed", async () => {
  const account = await startAccount({ objects: { contacts: contacts(2) } });
  const received: IncomingWebhook[] = [];
  const server = createServer((incoming, reply) => {
    void bytesOf(incoming).then((body) => {
      const headers = Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      );
      received.push({ method: incoming.method ?? "", url: targetUrl, headers, body });
      reply.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const targetUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/hubspot`;
  const subscriptions = [{ subscriptionType: "contact.propertyChange", propertyName: "firstname" }];
  account.simulator.subscribe({ appId: 7, clientSecret: secret, targetUrl, subscriptions });
  await elsewhere(account, "PATCH", "/crm/v3/objects/contacts/1002", { properties: { firstname: "Ada" } });
  expect(await account.simulator.deliver()).toMatchObject({ delivered: 1 });
  await new Promise((resolve) => server.close(resolve));
  await account.close();

  const [incoming] = received;
  if (!incoming) throw new Error("nothing was received");
  expect(webhook.verify(config, incoming, account.clock.now())).toEqual({ accepted: true });
  const [delivery] = webhook.deliveries(config, incoming);
  expect(webhook.work(config, delivery?.body ?? "")).toEqual({ kind: "changed", stream: "contacts", id: "1002" });
});

async function bytesOf(incoming: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
