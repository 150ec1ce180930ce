import {
  createGovernor,
  type Governor,
  type Lane,
  type Limits,
  lanes,
  type QuotaLedger,
  SourceError,
} from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import { settle, steppedClock } from "./stepped-clock.ts";

const noon = Date.parse("2026-03-18T12:00:00.000Z");
const hourMs = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();

/** Books in memory, for as many governors as ask; `bookings` says what was asked for. */
function sharedLedger(): QuotaLedger & { bookings: string[]; used: Map<string, number> } {
  const used = new Map<string, number>();
  const bookings: string[] = [];
  return {
    used,
    bookings,
    async book({ window, since, calls }) {
      bookings.push(`${window} +${calls}`);
      used.set(window, (used.get(window) ?? 0) + calls);
      return [...used].filter(([start]) => start >= since).reduce((sum, [, count]) => sum + count, 0);
    },
  };
}

function scene(limits: Partial<Limits>, ledger?: QuotaLedger) {
  const clock = steppedClock(noon);
  const options = { patienceMs: limits.burst ? 60_000 : 0, ...(ledger ? { ledger } : {}) };
  const governor = createGovernor({ concurrency: 1_000, ...limits }, clock, options);
  return { clock, governor, ask: (lane: Lane) => ask(governor, lane) };
}

/** What became of a call that asks and ends at once. */
async function ask(governor: Governor, lane: Lane): Promise<string> {
  return governor.enter(lane).then(
    (leave) => {
      leave();
      return "goes";
    },
    (cause: unknown) => (cause instanceof SourceError ? `waits ${cause.details.afterMs}` : String(cause)),
  );
}

/** How many calls of a lane go before one has to wait. */
async function goesOf(governor: Governor, lane: Lane, most = 2_000): Promise<number> {
  for (let n = 0; n < most; n++) if ((await ask(governor, lane)) !== "goes") return n;
  return most;
}

describe("what is kept for those whom somebody waits for", () => {
  test("is one of four places: a backfill that takes all it may leaves a webhook's fetch its own", async () => {
    const { governor } = scene({ concurrency: 4 });
    const places = lanes.toReversed().map((lane) => [lane, lane, lane].map(() => governor.enter(lane)));
    const started = await Promise.all(places.flat().map((place) => Promise.race([place.then(() => 1), settle()])));
    expect(started).toEqual([1, 1, 1, ...Array(3).fill(undefined), 1, ...Array(5).fill(undefined)]);
  });

  test("is nothing where there are fewer than four places", async () => {
    const { governor } = scene({ concurrency: 3 });
    const places = [1, 2, 3].map(() => governor.enter("backfill"));
    expect(await Promise.all(places)).toHaveLength(3);
  });

  test("is a tenth of the burst", async () => {
    const { governor, clock } = scene({ burst: { requests: 20, windowMs: 1_000 } });
    const starts: string[] = [];
    const call = (lane: Lane) => void governor.enter(lane).then(() => starts.push(`${lane} ${clock.now() - noon}`));
    for (let n = 0; n < 19; n++) call("backfill");
    await settle();
    call("webhook");
    call("writeback");
    await clock.run();
    expect(starts.slice(0, 18)).toEqual(Array(18).fill("backfill 0"));
    expect(starts.slice(18)).toEqual(["webhook 0", "writeback 0", "backfill 1001"]);
  });
});

describe("concurrency that finds its way", () => {
  const limits = { concurrency: { start: 8, max: 9 } };

  /** How many webhook calls run at once. */
  async function widthOf(governor: Governor): Promise<number> {
    const leaves: (() => void)[] = [];
    for (let n = 0; n < 12; n++) void governor.enter("webhook").then((leave) => leaves.push(leave));
    await settle();
    const width = leaves.length;
    for (let n = 0; n < 12; n++) {
      leaves[n]?.();
      await settle();
    }
    return width;
  }

  async function goesWell(governor: Governor, calls: number): Promise<void> {
    for (let n = 0; n < calls; n++) (await governor.enter("poll"))("accepted");
  }

  test("halves when the vendor refuses, once for those refused together, and never below one", async () => {
    const { governor } = scene(limits);
    const widths = [await widthOf(governor)];
    for (let n = 0; n < 5; n++) {
      const leave = await governor.enter("poll");
      leave("crowded");
      widths.push(await widthOf(governor));
    }
    expect(widths).toEqual([8, 4, 2, 1, 1, 1]);
    const wide = scene(limits).governor;
    const running = await Promise.all(Array.from({ length: 8 }, () => wide.enter("webhook")));
    for (const leave of running) leave("crowded");
    expect(await widthOf(wide)).toBe(4);
  });

  test("grows by one after twenty calls that went well in a row, up to its most", async () => {
    const { governor } = scene(limits);
    await goesWell(governor, 19);
    expect(await widthOf(governor)).toBe(8);
    await goesWell(governor, 1);
    expect(await widthOf(governor)).toBe(9);
    await goesWell(governor, 100);
    expect(await widthOf(governor)).toBe(9);
  });

  test("begins to count anew after a refusal", async () => {
    const { governor } = scene(limits);
    await goesWell(governor, 19);
    (await governor.enter("poll"))("crowded");
    await goesWell(governor, 19);
    expect(await widthOf(governor)).toBe(4);
  });

  test.each([
    { start: 0, max: 4 },
    { start: 5, max: 4 },
  ])("that lets nothing through is refused: %j", (concurrency) => {
    expect(() => scene({ concurrency })).toThrow(RangeError);
  });
});

