import fc from "fast-check";
import { type Batch, type CursorState, pull } from "journey-hub/connector";
import { expect, test } from "vitest";
import { type Change, changingVendor, type VendorTraits } from "./changing-vendor.ts";

const startMs = Date.parse("2026-03-18T12:00:00.000Z");
const minuteMs = 60_000;
const seed = 20_260_318;
const lookBackMs = 5 * minuteMs;

/** A plan of the world: what changes when, how long each page takes, after how many pages each run is killed. */
interface Story {
  changes: Change[];
  pageMs: number[];
  killedAfter: number[];
  restMs: number[];
  /** The hub's clock against the vendor's. */
  skewMs: number;
}

/** A change of one of seven records, some half minutes after the beginning. */
const changeOf = ({ late, after }: { late: [number, number]; after: [number, number] }) =>
  fc.record({
    id: fc.constantFrom("a", "b", "c", "d", "e", "f", "g"),
    atMs: fc.integer({ min: after[0], max: after[1] }).map((half) => startMs + half * (minuteMs / 2)),
    lateMs: fc.integer({ min: late[0], max: late[1] }),
  });

interface Circumstances {
  lateMsMax: number;
  skewMinutes: [number, number];
}

const stories = ({ lateMsMax, skewMinutes }: Circumstances): fc.Arbitrary<Story> =>
  fc.record({
    changes: fc.array(changeOf({ late: [0, lateMsMax], after: [-30, 60] }), { minLength: 4, maxLength: 30 }),
    pageMs: fc.array(fc.integer({ min: 0, max: 4 * minuteMs }), { minLength: 1, maxLength: 6 }),
    killedAfter: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 8 }),
    restMs: fc.array(fc.integer({ min: 0, max: 6 * minuteMs }), { minLength: 1, maxLength: 4 }),
    skewMs: fc.integer({ min: skewMinutes[0], max: skewMinutes[1] }).map((minutes) => minutes * minuteMs),
  });

/** Rows committed late, and a vendor whose clock is ahead of ours by up to ten minutes. */
const lateCommits = stories({ lateMsMax: lookBackMs, skewMinutes: [-10, 0] });
/** Clocks that differ either way. */
const skewedClocks = stories({ lateMsMax: 0, skewMinutes: [-10, 10] });

/** Clocks that differ by hours, on top of rows committed late. */
const wrongClocks = stories({ lateMsMax: lookBackMs, skewMinutes: [-180, 180] });
/** Long transactions: rows are committed up to an hour late. */
const longTransactions = stories({ lateMsMax: 60 * minuteMs, skewMinutes: [0, 0] });

/** Much changes, is committed late, and is read slowly. */
const busyAccount: fc.Arbitrary<Story> = fc.record<Story>({
  changes: fc.array(changeOf({ late: [2 * minuteMs, lookBackMs], after: [0, 60] }), { minLength: 20, maxLength: 30 }),
  pageMs: fc.constant([2 * minuteMs]),
  killedAfter: fc.array(fc.integer({ min: 3, max: 10 }), { minLength: 3, maxLength: 8 }),
  restMs: fc.constant([0]),
  skewMs: fc.constant(0),
});

type Engine = typeof pull;

/** Lives through a story, storing records and cursor together, and gives the records whose newest version was never seen. */
async function missedIn(story: Story, engine: Engine = pull, traits: VendorTraits = {}): Promise<string[]> {
  const { changes, pageMs, killedAfter, restMs, skewMs } = story;
  const vendor = changingVendor(startMs, changes, { ...traits, ...(traits.tellsTime ? { aheadMs: -skewMs } : {}) });
  const seen = new Set<string>();
  let cursor: CursorState | null = null;
  let pages = 0;

  async function run(batchesMax: number): Promise<void> {
    let batches = 0;
    for await (const batch of engine(vendor.stream, cursor, { fields: [], now: vendor.now() + skewMs })) {
      for (const { id, payload } of batch.records) seen.add(`${id} ${payload.version}`);
      cursor = batch.cursor;
      vendor.advance(pageMs[pages++ % pageMs.length] ?? 0);
      batches += 1;
      if (batches >= batchesMax) return;
    }
  }

  for (const [n, batchesMax] of killedAfter.entries()) {
    await run(batchesMax);
    vendor.advance(restMs[n % restMs.length] ?? 0);
  }
  vendor.advance(120 * minuteMs); // all has been committed by now
  await run(1_000);
  return [...vendor.newest()].map(([id, version]) => `${id} ${version}`).filter((version) => !seen.has(version));
}

