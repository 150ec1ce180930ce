import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { Analytics } from "@segment/analytics-node";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../hub/world.ts";
import {
  apiSecret,
  clock,
  closeSite,
  customers,
  measurementId,
  notAsReplayed,
  openErrors,
  openSite,
  post,
  timeline,
  titles,
  workOff,
  world,
  writeKey,
} from "./tracking.ts";

/* The vendors' own clients, with the settings they come with, against a hub on a socket; and tag servers by Google's protocol. */

beforeAll(() => openSite());
afterAll(closeSite);

/** What befalls a request instead of its answer; `cut` comes after the hub has done its part. */
type Trouble = "answered 503" | "cut";

/** A hub behind an address that troubles the first requests to it. */
interface TroubledHub {
  url: string;
  /** Requests that came, and the content encoding of the last. */
  requests: number;
  encoding: string | undefined;
  close(): Promise<void>;
}

async function serve(...troubles: Trouble[]): Promise<TroubledHub> {
  const answer = getRequestListener(world.app.fetch);
  const state: Pick<TroubledHub, "requests" | "encoding"> = { requests: 0, encoding: undefined };
  const server: Server = createServer(async (request, reply) => {
    state.requests += 1;
    state.encoding = request.headers["content-encoding"];
    const trouble = troubles.shift();
    if (trouble === "answered 503") return void request.resume().on("end", () => reply.writeHead(503).end());
    if (trouble === "cut") {
      reply.end = () => {
        request.socket.destroy();
        return reply;
      };
    }
    await answer(request, reply);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

const pages = 40;
const calls = pages + 5;

/** Segment's for Node. */
async function sendBySegment(host: string): Promise<void> {
  const analytics = new Analytics({ writeKey, host });
  const anonymousId = "segment browser";
  for (let n = 1; n <= pages; n++) analytics.page({ anonymousId, name: `Page ${n}` });
  analytics.track({ anonymousId, event: "Demo Requested", properties: { plan: "gold" } });
  analytics.identify({ anonymousId, userId: "seg", traits: { email: "seg@acme.example", firstName: "Sue" } });
  analytics.screen({ userId: "seg", name: "Basket" });
  analytics.group({ userId: "seg", groupId: "acme", traits: { name: "Acme" } });
  analytics.alias({ userId: "seg", previousId: "seg before" });
  await analytics.closeAndFlush();
}

/** RudderStack's for Node, which sends its first call at once and the others by twenties, compressed. */
async function sendByRudder(dataPlaneUrl: string): Promise<void> {
  const rudder = new RudderAnalytics(writeKey, { dataPlaneUrl });
  const anonymousId = "rudder browser";
  for (let n = 1; n <= pages; n++) rudder.page({ anonymousId, name: `Page ${n}` });
  rudder.track({ anonymousId, event: "Demo Requested", properties: { plan: "gold" } });
  rudder.identify({ anonymousId, userId: "rud", traits: { email: "rud@acme.example", firstName: "Rob" } });
  rudder.screen({ userId: "rud", name: "Basket" });
  rudder.group({ userId: "rud", groupId: "globex", traits: { name: "Globex" } });
  rudder.alias({ userId: "rud", previousId: "rud before" });
  for (let n = 0; n < 4; n++) await rudder.flush();
}

describe("an unmodified SDK with its default settings: each call once, though requests are cut and answered 503", () => {
  let segment: TroubledHub;
  let rudder: TroubledHub;
  beforeAll(async () => {
    segment = await serve("answered 503", "cut");
    rudder = await serve("cut", "answered 503");
    await Promise.all([sendBySegment(segment.url), sendByRudder(rudder.url)]);
    await eventually("all calls to be kept", async () => (await world.rows("inbox")).length >= 2 * calls);
    await workOff();
  }, 30_000);
  afterAll(async () => {
    await segment.close();
    await rudder.close();
  });

  const expected = (group: string) => [
    ...Array.from({ length: pages }, (_, n) => `Page viewed: Page ${n + 1}`),
    "Tracked: Demo Requested",
    "Activity: Identified",
    "Contact created",
    "Screen viewed: Basket",
    `Activity: ${group}`,
    "Activity: Two ids of one user",
  ];

  test("Segment's for Node", async () => {
    expect((await titles("user_id:seg")).sort()).toEqual(expected("Acme").sort());
    expect(await customers("email:seg@acme.example")).toMatchObject([{ name: "Sue" }]);
    expect(segment.requests).toBe(3 + 2); // batches of fifteen, two of them sent twice
  });

  test("RudderStack's for Node", async () => {
    expect((await titles("user_id:rud")).sort()).toEqual(expected("Globex").sort());
    expect(await customers("email:rud@acme.example")).toMatchObject([{ name: "Rob" }]);
    expect(rudder.encoding).toBe("gzip");
  });

  test("and nothing is left as an error, or not as a replay makes it", async () => {
    expect(await openErrors()).toEqual([]);
    expect(await notAsReplayed()).toEqual([]);
  });
});

const query = (given: object = { measurement_id: measurementId, api_secret: apiSecret }) =>
  new URLSearchParams(Object.entries(given));
const collect = (body: unknown, given?: object) => post(`/mp/collect?${query(given)}`, body, {});
const check = async (body: unknown) => {
  const reply = await post(`/debug/mp/collect?${query()}`, body, {});
  expect(reply.status).toBe(200);
  return (reply.body as { validationMessages: { fieldPath: string; validationCode: string }[] }).validationMessages;
};
const microsAgo = (seconds: number) => (clock.now() - seconds * 1_000) * 1_000;

describe("events of Google's Measurement Protocol", () => {
  beforeEach(() => clock.advance(61_000));

  test("wait for their browser's user, then stand on the customer's timeline once; replay gives the same", async () => {
    const page = { name: "page_view", params: { page_title: "Bikes", page_location: "https://acme.example/bikes" } };
    const first = { client_id: "555.1", timestamp_micros: microsAgo(60), events: [page, { name: "session_start" }] };
    expect(await collect(first)).toMatchObject({ status: 204, body: null });
    expect((await collect(first)).status).toBe(204);
    await workOff();
    expect(await customers("ga_client_id:555.1")).toEqual([]);
    const lead = { name: "generate_lead", params: {}, timestamp_micros: String(microsAgo(5)) };
    await collect({ client_id: "555.1", user_id: "ann", events: [lead, { name: "screen_view", params: {} }] });
    await workOff();
    expect((await timeline("user_id:ann")).map(({ kind, channel, title }) => `${kind} ${channel} ${title}`)).toEqual([
      expect.stringMatching(/^(page.viewed web Page viewed: Bikes|action.tracked web Tracked: session_start)$/),
      expect.stringMatching(/^(page.viewed web Page viewed: Bikes|action.tracked web Tracked: session_start)$/),
      "form.submitted web Filled in a form: generate_lead",
      "screen.viewed app Screen viewed",
    ]);
    const [seen, , asked] = await timeline("user_id:ann");
    expect(seen?.occurred_at).toBe(new Date(clock.now() - 60_000).toISOString());
    expect(asked?.occurred_at).toBe(new Date(clock.now() - 5_000).toISOString());
    expect(await notAsReplayed()).toEqual([]);
  });

  test("hold what the call says of its user once, not with each of them", async () => {
    const user_properties = { plan: { value: "gold ".repeat(1_000) } };
    const events = Array.from({ length: 25 }, (_, n) => ({ name: `step_${n}` }));
    await collect({ client_id: "555.2", user_id: "cay", user_properties, note: "x".repeat(5_000), events });
    await workOff();
    const rows = (await world.rows("inbox")).filter(({ body }) => String(body).includes("555.2"));
    expect(rows).toHaveLength(25);
    expect(rows.filter(({ body }) => body.length > 1_000)).toHaveLength(1);
    const raw = (await world.rows("raw_records")).map(({ payload }) => JSON.parse(payload));
    const ofCay = raw.filter(({ name }) => /^step_/.test(name));
    expect(ofCay.map(({ name, user_properties: told }) => [name, Object.keys(told).length])).toEqual(
      expect.arrayContaining([
        ["step_0", 1],
        ["step_1", 0],
      ]),
    );
    expect((await titles("user_id:cay")).length).toBe(25);
  });

  test("are the same user's as those of Segment's calls", async () => {
    await collect({ app_instance_id: "phone", events: [{ name: "purchase" }] });
    await collect({ app_instance_id: "phone", user_id: "bob", events: [] });
    await collect({ app_instance_id: "phone", user_id: "bob", events: [{ name: "share" }] });
    await post("/v1/identify", { writeKey, userId: "bob", traits: { email: "bob@acme.example" } }, {});
    await workOff();
    expect((await titles("email:bob@acme.example")).sort()).toEqual([
      "Activity: Identified",
      "Contact created",
      "Tracked: purchase",
      "Tracked: share",
    ]);
  });

  test.each([
    ["a client", { events: [{ name: "x" }] }, "client_id: client_id (or app_instance_id) is required"],
    ["events", { client_id: "1" }, "events: events has to be a list"],
    ["fewer events", { client_id: "1", events: Array(26).fill({ name: "x" }) }, "events: There are 26 events"],
    ["a name", { client_id: "1", events: [{}] }, "events[0].name: An event needs a name"],
    ["a name that is one", { client_id: "1", events: [{ name: "no name" }] }, "The name no name is not a letter"],
    ["parameters", { client_id: "1", events: [{ name: "x", params: [] }] }, "params has to be an object"],
    ["a time", { client_id: "1", timestamp_micros: "now", events: [{ name: "x" }] }, "timestamp_micros has to be"],
    ["JSON", "client_id=1&en=x", "The body has to be a JSON object"],
    ["text", Buffer.from([0x7b, 0xff]), "The body has to be a JSON object"],
  ])("are answered 204 though they lack %s; that is an open error with their text", async (_, body, message) => {
    const before = await openErrors();
    expect((await collect(body)).status).toBe(204);
    expect(await workOff()).toEqual({ done: 1, failed: 0 });
    const opened = (await openErrors()).filter(({ id }) => !before.some((other) => other.id === id));
    expect(opened).toMatchObject([{ step: "hook", class: "value", message: expect.stringContaining(message) }]);
  });

  test.each<[string, object]>([
    ["no secret", { measurement_id: measurementId }],
    ["another secret", { measurement_id: measurementId, api_secret: "api-secret-of-the-test-2" }],
    ["the write key", { measurement_id: measurementId, api_secret: writeKey }],
    ["another stream", { measurement_id: "G-OTHER", api_secret: apiSecret }],
    ["no stream", { api_secret: apiSecret }],
  ])("by %s are refused and leave nothing", async (_, given) => {
    const before = await world.rows("inbox");
    const body = { client_id: "1", events: [{ name: "x" }] };
    expect((await collect(body, given)).status).toBe(401);
    expect((await post(`/debug/mp/collect?${query(given)}`, body, {})).status).toBe(401);
    expect(await world.rows("inbox")).toEqual(before);
    const refused = (await openErrors()).filter((row) => row.class === "signature");
    expect(refused).toMatchObject([{ connection: "web", last_seen_at: world.hub.now() }]);
  });
});

describe("the debug address", () => {
  test("finds nothing wrong with a good call, and keeps nothing", async () => {
    const before = await world.rows("inbox");
    const event = { name: "page_view", params: { page_title: "Bikes" } };
    expect(await check({ client_id: "1", events: [event] })).toEqual([]);
    expect(await world.rows("inbox")).toEqual(before);
  });

  test.each<[unknown, string[]]>([
    ["no JSON", [" VALUE_INVALID"]],
    [{}, ["client_id VALUE_REQUIRED", "events VALUE_REQUIRED"]],
    [{ client_id: {}, user_id: [], events: [] }, ["client_id VALUE_INVALID", "user_id VALUE_INVALID"]],
    [{ client_id: "1", events: Array(26).fill({ name: "x" }) }, ["events EXCEEDED_MAX_ENTITIES"]],
    [{ client_id: "1", events: [{ name: "first_open" }] }, ["events[0].name NAME_RESERVED"]],
    [{ client_id: "1", events: [{ name: "x".repeat(41) }] }, ["events[0].name NAME_INVALID"]],
    [{ client_id: "1", events: [{ name: "x", params: { "a b": 1 } }] }, ["events[0].params NAME_INVALID"]],
    [
      { client_id: "1", events: [{ name: "x", params: { text: "x".repeat(101) } }] },
      ["events[0].params.text VALUE_OUT_OF_BOUNDS"],
    ],
    [{ client_id: "1", timestamp_micros: 1, events: [{ name: "x" }] }, ["timestamp_micros VALUE_OUT_OF_BOUNDS"]],
  ])("tells what is wrong with %j", async (body, expected) => {
    const told = (await check(body)).map(({ fieldPath, validationCode }) => `${fieldPath} ${validationCode}`);
    expect(told).toEqual(expected);
  });
});
