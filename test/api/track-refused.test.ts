import { deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shopEntry } from "../hub/world.ts";
import {
  apiSecret,
  basic,
  change,
  clock,
  closeSite,
  get,
  openErrors,
  openSite,
  post,
  site,
  titles,
  workOff,
  world,
  writeKey,
} from "./tracking.ts";

const appKey = "write-key-of-the-apps-1";
const app = { connector: "tracking", config: { write_key: appKey } };
beforeAll(() => openSite({ web: site, app, unset: { connector: "tracking", config: {} }, shop: shopEntry }));
afterAll(closeSite);

const call = { userId: "u1", event: "Seen" };
const authorization = basic(writeKey);
const inbox = () => world.rows("inbox");
const ofAnySite = { origin: "https://www.acme.example" };

describe("a forged call is refused, and leaves nothing but an audit trail:", () => {
  test.each<[string, Record<string, string>, unknown]>([
    ["no key", {}, call],
    ["an empty key", { authorization: basic("") }, call],
    ["another key", { authorization: basic("write-key-of-the-test-2") }, call],
    ["a key cut short", { authorization: basic(writeKey.slice(0, -1)) }, call],
    ["a key and more", { authorization: basic(`${writeKey}0`) }, call],
    ["the key as the password", { authorization: `Basic ${Buffer.from(`:${writeKey}`).toString("base64")}` }, call],
    ["the key as it is", { authorization: `Basic ${writeKey}` }, call],
    ["the key as a bearer", { authorization: `Bearer ${writeKey}` }, call],
    ["another secret of the connection", { authorization: basic(apiSecret) }, call],
    ["the secret of another connection", { authorization: basic(shopEntry.config.secret) }, call],
    ["another key in the body", {}, { ...call, writeKey: "write-key-of-the-test-2" }],
    ["a list of keys in the body", {}, { ...call, writeKey: [writeKey] }],
    ["the right key in the body beside another in the header", { authorization: basic("x") }, { ...call, writeKey }],
    ["the key in the prototype", {}, `{"__proto__":{"writeKey":"${writeKey}"},"userId":"u1","event":"Seen"}`],
    ["no key and no JSON", {}, "{{{"],
    // Nothing is inflated, or read, for who does not show a key: what the body is like does not come to light.
    [
      "another key and a bomb",
      { authorization: basic("x"), "content-encoding": "gzip" },
      gzipSync(Buffer.alloc(2 ** 24)),
    ],
    ["another key and no gzip", { authorization: basic("x"), "content-encoding": "gzip" }, "{}"],
    ["another key and more than is taken", { authorization: basic("x") }, "x".repeat(600_000)],
  ])("%s", async (_, headers, body) => {
    clock.advance(61_000);
    const { status, body: problem } = await post("/v1/track", body, headers);
    expect([status, problem.detail]).toEqual([401, "Refused: the key is missing, or not one of this hub."]);
    expect(await inbox()).toEqual([]);
    // One for all: whose key it should have been cannot be told.
    const error = { connection: "", class: "signature", record_key: "", last_seen_at: world.hub.now() };
    expect(await openErrors()).toMatchObject([error]);
  });

  test("each is counted once", async () => {
    const refused = (text: string) =>
      Number(/deliveries_total\{connection="",outcome="refused"\} (\d+)/.exec(text)?.[1]);
    const before = refused(await world.metrics.text());
    await post("/v1/track", call, {});
    const after = await world.metrics.text();
    expect(refused(after)).toBe(before + 1);
    expect(after).not.toMatch(/deliveries_total\{connection="\w+",outcome="refused"\}/);
  });

  test("the next good call closes the error, and is kept for the connection whose key it has", async () => {
    expect((await post("/v1/track", { ...call, messageId: "good" }, { authorization: basic(appKey) })).status).toBe(
      200,
    );
    expect(await openErrors()).toEqual([]);
    expect((await inbox()).map(({ connection }) => connection)).toEqual(["app"]);
  });
});

