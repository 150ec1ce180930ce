import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createGovernor, type Governor, type Limits, SourceError } from "journey-hub/connector";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openPresence, type Presence } from "../../../src/hub/processes/presence.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { openStore } from "../../../src/store/open.ts";
import type { Store } from "../../../src/store/store.ts";
import { startPostgres } from "../../fixtures/postgres.ts";

/* Processes on one Postgres, each with connections of its own to it: what one is to the others they know by the database alone. */

const server = await startPostgres();
afterAll(() => server.stop());

const beatMs = 200;
/** Real time that stands still while one thing leads to the next: a call comes at the very instant its governor let it go. */
let instant = Date.now();
const ticking = setInterval(() => {
  instant = Date.now();
}, 1);
const clock = { ...systemClock, now: () => instant };
afterAll(() => clearInterval(ticking));

let databaseUrl: string;
let processes: Process[];
beforeEach(async () => {
  databaseUrl = await server.database();
  processes = [];
});
afterEach(() => Promise.all(processes.map((each) => each.kill())));

interface Process {
  store: Store;
  presence: Presence;
  /** The governor of one account. */
  governor: Governor;
  /** Calls under way. */
  running: (() => void)[];
  /** Asks for `count` calls that stay under way. */
  call(count: number): void;
  /** Ends `count` calls. */
  end(count: number): void;
  close(): Promise<void>;
  /** Is gone without a word. */
  kill(): Promise<void>;
}

async function start(limits: Limits, { patienceMs = 60_000 } = {}): Promise<Process> {
  const store = await openStore({ folder: "", databaseUrl });
  const presence = await openPresence(store, { beatMs });
  const sharedLimits = presence.sharedLimits("crm");
  const governor = createGovernor(limits, clock, { patienceMs, ...(sharedLimits ? { sharedLimits } : {}) });
  const running: (() => void)[] = [];
  let isOpen = true;
  const closing = async (before: () => Promise<void>) => {
    if (!isOpen) return;
    isOpen = false;
    await before();
    await store.close();
  };
  const started: Process = {
    store,
    presence,
    governor,
    running,
    call(count) {
      const enter = () => governor.enter("webhook").then((leave) => void running.push(() => leave("accepted")));
      for (let n = 0; n < count; n++) enter().catch(() => undefined); // who is killed waits for ever
    },
    end(count) {
      for (const leave of running.splice(0, count)) leave();
    },
    close: () => closing(presence.close),
    async kill() {
      await closing(async () => undefined);
      void presence.close(); // of which the database hears nothing any more
    },
  };
  processes.push(started);
  return started;
}

const eventually = (what: string, holds: () => boolean | Promise<boolean>) =>
  vi.waitFor(async () => expect(await holds(), what).toBe(true), { timeout: 20_000, interval: 10 });
const widths = () => processes.map(({ running }) => running.length).join(" ");
const rows = (store: Store) => store.byKey("quota_shares", "connection", ["crm"]);

/** The account as its vendor sees it: who calls when, and how many at once. */
function vendor() {
  const calls: { at: number; by: number; kind: string }[] = [];
  let running = 0;
  let peak = 0;
  return {
    calls,
    peak: () => peak,
    async answer(by: number, kind: string): Promise<void> {
      calls.push({ at: clock.now(), by, kind });
      running += 1;
      peak = Math.max(peak, running);
      await pause(4);
      running -= 1;
    },
    /** The most calls in any stretch of time of this length. */
    most(windowMs: number, kind?: string): number {
      const at = calls.filter((call) => kind === undefined || call.kind === kind).map((call) => call.at);
      return Math.max(...at.map((from, n) => at.slice(n).filter((later) => later < from + windowMs).length));
    },
    by: (process: number) => calls.filter((call) => call.by === process).length,
  };
}