describe("a day's allowance", () => {
  const daily = { requests: 1_000, resets: { timeZone: "UTC" } };

  test("is left to other tools by a tenth, and to the lanes by what can wait", async () => {
    const { governor } = scene({ daily });
    const goes: string[] = [];
    for (const lane of lanes.toReversed()) goes.push(`${lane} ${await goesOf(governor, lane)}`);
    expect(goes).toEqual(["backfill 765", "poll 90", "writeback 45", "webhook 0"]);
    expect(governor.quota()).toEqual({ used: 900, limit: 1_000, share: 0.9, resetsAt: noon + 12 * hourMs });
  });

  test("may be left to others by another share", async () => {
    expect(await goesOf(scene({ daily, reserve: 0.5 }).governor, "webhook")).toBe(500);
    expect(await goesOf(scene({ daily, reserve: 0 }).governor, "webhook")).toBe(1_000);
    expect(() => scene({ daily, reserve: 1 })).toThrow(RangeError);
  });

  test("that is used up refuses with when it is given anew, and how to get more", async () => {
    const { governor } = scene({ daily: { ...daily, requests: 2 } });
    expect(await goesOf(governor, "poll")).toBe(2);
    const refusal = await governor.enter("poll").catch((cause: unknown) => cause);
    expect(refusal).toMatchObject({
      next: "retry",
      message:
        "2 of the account's 2 requests a day are used: what reading may use of the hub's share (90 %) is used up",
      details: {
        afterMs: 12 * hourMs,
        code: "ALLOWANCE_NEARLY_USED_UP",
        remedy: expect.stringContaining("quota_share"),
      },
    });
  });

  test("is told as the reason on a clock that goes on while it is looked at", async () => {
    let now = noon;
    const clock = { now: () => now++, sleep: () => new Promise<void>(() => undefined) };
    const governor = createGovernor({ concurrency: 1, daily: { ...daily, requests: 2 } }, clock, { patienceMs: 0 });
    expect(await goesOf(governor, "poll")).toBe(2);
    await expect(governor.enter("poll")).rejects.toMatchObject({ details: { code: "ALLOWANCE_NEARLY_USED_UP" } });
  });

  test("is given anew at the zone's midnight", async () => {
    const { governor, clock, ask } = scene({ daily: { requests: 10, resets: { timeZone: "America/New_York" } } });
    expect(await goesOf(governor, "webhook")).toBe(9);
    clock.set(Date.parse("2026-03-19T03:59:59.000Z")); // summer time: four hours behind
    expect(await ask("webhook")).toBe("waits 1000");
    clock.set(Date.parse("2026-03-19T04:00:00.000Z"));
    expect(await goesOf(governor, "webhook")).toBe(9);
  });

  test("of any 24 hours is given back as the hours go by", async () => {
    const { governor, clock } = scene({ daily: { requests: 100 } });
    expect(await goesOf(governor, "webhook", 60)).toBe(60);
    clock.set(noon + 6 * hourMs);
    expect(await goesOf(governor, "webhook")).toBe(30);
    expect(await ask(governor, "webhook")).toBe(`waits ${hourMs / 4}`);
    clock.set(noon + 25 * hourMs);
    expect(await goesOf(governor, "webhook")).toBe(60);
    expect(governor.quota()).toEqual({ used: 90, limit: 100, share: 0.9, resetsAt: null });
  });

  test("that nobody knows of holds up nobody", async () => {
    const { governor } = scene({});
    expect([await goesOf(governor, "backfill"), governor.quota()]).toEqual([2_000, null]);
  });
});