describe("what cannot be read is told, and nothing of it kept:", () => {
  const large = { ...call, properties: { text: "x".repeat(600_000) } };
  const deep = `{"userId":"u1","event":"x","properties":${"[".repeat(100_000)}`;

  test.each<[string, string, unknown, number, string]>([
    ["no JSON", "/v1/track", "hello", 400, "is not valid JSON"],
    ["no object", "/v1/track", [call], 400, "the body is not a JSON object"],
    ["no UTF-8", "/v1/track", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 400, "cannot be read"],
    ["cut short", "/v1/track", '{"userId":', 400, "cannot be read"],
    ["a hundred thousand brackets", "/v1/track", deep, 400, "cannot be read"],
    ["nobody's", "/v1/track", { event: "Seen" }, 400, "track lacks userId or anonymousId"],
    ["a user who is a list", "/v1/track", { ...call, userId: ["u1"] }, 400, "userId: expected text"],
    ["a user with a NUL", "/v1/track", { ...call, userId: "a\0b" }, 400, "userId: expected text"],
    ["a user of 256 characters", "/v1/track", { ...call, userId: "x".repeat(256) }, 400, "userId: expected text"],
    ["no event", "/v1/track", { userId: "u1" }, 400, "track lacks the name of its event"],
    ["an event that is a number", "/v1/track", { ...call, event: 1 }, 400, "event: expected text"],
    ["traits that are a list", "/v1/identify", { userId: "u1", traits: [] }, 400, "traits: expected an object"],
    ["no group", "/v1/group", { userId: "u1" }, 400, "group lacks groupId"],
    ["half an alias", "/v1/alias", { userId: "u1" }, 400, "alias lacks userId and previousId"],
    ["no time", "/v1/track", { ...call, timestamp: "yesterday" }, 400, "timestamp: expected an ISO 8601 instant"],
    ["30 February", "/v1/track", { ...call, timestamp: "2026-02-30T00:00:00Z" }, 400, "expected an ISO 8601 instant"],
    ["no batch", "/v1/batch", { batch: {} }, 400, "the body has no list `batch`"],
    ["2,501 messages", "/v1/batch", { batch: Array(2_501).fill(0) }, 400, "send at most 2500"],
    [
      "a context of 400 KB for 100 messages",
      "/v1/batch",
      { batch: Array(100).fill(call), context: { text: "x".repeat(400_000) } },
      400,
      "repeated in each of its messages, have 40001800 bytes",
    ],
    ["40 KB", "/v1/track", { ...call, name: "x".repeat(40_000) }, 400, "more than message_bytes_max (32768)"],
    ["600 KB", "/v1/track", large, 413, "at most 512000 bytes"],
    ["a call there is not", "/v1/paint", call, 404, "No connection takes calls at /v1/paint"],
  ])("%s", async (_, path, body, status, detail) => {
    const before = await inbox();
    const reply = await post(path, body);
    expect([reply.status, reply.body.detail]).toEqual([status, expect.stringContaining(detail)]);
    expect(await inbox()).toEqual(before);
    expect(Object.prototype).not.toHaveProperty("writeKey");
  });

  const zipped = gzipSync(JSON.stringify(call));
  test.each<[string, string, Uint8Array, number]>([
    ["gzip", "gzip", zipped, 200],
    ["deflate", "deflate", deflateSync(JSON.stringify(call)), 200],
    ["no compression by name", "identity", Buffer.from(JSON.stringify(call)), 200],
    ["gzip cut short", "gzip", zipped.subarray(0, 20), 400],
    ["what is no gzip", "gzip", Buffer.from(JSON.stringify(call)), 400],
    ["what is no deflate", "deflate", zipped, 400],
    ["a bomb of 16 MiB", "gzip", gzipSync(Buffer.alloc(16 * 1024 * 1024)), 413],
    ["brotli", "br", zipped, 415],
    ["gzip twice", "gzip, gzip", gzipSync(zipped), 415],
  ])("compressed by %s", async (_, encoding, body, status) => {
    expect((await post("/v1/track", body, { authorization, "content-encoding": encoding })).status).toBe(status);
  });

  test("a connection without its key: 503 where no other takes the call; another path of its own: 404", async () => {
    await closeSite();
    await openSite({ app: { connector: "tracking", config: {} }, shop: shopEntry });
    const { status, body } = await post("/v1/track", call);
    expect([status, body.detail]).toEqual([
      503,
      expect.stringContaining("app takes no calls here: write_key is not set"),
    ]);
    expect((await post("/hooks/app", call)).status).toBe(404);
    await closeSite();
    await openSite({ shop: shopEntry });
    expect((await post("/v1/track", call)).status).toBe(404);
    await closeSite();
    await openSite();
  });
});