describe("limits that three processes divide", () => {
  const limits = {
    concurrency: 6,
    burst: { requests: 30, windowMs: 300 },
    pools: { search: { requests: 6, windowMs: 200 } },
  };
  test("are kept by all together from the first call to the last, also as others come; none gets less than half of its part", async () => {
    const account = vendor();
    const until = (total: number, process: Process, by: number) =>
      Promise.all(
        Array.from({ length: 12 }, async (_, n) => {
          const pool = n % 2 ? "search" : undefined;
          while (account.calls.length < total) {
            const leave = await process.governor.enter("webhook", pool);
            await account.answer(by, pool ?? "list");
            leave("accepted");
          }
        }),
      );
    const alone = await start(limits);
    await until(45, alone, 0);
    const before = account.calls.length;
    const others = [await start(limits), await start(limits)];
    await Promise.all([alone, ...others].map((process, by) => until(220, process, by)));

    expect(account.peak()).toBeLessThanOrEqual(6);
    expect(account.most(300)).toBeLessThanOrEqual(30);
    expect(account.most(200, "search")).toBeLessThanOrEqual(6);
    const together = account.calls.slice(before);
    const settledAt = together.findIndex(({ by }) => by > 0);
    const fair = (together.length - settledAt) / 3;
    for (const by of [0, 1, 2]) {
      expect(together.slice(settledAt).filter((call) => call.by === by).length, `process ${by}`).toBeGreaterThan(
        fair / 2,
      );
    }
  });

  test("are divided among those that begin at the same instant", async () => {
    const three = await Promise.all([1, 2, 3].map(() => start({ concurrency: 7 })));
    for (const process of three) process.call(9);
    const sum = () => three.reduce((total, { running }) => total + running.length, 0);
    let most = 0;
    await eventually("all that there is", () => {
      most = Math.max(most, sum());
      if (sum() === 7 && three.every(({ running }) => running.length >= 2)) return true;
      // A place is given up when a call in it ends; there is always a next one that would like it.
      for (const { running, end, call } of three) {
        if (running.length <= 2) continue;
        end(1);
        call(1);
      }
      return false;
    });
    expect(most).toBeLessThanOrEqual(7);
  });

  test("pass from one to the other as its calls end, and not before", async () => {
    const first = await start({ concurrency: 6 });
    first.call(6);
    await eventually("the whole for one alone", () => widths() === "6");
    const second = await start({ concurrency: 6 });
    second.call(9);
    await eventually("both in the books", async () => (await rows(first.store)).length === 2);
    expect(widths()).toBe("6 0");
    first.end(1);
    await eventually("one given up", () => widths() === "5 1");
    first.call(1);
    first.end(2);
    await eventually("half each", () => widths() === "3 3");
    first.end(1);
    await eventually("its own place to be filled again", () => widths() === "3 3");
  });

  test("stay with calls that go on as settings of before had it, while others are made with changed ones", async () => {
    const before = await start({ concurrency: 4 });
    before.call(1);
    await eventually("a call", () => widths() === "1");
    const sharedLimits = before.presence.sharedLimits("crm");
    const changed = createGovernor({ concurrency: 4 }, clock, { ...(sharedLimits ? { sharedLimits } : {}) });
    const leave = await changed.enter("webhook");
    leave("accepted");
    before.call(2);
    await eventually("the calls of before to go on", () => widths() === "3");
  });

  test("go to those who stay when one is killed, once its heart has stood still for long enough", async () => {
    const first = await start({ concurrency: 6 });
    first.call(6);
    await eventually("the whole for one alone", () => widths() === "6");
    for (let n = 0; n < 2; n++) (await start({ concurrency: 6 })).call(9);
    await eventually("all in the books", async () => (await rows(first.store)).length === 3);
    first.end(4);
    await eventually("a third each", () => widths() === "2 2 2");
    first.call(6);
    await processes[2]?.kill();
    await eventually("a half each", () => widths().startsWith("3 3"));
  });

  test("are all the next one's where a process ended in order, but for what the vendor still counts", async () => {
    const counted = { concurrency: 6, burst: { requests: 10, windowMs: 60_000 } };
    const first = await start(counted);
    first.call(4);
    await eventually("four calls", () => widths() === "4");
    await first.close();
    const second = await start(counted);
    second.call(10);
    await eventually("the rest of the burst", () => widths() === "4 6");
    expect((await rows(second.store)).map(({ units }) => JSON.parse(units).burst).sort()).toEqual([4, 6]);
  });
});

