import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { listOf, stage } from "./account.ts";

const open: { close(): void }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

const event = z.looseObject({ eventId: z.number(), objectId: z.number(), attemptNumber: z.number() });
type Event = z.output<typeof event>;

/** A hostile account whose 40 happenings are delivered to a target that listens; the events as they came. */
async function delivered(troubles: readonly string[] | "none") {
  const { account, visitor } = await stage({ seed: 5 });
  const events: Event[] = [];
  const app = new Hono().post("/hooks/hubspot", async (c) => {
    events.push(...z.array(event).parse(await c.req.json()));
    return c.body(null, 204);
  });
  const port = await new Promise<number>((ready) => {
    open.push(serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, (address) => ready(address.port)));
  });
  const kinds = ["creation", "deletion", "merge", "restore", "privacyDeletion"];
  account.simulator.subscribe({
    appId: 77,
    clientSecret: "app-secret",
    targetUrl: `http://127.0.0.1:${port}/hooks/hubspot`,
    subscriptions: [
      ...kinds.map((kind) => ({ subscriptionType: `object.${kind}` })),
      { subscriptionType: "object.propertyChange", propertyName: "phone" },
    ],
  });
  if (troubles !== "none") account.beset({ seed: 5, level: "high", only: troubles });
  account.live({ seed: 5, count: 80 });
  const report = await account.deliver();
  return { events, report, account, visitor };
}

const idsOf = (events: readonly Event[]) => events.map(({ eventId }) => eventId);
const rising = (ids: readonly number[]) => ids.every((id, n) => n === 0 || id > (ids[n - 1] ?? 0));

test("webhook events come once and in order, as long as nothing is amiss", async () => {
  const { events, report } = await delivered("none");
  expect(events.length).toBeGreaterThan(20);
  expect(rising(idsOf(events))).toBe(true);
  expect(report).toEqual({ delivered: events.length, waiting: 0, givenUp: 0 });
});

test("webhook-duplicates: some events come twice, none is lost", async () => {
  const calm = await delivered("none");
  const { events } = await delivered(["webhook-duplicates"]);
  expect(events.length).toBeGreaterThan(calm.events.length);
  expect(new Set(idsOf(events))).toEqual(new Set(idsOf(calm.events)));
});

test("webhook-disorder: events come in any order, each once", async () => {
  const calm = await delivered("none");
  const { events } = await delivered(["webhook-disorder"]);
  expect(rising(idsOf(events))).toBe(false);
  expect(idsOf(events).sort((a, b) => a - b)).toEqual(idsOf(calm.events));
});

test("the same seed gives the same disorder", async () => {
  const names = ["webhook-duplicates", "webhook-disorder"];
  expect((await delivered(names)).events).toEqual((await delivered(names)).events);
});

test("a record that is erased for good is told by its own event alone", async () => {
  const { events, visitor } = await delivered(["erased"]);
  const erased = events.filter(({ subscriptionType }) => subscriptionType === "object.privacyDeletion");
  expect(erased.length).toBeGreaterThan(0);
  const archived = await visitor.all(listOf("contacts", "&archived=true"));
  const ids = erased.map(({ objectId }) => String(objectId));
  expect(archived.filter(({ id }) => ids.includes(id))).toEqual([]);
});
