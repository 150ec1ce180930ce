import { getEventListeners } from "node:events";
import type { ServerResponse } from "node:http";
import { createTransport, SourceError } from "journey-hub/connector";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { type Answer, type LoopbackVendor, loopbackVendor, plainCall, replies } from "./loopback-vendor.ts";

/* A hub that is to stop while a vendor is waited for. The clock is the system's: pauses of an hour would be sat out. */

const hourMs = 3_600_000;
const vendors: LoopbackVendor[] = [];
afterEach(async () => {
  await Promise.all(vendors.splice(0).map((vendor) => vendor.close()));
});

/** A vendor that answers so, asked one request at a time; `waited` resolves when it is to be asked again. */
async function scene(answer: Answer) {
  const vendor = await loopbackVendor([answer]);
  vendors.push(vendor);
  const stop = new AbortController();
  const stopped = new SourceError("retry", "the hub was stopped");
  let onWait: () => void = () => undefined;
  const waited = new Promise<void>((resolve) => {
    onWait = resolve;
  });
  const transport = createTransport({
    limits: { concurrency: 1 },
    clock: systemClock,
    allowedHosts: [vendor.host],
    pauseMs: hourMs,
    ending: stop.signal,
    onWait,
  });
  const call = (traits: Parameters<typeof plainCall>[2] = {}) =>
    transport.call(plainCall(transport, vendor.url, traits)).catch((cause: unknown) => cause);
  return { vendor, transport, call, waited, stopped, stop };
}

test("what is to be tried again is given up at once, with the failure that it waits after", async () => {
  const { vendor, call, waited, stop, stopped } = await scene(replies(503));
  const called = call();
  await waited;
  stop.abort(stopped);
  expect(await called).toMatchObject({ next: "retry", details: { status: 503, cutShort: true } });
  expect(vendor.requests).toHaveLength(1);
  expect(getEventListeners(stop.signal, "abort")).toHaveLength(0);
});

test("a request under way comes to its end; what waits for its turn, or lets time pass, does not", async () => {
  const asked: ServerResponse[] = [];
  let onAsked: () => void = () => undefined;
  const isAsked = new Promise<void>((resolve) => {
    onAsked = resolve;
  });
  const { vendor, transport, call, stop, stopped } = await scene((response) => {
    asked.push(response);
    onAsked();
  });
  const [first, second] = [call(), call()];
  const slept = transport.sleep(hourMs).catch((cause: unknown) => cause);
  await isAsked;
  stop.abort(stopped);
  expect([await second, await slept, await call()]).toEqual([stopped, stopped, stopped]);
  asked[0]?.writeHead(200).end('{"ok":true}');
  expect(await first).toBe('{"ok":true}');
  expect(vendor.requests).toHaveLength(1);
});

test("a token that was being renewed is no approval that is over: the call would have been made with the new one", async () => {
  const { vendor, call, stop, stopped } = await scene(replies(401));
  const renew = async () => stop.abort(stopped);
  expect(await call({ renew })).toMatchObject({ next: "reauthorise", details: { status: 401, cutShort: true } });
  expect(vendor.requests).toHaveLength(1);
});

test("what the vendor refuses for good is its answer, also while the hub stops", async () => {
  const { call, stop, stopped } = await scene((response) => {
    stop.abort(stopped);
    response.writeHead(403).end();
  });
  const refusal = await call();
  expect(refusal).toMatchObject({ next: "stop", details: { status: 403 } });
  expect(refusal).not.toMatchObject({ details: { cutShort: true } });
});
