import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { createGovernor, type Governor, type Lane, type Limits, lanes, SourceError } from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import { slidingWindow } from "../../src/connector/sliding-window.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import { settle, steppedClock } from "./stepped-clock.ts";

interface Start {
  name: string;
  at: number;
}

/** A governor on a stepped clock, with callers that note when they start and stay for `workMs`. */
function scene(limits: Limits, patienceMs?: number) {
  const clock = steppedClock(1_000_000);
  const governor = createGovernor(limits, clock, patienceMs === undefined ? {} : { patienceMs });
  const starts: Start[] = [];
  const ends: Start[] = [];
  async function call(name: string, lane: Lane, { workMs = 0, pool }: { workMs?: number; pool?: string } = {}) {
    const leave = await governor.enter(lane, pool);
    starts.push({ name, at: clock.now() - 1_000_000 });
    if (workMs > 0) await clock.sleep(workMs);
    leave();
    ends.push({ name, at: clock.now() - 1_000_000 });
  }
  const started = () => starts.map(({ name, at }) => `${name} ${at}`);
  return { clock, governor, starts, ends, call, started };
}

async function refusalOf(entering: Promise<unknown>): Promise<SourceError> {
  const cause = await entering.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(cause instanceof SourceError)) throw new Error(`expected a SourceError, got ${String(cause)}`);
  return cause;
}

describe("the burst", () => {
  test("lets its number through at once and the next when the first is older than the window", async () => {
    const { clock, call, started } = scene({ concurrency: 99, burst: { requests: 2, windowMs: 1_000 } });
    for (const name of ["a", "b", "c", "d", "e"]) void call(name, "poll");
    await clock.run();
    expect(started()).toEqual(["a 0", "b 0", "c 1001", "d 1001", "e 2002"]);
  });

  test("counts the window from each call's own start, not in fixed slices", async () => {
    const { clock, call, started } = scene({ concurrency: 99, burst: { requests: 2, windowMs: 1_000 } });
    void call("early", "poll");
    await clock.run(1_000_900);
    for (const name of ["late", "next", "last"]) void call(name, "poll");
    await clock.run();
    expect(started()).toEqual(["early 0", "late 900", "next 1001", "last 1901"]);
  });

  test("does not wait for ever when the machine's clock is set back an hour", async () => {
    const { clock, call, governor, started } = scene({ concurrency: 9, burst: { requests: 1, windowMs: 1_000 } });
    void call("a", "poll");
    await settle();
    governor.pauseUntil(clock.now() + 500);
    clock.set(1_000_000 - 3_600_000);
    void call("b", "poll");
    await clock.run();
    expect(started()).toEqual(["a 0", "b -3598999"]);
  });
});

describe("a burst that the vendor counts by arrivals", () => {
  const burst = { requests: 2, windowMs: 1_000, untilAnswered: true };

  test("has a call count until its window has passed since the answer", async () => {
    const { clock, call, started } = scene({ concurrency: 9, burst });
    void call("slow", "webhook", { workMs: 700 });
    void call("quick", "webhook", { workMs: 100 });
    for (const name of ["a", "b"]) void call(name, "webhook", { workMs: 1 });
    await clock.run();
    expect(started()).toEqual(["slow 0", "quick 0", "a 1101", "b 1701"]);
  });

  test("lets nothing more through while as many calls wait for their answers", async () => {
    const { clock, call, started } = scene({ concurrency: 9, burst });
    for (const name of ["a", "b", "c"]) void call(name, "webhook", { workMs: 5_000 });
    await clock.run();
    expect(started()).toEqual(["a 0", "b 0", "c 6001"]);
  });

  test("waits for the answer and not for time, which may stand still meanwhile", async () => {
    const clock = virtualClock("2026-01-01T00:00:00.000Z");
    const began = clock.now();
    const governor = createGovernor({ concurrency: 9, burst: { ...burst, requests: 1 } }, clock);
    const leave = await governor.enter("webhook");
    const second = governor.enter("webhook");
    await settle();
    expect(clock.now() - began).toBe(0);
    leave();
    await second;
    expect(clock.now() - began).toBe(1_001);
  });
});