const nothingMissed = (arbitrary: fc.Arbitrary<Story>, engine?: Engine, traits?: VendorTraits) =>
  fc.asyncProperty(arbitrary, async (story) => {
    expect(await missedIn(story, engine, traits)).toEqual([]);
  });

test.each([1, 2, 3])(
  "the newest version of every record is seen, whatever changes and whenever we are killed: pages of %i",
  async (pageSize) => {
    await fc.assert(nothingMissed(lateCommits, pull, { pageSize }), { numRuns: 300, seed });
  },
);

test("also where the clocks of vendor and hub differ by ten minutes either way", async () => {
  await fc.assert(nothingMissed(skewedClocks), { numRuns: 300, seed });
});

test("also where the clocks differ by three hours, and the vendor's answers tell of it", async () => {
  await fc.assert(nothingMissed(wrongClocks, pull, { tellsTime: true }), { numRuns: 300, seed });
});

test("also where rows are committed up to an hour late, when the stream looks back as far, in its backfill too", async () => {
  await fc.assert(nothingMissed(longTransactions, pull, { lookBackMs: 60 * minuteMs }), { numRuns: 300, seed });
});

test("also where rows are seen up to an hour late, when a run looks back as far now and then", async () => {
  const stragglers = { byMs: 60 * minuteMs, everyMs: 20 * minuteMs };
  await fc.assert(nothingMissed(longTransactions, pull, { stragglers, lookBackMs: minuteMs }), { numRuns: 300, seed });
  await fc.assert(nothingMissed(longTransactions, pull, { stragglers, pageSize: 1 }), { numRuns: 100, seed });
});

/** What the cursor says of a page is kept with the page before it. */
const cursorFirst: Engine = async function* (...question) {
  let waiting: Batch | null = null;
  for await (const batch of pull(...question)) {
    if (waiting) yield { ...waiting, cursor: batch.cursor };
    waiting = batch;
  }
  if (waiting) yield waiting;
};

/** Takes the newest stamp for the cursor even where it is newer than the beginning of the run. */
const cursorUnbounded: Engine = (stream, state, options) =>
  pull(stream, state, state === null ? options : { ...options, now: 8e15 });

/** Begins with the changes at the instant of the backfill's beginning. */
const noOverlap: Engine = (stream, state, options) =>
  pull(stream, state, state === null ? { ...options, now: options.now + 15 * minuteMs } : options);

test.each<[string, Engine, VendorTraits, fc.Arbitrary<Story>]>([
  ["asks for newer stamps only, and so loses ties", pull, { losesTies: true }, lateCommits],
  ["does not look back", pull, { lookBackMs: 0 }, lateCommits],
  ["looks back too short", pull, { lookBackMs: minuteMs }, lateCommits],
  ["keeps the cursor before the records", cursorFirst, {}, lateCommits],
  ["lets the cursor run ahead of the run's beginning", cursorUnbounded, { pageSize: 1 }, busyAccount],
  ["reads changes of a backfill from its beginning only", noOverlap, {}, lateCommits],
  [
    "looks back for stragglers not as far as they take",
    pull,
    { stragglers: { byMs: 20 * minuteMs, everyMs: 20 * minuteMs } },
    longTransactions,
  ],
  ["goes by its own clock", pull, { tellsTime: false }, wrongClocks],
])("the same check finds a reader that %s", async (_, engine, traits, arbitrary) => {
  const right: VendorTraits = {
    ...(traits.tellsTime === false ? { tellsTime: true } : {}),
    ...(traits.stragglers ? { stragglers: { ...traits.stragglers, byMs: 60 * minuteMs } } : {}),
  };
  await fc.assert(nothingMissed(arbitrary, pull, right), { numRuns: 50, seed }); // and does not find it in ours
  const wrong = nothingMissed(arbitrary, engine, traits);
  const { failed } = await fc.check(wrong, { numRuns: 30_000, endOnFailure: true, seed });
  expect(failed).toBe(true);
});
