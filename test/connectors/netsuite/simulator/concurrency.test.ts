import { expect, test } from "vitest";
import { createAccount, send } from "./account.ts";

const ask = (simulator: ReturnType<typeof createAccount>, times: number) =>
  Promise.all(Array.from({ length: times }, () => send(simulator, "GET", "/record/v1/customer/10")));

test("five requests at once are served, the sixth and seventh are blocked", async () => {
  const simulator = createAccount();
  const replies = await ask(simulator, 7);
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 429, 429]);
  const blocked = replies.find(({ status }) => status === 429);
  expect(await blocked?.json()).toMatchObject({
    status: 429,
    "o:errorDetails": [
      { detail: "Concurrent request limit exceeded. Request blocked.", "o:errorCode": "CONCURRENCY_LIMIT_EXCEEDED" },
    ],
  });
  expect(blocked?.headers.get("retry-after")).toBeNull();
  expect(simulator.traffic()).toMatchObject({ requests: 7, refused: 2, peakConcurrency: 5 });
});

test("afterwards there is room again", async () => {
  const simulator = createAccount({ concurrencyMax: 2 });
  await ask(simulator, 5);
  expect((await ask(simulator, 2)).map(({ status }) => status)).toEqual([200, 200]);
});

test.each([
  ["400", 400, "CONCURRENCY_LIMIT_EXCEEDED"],
  ["401", 401, "INVALID_LOGIN"],
] as const)("the refusal can be a %s", async (concurrencyRefusal, status, code) => {
  const replies = await ask(createAccount({ concurrencyMax: 1, concurrencyRefusal, latencyMs: 1 }), 2);
  const refused = replies.find((reply) => reply.status !== 200);
  expect(refused?.status).toBe(status);
  expect(await refused?.json()).toMatchObject({ "o:errorDetails": [{ "o:errorCode": code }] });
});

test("a refused login takes no place", async () => {
  const simulator = createAccount({ concurrencyMax: 1 });
  const [forged, right] = await Promise.all([
    send(simulator, "GET", "/record/v1/customer/10", { signing: { tokenSecret: "guess" } }),
    send(simulator, "GET", "/record/v1/customer/10"),
  ]);
  expect([forged.status, right.status]).toEqual([401, 200]);
});

test("the limit can be asked for", async () => {
  const reply = await send(createAccount({ concurrencyMax: 15 }), "GET", "/system/v1/governanceLimits");
  expect(await reply.json()).toMatchObject({ accountConcurrencyLimit: 15 });
});

test("traffic is counted by route", async () => {
  const simulator = createAccount();
  await ask(simulator, 2);
  await send(simulator, "GET", "/record/v1/customer");
  expect(simulator.traffic().byRoute).toEqual({
    "GET /services/rest/record/v1/:type/:id": 2,
    "GET /services/rest/record/v1/:type": 1,
  });
});
