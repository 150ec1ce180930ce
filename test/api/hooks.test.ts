import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../hub/world.ts";
import {
  clock,
  closeIt,
  event,
  fromForms,
  fromHubspot,
  fromShop,
  hmac,
  inbox,
  openErrors,
  openIt,
  order,
  reopen,
  world,
} from "./senders.ts";

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
      ["shop", "evt_1", "waiting"],
      ["forms", "msg_1", "waiting"],
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

    const large = new ReadableStream({
      start(controller) {
        for (let n = 0; n < 20; n++) controller.enqueue(new Uint8Array(64 * 1024));
        controller.close();
      },
    });
    const refused = await fetch(url, { method: "POST", headers, body: large, duplex: "half" });
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ instance: `urn:request:${refused.headers.get("x-request-id")}` });

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
    await reopen({ pagesMax: 150 });
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

    await reopen();
    expect((await world.app.request("/hooks/shop", large(accepted))).status).toBe(200);
    expect(await inbox()).toHaveLength(accepted + 1);
  });
});