describe("a message of a batch that cannot be used", () => {
  const odd: [string, unknown][] = [
    ["no object", "x"],
    ["null", null],
    ["without a type", { userId: "u2" }],
    ["of a type there is not", { type: "paint", userId: "u2" }],
    ["nobody's", { type: "track", event: "Seen" }],
    [
      "larger than a message may be",
      { type: "track", userId: "u2", event: "Large", properties: { text: "x".repeat(33_000) } },
    ],
  ];

  test("is an open error with its text, the others pass; corrected it passes too", async () => {
    const good = { type: "track", userId: "u2", event: "Good" };
    const batch = [good, ...odd.map(([, message]) => message), { ...good, messageId: "last" }];
    const { status, body } = await post("/v1/batch", { batch });
    expect([status, body]).toEqual([200, { success: true }]);
    expect(await workOff()).toEqual({ done: batch.length, failed: 0 });
    expect(await titles("user_id:u2")).toEqual(["Tracked: Good", "Tracked: Good"]);
    const errors = await openErrors();
    expect(errors.map(({ message }) => message).sort()).toEqual([
      expect.stringContaining("A delivery cannot be used: the message has 33"),
      expect.stringContaining("A delivery cannot be used: the message is not a JSON object"),
      expect.stringContaining("A delivery cannot be used: the message is not a JSON object"),
      expect.stringContaining("A delivery cannot be used: track lacks userId or anonymousId"),
      expect.stringContaining("A delivery cannot be used: type: expected one of track, identify"),
      expect.stringContaining("A delivery cannot be used: type: expected one of track, identify"),
    ]);
    expect(errors[0]).toMatchObject({ connection: "web", step: "hook", class: "value" });

    const nobodys = errors.find(({ message }) => message.includes("lacks userId"));
    const shown = await get<{ delivery: unknown }>(`/api/v1/errors/${nobodys?.id}`);
    expect(shown.delivery).toMatchObject({ payload: { message: { type: "track", event: "Seen" } } });
    const correction = { set: { "message.userId": "u2" }, reason: "the site forgot it" };
    expect(await change(`/api/v1/errors/${nobodys?.id}/fix`, correction)).toMatchObject({ status: 200 });
    expect((await titles("user_id:u2")).sort()).toEqual(["Tracked: Good", "Tracked: Good", "Tracked: Seen"]);
    expect(await openErrors()).toHaveLength(odd.length - 1);
  });

  test("does not hold up what comes after it, though it fills a whole turn", async () => {
    await post("/v1/batch", { batch: Array(250).fill("x") });
    await post("/v1/track", { userId: "u3", event: "After" });
    await workOff();
    expect(await titles("user_id:u3")).toEqual(["Tracked: After"]);
  });
});

describe("a browser of any site", () => {
  test.each(["/v1/t", "/v1/batch", "/beacon/v1/batch", "/mp/collect", "/debug/mp/collect"])(
    "may ask before it sends: %s",
    async (path) => {
      const headers = {
        ...ofAnySite,
        "access-control-request-method": "POST",
        "access-control-request-headers": "anonymousid,authorization,content-type",
      };
      const reply = await world.app.request(path, { method: "OPTIONS", headers });
      expect(reply.status).toBe(204);
      expect(Object.fromEntries(reply.headers)).toMatchObject({
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "anonymousid,authorization,content-type",
      });
      expect(reply.headers.get("access-control-allow-credentials")).toBeNull();
    },
  );

  test("is given no header it did not ask for in so many words", async () => {
    const headers = { "access-control-request-headers": "x\u00e9, <script>" };
    const reply = await world.app.request("/v1/t", { method: "OPTIONS", headers });
    expect(reply.headers.get("access-control-allow-headers")).toBe("content-type");
  });

  test.each<[number, Record<string, string>, unknown]>([
    [200, { authorization }, call],
    [401, {}, call],
    [400, { authorization }, "{"],
  ])("can read the answer %i", async (status, headers, body) => {
    const reply = await post("/v1/track", body, {
      ...ofAnySite,
      ...headers,
      "content-type": "text/plain;charset=UTF-8",
    });
    expect([reply.status, reply.headers.get("access-control-allow-origin")]).toEqual([status, "*"]);
  });
});
