import { describe, expect, test } from "vitest";
import { hook, request } from "./sender.ts";

const secret = "the secret of the test";
const kept = (scheme: string, headers: Record<string, string>, body: unknown, more: object = {}) => {
  const { config, webhook } = hook({ scheme, secret, ...more });
  const deliveries = webhook.deliveries(
    config,
    request(headers, typeof body === "string" ? body : JSON.stringify(body)),
  );
  return deliveries.map((delivery) => ({ ...delivery, work: webhook.work(config, delivery.body) }));
};

const stripeEvent = (type: string, object: object, more: object = {}) => ({
  id: "evt_1",
  type,
  created: 1_714_644_902,
  data: { object },
  ...more,
});

describe("Stripe's amounts are text in the currency itself:", () => {
  test.each([
    ["usd", 12_950, "129.50"],
    ["usd", 5, "0.05"],
    ["usd", -1_205, "-12.05"],
    ["jpy", 500, "500"],
    ["kwd", 12_345, "12.345"],
  ])("%s %i", (currency, amount_due, expected) => {
    const [delivery] = kept(
      "stripe",
      {},
      stripeEvent("invoice.updated", { id: "in_1", object: "invoice", currency, amount_due }),
    );
    expect(delivery?.work).toMatchObject({
      kind: "record",
      object: "stripe_invoice",
      record: { id: "in_1", payload: { _amounts: { amount_due: expected }, _event: "invoice.updated" } },
    });
  });
});

test("what ends a thing comes after what began it, also within one second", () => {
  const at = (type: string) => {
    const [delivery] = kept("stripe", {}, stripeEvent(type, { id: "in_1", object: "invoice" }));
    return delivery?.work.kind === "record" ? delivery.work.record.at : null;
  };
  const times = ["invoice.created", "invoice.finalized", "invoice.paid"].map(at);
  expect(times).toEqual(["2024-05-02T10:15:02.000Z", "2024-05-02T10:15:02.001Z", "2024-05-02T10:15:02.002Z"]);
});

test("what a sender writes is kept byte for byte beside what its headers told", () => {
  const body = '{ "action":"opened",  "issue": {"id":7, "updated_at":"2024-05-02T12:15:02Z"} }';
  const [delivery] = kept("github", { "x-github-event": "issues", "x-github-delivery": "d-1" }, body);
  const told = { id: "d-1", name: "issues.opened", object: "github_issues", at: "2024-05-02T12:15:02.000Z" };
  expect(delivery?.body).toBe(`{"event":${JSON.stringify(told)},"body":${body}}`);
});

describe("an event about no record of its own", () => {
  test("is a record by the event's id", () => {
    const [delivery] = kept("github", { "x-github-event": "push", "x-github-delivery": "d-1" }, { ref: "main" });
    expect(delivery?.work).toMatchObject({ object: "github_push", record: { id: "d-1" } });
  });

  test("or nothing, where the sender only tries the address", () => {
    const [delivery] = kept("github", { "x-github-event": "ping", "x-github-delivery": "d-1" }, { zen: "…" });
    expect(delivery?.work).toEqual({ kind: "nothing", why: "ping tells of no record" });
  });
});

test("the names of kinds are such as a mapping can have", () => {
  const [delivery] = kept(
    "stripe",
    {},
    stripeEvent("checkout.session.completed", { id: "cs_1", object: "checkout.session" }),
  );
  expect(delivery?.work).toMatchObject({ object: "stripe_checkout_session" });
});

describe("SurveyMonkey", () => {
  const monkey = { client_id: "the-app" };
  const event = (event_type: string) => ({
    event_type,
    event_id: "e1",
    event_datetime: "2026-01-21T10:30:00.000000+00:00",
    object_id: "9",
    resources: { survey_id: "5" },
  });

  test.each([
    ["response_completed", { access_token: "t" }, { kind: "changed", stream: "surveymonkey_responses", id: "5/9" }],
    [
      "response_completed",
      {},
      { kind: "record", record: { id: "5/9", deleted: false, payload: { _id: "5/9", survey_id: "5" } } },
    ],
    ["response_deleted", { access_token: "t" }, { kind: "record", record: { id: "5/9", deleted: true, payload: {} } }],
    ["collector_created", {}, { kind: "nothing" }],
  ])("%s with %o", (type, more, work) => {
    const [delivery] = kept("surveymonkey", {}, event(type), { ...monkey, ...more });
    expect(delivery?.work).toMatchObject(work);
  });

  test("needs its client id, and a safe address for its token", () => {
    expect(() => hook({ scheme: "surveymonkey", secret })).toThrow("client id");
    expect(() => hook({ scheme: "surveymonkey", secret, ...monkey, api_url: "http://api.example.com" })).toThrow(
      "https",
    );
  });
});

describe("malformed:", () => {
  test.each([
    ["stripe", {}, "[]", "the body is not a JSON object"],
    ["stripe", {}, { type: "x", data: { object: { object: "y" } } }, "the body's id holds no id"],
    ["stripe", {}, { id: "e", type: "x" }, "does not say what kind of record"],
    ["stripe", {}, { id: "e", type: "x", data: { object: "customer" } }, "does not say what kind of record"],
    ["github", { "x-github-event": "issues" }, {}, "the header x-github-delivery holds no id"],
    ["github", { "x-github-delivery": "1" }, {}, "does not say what kind of record"],
    [
      "shopify",
      { "x-shopify-topic": "orders/paid", "x-shopify-webhook-id": "w" },
      '{"id":9007199254740993}',
      "cannot be read exactly|read exactly",
    ],
    ["typeform", {}, { event_type: "form_response" }, "form_response.token holds no id"],
    ["typeform", {}, "{", "JSON"],
  ])("%s %o %o", (scheme, headers, body, message) => {
    expect(() => kept(scheme, headers, body)).toThrow(new RegExp(message.replaceAll(".", "\\.")));
  });
});
