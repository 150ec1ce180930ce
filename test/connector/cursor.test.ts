import {
  type Batch,
  type CursorState,
  type OpenStream,
  pull,
  SourceError,
  type SourceRecord,
} from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import { changingVendor } from "./changing-vendor.ts";
import { settle } from "./stepped-clock.ts";

const now = Date.parse("2026-03-18T12:00:00.000Z");
const minuteMs = 60_000;

const recordAt = (id: string, at: string | null = null): SourceRecord => ({ id, at, deleted: false, payload: {} });

async function batchesOf(
  stream: OpenStream,
  state: CursorState | null,
  options: { now?: number; pagesMax?: number } = {},
) {
  const batches: Batch[] = [];
  let failure: unknown = null;
  try {
    for await (const batch of pull(stream, state, { fields: [], now, ...options })) batches.push(batch);
  } catch (cause) {
    failure = cause;
  }
  return { batches, failure, ids: idsOf(batches), cursor: batches.at(-1)?.cursor ?? null };
}

const idsOf = (batches: readonly Batch[]) => batches.flatMap(({ records }) => records.map(({ id }) => id));

/** Contacts c10 … changed in pairs a minute apart until an hour ago: each stamp is shared by two. */
const pairs = Array.from({ length: 9 }, (_, n) => ({
  id: `c${10 + n}`,
  atMs: now - 70 * minuteMs + Math.floor(n / 2) * minuteMs,
  lateMs: 0,
}));
const allIds = pairs.map(({ id }) => id);

