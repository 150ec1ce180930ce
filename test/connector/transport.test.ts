import { getEventListeners } from "node:events";
import { createTransport, type Exchange, SourceError, type TransportOptions } from "journey-hub/connector";
import { afterEach, describe, expect, test } from "vitest";
import { virtualClock } from "../../src/lib/clock.ts";
import {
  type Answer,
  closedPort,
  type LoopbackVendor,
  loopbackVendor,
  ok,
  plainCall,
  refusalOf,
  replies,
} from "./loopback-vendor.ts";
import { steppedClock } from "./stepped-clock.ts";

const noon = "2026-03-18T12:00:00.000Z";
const vendors: LoopbackVendor[] = [];
afterEach(async () => {
  await Promise.all(vendors.splice(0).map((vendor) => vendor.close()));
});

/** A vendor with these answers and a transport to it, at noon, without spread between retries. */
async function scene(answers: readonly Answer[], options: Partial<TransportOptions> = {}) {
  const clock = virtualClock(noon);
  const vendor = await loopbackVendor(answers, () => clock.now() - Date.parse(noon));
  vendors.push(vendor);
  const exchanges: Exchange[] = [];
  const transport = createTransport({
    limits: { concurrency: 5 },
    clock,
    allowedHosts: [vendor.host],
    random: () => 0,
    onExchange: (exchange) => exchanges.push(exchange),
    ...options,
  });
  const call = (traits = {}) => transport.call(plainCall(transport, vendor.url, traits));
  const outcomes = () => exchanges.map(({ outcome }) => outcome);
  const times = () => vendor.requests.map(({ at }) => at);
  return { clock, vendor, transport, call, outcomes, times, exchanges };
}

describe("a vendor that asks to wait", () => {
  test.each([
    ["in seconds", "30", 30_000],
    ["until a date", "Wed, 18 Mar 2026 12:00:45 GMT", 45_000],
    ["until a date that has passed", "Wed, 18 Mar 2026 11:00:00 GMT", 500],
    ["no time at all", "0", 500],
    ["a negative time", "-5", 500],
    ["in words", "later", 500],
    ["until a year that a lenient reader would find in it", "in 5 minutes", 500],
  ])("%s is given that time: %s", async (_, header, waitMs) => {
    const { call, times, outcomes } = await scene([replies(429, { "retry-after": header }), ok]);
    expect(await call()).toBe('{"ok":true}');
    expect(times()).toEqual([0, waitMs]);
    expect(outcomes()).toEqual(["retry", "ok"]);
  });

  test("without saying how long is asked again after half a second, one, two, four …", async () => {
    const { call, times } = await scene([...Array<Answer>(5).fill(replies(429)), ok]);
    await call();
    expect(times()).toEqual([0, 500, 1_500, 3_500, 7_500, 15_500]);
  });

  test("is asked again as often, and after such pauses, as its connection is set to", async () => {
    const { call, times } = await scene(Array<Answer>(4).fill(replies(503)), { attemptsMax: 4, pauseMs: 20 });
    expect(await refusalOf(call())).toMatchObject({ next: "retry", status: 503 });
    expect(times()).toEqual([0, 20, 60, 140]);
  });

  test.each([
    ["61", 61_000],
    ["86400", 86_400_000],
    ["99999999999999999999", 86_400_000],
    ["9".repeat(400), 86_400_000],
    ["Fri, 31 Dec 9999 23:59:59 GMT", 86_400_000],
  ])("longer than our patience ends the call at once: %s", async (header, afterMs) => {
    const { call, vendor, clock, outcomes } = await scene([replies(503, { "retry-after": header })]);
    expect(await refusalOf(call())).toMatchObject({ next: "retry", status: 503, afterMs });
    expect(vendor.requests).toHaveLength(1);
    expect(clock.now()).toBe(Date.parse(noon));
    expect(outcomes()).toEqual(["retry"]);
  });

  test("longer than our patience ends other callers too, without asking the vendor", async () => {
    const { call, vendor, clock } = await scene([replies(429, { "retry-after": "3600" }), ok]);
    await refusalOf(call());
    expect(await refusalOf(call({ lane: "webhook" }))).toMatchObject({ next: "retry", afterMs: 3_600_000 });
    expect(vendor.requests).toHaveLength(1);
    clock.advance(3_600_000);
    expect(await call()).toBe('{"ok":true}');
  });

  test("is not called by anyone else inside that time", async () => {
    const clock = steppedClock(Date.parse(noon));
    const { transport } = await scene([], { clock });
    const attempts: string[] = [];
    let refuse = true;
    const caller = (name: string) => ({
      operation: name,
      lane: "webhook" as const,
      attempt: async () => {
        attempts.push(`${name} ${clock.now() - Date.parse(noon)}`);
        if (refuse) throw new SourceError("retry", "slow down", { afterMs: 20_000 });
      },
      classify: (cause: unknown) => new SourceError("stop", String(cause)),
    });
    const first = transport.call(caller("first"));
    await clock.run(Date.parse(noon) + 5_000);
    refuse = false;
    const others = [transport.call(caller("second")), transport.call(caller("third"))];
    await clock.run();
    await Promise.all([first, ...others]);
    expect(attempts.toSorted()).toEqual(["first 0", "first 20000", "second 20000", "third 20000"]);
  });
});

