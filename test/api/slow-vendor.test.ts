import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { defineConnector, type SubscriptionPlan } from "../../src/connector/index.ts";
import { heldClock, openWorld, removeFolder, type World } from "../hub/world.ts";

/* A vendor that has to be asked for a hundred subscriptions, one after the other, needs longer than another answer may take. */

const made: SubscriptionPlan = { by: "hub", changes: [{ change: "create", what: "contact.creation" }] };
let asked: (finish: () => void) => void = () => undefined;
const acme = defineConnector({
  id: "acme",
  title: "Acme",
  config: z.strictObject({}),
  limits: () => ({ concurrency: 1 }),
  open: () => null,
  check: async () => ({ id: "1", name: "Acme" }),
  streams: {},
  subscriptions: {
    look: async () => made,
    apply: () =>
      new Promise((resolve) => {
        asked(() => resolve(made));
      }),
  },
});

let world: World;
beforeAll(async () => {
  world = await openWorld({ acme: { connector: "acme", config: {} } }, { clock: heldClock(), connectors: [acme] });
});
afterAll(async () => {
  await world.close();
  removeFolder(world.folder);
});
afterEach(() => {
  vi.useRealTimers();
});

async function arrangedAfter(ms: number) {
  const headers = { ...(await world.as("admin")), "content-type": "application/json" };
  const path = "/api/v1/connections/acme/webhooks";
  const finishing = new Promise<() => void>((resolve) => {
    asked = resolve;
  });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const answered = world.app.request(path, { method: "POST", headers, body: '{"wanted":true}' });
  const finish = await finishing;
  await vi.advanceTimersByTimeAsync(ms);
  finish();
  const answer = await answered;
  return { status: answer.status, body: await answer.text() };
}

test("is waited for, for minutes", async () => {
  expect(await arrangedAfter(120_000)).toEqual({ status: 200, body: expect.stringContaining("contact.creation") });
});

test("is not waited for without end, and the hub goes on", async () => {
  expect(await arrangedAfter(281_000)).toEqual({
    status: 504,
    body: expect.stringContaining("see at the vendor how far it came"),
  });
});
