import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeSite, openSite, post, titles, workOff, world, writeKey } from "./tracking.ts";

/* Calls that set no headers: pictures in mails and pages, and what a browser sends while its page is left. */

beforeAll(() => openSite());
afterAll(closeSite);

const json = (call: object) => Buffer.from(JSON.stringify({ writeKey, ...call }));
const picture = { status: 200, type: "image/gif", head: "GIF89a", size: 42, cache: "no-store" };

async function load(path: string) {
  const reply = await world.app.request(path);
  const bytes = Buffer.from(await reply.arrayBuffer());
  const { headers } = reply;
  return {
    status: reply.status,
    type: headers.get("content-type"),
    head: bytes.subarray(0, 6).toString("latin1"),
    size: bytes.length,
    cache: headers.get("cache-control"),
  };
}

const numbered = (amount: number) => Array.from({ length: amount }, (_, n) => `p${n}=1`).join("&");

describe("Segment's pixels", () => {
  const opened = { userId: "opener", event: "Email Opened", properties: { subject: "Was? Größe > 3 ~ <b>" } };

  test.each([
    ["base64", "track", `data=${encodeURIComponent(json(opened).toString("base64"))}`],
    ["base64 whose plus signs were not escaped", "track", `data=${json(opened).toString("base64")}`],
    ["base64 for addresses", "track", `data=${json(opened).toString("base64url")}`],
    [
      "parameters",
      "track",
      `writeKey=${writeKey}&userId=opener&event=Email%20Opened&properties.subject=x&properties.a.b=1`,
    ],
  ])("by %s are a picture, and stand on the timeline", async (_, call, query) => {
    const before = (await world.rows("inbox")).length;
    expect(await load(`/v1/pixel/${call}?${query}`)).toEqual(picture);
    await workOff();
    const rows = (await world.rows("inbox")).slice(before);
    expect(rows.map(({ connection, status }) => `${connection} ${status}`)).toEqual(["web done"]);
    expect(String(rows[0]?.body)).not.toContain(writeKey);
    expect(new Set(await titles("user_id:opener"))).toEqual(new Set(["Tracked: Email Opened"]));
  });

  test.each(["identify", "page", "screen", "group", "alias"])("take %s as well", async (call) => {
    const said = { userId: "pixels", groupId: "g9", previousId: "before" };
    expect(await load(`/v1/pixel/${call}?data=${json(said).toString("base64url")}`)).toEqual(picture);
  });

  test.each<[string, string, number]>([
    ["without a key", `data=${Buffer.from(JSON.stringify(opened)).toString("base64url")}`, 401],
    ["with another key", "writeKey=write-key-of-the-test-2&userId=u1&event=x", 401],
    ["with a key in the prototype", `__proto__.writeKey=${writeKey}&userId=u1&event=x`, 401],
    ["with two hundred parameters before the key", `${numbered(200)}&writeKey=${writeKey}`, 401],
    ["that is no JSON", "data=e3t7", 401],
    ["that is nobody's", `writeKey=${writeKey}&event=x`, 400],
  ])("%s are a picture all the same, with the status that says so, and leave nothing", async (_, query, status) => {
    const before = await world.rows("inbox");
    expect(await load(`/v1/pixel/track?${query}`)).toEqual({ ...picture, status });
    expect(await world.rows("inbox")).toEqual(before);
  });

  test("there are for no other call", async () => {
    expect((await load("/v1/pixel/batch?data=e30")).status).toBe(404);
  });
});

describe("RudderStack's beacon", () => {
  const batch = [{ type: "track", userId: "leaver", event: "Left", messageId: "b1" }];
  const fromBrowser = { "content-type": "text/plain;charset=UTF-8", origin: "https://www.acme.example" };
  const send = (query: string, body: unknown = { batch }) => post(`/beacon/v1/batch${query}`, body, fromBrowser);

  test("is a batch whose key stands in the query; sent again it has no effect", async () => {
    for (let n = 0; n < 2; n++) {
      const { status, body, headers } = await send(`?writeKey=${writeKey}`);
      expect([status, body, headers.get("access-control-allow-origin")]).toEqual([200, { success: true }, "*"]);
    }
    await workOff();
    expect(await titles("user_id:leaver")).toEqual(["Tracked: Left"]);
  });

  test.each<[string, string, unknown, number]>([
    ["without a key", "", { batch }, 401],
    ["with another key", "?writeKey=write-key-of-the-test-2", { batch }, 401],
    ["with its key in the body alone", "", { batch, writeKey }, 401],
    ["that holds no batch", `?writeKey=${writeKey}`, {}, 400],
  ])("%s is refused", async (_, query, body, status) => {
    expect((await send(query, body)).status).toBe(status);
  });

  test("is taken at no other address by a key in the query", async () => {
    expect((await post(`/v1/batch?writeKey=${writeKey}`, { batch }, fromBrowser)).status).toBe(401);
  });
});
