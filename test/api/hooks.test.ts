import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { signV3 } from "../../connectors/hubspot/simulator/index.ts";
import {
  type Connections,
  eventually,
  heldClock,
  hubspotAppSecret,
  hubspotEntry,
  openWorld,
  publicUrl,
  removeFolder,
  shopEntry,
  shopSecret,
  type World,
} from "../hub/world.ts";

const standardSecret = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;
const connections: Connections = {
  hubspot: hubspotEntry({ url: "http://127.0.0.1:1" }),
  shop: shopEntry,
  forms: { connector: "webhook", config: { secret: standardSecret } },
  silent: { connector: "webhook", config: {} },
  broken: { connector: "webhook", config: { secret: "$" + "{env:NOT_SET_ANYWHERE}" } },
  files: { connector: "hubspot", config: { access_token: "pat-na1-whatever" } },
};

let clock: ReturnType<typeof heldClock>;
let world: World;
const openIt = async () => {
  clock = heldClock();
  world = await openWorld(connections, { clock });
};
const closeIt = async () => {
  await world.close();
  removeFolder(world.folder);
};

const event = (n = 1, more: object = {}) => ({
  eventId: n,
  subscriptionId: 1,
  portalId: 424242,
  appId: 7,
  occurredAt: 1762084800000,
  subscriptionType: "contact.propertyChange",
  attemptNumber: 0,
  objectId: 1001,
  ...more,
});

/** A request as HubSpot sends it. */
function fromHubspot(body: string, more: { uri?: string; timestamp?: number; clientSecret?: string } = {}) {
  const { uri = `${publicUrl}/hooks/hubspot`, timestamp = clock.now(), clientSecret = hubspotAppSecret } = more;
  return {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-hubspot-signature-v3": signV3({ method: "POST", uri, body, timestamp, clientSecret }),
      "x-hubspot-request-timestamp": String(timestamp),
    },
  };
}

const hmac = (body: string | Uint8Array, secret = shopSecret) => createHmac("sha256", secret).update(body).digest();

/** A request as the shop sends it. */
function fromShop(body: string) {
  return { method: "POST", body, headers: { "x-signature": hmac(body).toString("hex") } };
}
const order = (more: object = {}) => JSON.stringify({ id: "evt_1", type: "form", email: "ann@example.com", ...more });

/** A request by Standard Webhooks. */
function fromForms(body: string, { id = "msg_1", at = Math.floor(clock.now() / 1_000) } = {}) {
  const key = Buffer.from(standardSecret.slice(6), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64");
  const headers = { "webhook-id": id, "webhook-timestamp": String(at), "webhook-signature": `v1,${signature}` };
  return { method: "POST", body, headers };
}

const inbox = async () =>
  (await world.rows("inbox")).map(({ connection, dedupe_key, status }) => [connection, dedupe_key, status]);
const openErrors = async () => (await world.rows("errors")).filter(({ status }) => status === "open");

describe("a signed webhook", () => {
  beforeEach(openIt);
  afterEach(closeIt);

  test("of HubSpot is on disk when it is answered 2xx, a delivery an event", async () => {
    const reply = await world.app.request("/hooks/hubspot", fromHubspot(JSON.stringify([event(1), event(2)])));
    expect([reply.status, await reply.json()]).toEqual([200, { accepted: 2, duplicate: 0 }]);
    expect(await inbox()).toEqual([
      ["hubspot", "424242:contact.propertyChange:1001:1:1762084800000", "waiting"],
      ["hubspot", "424242:contact.propertyChange:1001:2:1762084800000", "waiting"],
    ]);
  });

  test("of a plain HMAC sender, of Standard Webhooks", async () => {
    expect((await world.app.request("/hooks/shop", fromShop(order()))).status).toBe(200);
    expect((await world.app.request("/hooks/forms", fromForms(order()))).status).toBe(200);
    expect(await inbox()).toEqual([
      ["forms", "msg_1", "waiting"],
      ["shop", "evt_1", "waiting"],
    ]);
  });

  test("that comes again is 2xx without effect, also when HubSpot words its retry differently", async () => {
    await world.app.request("/hooks/hubspot", fromHubspot(JSON.stringify([event(1)])));
    const again = fromHubspot(JSON.stringify([event(1, { attemptNumber: 3 }), event(2)]));
    const reply = await world.app.request("/hooks/hubspot", again);
    expect([reply.status, await reply.json()]).toEqual([200, { accepted: 1, duplicate: 1 }]);
    expect(await inbox()).toHaveLength(2);
  });

  test("with an id that stands for other content already is refused, and a person sees it", async () => {
    await world.app.request("/hooks/shop", fromShop(order()));
    const reply = await world.app.request("/hooks/shop", fromShop(order({ email: "bob@example.com" })));
    expect(reply.status).toBe(409);
    expect(await reply.json()).toMatchObject({ status: 409, detail: expect.stringContaining("evt_1") });
    expect(await openErrors()).toMatchObject([
      { class: "conflict", step: "hook", record_key: "shop:inbox:evt_1", fingerprint: "one id, two contents" },
    ]);
    expect((await world.rows("inbox")).map(({ body }) => String(body))).toEqual([order()]);
  });

  test("sent many times at once is kept once", async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => world.app.request("/hooks/shop", fromShop(order()))),
    );
    const accepted = await Promise.all(
      replies.map(async (reply) => ((await reply.json()) as { accepted: number }).accepted),
    );
    expect(accepted.sort()).toEqual([...Array<number>(19).fill(0), 1]);
    expect(await inbox()).toHaveLength(1);
  });
});

