import { createTransport, type Lane, type Limits, SourceError } from "journey-hub/connector";
import { afterEach, describe, expect, test } from "vitest";
import { virtualClock } from "../../src/lib/clock.ts";
import { type LoopbackVendor, loopbackVendor, ok, plainCall } from "./loopback-vendor.ts";

const vendors: LoopbackVendor[] = [];
afterEach(async () => {
  await Promise.all(vendors.splice(0).map((vendor) => vendor.close()));
});

async function scene(limits: Limits) {
  const clock = virtualClock("2026-03-18T12:00:00.000Z");
  const vendor = await loopbackVendor([ok]);
  vendors.push(vendor);
  const transport = createTransport({ limits, clock, allowedHosts: [vendor.host], attemptsMax: 1 });
  const call = (lane: Lane) => transport.call(plainCall(transport, vendor.url, { lane }));
  return { clock, vendor, transport, call };
}

describe("what the vendor says of its limits", () => {
  const crowded = (cause: unknown) => new SourceError("retry", "too many at once", { crowded: true, cause });

  test("that requests were too many at the same time lets fewer run", async () => {
    const { transport, clock } = await scene({ concurrency: { start: 4, max: 4 } });
    const classify = crowded;
    const refused = transport.call({
      operation: "a",
      lane: "webhook",
      attempt: () => Promise.reject("busy"),
      classify,
    });
    await expect(refused).rejects.toBeInstanceOf(SourceError);
    let running = 0;
    let most = 0;
    const attempt = async () => {
      running += 1;
      most = Math.max(most, running);
      await clock.sleep(1);
      running -= 1;
    };
    const calls = Array.from({ length: 8 }, () =>
      transport.call({ operation: "a", lane: "webhook", attempt, classify }),
    );
    await Promise.all(calls);
    expect(most).toBe(2);
  });

  test("that the day's allowance is nearly used up ends reading before the vendor is asked, and not a webhook's fetch", async () => {
    const { transport, call, vendor } = await scene({ concurrency: 1 });
    transport.usage({ used: 8_700, limit: 10_000 });
    expect(transport.quota()).toEqual({ used: 8_700, limit: 10_000, share: 0.9, resetsAt: null });
    await expect(call("poll")).rejects.toMatchObject({ next: "retry", details: { code: "ALLOWANCE_NEARLY_USED_UP" } });
    expect(await call("webhook")).toBe('{"ok":true}');
    expect([vendor.requests.length, transport.requests()]).toEqual([1, 1]);
  });
});
