import http from "node:http";
import { type CursorState, createTransport, defineConnector, pull } from "journey-hub/connector";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { virtualClock } from "../../src/lib/clock.ts";
import { type LoopbackVendor, loopbackVendor, plainCall } from "./loopback-vendor.ts";

const noon = Date.parse("2026-03-18T12:00:00.000Z");
const minuteMs = 60_000;
const hourMs = 3_600_000;
const vendors: LoopbackVendor[] = [];
afterEach(async () => {
  await Promise.all(vendors.splice(0).map((vendor) => vendor.close()));
});

/** A vendor that stamps its answers with these times, one after the other, and a transport whose clock says noon. */
async function scene(dates: readonly (number | string | null)[], headers: Record<string, string> = {}) {
  const clock = virtualClock(new Date(noon).toISOString());
  const vendor = await loopbackVendor(
    dates.map((date) => (response) => {
      response.sendDate = false;
      if (date !== null) response.setHeader("date", typeof date === "string" ? date : new Date(date).toUTCString());
      response.writeHead(200, headers).end("{}");
    }),
  );
  vendors.push(vendor);
  const transport = createTransport({ limits: { concurrency: 1 }, clock, allowedHosts: [vendor.host] });
  const ask = async (times = 1) => {
    for (let n = 0; n < times; n++) await transport.call(plainCall(transport, vendor.url));
  };
  return { clock, vendor, transport, ask };
}

describe("the vendor's clock", () => {
  test("is the hub's until an answer told", async () => {
    const { transport, ask } = await scene([null]);
    expect(transport.vendorNow()).toBe(noon);
    await ask();
    expect([transport.vendorNow(), transport.vendorAheadMs()]).toEqual([noon, 0]);
  });

  test.each([
    ["ten minutes ahead", 10 * minuteMs],
    ["three hours ahead", 3 * hourMs],
    ["three hours behind", -3 * hourMs],
    ["a day behind", -24 * hourMs],
  ])("is learned from an answer's date: %s", async (_, aheadMs) => {
    const { transport, ask, clock } = await scene([noon + aheadMs]);
    await ask();
    expect(transport.vendorAheadMs()).toBe(aheadMs);
    clock.advance(minuteMs);
    expect([transport.vendorNow(), transport.now()]).toEqual([noon + aheadMs + minuteMs, noon + minuteMs]);
  });

  test("is learned from answers to vendors' own clients too, which never pass through our hands", async () => {
    const { transport, vendor } = await scene([noon + hourMs]);
    await new Promise<void>((resolve, reject) => {
      http
        .get(vendor.url, { agent: transport.agents.http }, (answer) => {
          answer.on("end", resolve).resume();
        })
        .on("error", reject);
    });
    expect(transport.vendorAheadMs()).toBe(hourMs);
  });

  test("is not learned from what others ask", async () => {
    const { transport, vendor } = await scene([noon + hourMs]);
    const other = await scene([]);
    const signal = AbortSignal.timeout(5_000);
    const alsoAllowed = createTransport({
      limits: { concurrency: 1 },
      clock: other.clock,
      allowedHosts: [vendor.host],
    });
    await alsoAllowed.send({ method: "GET", url: vendor.url }, signal);
    expect([transport.vendorAheadMs(), alsoAllowed.vendorAheadMs()]).toEqual([0, hourMs]);
  });

  test("is the median of the last answers: one that a proxy kept does not count", async () => {
    const { transport, ask } = await scene([noon + hourMs, noon + hourMs, noon - 5 * hourMs, noon + hourMs]);
    await ask(4);
    expect(transport.vendorAheadMs()).toBe(hourMs);
  });

  test("follows when one of the clocks is set", async () => {
    const { transport, ask } = await scene([...Array<number>(7).fill(noon + hourMs), noon]);
    await ask(11);
    expect(transport.vendorAheadMs()).toBe(0);
  });

  test("is not learned from what a cache says it kept, nor from what is no date", async () => {
    const cached = await scene([noon + hourMs], { age: "60" });
    await cached.ask();
    const garbled = await scene(["soon"]);
    await garbled.ask();
    expect([cached.transport.vendorAheadMs(), garbled.transport.vendorAheadMs()]).toEqual([0, 0]);
  });

  test("that differs by days is not believed to be ahead: the earlier of both clocks counts", async () => {
    const ahead = await scene([noon + 90 * 24 * hourMs]);
    await ahead.ask();
    const behind = await scene([noon - 90 * 24 * hourMs]);
    await behind.ask();
    expect([ahead.transport.vendorNow(), behind.transport.vendorNow()]).toEqual([noon, noon - 90 * 24 * hourMs]);
  });
});

describe("a hub whose clock is three hours fast", () => {
  const at = new Date(noon - 3 * hourMs).toISOString();
  const connector = defineConnector({
    id: "acme",
    title: "Acme",
    config: z.string(),
    limits: () => ({ concurrency: 1 }),
    open: (url, transport) => async () => {
      await transport.call(plainCall(transport, url));
      return { records: [{ id: "1", at: "2026-03-18T11:59:00.000Z", deleted: false, payload: {} }], next: null };
    },
    check: async () => ({ id: "1", name: "Acme" }),
    streams: { contacts: { object: "contacts", pages: (ask) => ask(), changes: (ask) => ask() } },
  });

  async function cursorAfter(state: CursorState | null): Promise<CursorState | undefined> {
    const { transport, vendor } = await scene([noon - 3 * hourMs]);
    const { contacts } = connector.open(vendor.url, transport).streams;
    if (!contacts) throw new Error("the connector has no contacts");
    let cursor: CursorState | undefined;
    for await (const batch of pull(contacts, state, { fields: [], now: noon })) cursor = batch.cursor;
    return cursor;
  }

  test("reads the changes of a backfill from the vendor's time on", async () => {
    expect(await cursorAfter(null)).toEqual({ mode: "changes", at: "2026-03-18T09:00:00.000Z" });
  });

  test("keeps its cursor behind the vendor's time", async () => {
    const early = new Date(Date.parse(at) - hourMs).toISOString();
    expect(await cursorAfter({ mode: "changes", at: early })).toEqual({ mode: "changes", at });
  });
});