describe("a forged webhook is refused before it is read, and leaves nothing but an audit trail:", () => {
  beforeAll(openIt);
  afterAll(closeIt);

  const body = JSON.stringify([event()]);
  const good = () => fromHubspot(body);
  const signed = (change: (signature: string) => string) => {
    const request = good();
    const headers = { ...request.headers, "x-hubspot-signature-v3": change(request.headers["x-hubspot-signature-v3"]) };
    return { ...request, headers };
  };
  const without = (name: string) => {
    const request = good();
    return { ...request, headers: Object.fromEntries(Object.entries(request.headers).filter(([key]) => key !== name)) };
  };
  const at = (offsetMs: number) => fromHubspot(body, { timestamp: clock.now() + offsetMs });
  const stamped = (timestamp: string) => {
    const request = good();
    return { ...request, headers: { ...request.headers, "x-hubspot-request-timestamp": timestamp } };
  };

  const forgeries: Record<string, () => RequestInit & { at?: string }> = {
    "no signature": () => without("x-hubspot-signature-v3"),
    "no timestamp": () => without("x-hubspot-request-timestamp"),
    "an empty signature": () => signed(() => ""),
    "another secret": () => fromHubspot(body, { clientSecret: "another secret of the same length" }),
    "another body": () => ({ ...good(), body: JSON.stringify([event(2)]) }),
    "the body written differently": () => ({ ...good(), body: JSON.stringify([event()], null, 1) }),
    "one bit flipped": () => signed((text) => (text.startsWith("A") ? "B" : "A") + text.slice(1)),
    "a signature cut short": () => signed((text) => text.slice(0, 20)),
    "bytes after the signature": () => signed((text) => `${text}AAAA`),
    "hex for base64": () => signed((text) => Buffer.from(text, "base64").toString("hex")),
    "base64url for base64": () => signed((text) => `${Buffer.from(text, "base64").toString("base64url")}_`),
    "two signatures in one": () => signed((text) => `${text},${text}`),
    "no base64 at all": () => signed(() => "§§§"),
    "five minutes and a second old": () => at(-301_000),
    "five minutes and a second ahead": () => at(301_000),
    "the time of another signature": () => stamped(String(clock.now() + 1)),
    "seconds for milliseconds": () => stamped(String(Math.floor(clock.now() / 1_000))),
    "no number for a time": () => stamped("NaN"),
    "a negative time": () => stamped("-1"),
    "an absurd time": () => stamped("1e18"),
    "signed for another host": () => fromHubspot(body, { uri: "https://evil.example/hooks/hubspot" }),
    "signed for the other connection": () => fromHubspot(body, { uri: `${publicUrl}/hooks/shop` }),
    "signed without the query": () => ({ ...good(), at: "/hooks/hubspot?tenant=2" }),
    "the secret in the query": () => ({
      ...without("x-hubspot-signature-v3"),
      at: `/hooks/hubspot?secret=${hubspotAppSecret}`,
    }),
    "signature v1 alone": () => {
      const request = without("x-hubspot-signature-v3");
      const v1 = createHmac("sha256", hubspotAppSecret).update(body).digest("hex");
      return {
        ...request,
        headers: { ...request.headers, "x-hubspot-signature": v1, "x-hubspot-signature-version": "v1" },
      };
    },
    "the shop's signature": () => ({ ...fromShop(body) }),
    "not even JSON": () => ({ ...without("x-hubspot-signature-v3"), body: "{{{" }),
  };

  test.each(Object.keys(forgeries))("%s", async (name) => {
    clock.advance(61_000);
    const refusedBefore = await refusedSoFar();
    const { at: path = "/hooks/hubspot", ...request } = forgeries[name]?.() ?? {};
    const reply = await world.app.request(path, request);
    expect(reply.status).toBe(401);
    expect(reply.headers.get("content-type")).toBe("application/problem+json");
    expect(await inbox()).toEqual([]);
    expect(await refusedSoFar()).toBe(refusedBefore + 1);
    expect(await openErrors()).toMatchObject([
      { connection: "hubspot", class: "signature", last_seen_at: world.hub.now() },
    ]);
  });

  const refusedSoFar = async () => {
    const line = /deliveries_total\{connection="hubspot",outcome="refused"\} (\d+)/.exec(await world.metrics.text());
    return Number(line?.[1] ?? 0);
  };

  test.each([
    [
      "of the shop, by another secret",
      "/hooks/shop",
      () => ({
        ...fromShop(order()),
        headers: { "x-signature": hmac(order(), "another secret, long enough").toString("hex") },
      }),
    ],
    [
      "of the shop, in base64",
      "/hooks/shop",
      () => ({ ...fromShop(order()), headers: { "x-signature": hmac(order()).toString("base64") } }),
    ],
    [
      "of the forms, asymmetric",
      "/hooks/forms",
      () => {
        const request = fromForms(order());
        return {
          ...request,
          headers: {
            ...request.headers,
            "webhook-signature": request.headers["webhook-signature"].replace("v1,", "v1a,"),
          },
        };
      },
    ],
    [
      "of the forms, under another id",
      "/hooks/forms",
      () => {
        const request = fromForms(order());
        return { ...request, headers: { ...request.headers, "webhook-id": "msg_2" } };
      },
    ],
    [
      "of the forms, a thousand signatures",
      "/hooks/forms",
      () => {
        const request = fromForms(order());
        return {
          ...request,
          headers: {
            ...request.headers,
            "webhook-signature": `${"v1,AAAA ".repeat(1_000)}${request.headers["webhook-signature"]}`,
          },
        };
      },
    ],
  ])("%s", async (_, path, make) => {
    expect((await world.app.request(path, make())).status).toBe(401);
    expect(await inbox()).toEqual([]);
  });
});

