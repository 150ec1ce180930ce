import {
  createGovernor,
  type Lane,
  type Limits,
  type LimitUser,
  type SharedLimits,
  SourceError,
} from "journey-hub/connector";
import { expect, test } from "vitest";
import { settle, steppedClock } from "./stepped-clock.ts";

/** A division whose units the test sets; what the governor says of itself can be looked at. */
function division(units: Record<string, number>) {
  const users: LimitUser[] = [];
  const told: number[] = [];
  let lackMs = 0;
  let wanted = 0;
  const shared: SharedLimits = {
    join(user) {
      users.push(user);
      return {
        want: () => {
          wanted += 1;
        },
        unitsOf: (limit) => units[limit] ?? 0,
        lackOf: (limit) => ((units[limit] ?? 0) >= 1 ? null : { forMs: lackMs, cause: new Error("the store is away") }),
        pausedFor: (leftMs) => void told.push(leftMs),
      };
    },
  };
  return {
    shared,
    told,
    wanted: () => wanted,
    user: () => users[0] as LimitUser,
    set(changed: Record<string, number>, waitedMs = 0) {
      Object.assign(units, changed);
      lackMs = waitedMs;
      users[0]?.onChange();
    },
  };
}

function scene(limits: Limits, units: Record<string, number>) {
  const clock = steppedClock(1_000);
  const divided = division(units);
  const governor = createGovernor(limits, clock, { patienceMs: 60_000, sharedLimits: divided.shared });
  const began: string[] = [];
  const leaves: (() => void)[] = [];
  const call = (lane: Lane = "poll", pool?: string) =>
    governor.enter(lane, pool).then(
      (leave) => {
        began.push(`${pool ?? lane} ${clock.now() - 1_000}`);
        leaves.push(leave);
      },
      (cause: unknown) => cause,
    );
  const calls = async (count: number, lane?: Lane, pool?: string) => {
    for (let n = 0; n < count; n++) void call(lane, pool);
    await settle();
    return began.length;
  };
  return { clock, governor, divided, began, leaves, call, calls };
}

test("no more calls run at the same time than this process's part, and what is given back lets no new one in", async () => {
  const { divided, calls, leaves, began } = scene({ concurrency: 10 }, { concurrency: 3 });
  expect(await calls(5)).toBe(3);
  expect(divided.user().inUse()).toEqual({ concurrency: 3 });
  divided.set({ concurrency: 1 });
  leaves[0]?.();
  leaves[1]?.();
  await settle();
  expect([began.length, divided.user().inUse()]).toEqual([3, { concurrency: 1 }]);
  divided.set({ concurrency: 2 });
  await settle();
  expect(began.length).toBe(4);
});

test("a part of a burst is kept to in every window, one that became smaller too; a tenth of it is for what is urgent", async () => {
  const limits = { concurrency: 1_000, burst: { requests: 100, windowMs: 10_000 } };
  const { divided, calls, began, clock } = scene(limits, { concurrency: 1_000, burst: 40 });
  expect(await calls(50)).toBe(36);
  expect(await calls(10, "webhook")).toBe(40);
  expect(divided.user().inUse()).toEqual({ concurrency: 40, burst: 40 });
  divided.set({ burst: 20 });
  await clock.run(10_999);
  expect(began.length).toBe(40);
  await clock.run(11_001);
  expect(began.length).toBe(58);
  expect(divided.user().limits).toEqual([
    { name: "concurrency", units: 1_000, windowMs: 0 },
    { name: "burst", units: 100, windowMs: 10_000 },
  ]);
});

test("who waits for a pool of which others hold all does not hold up the rest", async () => {
  const limits = { concurrency: 10, pools: { search: { requests: 4, windowMs: 1_000 } } };
  const { divided, calls, began } = scene(limits, { concurrency: 10, "pool search": 0 });
  await calls(2, "webhook", "search");
  await calls(1);
  expect(began).toEqual(["poll 0"]);
  divided.set({ "pool search": 1 });
  await settle();
  expect(began).toEqual(["poll 0", "search 0"]);
});

test("a call that waited in vain for a part is refused with the reason, one that comes then as well", async () => {
  const { divided, call } = scene({ concurrency: 10 }, { concurrency: 0 });
  const waiting = call();
  await settle();
  expect([divided.wanted(), divided.user().isWaiting()]).toEqual([1, true]);
  divided.set({}, 60_000);
  expect(await Promise.race([waiting, settle()])).toBe(undefined);
  divided.set({}, 61_000);
  for (const refused of [await waiting, await call("webhook")]) {
    expect(refused).toBeInstanceOf(SourceError);
    expect(refused).toMatchObject({
      next: "retry",
      message: "No part of the account's limits became free for this process within 61 s",
      details: { code: "LIMITS_IN_USE", afterMs: 61_000 },
      cause: { message: "the store is away" },
    });
  }
  expect(divided.user().isWaiting()).toBe(false);
  divided.set({ concurrency: 1 });
  expect(await call()).toBe(undefined);
});

test("a pause is told to the others, and theirs is kept to", async () => {
  const { governor, divided, calls, clock, began } = scene({ concurrency: 10 }, { concurrency: 10 });
  governor.pauseUntil(clock.now() + 5_000);
  governor.pauseUntil(Number.NaN);
  governor.pauseUntil(clock.now() - 1);
  expect(divided.told).toEqual([5_000]);
  divided.user().pauseFor(8_000);
  expect(divided.told).toEqual([5_000]);
  await calls(1);
  await clock.run();
  expect(began).toEqual(["poll 8000"]);
});

test("concurrency that finds its way begins to give way at what is this process's part", async () => {
  const { governor, calls, leaves, divided } = scene({ concurrency: { start: 8, max: 8 } }, { concurrency: 4 });
  (await governor.enter("webhook"))("crowded");
  expect(await calls(8, "webhook")).toBe(2);
  expect(leaves).toHaveLength(2);
  divided.set({ concurrency: 1 });
  leaves[0]?.();
  await settle();
  expect(leaves).toHaveLength(2);
});
