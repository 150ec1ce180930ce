import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { CloudEvent, HTTP } from "cloudevents";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drainInbox } from "../../../src/hub/inbox/inbox.ts";
import { heldClock, noon, openWorld, removeFolder, type World } from "../../hub/world.ts";
import type { Sender, Sent } from "./sender.ts";
import { connections, senderNamed, senders } from "./senders.ts";

/* Over a real socket, each request as the sender's own library makes it, to the timeline. */

const servers: Server[] = [];
const serve = async (fetch: Parameters<typeof getRequestListener>[0]) => {
  const server = createServer(getRequestListener(fetch));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

let world: World;
let url = "";
/** What SurveyMonkey was asked. */
const asked: string[] = [];

beforeAll(async () => {
  const surveymonkey = new Hono();
  surveymonkey.get("/v3/surveys/:survey/responses/:response/details", (c) => {
    asked.push(`${c.req.header("authorization")} ${c.req.path}`);
    const { survey, response } = c.req.param();
    if (response === "404") return c.json({ error: { id: "1020" } }, 404);
    return c.json({
      id: response,
      survey_id: survey,
      email_address: "ann@example.com",
      date_created: "2026-11-02T11:50:00+00:00",
      date_modified: "2026-11-02T11:59:00+00:00",
      pages: [
        {
          id: "1",
          questions: [
            { id: "q1", answers: [{ choice_id: "c", row_id: "r", choice_metadata: { weight: "10" } }] },
            { id: "q2", answers: [{ tag_data: [], text: "All well" }] },
          ],
        },
      ],
    });
  });
  surveymonkey.get("/v3/users/me", (c) => c.json({ id: "77", username: "contoso" }));
  const api = await serve(surveymonkey.fetch);
  const { entry, ...monkey } = senderNamed("surveymonkey");
  const config = { ...(entry.config as object), access_token: "the-token", api_url: api, survey: "nps" };
  const asking = { ...entry, allowedHosts: [new URL(api).host], config };
  world = await openWorld({ ...connections, [monkey.connection]: asking }, { clock: heldClock() });
  url = await serve(world.app.fetch);
});
afterAll(async () => {
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  await world.close();
  removeFolder(world.folder);
});

const post = ({ path, headers, body }: Sent) => fetch(url + path, { method: "POST", headers, body });

/** Sends events of a sender, works them off, and tells what came of them. */
async function sendAll(sender: Sender, bodies: readonly string[], headers: Record<string, string> = {}) {
  const statuses: number[] = [];
  for (const body of bodies) {
    const sent = await sender.send(body);
    statuses.push((await post({ ...sent, headers: { ...sent.headers, ...headers } })).status);
  }
  return { statuses, ...(await workedOff(sender.connection)) };
}

async function workedOff(connection: string) {
  await drainInbox(world.hub, connection, { retry: false });
  const of = <T extends { connection: string }>(rows: readonly T[]) =>
    rows.filter((row) => row.connection === connection);
  const records = of(await world.rows("records"));
  const keys = new Set(records.map(({ record_key }) => record_key));
  const events = (await world.rows("events")).filter(({ record_key }) => keys.has(record_key));
  const problems = of(await world.rows("errors")).filter(({ status }) => status === "open");
  return {
    records: records.map(({ kind, object, deleted, fields }) => ({
      kind,
      object,
      deleted,
      fields: JSON.parse(fields),
    })),
    events: events.map(({ kind, title, facts }) => ({ kind, title, facts: JSON.parse(facts) })),
    problems: problems.map(({ message }) => message),
  };
}

const at = (seconds: number) => Math.floor(Date.parse(noon) / 1_000) + seconds;

describe("Stripe", () => {
  const stripe = senderNamed("stripe");
  const event = (id: string, type: string, object: object, created = at(-60)) =>
    JSON.stringify({ id, object: "event", type, created, pending_webhooks: 1, data: { object } });
  const shared = { customer: "cus_1", currency: "usd", created: at(-60) };
  const invoice = { id: "in_1", object: "invoice", total: 12950, ...shared };
  const payment = { id: "pi_1", object: "payment_intent", amount: 12950, ...shared };

  test("a customer, an invoice made and paid within one second and told of the wrong way round, its payment", async () => {
    const { statuses, records, events, problems } = await sendAll(stripe, [
      event("evt_1", "customer.created", { id: "cus_1", object: "customer", name: "Ann", email: "ann@example.com" }),
      event("evt_3", "invoice.paid", { ...invoice, status: "paid", amount_paid: 12950, amount_remaining: 0 }),
      event("evt_2", "invoice.created", { ...invoice, status: "draft", amount_paid: 0, amount_remaining: 12950 }),
      event("evt_4", "payment_intent.succeeded", { ...payment, status: "succeeded" }),
    ]);
    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(problems).toEqual([]);
    expect(records).toMatchObject([
      { kind: "contact", fields: { full_name: "Ann", emails: [{ email: "ann@example.com" }] } },
      { kind: "invoice", fields: { status: "paid", total: { amount: "129.5", currency: "USD" } } },
      { kind: "payment", fields: { status: "deposited", total: { amount: "129.5", currency: "USD" } } },
    ]);
    expect(events.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["contact.created", "invoice.paid", "payment.received"]),
    );
  });

  test("a customer deleted keeps what was known of it; what has no mapping is kept and told", async () => {
    const { records, problems } = await sendAll(stripe, [
      event("evt_5", "customer.deleted", { id: "cus_1", object: "customer" }, at(0)),
      event("evt_6", "charge.refunded", { id: "ch_1", object: "charge" }, at(0)),
    ]);
    expect(records[0]).toMatchObject({ kind: "contact", deleted: 1, fields: { full_name: "Ann" } });
    expect(problems).toEqual([
      "There is no mapping file for stripe_charge of connection stripe; its records are kept raw",
    ]);
  });
});