describe("the real sender", () => {
  beforeEach(openIt);
  afterEach(closeIt);
  const body = JSON.stringify([event()]);

  test("signs the configured address, whatever the request's own headers say", async () => {
    const request = fromHubspot(body);
    const headers = {
      ...request.headers,
      host: "evil.example",
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "http",
    };
    expect((await world.app.request("http://127.0.0.1:9999/hooks/hubspot", { ...request, headers })).status).toBe(200);
    const forItsHost = fromHubspot(body, { uri: "http://127.0.0.1:9999/hooks/hubspot" });
    expect((await world.app.request("http://127.0.0.1:9999/hooks/hubspot", forItsHost)).status).toBe(401);
  });

  test("is in time with exactly five minutes, and signs the query with the address", async () => {
    const late = fromHubspot(body, { timestamp: clock.now() - 300_000 });
    expect((await world.app.request("/hooks/hubspot", late)).status).toBe(200);
    const uri = `${publicUrl}/hooks/hubspot?tenant=2`;
    expect((await world.app.request("/hooks/hubspot?tenant=2", fromHubspot(body, { uri }))).status).toBe(200);
  });

  test("resolves the one open error that a flood of forged requests leaves, renewed at most once a minute", async () => {
    for (let n = 0; n < 5; n++) await world.app.request("/hooks/hubspot", { method: "POST", body: "x" });
    expect(await openErrors()).toMatchObject([{ last_seen_at: "2026-11-02T12:00:00.000Z" }]);
    clock.advance(61_000);
    await world.app.request("/hooks/hubspot", { method: "POST", body: "x" });
    expect(await openErrors()).toMatchObject([
      { first_seen_at: "2026-11-02T12:00:00.000Z", last_seen_at: "2026-11-02T12:01:01.000Z" },
    ]);
    expect((await world.app.request("/hooks/hubspot", fromHubspot(body))).status).toBe(200);
    expect(await openErrors()).toEqual([]);
  });
});

