import { afterAll, beforeAll, expect, test } from "vitest";
import { demoCredentials } from "../../../connectors/hubspot/simulator/index.ts";
import { webhookSubscriptions } from "../../../src/api/discovery-schemas.ts";
import { syncConnection } from "../../../src/hub/sync.ts";
import { virtualClock } from "../../../src/lib/clock.ts";
import {
  contacts,
  hubspotEntry,
  noon,
  openWorld,
  removeFolder,
  serveHubspot,
  type TestHubspot,
  type World,
} from "../world.ts";

/* A hub that looks after the subscriptions of its app at a simulated HubSpot. The tests build on one another. */

const clock = virtualClock(noon);
let hubspot: TestHubspot;
let world: World;
beforeAll(async () => {
  hubspot = await serveHubspot(clock, { objects: { contacts: contacts(2) } });
  const entry = hubspotEntry(hubspot);
  const { appId: app_id, developerApiKey: developer_api_key } = demoCredentials;
  const looked = { ...entry, config: { ...entry.config, app_id, developer_api_key } };
  world = await openWorld({ hubspot: looked, other: hubspotEntry(hubspot), shop: shop }, { clock });
});
afterAll(async () => {
  await world.close();
  await hubspot.close();
  removeFolder(world.folder);
});

const shop = { connector: "webhook", config: { scheme: "hmac-sha256", secret: "a shop's secret of the test" } };
const app = () => hubspot.simulator.state.webhooks.app;

async function post(path: string, body: object = {}, role: "operator" | "admin" = "admin"): Promise<Response> {
  const headers = { ...(await world.as(role)), "content-type": "application/json" };
  return world.app.request(`/api/v1/connections/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}
async function view(path: string, body: object = {}) {
  const reply = await post(path, body);
  if (!reply.ok) throw new Error(await reply.text());
  return webhookSubscriptions.parse(await reply.json());
}

/** Messages of open errors about webhooks, after a sync an hour later. */
async function findings(): Promise<string[]> {
  clock.advance(3_600_000);
  await syncConnection(world.hub, "hubspot");
  const open = (await world.rows("errors")).filter(({ status, class: kind }) => status === "open" && kind === "drift");
  return open.map(({ fingerprint, message }) => `${fingerprint}: ${message}`).sort();
}

test("subscriptions that nobody has made yet are found missing, with the command that makes them", async () => {
  expect(await findings()).toEqual([
    expect.stringMatching(/^drift:webhooks create: .* not subscribed to at the vendor: company\.creation, .* more$/),
    "drift:webhooks target: Webhooks of connection hubspot are delivered elsewhere; they should go to https://hub.example.com/hooks/hubspot",
  ]);
  const [error] = (await world.rows("errors")).filter(({ fingerprint }) => fingerprint.includes("webhooks"));
  expect(error?.remedy).toContain("journey-hub connect hubspot --webhooks");
});

test("they are shown beforehand, made when that is asked for, and close what was found", async () => {
  const planned = await view("hubspot/webhooks/check");
  expect(planned).toMatchObject({ target: "https://hub.example.com/hooks/hubspot", failure: null, by_hand: null });
  expect(app().subscriptions.size).toBe(0);
  expect(await view("hubspot/webhooks")).toEqual(planned);
  const made = [...app().subscriptions.values()];
  expect(made.length).toBe(planned.changes.length - 1);
  expect(made.map(({ propertyName }) => propertyName)).toEqual(expect.arrayContaining(["email", "dealstage"]));
  expect(await findings()).toEqual([]);
});

test("one that somebody switches off, one that somebody deletes and another target are open errors", async () => {
  const [off, lost] = app().subscriptions.values();
  if (!off || !lost || !app().target) throw new Error("there are some");
  off.active = false;
  app().subscriptions.delete(lost.id);
  Object.assign(app().target ?? {}, { targetUrl: "https://elsewhere.example/" });
  expect(await findings()).toEqual([
    `drift:webhooks activate: Webhooks that connection hubspot needs are switched off at the vendor: ${off.subscriptionType}`,
    `drift:webhooks create: Webhooks that connection hubspot needs are not subscribed to at the vendor: ${lost.subscriptionType}`,
    expect.stringContaining("in the place of https://elsewhere.example/, which hears nothing any more"),
  ]);
});

test("while HubSpot does not answer they stand; a key that is refused is told", async () => {
  const before = await findings();
  hubspot.simulator.trouble({ path: /^\/webhooks\//, status: 401, body: { message: "no such key" } });
  expect((await findings()).at(-1)).toContain("go unnoticed: HubSpot: no such key");
  hubspot.simulator.trouble({ path: /^\/webhooks\//, status: 503, times: 6 });
  expect((await findings()).length).toBe(before.length + 1);
  await view("hubspot/webhooks");
  expect(await findings()).toEqual([]);
});

test.each([
  ["a subscription", 400, "contact.propertyChange of this property is not supported"],
  ["a scope", 403, "the app lacks a scope for it"],
])(
  "what HubSpot refuses for good, as %s, is told once with its words, and asked for again on a person's word",
  async (_, status, message) => {
    const [lost] = app().subscriptions.values();
    app().subscriptions.delete(lost?.id ?? 0);
    hubspot.simulator.trouble({ path: /subscriptions$/, method: "POST", status, body: { message } });
    const asked = () => hubspot.requests.filter((request) => request.startsWith("POST /webhooks/")).length;
    const { changes, failure } = await view("hubspot/webhooks");
    expect([failure, changes]).toEqual([
      null,
      [expect.objectContaining({ change: "create", what: lost?.subscriptionType })],
    ]);
    const before = asked();
    const found = `drift:webhooks refused: The vendor refuses webhooks that connection hubspot needs: ${lost?.subscriptionType} (HubSpot: ${message} (${status}))`;
    expect([await findings(), await findings()]).toEqual([[found], [found]]);
    expect((await view("hubspot/webhooks/check")).changes[0]?.refused).toBe(`HubSpot: ${message} (${status})`);
    expect(asked()).toBe(before);
    expect((await view("hubspot/webhooks")).changes).toEqual([{ change: "create", what: lost?.subscriptionType }]);
    expect(await findings()).toEqual([]);
  },
);

test("all are taken away when that is asked for", async () => {
  const { changes } = await view("hubspot/webhooks", { wanted: false });
  expect(new Set(changes.map(({ change }) => change))).toEqual(new Set(["remove"]));
  expect(app().subscriptions.size).toBe(0);
});

test("where a person does it, how is told; where nothing can be set up, that", async () => {
  const { by_hand, changes } = await view("other/webhooks");
  expect(changes).toEqual([]);
  expect(by_hand?.file?.text).toContain("https://hub.example.com/hooks/other");
  expect((await post("shop/webhooks")).status).toBe(409);
  expect((await post("nobody/webhooks")).status).toBe(404);
  expect((await post("hubspot/webhooks", {}, "operator")).status).toBe(403);
});