describe("a stream with changes", () => {
  test("is read as a whole first, then for what changed since a quarter of an hour before that began", async () => {
    const { stream } = changingVendor(now, pairs, { pageSize: 4 });
    const { ids, cursor, batches } = await batchesOf(stream, null);
    expect(ids).toEqual(allIds);
    expect(batches.map((batch) => batch.cursor)).toEqual([
      { mode: "backfill", after: "c13", from: "2026-03-18T11:45:00.000Z" },
      { mode: "backfill", after: "c17", from: "2026-03-18T11:45:00.000Z" },
      { mode: "changes", at: "2026-03-18T11:45:00.000Z" },
      { mode: "changes", at: "2026-03-18T11:45:00.000Z" },
    ]);
    expect(cursor).toEqual({ mode: "changes", at: "2026-03-18T11:45:00.000Z" });
  });

  test("is then read from five minutes before the newest stamp seen", async () => {
    const { stream } = changingVendor(now, [...pairs, { id: "new", atMs: now - 1_000, lateMs: 0 }]);
    const first = await batchesOf(stream, { mode: "changes", at: "2026-03-18T10:50:00.000Z" });
    expect(first.ids).toEqual([...allIds, "new"].slice(-10)); // the look-back reaches 10:45, all of the pairs
    expect(first.cursor).toEqual({ mode: "changes", at: "2026-03-18T11:59:59.000Z" });
    expect(await batchesOf(stream, first.cursor)).toMatchObject({ ids: ["new"], cursor: first.cursor });
  });

  test("may name its own look-back", async () => {
    const { stream } = changingVendor(now, pairs, { lookBackMs: 0 });
    expect((await batchesOf(stream, { mode: "changes", at: "2026-03-18T10:54:00.000Z" })).ids).toEqual(["c18"]);
  });

  test.each([1, 2, 3, 4])("loses no record that shares its stamp with others, on pages of %i", async (pageSize) => {
    const { stream } = changingVendor(now, pairs, { pageSize });
    expect((await batchesOf(stream, { mode: "changes", at: "2026-03-18T10:40:00.000Z" })).ids).toEqual(allIds);
  });

  test("whose record is dated into the future does not follow it there", async () => {
    const ahead = { id: "z", atMs: Date.parse("2099-01-01T00:00:00.000Z"), lateMs: -4e12 };
    const { stream } = changingVendor(now, [...pairs, ahead]);
    const { ids, cursor } = await batchesOf(stream, { mode: "changes", at: "2026-03-18T10:40:00.000Z" });
    expect(ids.at(-1)).toBe("z");
    expect(cursor).toEqual({ mode: "changes", at: "2026-03-18T12:00:00.000Z" });
  });

  test.each([
    ["without stamps", null],
    ["with stamps that cannot be read", "yesterday"],
    ["with older stamps", "2020-01-01T00:00:00Z"],
  ])("keeps its place when records come %s", async (_, at) => {
    const stream: OpenStream = {
      object: "contacts",
      pages: async () => ({ records: [], next: null }),
      changes: async () => ({ records: [recordAt("1", at)], next: null }),
    };
    const state = { mode: "changes", at: "2026-03-18T11:00:00.000Z" } as const;
    expect((await batchesOf(stream, state)).cursor).toEqual(state);
  });

  test("compares stamps as instants, however they are written", async () => {
    const stamps = ["2026-03-18T11:30:00Z", "2026-03-18T12:29:59.999+01:00", "2026-03-18T11:30:00.100000Z"];
    const stream: OpenStream = {
      object: "contacts",
      pages: async () => ({ records: [], next: null }),
      changes: async () => ({ records: stamps.map((at) => recordAt("1", at)), next: null }),
    };
    const { cursor } = await batchesOf(stream, { mode: "changes", at: "2026-03-18T11:00:00.000Z" });
    expect(cursor).toEqual({ mode: "changes", at: "2026-03-18T11:30:00.100Z" });
  });

  test("keeps a place between two pages before what the next one may bring: neighbours come out of order", async () => {
    const next = { at: "2026-03-18T11:10:00.000Z", id: "2" };
    const stream: OpenStream = {
      object: "contacts",
      pages: async () => ({ records: [], next: null }),
      changes: async ({ since }) =>
        since.id === null
          ? { records: [recordAt("1", "2026-03-18T11:30:00.000Z"), recordAt("2", next.at)], next }
          : { records: [recordAt("3", "2026-03-18T11:12:00.000Z")], next: null },
    };
    const { batches } = await batchesOf(stream, { mode: "changes", at: "2026-03-18T11:00:00.000Z" });
    expect(batches.map(({ cursor }) => cursor)).toEqual([
      { mode: "changes", at: "2026-03-18T11:10:00.000Z" },
      { mode: "changes", at: "2026-03-18T11:30:00.000Z" },
    ]);
  });

  test("whose rows come later than a quarter of an hour is backfilled with as long an overlap", async () => {
    const { stream } = changingVendor(now, [], { lookBackMs: 60 * minuteMs });
    expect((await batchesOf(stream, null)).cursor).toEqual({ mode: "changes", at: "2026-03-18T11:00:00.000Z" });
  });

  test("looks back far for stragglers, as often as it says, and says when it did", async () => {
    const stragglers = { byMs: 60 * minuteMs, everyMs: 30 * minuteMs };
    const { stream } = changingVendor(now, pairs, { stragglers, pageSize: 100 });
    const at = "2026-03-18T11:30:00.000Z";
    const near = { mode: "changes", at, farAt: "2026-03-18T11:31:00.000Z" } as const;
    expect(await batchesOf(stream, near)).toMatchObject({ ids: [], cursor: near });
    const far = await batchesOf(stream, { mode: "changes", at, farAt: "2026-03-18T11:30:00.000Z" });
    const cursor = { mode: "changes", at, farAt: "2026-03-18T12:00:00.000Z" };
    expect(far).toMatchObject({ ids: allIds, cursor }); // from 10:30 on
    const first = await batchesOf(stream, { mode: "changes", at: "2026-03-18T11:52:00.000Z" });
    expect(first.ids).toEqual(["c14", "c15", "c16", "c17", "c18"]); // an hour before it stood
    expect((await batchesOf(stream, null)).batches.map(({ cursor }) => cursor)).toEqual([
      { mode: "changes", at: "2026-03-18T11:00:00.000Z" },
      { mode: "changes", at: "2026-03-18T11:00:00.000Z", farAt: "2026-03-18T12:00:00.000Z" },
    ]);
  });

  test("that cannot read changes any more says so", async () => {
    const stream: OpenStream = { object: "contacts", pages: async () => ({ records: [], next: null }) };
    const { failure } = await batchesOf(stream, { mode: "changes", at: "2026-03-18T11:00:00.000Z" });
    expect(failure).toMatchObject({ next: "stop", message: expect.stringContaining("cannot read changes") });
  });
});