test("Typeform's answer to an opinion scale is an NPS survey on the timeline", async () => {
  const typeform = senderNamed("typeform");
  const nine = { kind: "nps", score: 9, scale_min: 0, scale_max: 10, comment: "Fast delivery" };
  const { statuses, events } = await sendAll(typeform, [typeform.body(1)]);
  expect(statuses).toEqual([200]);
  expect(events).toEqual([
    {
      kind: "survey.answered",
      title: "NPS survey answered with 9 of 10: How are we doing?",
      facts: expect.objectContaining(nine),
    },
  ]);
});

describe("SurveyMonkey", () => {
  const surveymonkey = senderNamed("surveymonkey");

  test("asks by HEAD before it keeps a webhook", async () => {
    expect((await fetch(`${url}/hooks/surveymonkey`, { method: "HEAD" })).status).toBe(200);
    expect((await fetch(`${url}/hooks/surveymonkey`)).status).toBe(404);
    expect((await fetch(`${url}/hooks/stripe`, { method: "HEAD" })).status).toBe(404);
  });

  test("proves its token by a check", async () => {
    expect(await world.hub.connection("surveymonkey").open.check()).toEqual({
      id: "surveymonkey:77",
      name: "contoso at SurveyMonkey",
    });
  });

  test("has its answers fetched, which are then a survey on the timeline", async () => {
    const { statuses, records, events } = await sendAll(surveymonkey, [surveymonkey.body(1), surveymonkey.body(404)]);
    expect(statuses).toEqual([200, 200]);
    expect(asked[0]).toBe("Bearer the-token /v3/surveys/506487016/responses/1/details");
    expect(records).toHaveLength(1);
    expect(events).toMatchObject([
      { kind: "survey.answered", facts: { kind: "nps", score: 10, scale_max: 10, comment: "All well" } },
    ]);
  });
});

test("Shopify's customer and order, by the topic in the header", async () => {
  const shopify = senderNamed("shopify");
  await sendAll(shopify, [shopify.body(1)]);
  const order = { id: 7, name: "#1001", total_price: "409.94", currency: "EUR", financial_status: "paid" };
  const body = JSON.stringify({ ...order, customer: { id: 1 }, created_at: noon, updated_at: noon });
  const { records, problems } = await sendAll(shopify, [body], { "x-shopify-topic": "orders/paid" });
  expect(problems).toEqual([]);
  expect(records).toMatchObject([
    { kind: "contact", object: "shopify_customers" },
    { kind: "order", object: "shopify_orders", fields: { number: "#1001", status: "approved" } },
  ]);
  const gone = JSON.stringify({ id: 1, note: "deleted" });
  const headers = { "x-shopify-topic": "customers/delete", "x-shopify-webhook-id": "webhook-gone" };
  const after = await sendAll(shopify, [gone], { ...headers, "x-shopify-triggered-at": "2026-11-02T12:00:01Z" });
  expect(after.records[0]).toMatchObject({ deleted: 1, fields: { first_name: "Ann" } });
});

test("GitHub's issue and a comment on it; its ping is taken and tells nothing", async () => {
  const github = senderNamed("github");
  const ping = JSON.stringify({ zen: "Keep it logically awesome.", issue: { id: 0 } });
  await sendAll(github, [ping], { "x-github-event": "ping" });
  await sendAll(github, [github.body(12)]);
  const comment = { id: 5, body: "Same here.", created_at: noon, updated_at: noon, user: { login: "jon" } };
  const body = JSON.stringify({ action: "created", issue: { id: 12, title: "Brakes" }, comment });
  const more = { "x-github-event": "issue_comment", "x-github-delivery": "delivery-comment" };
  const { records, events, problems } = await sendAll(github, [body], more);
  expect(problems).toEqual([]);
  expect(records.map(({ kind, object }) => `${object}: ${kind}`).sort()).toEqual([
    "github_issue_comment: activity",
    "github_issues: ticket",
  ]);
  expect(events.map(({ kind }) => kind).sort()).toEqual(["note.added", "ticket.opened"]);
});