/** Tells of 100 bytes, sends a few, and breaks off in the given way. */
const breaksOff =
  (how: "reset" | "end", headers: Record<string, string> = { "content-length": "100" }): Answer =>
  (response, { socket }) => {
    response.writeHead(200, headers);
    response.write('{"res', () => (how === "reset" ? socket.resetAndDestroy() : socket.end()));
  };

describe("a failing exchange", () => {
  test.each([500, 502, 503, 504, 408, 429])("with status %i is tried again", async (status) => {
    const { call, outcomes, times } = await scene([replies(status), replies(status), ok]);
    expect(await call()).toBe('{"ok":true}');
    expect(outcomes()).toEqual(["retry", "retry", "ok"]);
    expect(times()).toEqual([0, 500, 1_500]);
  });

  test.each([
    [301, "stop"],
    [400, "skip"],
    [403, "stop"],
    [404, "skip"],
    [422, "skip"],
  ])("with status %i is not tried again and means %s", async (status, next) => {
    const { call, vendor, outcomes } = await scene([replies(status, { location: "/elsewhere" })]);
    expect(await refusalOf(call())).toMatchObject({ next, status });
    expect(vendor.requests).toHaveLength(1);
    expect(outcomes()).toEqual([next]);
  });

  test.each<[string, Answer]>([
    ["reset before an answer", (_, { socket }) => socket.resetAndDestroy()],
    ["reset in the middle of the body", breaksOff("reset")],
    ["ended in the middle of the body", breaksOff("end")],
    ["ended in the middle of a chunked body", breaksOff("end", { "transfer-encoding": "chunked" })],
    ["no HTTP at all", (_, { socket }) => socket.end("SSH-2.0-OpenSSH\r\n")],
    ["half of the JSON with a good status", replies(200, {}, '{"results":[{"id":')],
    ["a web page with a good status", replies(200, { "content-type": "text/html" }, "<html>Sign in</html>")],
  ])("that is %s is tried again", async (_, answer) => {
    const { call, outcomes } = await scene([answer, answer, ok]);
    expect(await call()).toBe('{"ok":true}');
    expect(outcomes()).toEqual(["retry", "retry", "ok"]);
  });

  test("gives up after its attempts, with the last failure", async () => {
    const { call, vendor, outcomes } = await scene([replies(500), replies(500), replies(502)], { attemptsMax: 3 });
    expect(await refusalOf(call())).toMatchObject({ message: "Acme answered 502", next: "retry", status: 502 });
    expect(vendor.requests).toHaveLength(3);
    expect(outcomes()).toEqual(["retry", "retry", "retry"]);
  });

  test("refused by the other side names the host and the system's code", async () => {
    const host = await closedPort();
    const { transport, clock } = await scene([], { allowedHosts: [host], attemptsMax: 2 });
    expect(await refusalOf(transport.call(plainCall(transport, `http://${host}/`)))).toMatchObject({
      message: `${host}: the connection failed (ECONNREFUSED)`,
      next: "retry",
      code: "ECONNREFUSED",
    });
    expect(clock.now()).toBe(Date.parse(noon) + 500);
  });

  test("whose reading fails is given on as it is, counted as one that a person must look at", async () => {
    const { transport, outcomes } = await scene([]);
    const broken = transport.call({
      operation: "acme.broken",
      lane: "poll",
      attempt: async () => Promise.reject(new Error("what")),
      classify: () => {
        throw new Error("a mistake in the connector");
      },
    });
    await expect(broken).rejects.toThrow("a mistake in the connector");
    expect(outcomes()).toEqual(["stop"]);
  });
});

