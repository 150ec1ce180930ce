import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hubspotAppSecret, publicUrl } from "../hub/world.ts";
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
  world,
} from "./senders.ts";

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
