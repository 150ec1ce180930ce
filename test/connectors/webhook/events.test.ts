import { loadMappings, readMappingFolders, shippedMappings } from "journey-hub/mapping";
import { describe, expect, test } from "vitest";
import { hook, request, vector } from "./sender.ts";

const standard = hook({ secret: vector.secret });
const hmac = (more: object = {}) => hook({ scheme: "hmac-sha256", secret: "a-secret-of-the-shop", ...more });

const form = { id: "evt_01", type: "form", occurred_at: "2024-05-02T12:15:02+02:00", email: "maria@contoso.example" };

function split({ config, webhook }: ReturnType<typeof hook>, body: unknown, headers: Record<string, string> = {}) {
  return webhook.deliveries(config, request(headers, typeof body === "string" ? body : JSON.stringify(body)));
}

describe("a body with one event", () => {
  test("is kept as it was sent, under the id in it", () => {
    const sent = `{ "id": "evt_01",\n  "occurred_at": 1714644902000, "count": 1.0 }`;
    expect(split(hmac(), sent)).toEqual([{ dedupe_key: "evt_01", onConflict: "refuse", body: sent }]);
  });

  test("goes by webhook-id under Standard Webhooks, and takes it when it has no id", () => {
    const [own] = split(standard, form, { "webhook-id": "msg_1" });
    expect(own).toMatchObject({ dedupe_key: "msg_1", body: JSON.stringify(form) });
    const [given] = split(standard, '{"type":"form"}', { "webhook-id": "msg_1" });
    expect(given).toMatchObject({ dedupe_key: "msg_1", body: '{"type":"form","id":"msg_1"}' });
  });

  test("goes by another header or another place in the body where that is configured", () => {
    const [byHeader] = split(hmac({ id_header: "X-Event-Id" }), { type: "form" }, { "x-event-id": "e7" });
    expect(byHeader).toMatchObject({ dedupe_key: "e7", body: '{"type":"form","id":"e7"}' });
    const [byPath] = split(hmac({ id_path: "data.id" }), { data: { id: 9007199254740991 } });
    expect(byPath).toMatchObject({ dedupe_key: "9007199254740991" });
  });
});

describe("a body with several events", () => {
  const two = [form, { id: 2, type: "page" }];

  test.each([
    ["an array", two],
    ["under events", { events: two, sent: 2 }],
  ])("%s: one delivery each, under ids of their own", (_, body) => {
    expect(split(standard, body, { "webhook-id": "msg_1" })).toEqual([
      { dedupe_key: "evt_01", onConflict: "refuse", body: JSON.stringify(form) },
      { dedupe_key: "2", onConflict: "refuse", body: '{"id":2,"type":"page"}' },
    ]);
  });

  test("may be empty", () => {
    expect(split(standard, { events: [] })).toEqual([]);
  });
});

describe("malformed", () => {
  const noId = "has no id (text of 1 to 255 characters, or a whole number)";
  test.each<[string, unknown, string]>([
    ["no JSON", "hello", "is not valid JSON"],
    ["nothing", "", "Unexpected end of JSON input"],
    ["a number", "42", "the body is not a JSON object"],
    ["null", "null", "the body is not a JSON object"],
    ["an event that is none", [form, "x"], "event 2 is not a JSON object"],
    ["no id", { type: "form" }, `the body ${noId}`],
    ["no id in the second", [form, { type: "form" }], `event 2 ${noId}`],
    ["an empty id", { id: "" }, `the body ${noId}`],
    ["a long id", { id: "x".repeat(256) }, `the body ${noId}`],
    ["an id that is an object", { id: { a: 1 } }, `the body ${noId}`],
    [
      "an id that JSON numbers round",
      '{"id":9007199254740993}',
      "id is no whole number that can be read exactly; send it as text",
    ],
    ["too many", Array(1_001).fill(form), "there are 1001 events in the body; send at most 1000"],
  ])("%s is said so", (_, body, message) => {
    expect(() => split(hmac(), body)).toThrow(message);
  });

  test("bytes that are no UTF-8", () => {
    const { config, webhook } = hmac();
    expect(() => webhook.deliveries(config, request({}, new Uint8Array([0x7b, 0xff, 0x7d])))).toThrow("utf-8");
  });

  test("a missing id header", () => {
    expect(() => split(hmac({ id_header: "x-event-id" }), form)).toThrow("the header x-event-id holds no id");
  });

  test("an id that is only inherited is none", () => {
    expect(() => split(hmac({ id_path: "constructor.name" }), {})).toThrow("the body has no constructor.name");
  });

  test("keys that name a prototype stay ordinary keys", () => {
    const [delivery] = split(standard, '{"__proto__":{"id":"x"},"type":"form"}', { "webhook-id": "msg_1" });
    expect(delivery?.body).toBe('{"__proto__":{"id":"x"},"type":"form","id":"msg_1"}');
    expect(Object.hasOwn(Object.prototype, "id")).toBe(false);
  });
});

describe("a kept event", () => {
  const work = (body: object, settings: object = {}) => {
    const { config, webhook } = hmac(settings);
    return webhook.work(config, JSON.stringify(body));
  };

  test("is a record by value", () => {
    expect(work(form)).toEqual({
      kind: "record",
      object: "events",
      record: { id: "evt_01", at: "2024-05-02T10:15:02.000Z", deleted: false, payload: form },
    });
  });

  test("is of the object that is configured", () => {
    expect(work(form, { object: "bookings" })).toMatchObject({ object: "bookings" });
  });

  test.each([
    ["2024-05-02T12:15:02Z", "2024-05-02T12:15:02.000Z"],
    [1714644902000, "2024-05-02T10:15:02.000Z"],
    ["2024-05-02T12:15:02", null],
    ["yesterday", null],
    [8.64e15, null],
    [null, null],
  ])("occurred at %s: its version is %s", (occurred_at, at) => {
    expect(work({ ...form, occurred_at })).toMatchObject({ record: { at } });
  });

  test("is what the shipped mapping reads", async () => {
    const mapping = loadMappings(await readMappingFolders([shippedMappings])).find("webhook", "events");
    const [delivery] = split(standard, { ...form, id: undefined }, { "webhook-id": "msg_1" });
    const delivered = standard.webhook.work(standard.config, delivery?.body ?? "");
    if (delivered.kind !== "record") throw new Error("an event is a record");
    const mapped = mapping?.map(delivered.record.payload, { lookup: () => undefined });
    expect(mapped).toMatchObject({
      record: {
        kind: "activity",
        remote_id: "msg_1",
        fields: { type: "form", occurred_at: "2024-05-02T10:15:02.000Z" },
      },
    });
  });
});