describe("an expired token", () => {
  test("is renewed once, and the call made again without a pause", async () => {
    const { call, times, outcomes } = await scene([replies(401), ok]);
    let renewals = 0;
    const renew = async () => {
      renewals += 1;
    };
    expect(await call({ renew })).toBe('{"ok":true}');
    expect(renewals).toBe(1);
    expect(times()).toEqual([0, 0]);
    expect(outcomes()).toEqual(["reauthorise", "ok"]);
  });

  test("is not renewed a second time for the same call, also not after a failure between", async () => {
    const { call, vendor } = await scene([replies(401), replies(500), replies(401), ok]);
    let renewals = 0;
    const renew = async () => {
      renewals += 1;
    };
    expect(await refusalOf(call({ renew }))).toMatchObject({ next: "reauthorise", status: 401 });
    expect({ renewals, requests: vendor.requests.length }).toEqual({ renewals: 1, requests: 3 });
  });

  test("ends the call where there is nothing to renew", async () => {
    const { call, vendor } = await scene([replies(401), ok]);
    expect(await refusalOf(call())).toMatchObject({ next: "reauthorise", status: 401 });
    expect(vendor.requests).toHaveLength(1);
  });

  test("ends the call when the renewal fails, with what it failed of", async () => {
    const { call, vendor } = await scene([replies(401), ok]);
    const renew = () => Promise.reject(Object.assign(new Error("read"), { code: "ECONNRESET" }));
    expect(await refusalOf(call({ renew }))).toMatchObject({ next: "retry", code: "ECONNRESET" });
    expect(vendor.requests).toHaveLength(1);
  });

  test("is renewed by a call of its own, even where only one call may run", async () => {
    const { call, vendor } = await scene([replies(401), ok], { limits: { concurrency: 1 } });
    expect(await call({ renew: async () => void (await call({ operation: "acme.token" })) })).toBe('{"ok":true}');
    expect(vendor.requests).toHaveLength(3);
  });
});

describe("sockets and listeners", () => {
  test("one socket serves call after call and goes back to the pool", async () => {
    const { call, vendor, transport } = await scene([ok]);
    for (let n = 0; n < 20; n++) await call();
    expect(vendor.connections()).toBe(1);
    expect(Object.values(transport.agents.http.freeSockets).flat()).toHaveLength(1);
    expect(Object.values(transport.agents.http.sockets).flat()).toHaveLength(0);
  });

  test("a refusal's socket is used again as well", async () => {
    const { call, vendor } = await scene([replies(500), replies(404), ok]);
    await refusalOf(call());
    await call();
    expect(vendor.connections()).toBe(1);
  });

  test("nothing listens to a signal any more when its exchange has ended", async () => {
    const { transport, vendor } = await scene([ok]);
    const { signal } = new AbortController();
    for (let n = 0; n < 20; n++) await transport.send({ method: "GET", url: vendor.url }, signal);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test("no timer of a call that has ended keeps the process up", async () => {
    const { call } = await scene([ok], { timeoutMs: 60_000 });
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    await call();
    const before = timers();
    for (let n = 0; n < 20; n++) await call();
    expect(timers()).toBeLessThanOrEqual(before);
  });
});

test("every exchange is told with its name, lane and how long it took", async () => {
  const { transport, exchanges, clock } = await scene([]);
  await transport.call({
    operation: "acme.deals",
    lane: "backfill",
    attempt: async () => clock.advance(120),
    classify: () => new SourceError("stop", ""),
  });
  expect(exchanges).toEqual([{ operation: "acme.deals", lane: "backfill", outcome: "ok", durationMs: 120 }]);
});

describe("a vendor that is down", () => {
  const down = replies(503);

  test("is not asked six times for each call once one was given up, until it answers again", async () => {
    const { call, vendor, clock } = await scene([...Array(6).fill(down), down, down, ok, down, ok]);
    await refusalOf(call());
    expect(vendor.requests).toHaveLength(6);
    await refusalOf(call());
    await refusalOf(call());
    expect(vendor.requests).toHaveLength(8); // one each
    await call(); // the vendor answers
    await call(); // and is trusted again: a failure is tried again
    expect(vendor.requests).toHaveLength(11);
    clock.advance(1);
  });

  test("is told of with the time of the next try, and when it answers again", async () => {
    const waits: unknown[] = [];
    const onWait: TransportOptions["onWait"] = (wait) =>
      void waits.push(wait && [wait.error.details.status, wait.nextAt - Date.parse(noon), wait.attempt]);
    const { call } = await scene([down, down, ok], { onWait });
    await call();
    expect(waits).toEqual([[503, 500, 2], [503, 1_500, 3], null]);
  });
});
