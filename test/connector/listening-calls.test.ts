import type { ServerResponse } from "node:http";
import { createTransport, type Exchange, type TransportOptions } from "journey-hub/connector";
import { afterEach, beforeEach, expect, test } from "vitest";
import { virtualClock } from "../../src/lib/clock.ts";
import { type Answer, type LoopbackVendor, loopbackVendor, ok, plainCall, replies } from "./loopback-vendor.ts";

/* Calls that the vendor answers when it has something to tell. */

let vendor: LoopbackVendor;
let exchanges: Exchange[];
let held: ServerResponse[];
beforeEach(() => {
  exchanges = [];
  held = [];
});
afterEach(() => vendor.close());

const holds: Answer = (response) => void held.push(response);

async function transportTo(answers: readonly Answer[], more: Partial<TransportOptions> = {}) {
  vendor = await loopbackVendor(answers);
  const transport = createTransport({
    limits: { concurrency: 1 },
    clock: virtualClock("2026-03-18T12:00:00.000Z"),
    allowedHosts: [vendor.host],
    onExchange: (exchange) => exchanges.push(exchange),
    ...more,
  });
  return (traits = {}) => transport.call(plainCall(transport, vendor.url, traits));
}

async function until(holdsTrue: () => boolean): Promise<void> {
  while (!holdsTrue()) await new Promise(setImmediate);
}

test("take no place among those that run at the same time, and may last longer than others", async () => {
  const call = await transportTo([holds, ok, holds], { timeoutMs: 40, attemptsMax: 1 });
  const listening = call({ listensMs: 60_000 });
  await until(() => held.length === 1);
  expect(await call()).toBe('{"ok":true}');
  await expect(call()).rejects.toThrow("no answer in time");
  held[0]?.end('"told"');
  expect(await listening).toBe('"told"');
  expect(exchanges.map(({ outcome, listens }) => [outcome, listens])).toEqual([
    ["ok", undefined],
    ["retry", undefined],
    ["ok", true],
  ]);
});

test("are made once: what a lost answer told is not told again", async () => {
  const call = await transportTo([replies(503), ok]);
  await expect(call({ listensMs: 60_000 })).rejects.toMatchObject({ next: "retry" });
  expect(vendor.requests).toHaveLength(1);
});

test("go into no count of a day: a vendor that tells much must not use up what reading may use", async () => {
  const limits = { concurrency: 1, daily: { requests: 2 }, reserve: 0 };
  const call = await transportTo([ok, ok, ok, ok, ok], { limits });
  for (let n = 0; n < 3; n++) await call({ listensMs: 60_000 });
  expect(await call({ lane: "webhook" })).toBe('{"ok":true}');
  await expect(call({ lane: "poll" }).then(() => call({ lane: "poll" }))).rejects.toMatchObject({
    details: { code: "ALLOWANCE_NEARLY_USED_UP" },
  });
  expect(await call({ listensMs: 60_000 })).toBe('{"ok":true}');
  expect(vendor.requests).toHaveLength(6);
});

test("end at once with their signal, and so does a call that waits for its turn", async () => {
  const call = await transportTo([holds, holds, ok]);
  const ending = new AbortController();
  const { signal } = ending;
  const listening = call({ listensMs: 60_000, signal });
  await until(() => held.length === 1);
  const running = call();
  await until(() => held.length === 2);
  const waiting = call({ signal });
  ending.abort(new Error("the hub stops"));
  await expect(listening).rejects.toThrow("the hub stops");
  await expect(waiting).rejects.toThrow("the hub stops");
  held[1]?.end('"done"');
  expect(await running).toBe('"done"');
  expect(await call()).toBe('{"ok":true}'); // its place was given back
  expect(vendor.requests).toHaveLength(3);
});

test("end between two attempts as well", async () => {
  const ending = new AbortController();
  const call = await transportTo([
    (response, request) => {
      ending.abort(new Error("the hub stops"));
      replies(503)(response, request);
    },
    ok,
  ]);
  await expect(call({ signal: ending.signal })).rejects.toThrow("the hub stops");
  expect(vendor.requests).toHaveLength(1);
});