describe("a stream without changes", () => {
  const owners: OpenStream = {
    object: "owners",
    pages: async ({ after }) => ({
      records: [recordAt(after ?? "0")],
      next: after === "2" ? null : String(Number(after) + 1),
    }),
  };

  test("is read as a whole, and begins anew with each run", async () => {
    const first = await batchesOf(owners, null);
    expect(first.ids).toEqual(["0", "1", "2"]);
    expect(first.cursor).toEqual({ mode: "whole", after: null });
    expect((await batchesOf(owners, first.cursor)).ids).toEqual(["0", "1", "2"]);
  });

  test("goes on in the middle when it was stopped there", async () => {
    const [firstBatch] = (await batchesOf(owners, null)).batches;
    expect(firstBatch?.cursor).toEqual({ mode: "whole", after: "1" });
    expect((await batchesOf(owners, firstBatch?.cursor ?? null)).ids).toEqual(["1", "2"]);
  });

  test("that has learned to read changes begins with a backfill", async () => {
    const { stream } = changingVendor(now, pairs);
    const { ids, cursor } = await batchesOf(stream, { mode: "whole", after: null });
    expect({ ids, mode: cursor?.mode }).toEqual({ ids: allIds, mode: "changes" });
  });
});

test.each<[string, CursorState | null]>([
  ["a backfill", null],
  ["changes", { mode: "changes", at: "2026-03-18T10:40:00.000Z" }],
  ["a whole stream", { mode: "whole", after: "c" }],
])("from every cursor that %s leaves behind, the rest is read", async (_, start) => {
  const { stream } = changingVendor(now, pairs);
  const { batches } = await batchesOf(stream, start);
  expect(batches.length).toBeGreaterThan(3);
  for (const [n, { cursor }] of batches.entries()) {
    const rest = await batchesOf(stream, cursor);
    expect(rest.failure).toBeNull();
    const seen = new Set([...idsOf(batches.slice(0, n + 1)), ...rest.ids]);
    expect([...seen].sort()).toEqual(allIds);
  }
});

describe("a vendor that leads round in a circle", () => {
  /** Page tokens 0, 1, 2 … that go back to `tail` after `tail + circle` pages. */
  const circular = (tail: number, circle: number) => {
    let asked = 0;
    const follow = (place: number) => (place + 1 < tail + circle ? place + 1 : tail);
    const stream: OpenStream = {
      object: "contacts",
      pages: async ({ after }) => {
        asked += 1;
        return { records: [], next: String(follow(Number(after ?? 0))) };
      },
      changes: async ({ since }) => {
        asked += 1;
        return { records: [], next: { at: "2026-03-18T11:00:00.000Z", id: String(follow(Number(since.id ?? 0))) } };
      },
    };
    return { stream, asked: () => asked };
  };

  test.each([
    [0, 1],
    [5, 1],
    [0, 2],
    [3, 7],
    [100, 3],
    [1, 500],
  ])("is found out after %i pages and a circle of %i, within a few rounds", async (tail, circle) => {
    for (const state of [null, { mode: "changes", at: "2026-03-18T11:00:00.000Z" }] as const) {
      const { stream, asked } = circular(tail, circle);
      const { failure } = await batchesOf(stream, state);
      expect(failure).toMatchObject({
        next: "stop",
        message: expect.stringContaining("Reading contacts does not move on"),
      });
      expect(asked()).toBeLessThanOrEqual(3 * (tail + circle) + 4);
    }
  });

  test("is found out at once when it repeats the page that a run began with", async () => {
    const stream: OpenStream = { object: "contacts", pages: async ({ after }) => ({ records: [], next: after }) };
    const { batches, failure } = await batchesOf(stream, { mode: "whole", after: "x" });
    expect(batches).toEqual([]);
    expect(failure).toMatchObject({ next: "stop" });
  });
});