describe("pools", () => {
  const limits = {
    concurrency: 99,
    burst: { requests: 4, windowMs: 1_000 },
    pools: { search: { requests: 1, windowMs: 1_000 }, bulk: { requests: 1, windowMs: 5_000 } },
  };

  test("are counted apart from each other and besides the burst", async () => {
    const { clock, call, started } = scene(limits);
    for (const name of ["s1", "s2"]) void call(name, "poll", { pool: "search" });
    for (const name of ["b1", "b2"]) void call(name, "poll", { pool: "bulk" });
    for (const name of ["x", "y", "z"]) void call(name, "poll");
    await clock.run();
    expect(started()).toEqual(["s1 0", "b1 0", "x 0", "y 0", "s2 1001", "z 1001", "b2 5001"]);
  });

  test("that wait do not hold up others, even of a lower lane", async () => {
    const { clock, call, started } = scene(limits);
    void call("first", "webhook", { pool: "bulk" });
    void call("waits", "webhook", { pool: "bulk" });
    void call("passes", "backfill");
    await clock.run(1_000_100);
    expect(started()).toEqual(["first 0", "passes 0"]);
  });

  test("the limits do not name are a mistake of the connector, told at once", async () => {
    const { governor } = scene(limits);
    await expect(governor.enter("poll", "serach")).rejects.toThrow('limits name no pool "serach"');
  });
});

describe("concurrency and lanes", () => {
  test("no more calls run at once than allowed, and each that leaves lets one in", async () => {
    const { clock, call, started } = scene({ concurrency: 2 });
    void call("a", "poll", { workMs: 10 });
    void call("b", "poll", { workMs: 30 });
    void call("c", "poll", { workMs: 30 });
    void call("d", "poll", { workMs: 30 });
    await clock.run();
    expect(started()).toEqual(["a 0", "b 0", "c 10", "d 30"]);
  });

  test("waiting calls go by lane, then in the order they came", async () => {
    const { clock, call, started } = scene({ concurrency: 1 });
    void call("running", "backfill", { workMs: 5 });
    for (const n of [1, 2]) for (const lane of lanes.toReversed()) void call(`${lane}${n}`, lane, { workMs: 1 });
    await clock.run();
    expect(started().map((start) => start.split(" ")[0])).toEqual([
      "running",
      ...["webhook1", "webhook2", "writeback1", "writeback2", "poll1", "poll2", "backfill1", "backfill2"],
    ]);
  });

  test("leaving twice gives one place back", async () => {
    const { governor, clock, call, started } = scene({ concurrency: 1 });
    const leave = await governor.enter("poll");
    leave();
    leave();
    void call("a", "poll", { workMs: 10 });
    void call("b", "poll");
    await clock.run();
    expect(started()).toEqual(["a 0", "b 10"]);
  });

  test.each([
    { concurrency: 0 },
    { concurrency: Number.NaN },
    { concurrency: 1, burst: { requests: 0, windowMs: 1_000 } },
    { concurrency: 1, pools: { search: { requests: 1, windowMs: 0 } } },
  ])("limits that let nothing through are refused: %j", (limits) => {
    expect(() => createGovernor(limits, steppedClock())).toThrow(RangeError);
  });
});

describe("a pause", () => {
  test("keeps every lane and pool from starting until it is over", async () => {
    const { clock, governor, call, started } = scene({
      concurrency: 9,
      pools: { search: { requests: 9, windowMs: 1_000 } },
    });
    governor.pauseUntil(clock.now() + 10_000);
    void call("a", "webhook");
    void call("b", "backfill", { pool: "search" });
    await clock.run();
    expect(started()).toEqual(["a 10000", "b 10000"]);
  });

  test("is not shortened by a later, shorter one, and is prolonged while callers wait", async () => {
    const { clock, governor, call, started } = scene({ concurrency: 9 });
    governor.pauseUntil(clock.now() + 10_000);
    governor.pauseUntil(clock.now() + 1_000);
    void call("a", "poll");
    await clock.run(1_005_000);
    governor.pauseUntil(clock.now() + 20_000);
    await clock.run();
    expect(started()).toEqual(["a 25000"]);
  });

  test("by something that is no number is no pause", async () => {
    const { clock, governor, call, started } = scene({ concurrency: 9 });
    governor.pauseUntil(Number.NaN);
    governor.pauseUntil(clock.now() + 1_000);
    void call("a", "poll");
    await clock.run();
    expect(started()).toEqual(["a 1000"]);
  });

  test("longer than the governor's patience refuses those who wait and those who come, and lets the later ones in", async () => {
    const { clock, governor, call, started } = scene({ concurrency: 1 }, 60_000);
    void call("running", "poll", { workMs: 1_000 });
    await settle();
    const waiting = refusalOf(governor.enter("poll"));
    governor.pauseUntil(clock.now() + 3_600_000);
    expect(await waiting).toMatchObject({ next: "retry", details: { afterMs: 3_600_000 } });
    await clock.run();
    expect(await refusalOf(governor.enter("webhook"))).toMatchObject({ details: { afterMs: 3_599_000 } });
    clock.set(1_000_000 + 3_550_000);
    void call("later", "poll");
    await clock.run();
    expect(started()).toEqual(["running 0", "later 3600000"]);
  });
});