test("a pause that the vendor asked of one holds all, those too that come later", async () => {
  const limits = { concurrency: 9 };
  const [told, other] = [await start(limits), await start(limits)];
  for (const { governor } of [told, other]) (await governor.enter("poll"))("accepted");
  told.governor.pauseUntil(clock.now() + 600_000);
  const refusals = async ({ governor }: Process) => {
    const refused = await governor.enter("webhook").then(
      (leave) => leave(),
      (cause: unknown) => cause,
    );
    return refused instanceof SourceError ? (refused.details.afterMs ?? 0) : 0;
  };
  await eventually("the other to have heard", async () => (await refusals(other)) > 0);
  for (const process of [told, other, await start(limits)]) {
    const leftMs = await refusals(process);
    expect([leftMs > 500_000, leftMs <= 600_100], String(leftMs)).toEqual([true, true]);
  }
});

test("a process that cannot reach the database begins no calls, says why, and goes on when it can", async () => {
  const limits = { concurrency: 2 };
  const process = await start(limits, { patienceMs: 300 });
  (await process.governor.enter("poll"))("accepted");
  await server.goAway();
  const refused = async () =>
    process.governor.enter("poll").then(
      (leave) => leave("accepted"),
      (cause: unknown) => cause,
    );
  await eventually("a refusal", async () => (await refused()) !== undefined);
  expect(await refused()).toMatchObject({ details: { code: "LIMITS_IN_USE" }, cause: { name: "StoreError" } });
  await server.comeBack();
  await eventually("a call", async () => (await refused()) === undefined);
});

describe("who lives", () => {
  test("is known of those at work, of those that ended and of those killed", async () => {
    const gone: string[] = [];
    const [one, ended, killed] = [
      await start({ concurrency: 1 }),
      await start({ concurrency: 1 }),
      await start({ concurrency: 1 }),
    ];
    one.presence.onGone(() => void gone.push("one"));
    const ids = [one, ended, killed].map(({ presence }) => presence.id);
    const isGone = await one.presence.gone();
    expect([...ids, "a process of last week"].map(isGone)).toEqual([false, false, false, true]);
    await ended.close();
    expect(ids.map(await one.presence.gone())).toEqual([false, true, false]);
    await killed.kill();
    await eventually("the silence to be long enough", async () => (await one.presence.gone())(killed.presence.id));
    await eventually("that it is told", () => gone.length > 0);
  });

  test("is asked by the beat: a call costs the database nothing", async () => {
    const store = await openStore({ folder: "", databaseUrl });
    let asked = 0;
    const counted: Store = {
      ...store,
      byKey: (...look) => {
        asked += 1;
        return store.byKey(...look);
      },
      commit: (...writes) => {
        asked += 1;
        return store.commit(...writes);
      },
    };
    const presence = await openPresence(counted, { beatMs: 600_000 });
    const sharedLimits = presence.sharedLimits("crm");
    const governor = createGovernor({ concurrency: 2 }, clock, sharedLimits ? { sharedLimits } : {});
    (await governor.enter("poll"))("accepted");
    const before = asked;
    for (let n = 0; n < 1_000; n++) (await governor.enter("poll"))("accepted");
    expect([before > 0, asked - before]).toEqual([true, 0]);
    await presence.close();
    await store.close();
  });

  test("is nobody else where one process has the store to itself, which costs nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "journey-hub-presence-"));
    const store = await openStore({ folder });
    const presence = await openPresence(store);
    expect([store.peers, presence.sharedLimits("crm")]).toEqual([undefined, undefined]);
    expect([presence.id, "an earlier life"].map(await presence.gone())).toEqual([false, true]);
    await presence.close();
    expect(await store.db.select().from(store.tables.processes)).toEqual([]);
    await store.close();
    rmSync(folder, { recursive: true });
  });
});
