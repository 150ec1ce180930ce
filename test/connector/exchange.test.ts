import { createTransport, type Exchange, type TransportOptions } from "journey-hub/connector";
import { afterEach, describe, expect, test } from "vitest";
import { virtualClock } from "../../src/lib/clock.ts";
import { type Answer, type LoopbackVendor, loopbackVendor, ok, plainCall, refusalOf } from "./loopback-vendor.ts";

const vendors: LoopbackVendor[] = [];
afterEach(async () => {
  await Promise.all(vendors.splice(0).map((vendor) => vendor.close()));
});

async function scene(answers: readonly Answer[], options: Partial<TransportOptions>) {
  const vendor = await loopbackVendor(answers);
  vendors.push(vendor);
  const exchanges: Exchange[] = [];
  const transport = createTransport({
    limits: { concurrency: 5 },
    clock: virtualClock("2026-03-18T12:00:00.000Z"),
    allowedHosts: [vendor.host],
    onExchange: (exchange) => exchanges.push(exchange),
    ...options,
  });
  const call = (traits = {}) => transport.call(plainCall(transport, vendor.url, traits));
  return { vendor, call, outcomes: () => exchanges.map(({ outcome }) => outcome) };
}

describe("a vendor that does not answer in time", () => {
  const hangs: Answer = () => undefined;
  const drips: Answer = (response) => {
    response.writeHead(200, { "content-length": "1000" });
    const timer = setInterval(() => response.write("1"), 20);
    response.on("close", () => clearInterval(timer));
  };

  test.each([
    ["nothing", hangs],
    ["a byte now and then", drips],
  ])("and sends %s is cut off and tried again", async (_, answer) => {
    const { call, vendor, outcomes } = await scene([answer, ok], { timeoutMs: 80 });
    expect(await call()).toBe('{"ok":true}');
    expect(outcomes()).toEqual(["retry", "ok"]);
    expect(vendor.connections()).toBe(2); // the first socket is not used again
  });

  test("says so in the end", async () => {
    const { call } = await scene([hangs], { timeoutMs: 40, attemptsMax: 2 });
    expect(await refusalOf(call())).toMatchObject({
      message: "Acme: no answer in time (ETIMEDOUT)",
      next: "retry",
      code: "ETIMEDOUT",
    });
  });

  test("has the time in which this process did not run counted once, however long it was", async () => {
    const standsStill: Answer = (response) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
      ok(response, response.req);
    };
    const { call, outcomes } = await scene([standsStill], { timeoutMs: 200, attemptsMax: 1 });
    expect(await call()).toBe('{"ok":true}');
    expect(outcomes()).toEqual(["ok"]);
  });

  test("is left behind even by a client that does not listen to the signal", async () => {
    const { call, outcomes } = await scene([ok], { timeoutMs: 40, attemptsMax: 1, limits: { concurrency: 1 } });
    const deaf = { attempt: () => new Promise(() => undefined) };
    expect(await refusalOf(call(deaf))).toMatchObject({ next: "retry", code: "ETIMEDOUT" });
    expect(await call()).toBe('{"ok":true}'); // its place is free again
    expect(outcomes()).toEqual(["retry", "ok"]);
  });
});