describe("the limit of pages", () => {
  test("ends a run with an error that lets the next one go on from there", async () => {
    const { stream } = changingVendor(now, pairs);
    const first = await batchesOf(stream, null, { pagesMax: 2 });
    expect(first.failure).toMatchObject({ next: "retry", message: expect.stringContaining("stopped after 2 pages") });
    expect(first.ids).toEqual(allIds.slice(0, 4));
    const rest = await batchesOf(stream, first.cursor, { pagesMax: 3 });
    expect(rest).toMatchObject({ failure: null, ids: allIds.slice(4) });
  });

  test("holds for changes as well, and no page beyond it is asked for", async () => {
    let asked = 0;
    const stream: OpenStream = {
      object: "contacts",
      pages: async () => ({ records: [], next: null }),
      changes: async () => {
        asked += 1;
        return { records: [], next: { at: "2026-03-18T11:00:00.000Z", id: String(asked) } };
      },
    };
    const { failure, batches } = await batchesOf(
      stream,
      { mode: "changes", at: "2026-03-18T11:00:00.000Z" },
      { pagesMax: 7 },
    );
    expect(failure).toMatchObject({ next: "retry" });
    expect({ asked, batches: batches.length }).toEqual({ asked: 7, batches: 7 });
  });
});

describe("the page that is asked for ahead", () => {
  const outage = new SourceError("retry", "Acme answered 503");
  /** Three pages, of which `failing` fails in the given way. */
  const failingAt = (failing: string, fail: () => Promise<never>) => {
    const asked: (string | null)[] = [];
    const pages: OpenStream["pages"] = ({ after }) => {
      asked.push(after);
      if (after === failing) return fail();
      return Promise.resolve({
        records: [recordAt(after ?? "0")],
        next: after === "2" ? null : String(Number(after) + 1),
      });
    };
    return { asked, stream: { object: "owners", pages } satisfies OpenStream };
  };

  test("is under way while the one before is being stored", async () => {
    const { stream, asked } = failingAt("none", () => Promise.reject(outage));
    const reading = pull(stream, null, { fields: [], now });
    expect(await reading.next()).toMatchObject({ value: { records: [{ id: "0" }] } });
    expect(asked).toEqual([null, "1"]);
    await reading.return(undefined);
  });

  test.each<[string, () => Promise<never>]>([
    ["rejects", () => Promise.reject(outage)],
    [
      "throws",
      () => {
        throw outage;
      },
    ],
  ])("and %s meanwhile fails when its turn comes, and what came before stands", async (_, fail) => {
    const { stream } = failingAt("1", fail);
    const reading = pull(stream, null, { fields: [], now });
    expect(await reading.next()).toMatchObject({ value: { cursor: { mode: "whole", after: "1" } } });
    for (let n = 0; n < 5; n++) await settle(); // an unhandled rejection would fail this test here
    await expect(reading.next()).rejects.toBe(outage);
    expect(await reading.next()).toMatchObject({ done: true });
  });

  test("and fails after the reader has left harms nobody", async () => {
    const { stream } = failingAt("1", async () => {
      await settle();
      throw outage;
    });
    for await (const batch of pull(stream, null, { fields: [], now })) {
      expect(batch.records).toHaveLength(1);
      break;
    }
    for (let n = 0; n < 5; n++) await settle();
  });
});

test("fields that the account lacks are handed on with their batch", async () => {
  const stream: OpenStream = {
    object: "contacts",
    pages: async () => ({ records: [], next: null, missingFields: ["birthday"] }),
  };
  expect((await batchesOf(stream, null)).batches).toMatchObject([{ missingFields: ["birthday"] }]);
});