describe("what the vendor tells of the account's use", () => {
  test("counts other tools in, and the hub's own calls since", async () => {
    const { governor } = scene({ daily: { requests: 1_000, resets: { timeZone: "UTC" } } });
    governor.usage({ used: 890, limit: 1_000 });
    expect(await goesOf(governor, "webhook")).toBe(10);
    expect(governor.quota()).toMatchObject({ used: 900, limit: 1_000 });
  });

  test("tells the allowance as well, where the connector does not know it", async () => {
    const { governor, ask } = scene({});
    governor.usage({ used: 14_000, limit: 15_000 });
    expect([await ask("backfill"), await ask("webhook")]).toEqual([`waits ${hourMs / 4}`, `waits ${hourMs / 4}`]);
    governor.usage({ used: 100, limit: 15_000 });
    expect(await ask("backfill")).toBe("goes");
  });

  test("counts for a quarter of an hour where older calls are given back all the time", async () => {
    const { governor, clock, ask } = scene({});
    governor.usage({ used: 15_000, limit: 15_000 });
    clock.set(noon + hourMs / 4 - 1);
    expect(await ask("poll")).toBe(`waits ${hourMs / 4}`);
    clock.set(noon + hourMs / 4);
    expect(await ask("poll")).toBe("goes");
  });

  test("counts until midnight where it is given anew then", async () => {
    const { governor, clock, ask } = scene({ daily: { resets: { timeZone: "UTC" } } });
    governor.usage({ used: 1_000, limit: 1_000 });
    clock.set(noon + 12 * hourMs - 1);
    expect(await ask("poll")).toBe("waits 1");
    clock.set(noon + 12 * hourMs);
    expect(await ask("poll")).toBe("goes");
  });

  test.each([
    { used: Number.NaN, limit: 10 },
    { used: 5, limit: 0 },
    { used: -1, limit: 10 },
  ])("that makes no sense is not heard: %j", async (usage) => {
    const { governor, ask } = scene({});
    governor.usage(usage);
    expect([await ask("backfill"), governor.quota()]).toEqual(["goes", null]);
  });
});

describe("several processes on one data store", () => {
  const daily = { requests: 1_000, resets: { timeZone: "UTC" } };

  test("together use no more than one alone may", async () => {
    const ledger = sharedLedger();
    const [one, other] = [scene({ daily }, ledger), scene({ daily }, ledger)];
    let goes = 0;
    for (let n = 0; n < 2_000; n++)
      if ((await ask(n % 2 ? one.governor : other.governor, "webhook")) === "goes") goes += 1;
    expect(goes).toBeLessThanOrEqual(900);
    expect(goes).toBeGreaterThan(890);
  });

  test("begin anew with the day in each process, whatever others had used up the day before", async () => {
    const ledger = sharedLedger();
    const [one, other] = [scene({ daily }, ledger), scene({ daily }, ledger)];
    await goesOf(one.governor, "webhook");
    expect(await goesOf(other.governor, "poll")).toBe(0);
    for (const { clock } of [one, other]) clock.set(noon + 12 * hourMs);
    expect(await goesOf(other.governor, "poll")).toBeGreaterThan(700);
  });

  test("book the more at a time the more they use, and fewer as the allowance comes to its end", async () => {
    const ledger = sharedLedger();
    const { governor } = scene({ daily: { ...daily, requests: 100_000 } }, ledger);
    await goesOf(governor, "poll", 1_000);
    expect(ledger.bookings.length).toBeLessThan(40);
    expect([ledger.bookings[0], ledger.bookings.at(-1)]).toEqual([
      `${iso(noon - 12 * hourMs)} +1`,
      `${iso(noon - 12 * hourMs)} +100`,
    ]);
    governor.usage({ used: 89_000, limit: 100_000 });
    await goesOf(governor, "webhook", 1_000);
    expect(ledger.bookings.at(-1)).toBe(`${iso(noon - 12 * hourMs)} +1`);
  });

  test.each([
    { ...daily, requests: 100_000 },
    { resets: daily.resets }, // not told yet, or never
  ])("hold little that others miss where they use little: %j", async (day) => {
    const ledger = sharedLedger();
    for (const _ of [1, 2, 3]) await goesOf(scene({ daily: day }, ledger).governor, "poll", 20);
    expect([...ledger.used.values()][0]).toBeLessThanOrEqual(75);
  });

  test("know after a restart what was used before", async () => {
    const ledger = sharedLedger();
    await goesOf(scene({ daily }, ledger).governor, "webhook", 500);
    const goes = await goesOf(scene({ daily }, ledger).governor, "webhook");
    expect(goes).toBeLessThanOrEqual(400);
    expect(goes).toBeGreaterThan(390);
  });

  test("count any 24 hours by the hour", async () => {
    const ledger = sharedLedger();
    const { governor, clock } = scene({ daily: { requests: 100 } }, ledger);
    await goesOf(governor, "webhook", 10);
    clock.set(noon + hourMs);
    await goesOf(governor, "webhook", 10);
    expect([...ledger.used]).toEqual([
      [iso(noon), 10],
      [iso(noon + hourMs), 10],
    ]);
    expect(governor.quota()).toMatchObject({ used: 20 });
  });

  test("are told when the store cannot be asked, and go on when it can again", async () => {
    const ledger = sharedLedger();
    let isDown = true;
    const { ask } = scene(
      { daily },
      { book: async (booking) => (isDown ? Promise.reject(new Error("the store is closed")) : ledger.book(booking)) },
    );
    expect(await Promise.all([ask("poll"), ask("webhook")])).toEqual(Array(2).fill("Error: the store is closed"));
    isDown = false;
    expect(await Promise.all([ask("poll"), ask("webhook")])).toEqual(["goes", "goes"]);
  });

  test("that wait for the store do not book twice", async () => {
    const ledger = sharedLedger();
    const { governor } = scene({ daily }, ledger);
    await Promise.all([1, 2].map(() => governor.enter("poll")));
    expect([...ledger.used.values()]).toEqual([2]);
  });
});
