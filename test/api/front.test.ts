import { Hono } from "hono";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFront } from "../../src/api/front.ts";
import { once } from "../../src/lib/once.ts";
import { closeDesk, openDesk, world } from "./desk-api.ts";

beforeAll(openDesk);
afterAll(closeDesk);

test("webhooks and health are answered without the rest of the app", async () => {
  const front = createFront(world, () => Promise.reject(new Error("nothing else may be loaded")));
  const health = await front.request("/healthz");
  expect([health.status, health.headers.get("x-frame-options")]).toEqual([200, "DENY"]);
  expect((await front.request("/readyz")).status).toBe(503); // its loops do not run yet
  expect((await front.request("/hooks/nobody", { method: "POST", body: "{}" })).status).toBe(404);
});

test("all else is asked of the rest, which is made with the first such request and once", async () => {
  let made = 0;
  const whole = once(async () => {
    made += 1;
    return new Hono().get("/api/v1/things", (c) => c.text(`made ${made} times`)).post("/sign-in", (c) => c.text("in"));
  });
  const front = createFront(world, whole);
  await front.request("/healthz");
  expect(made).toBe(0);
  expect(await (await front.request("/api/v1/things")).text()).toBe("made 1 times");
  expect(await (await front.request("/sign-in", { method: "POST" })).text()).toBe("in");
  expect([(await front.request("/hooks/nobody")).status, made]).toEqual([404, 1]); // no webhook: that is for the rest to say
});

test("where the rest cannot be made, that is a problem document and a line in the log", async () => {
  const front = createFront(world, () => Promise.reject(new Error("a file of the installation is gone")));
  const reply = await front.request("/api/v1/runs");
  expect([reply.status, reply.headers.get("content-type")]).toEqual([500, "application/problem+json"]);
  const { instance } = (await reply.json()) as { instance: string };
  expect(instance).toBe(`urn:request:${reply.headers.get("x-request-id")}`);
  expect(JSON.parse(world.logged.at(-1) ?? "")).toMatchObject({
    path: "/api/v1/runs",
    err: { message: "a file of the installation is gone" },
  });
});
