import type { IncomingWebhook } from "journey-hub/connector";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import salesforce from "../../../connectors/salesforce/index.ts";
import { demoCredentials, sfId } from "../../../connectors/salesforce/simulator/index.ts";
import { drainInbox } from "../../../src/hub/inbox/inbox.ts";
import { organizationId, outboundMessage, outboundToken } from "../../api/schemes/outbound-message.ts";
import { heldClock, openWorld, removeFolder, type World } from "../../hub/world.ts";
import { startOrg, type TestOrg } from "./org.ts";

const { webhook } = salesforce;
if (!webhook) throw new Error("Salesforce has webhooks");
const config = salesforce.config.parse({
  login_url: "https://acme.my.salesforce.com",
  client_id: "app",
  client_secret: "secret",
  outbound_token: outboundToken,
  organization_id: organizationId.slice(0, 15),
});

const request = (body: string | Uint8Array, url = `https://hub.example/hooks/sf?token=${outboundToken}`) =>
  ({
    method: "POST",
    url,
    headers: {},
    body: typeof body === "string" ? new TextEncoder().encode(body) : body,
  }) satisfies IncomingWebhook;
const contact = sfId("003", 1);
const good = outboundMessage(contact);

describe("who sends", () => {
  test("is proved by the token, in the address or in a proxy's header, but not in both", () => {
    const bare = request(good, "https://hub.example/hooks/sf");
    const header = { "x-journey-hub-token": outboundToken };
    const verdict = (incoming: IncomingWebhook) => webhook.verify(config, incoming, 0).accepted;
    expect([verdict(request(good)), verdict({ ...bare, headers: header })]).toEqual([true, true]);
    expect(verdict(bare)).toBe(false);
    expect(verdict({ ...request(good), headers: header })).toBe(false);
    expect(verdict(request(good, `https://hub.example/hooks/sf?token=x&token=${outboundToken}`))).toBe(false);
  });

  test.each([
    [{ outbound_token: undefined }, "outbound_token is not set"],
    [{ organization_id: undefined }, "organization_id is not set"],
  ])("must be known by token and org: %o", (without, missing) => {
    expect(webhook.missing({ ...(config as object), ...without })).toContain(missing);
  });
});

describe("a message", () => {
  test("tells which record changed", () => {
    const [delivery] = webhook.deliveries(config, request(good));
    expect(delivery?.dedupe_key).toBe(`04l${contact.slice(3)}`);
    expect(webhook.work(config, delivery?.body ?? "")).toEqual({ kind: "changed", stream: "Contact", id: contact });
  });

  test("by a short id means the record of the long one", () => {
    const kept = JSON.stringify({ id: "04l", object: "Contact", record: contact.slice(0, 15) });
    expect(webhook.work(config, kept)).toEqual({ kind: "changed", stream: "Contact", id: contact });
  });

  test.each([
    ["another org", outboundMessage(contact, { organization: sfId("00D", 8) }), "of another org"],
    ["no org", good.replace(/<OrganizationId>.*<\/OrganizationId>/, ""), "no OrganizationId"],
    ["no notification", good.replace(/<Notification>[\s\S]*<\/Notification>/, ""), "0 notifications"],
    ["no record", good.replace(/<sf:Id>.*<\/sf:Id>/, ""), "names no record"],
    ["a record of no kind", good.replace(/ xsi:type="[^"]*"/, ""), "does not say what it is"],
    ["an id that is none", good.replace(/<sf:Id>[^<]*/, "<sf:Id>1' OR '1"), "no id of Salesforce"],
    ["another namespace", good.replace("2005/09/outbound", "2005/09/inbound"), "no outbound message"],
    ["a document type", good.replace("<soapenv:Envelope", "<!DOCTYPE x><soapenv:Envelope"), "document type"],
    [
      "entities that grow",
      good.replace(
        "<soapenv:Envelope",
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><soapenv:Envelope',
      ),
      "document type",
    ],
    ["an entity of its own", good.replace("&amp;", "&file;"), "no XML"],
    ["tags that do not close", good.replace("</soapenv:Body>", ""), "no XML"],
    ["a depth without end", "<a>".repeat(100_000), "nested too deep"],
    ["no XML", "{}", "no XML"],
    ["nothing", "", "no XML"],
  ])("with %s is malformed", (_, body, message) => {
    expect(() => webhook.deliveries(config, request(body))).toThrow(message);
  });

  test("that is no UTF-8 is malformed", () => {
    expect(() => webhook.deliveries(config, request(new Uint8Array([0x3c, 0xff, 0xfe])))).toThrow();
  });

  test("about any object is a record to fetch, if the hub reads that; about what is none, nothing", () => {
    const work = (object: string) =>
      webhook.work(config, JSON.stringify({ id: "04l", object, record: sfId("01t", 1) }));
    expect(work("Product2")).toEqual({ kind: "changed", stream: "Product2", id: sfId("01t", 1) });
    expect(work("no object")).toEqual({ kind: "nothing", why: "no object is no object's name" });
  });
});

describe("at a hub", () => {
  let org: TestOrg;
  let world: World;
  beforeAll(async () => {
    org = await startOrg({ Contact: [{ Id: contact, LastName: "Miller", Email: "ann@example.com" }] });
    const { clientId: client_id, clientSecret: client_secret } = demoCredentials;
    const settings = { login_url: org.url, client_id, client_secret };
    const hooks = { outbound_token: outboundToken, organization_id: organizationId };
    const entry = {
      connector: "salesforce",
      allowedHosts: [new URL(org.url).host],
      config: { ...settings, ...hooks },
    };
    world = await openWorld({ sf: entry }, { clock: heldClock() });
  });
  afterAll(async () => {
    await world.close();
    removeFolder(world.folder);
    await org.close();
  });

  test("the record is fetched, with what the message did not tell", async () => {
    const path = `/hooks/sf?token=${outboundToken}`;
    expect((await world.app.request(path, { method: "POST", body: good })).status).toBe(200);
    expect(await drainInbox(world.hub, "sf", { retry: false })).toEqual({ done: 1, failed: 0 });
    const records = await world.rows("records");
    expect(records.map(({ remote_id, fields }) => [remote_id, JSON.parse(fields).last_name])).toEqual([
      [contact, "Miller"],
    ]);
  });
});