describe("CloudEvents", () => {
  const cloud = senderNamed("cloud");
  const event = new CloudEvent({
    ...{ id: "a b", source: "/forms/quote", type: "com.acme.form.submitted", subject: "Preis für 12 Räder" },
    ...{ time: noon, data: { email: "ann@example.com", message: "Soon?" } },
  });
  const { authorization = "" } = (cloud.send("") as Sent).headers;
  const send = (headers: Record<string, unknown>, body: unknown) => {
    const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return post({ path: "/hooks/cloud", headers: { ...texts, authorization }, body: text });
  };

  test("as its own SDK writes them: structured, binary, and a batch", async () => {
    const structured = HTTP.structured(event);
    expect((await send(structured.headers, structured.body)).status).toBe(200);
    const binary = HTTP.binary(event.cloneWith({ id: "second", subject: "Quote" }));
    expect((await send(binary.headers, binary.body)).status).toBe(200);
    const batch = ["third", "fourth"].map((id) => event.cloneWith({ id }).toJSON());
    const reply = await send({ "content-type": "application/cloudevents-batch+json; charset=utf-8" }, batch);
    expect([reply.status, await reply.json()]).toEqual([200, { accepted: 2, duplicate: 0 }]);

    const { records, events, problems } = await workedOff("cloud");
    expect(problems).toEqual([]);
    expect(records.map(({ fields }) => `${fields.type} ${fields.subject} ${fields.body}`).sort()).toEqual([
      "form Preis für 12 Räder Soon?",
      "form Preis für 12 Räder Soon?",
      "form Preis für 12 Räder Soon?",
      "form Quote Soon?",
    ]);
    expect(events.map(({ kind }) => kind)).toEqual(Array(4).fill("form.submitted"));
  });

  test("with percent codes and quotes in the headers of binary mode", async () => {
    const attributes = {
      ...{ "ce-specversion": "1.0", "ce-id": "5", "ce-source": "/forms", "ce-type": "other" },
      "ce-subject": '"Euro%20%E2%82%AC%20%22\\"100%25"',
    };
    expect((await send({ ...attributes, "content-type": "text/plain" }, "hello")).status).toBe(200);
    const { records } = await workedOff("cloud");
    expect(records.map(({ fields }) => fields.subject)).toContain('Euro € ""100%');
  });

  test.each([
    ["without an id", { specversion: "1.0", source: "/x", type: "t" }, "no id"],
    ["of another version", { specversion: "0.3", id: "1", source: "/x", type: "t" }, "specversion is 0.3"],
    ["without a type", { specversion: "1.0", id: "1", source: "/x" }, "no type"],
  ])("%s are malformed", async (_, body, detail) => {
    const reply = await send({ "content-type": "application/cloudevents+json" }, body);
    expect(await reply.json()).toMatchObject({ status: 400, detail: expect.stringContaining(detail) });
  });

  test("a sender may ask whether it may deliver; only those in the settings may", async () => {
    const ask = (origin: string, more: object = {}) =>
      fetch(`${url}/hooks/cloud`, { method: "OPTIONS", headers: { "WebHook-Request-Origin": origin, ...more } });
    const granted = await ask("events.example.com", { "WebHook-Request-Rate": "120" });
    expect(granted.status).toBe(200);
    expect(granted.headers.get("webhook-allowed-origin")).toBe("events.example.com");
    expect(granted.headers.get("webhook-allowed-rate")).toBe("120");
    const refused = await ask("evil.example");
    expect([refused.status, refused.headers.get("webhook-allowed-origin")]).toEqual([403, null]);
    expect((await fetch(`${url}/hooks/cloud`, { method: "OPTIONS" })).status).toBe(404);
  });
});

describe("Salesforce", () => {
  const salesforce = senderNamed("salesforce");

  test("reads the acknowledgement it waits for, and no more than ids is kept of its message", async () => {
    const reply = await post(await salesforce.send(salesforce.body(1)));
    expect(reply.headers.get("content-type")).toContain("text/xml");
    expect(await reply.text()).toMatch(/<notificationsResponse xmlns="[^"]+outbound"><Ack>true<\/Ack>/);
    const [row] = (await world.rows("inbox")).filter(({ connection }) => connection === "salesforce");
    const ids = { id: "04lHs0000000001AAA", object: "Contact", record: "003Hs0000000001AAA" };
    expect(JSON.parse(String(row?.body))).toEqual(ids);
  });
});

test.each(senders.map((sender) => [sender.connection, sender] as const))(
  "a request of %s is taken as its sender's library makes it",
  async (_, sender) => {
    const reply = await post(await sender.send(sender.body(777)));
    expect([reply.status, reply.headers.get("content-type")?.split(";")[0]]).toEqual([
      200,
      sender.connection === "salesforce" ? "text/xml" : "application/json",
    ]);
  },
);