describe("what cannot be taken is told what to do:", () => {
  beforeAll(openIt);
  afterAll(closeIt);

  test.each([
    ["an unknown connection", "/hooks/nobody", 404, "There is no connection nobody."],
    ["a source without a secret", "/hooks/silent", 503, "Webhooks of silent are not enabled: secret is not set"],
    ["an app without its client secret", "/hooks/files", 503, "app_client_secret is not set"],
    [
      "a connection whose settings are broken",
      "/hooks/broken",
      503,
      "The settings of connection broken cannot be used.",
    ],
  ])("%s", async (_, path, status, detail) => {
    const reply = await world.app.request(path, { method: "POST", body: "[]" });
    expect(await reply.json()).toMatchObject({ status, detail: expect.stringContaining(detail) });
    expect(reply.status).toBe(status);
  });

  test.each([
    ["no JSON", "hello"],
    ["not an array", "{}"],
    ["not an event", '[{"eventId":1}]'],
    ["JSON cut short", '[{"eventId":'],
    ["a hundred thousand brackets", "[".repeat(100_000)],
  ])("a signed body that is %s: 400 and an error row, never 5xx", async (_, body) => {
    clock.advance(61_000);
    const reply = await world.app.request("/hooks/hubspot", fromHubspot(body));
    expect(reply.status).toBe(400);
    expect(await openErrors()).toMatchObject([
      { class: "value", fingerprint: "malformed body", last_seen_at: world.hub.now() },
    ]);
    expect(await inbox()).toEqual([]);
  });

  test("a signed body that is no UTF-8: 400", async () => {
    const bytes = Buffer.from([0x22, 0xff, 0xfe, 0x22]);
    const headers = { "x-signature": hmac(bytes).toString("hex") };
    expect((await world.app.request("/hooks/shop", { method: "POST", body: bytes, headers })).status).toBe(400);
  });

  test("more than a mebibyte: 413, declared or not", async () => {
    const body = "x".repeat(1024 * 1024 + 1);
    expect((await world.app.request("/hooks/shop", { method: "POST", body })).status).toBe(413);
    const headers = { "content-length": "5000000" };
    expect((await world.app.request("/hooks/shop", { method: "POST", body: "x", headers })).status).toBe(413);
  });

  test("a compressed body: 415", async () => {
    const request = fromShop(order());
    const headers = { ...request.headers, "content-encoding": "gzip" };
    expect((await world.app.request("/hooks/shop", { ...request, headers })).status).toBe(415);
  });

  test("another method: 404", async () => {
    expect((await world.app.request("/hooks/shop", { ...fromShop(order()), method: "PUT" })).status).toBe(404);
    const headers = { ...fromShop(order()).headers, "x-http-method-override": "POST" };
    expect((await world.app.request("/hooks/shop", { method: "GET", headers })).status).toBe(404);
  });
});

describe("whatever happens to it", () => {
  beforeEach(openIt);
  afterEach(closeIt);

  test("over a socket, a chunked body is taken like any other and a cut one leaves nothing", async () => {
    const server = createServer(getRequestListener(world.app.fetch));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/shop`;
    const { headers } = fromShop(order());
    const chunks = new ReadableStream({
      start(controller) {
        for (const part of order().match(/.{1,7}/g) ?? []) controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    });
    const chunked = await fetch(url, { method: "POST", headers, body: chunks, duplex: "half" });
    expect([chunked.status, await chunked.json()]).toEqual([200, { accepted: 1, duplicate: 0 }]);

    const stop = new AbortController();
    const endless = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("{")) });
    const cut = fetch(url, { method: "POST", headers, body: endless, duplex: "half", signal: stop.signal });
    await eventually("the request to be under way", async () => {
      const open = await new Promise<number>((resolve) => server.getConnections((_, amount) => resolve(amount)));
      return open > 0;
    });
    stop.abort();
    await expect(cut).rejects.toThrow();
    expect((await fetch(url, fromShop(order({ id: "evt_2" })))).status).toBe(200);
    expect(await inbox()).toHaveLength(2);
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  });

  test("a full disk: 503 with Retry-After and nothing kept; once there is room it is taken", async () => {
    await world.close();
    world = await openWorld(connections, { clock, folder: world.folder, pagesMax: 150 });
    const large = (n: number) => fromShop(order({ id: `evt_${n}`, text: "x".repeat(100_000) }));
    let refused: Response | null = null;
    let accepted = 0;
    for (let n = 0; n < 50 && refused === null; n++) {
      const reply = await world.app.request("/hooks/shop", large(n));
      if (reply.status === 200) accepted += 1;
      else refused = reply;
    }
    expect(refused?.status).toBe(503);
    expect(refused?.headers.get("retry-after")).toBe("30");
    expect(await refused?.json()).toMatchObject({ detail: expect.stringContaining("Free disk space") });
    expect(await inbox()).toHaveLength(accepted);

    await world.close();
    world = await openWorld(connections, { clock, folder: world.folder });
    expect((await world.app.request("/hooks/shop", large(accepted))).status).toBe(200);
    expect(await inbox()).toHaveLength(accepted + 1);
  });
});