const callOf = fc.record({
  gapMs: fc.integer({ min: 0, max: 400 }),
  workMs: fc.integer({ min: 0, max: 900 }),
  lane: fc.constantFrom(...lanes),
  pool: fc.constantFrom(undefined, "search", "bulk"),
});
const allowanceOf = fc.record({
  requests: fc.integer({ min: 1, max: 6 }),
  windowMs: fc.integer({ min: 1, max: 2_000 }),
});
const limitsOf = fc.record({
  concurrency: fc.integer({ min: 1, max: 5 }),
  burst: allowanceOf,
  pools: fc.record({ search: allowanceOf, bulk: allowanceOf }),
});
type PlannedCall = { gapMs: number; workMs: number; lane: Lane; pool: "search" | "bulk" | undefined };

test("whatever comes, no sliding window holds more than its allowance, no more run than may, and every call starts", async () => {
  await fc.assert(
    fc.asyncProperty(limitsOf, fc.array(callOf, { minLength: 1, maxLength: 40 }), async (limits, calls) => {
      const { starts, ends } = await play(limits, calls);
      expect(starts).toHaveLength(calls.length);
      expect(mostInWindow(starts, limits.burst.windowMs)).toBeLessThanOrEqual(limits.burst.requests);
      for (const pool of ["search", "bulk"] as const) {
        const own = starts.filter(({ name }) => name.endsWith(pool));
        expect(mostInWindow(own, limits.pools[pool].windowMs)).toBeLessThanOrEqual(limits.pools[pool].requests);
      }
      expect(mostAtOnce(starts, ends)).toBeLessThanOrEqual(limits.concurrency);
    }),
    { numRuns: 150 },
  );
});

test("the measure finds a governor that counts in fixed slices", async () => {
  const clock = steppedClock();
  const sliced = fixedSlices({ requests: 3, windowMs: 1_000 }, clock);
  const starts: Start[] = [];
  for (let n = 0; n < 6; n++) {
    void sliced.enter("poll").then(() => starts.push({ name: "a", at: clock.now() }));
    if (n === 0) await clock.run(900);
  }
  await clock.run();
  expect(mostInWindow(starts, 1_000)).toBeGreaterThan(3);
});

async function play(limits: Limits, calls: readonly PlannedCall[]) {
  const { clock, call, starts, ends } = scene(limits);
  let at = clock.now();
  for (const [n, { gapMs, workMs, lane, pool }] of calls.entries()) {
    at += gapMs;
    await clock.run(at);
    void call(`${n}${pool ?? ""}`, lane, { workMs, ...(pool ? { pool } : {}) });
  }
  await clock.run();
  return { starts, ends };
}

/** The most starts in any window of that length; windows that begin with a start show the most. */
function mostInWindow(starts: readonly Start[], windowMs: number): number {
  const within = (from: number) => starts.filter(({ at }) => at >= from && at < from + windowMs).length;
  return Math.max(0, ...starts.map(({ at }) => within(at)));
}

function mostAtOnce(starts: readonly Start[], ends: readonly Start[]): number {
  const endOf = new Map(ends.map(({ name, at }) => [name, at]));
  const running = (now: number) => starts.filter(({ name, at }) => at <= now && (endOf.get(name) ?? now) > now).length;
  return Math.max(...starts.map(({ at }) => running(at)));
}

/** What a sliding window is not: a count that begins anew with each second. */
function fixedSlices(
  { requests, windowMs }: { requests: number; windowMs: number },
  clock: ReturnType<typeof steppedClock>,
) {
  const taken = new Map<number, number>();
  const enter: Governor["enter"] = async (lane) => {
    const slice = Math.floor(clock.now() / windowMs);
    const count = taken.get(slice) ?? 0;
    if (count < requests) {
      taken.set(slice, count + 1);
      return () => undefined;
    }
    await clock.sleep((slice + 1) * windowMs - clock.now());
    return enter(lane);
  };
  return { enter };
}

test("a million calls leave no more behind than one stamp for each allowed request", () => {
  const window = slidingWindow({ requests: 5, windowMs: 1_000 });
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let now = 0; now < 1_000_000; now++) if (window.waitMs(now * 300) === 0) window.take(now * 300);
  collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(4 * 1_048_576);
  expect(window.waitMs(1_000_000 * 300)).toBe(0); // in use until here, so not collected before it was measured
});

/** What nobody holds any more must not count; node has this at hand only where it is asked for. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc()");
}
