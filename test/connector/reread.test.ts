import { type Batch, type CursorState, type OpenStream, pull, SourceError } from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import { quietVendor } from "./quiet-vendor.ts";

const noon = Date.parse("2026-03-18T12:00:00.000Z");
const hourMs = 3_600_000;
const at = "2026-03-18T11:00:00.000Z";
const ids = ["1", "2", "3", "4", "5"];

interface RunOptions {
  now?: number;
  rereadPagesMax?: number;
  fields?: readonly string[];
}

async function run(
  stream: OpenStream,
  state: CursorState | null,
  { now = noon, rereadPagesMax = 100, fields = [] }: RunOptions = {},
) {
  const batches: Batch[] = [];
  for await (const batch of pull(stream, state, { fields, now, rereadPagesMax })) batches.push(batch);
  const cursor = batches.at(-1)?.cursor ?? null;
  return { batches, cursor, ids: batches.flatMap(({ records }) => records.map(({ id }) => id)) };
}

describe("a stream that is read again from time to time", () => {
  test("is so after its changes, when the last complete reading is as old as it says", async () => {
    const { stream, asked } = quietVendor({ ids, everyMs: 24 * hourMs });
    const { cursor } = await run(stream, {
      mode: "changes",
      at,
      reread: { completeFrom: "2026-03-17T12:00:00.000Z" },
    });
    expect(asked).toEqual(["changes 2026-03-18T10:55:00.000Z", "pages null", "pages 2", "pages 4"]);
    expect(cursor).toEqual({ mode: "changes", at, reread: { completeFrom: "2026-03-18T12:00:00.000Z" } });
  });

  test("is not before that", async () => {
    const { stream, asked } = quietVendor({ ids, everyMs: 24 * hourMs });
    const state = { mode: "changes", at, reread: { completeFrom: "2026-03-17T12:00:01.000Z" } } as const;
    expect((await run(stream, state)).cursor).toEqual(state);
    expect(asked).toEqual(["changes 2026-03-18T10:55:00.000Z"]);
  });

  test("shows values that changed under the same stamp", async () => {
    const { stream, records } = quietVendor({ ids, everyMs: hourMs });
    const backfilled = await run(stream, null);
    records.set("3", { at: "2026-01-01T00:00:00.000Z", value: "second" });
    const soon = await run(stream, backfilled.cursor, { now: noon + hourMs / 2 });
    expect(soon.ids).toEqual([]);
    const later = await run(stream, soon.cursor, { now: noon + hourMs });
    expect(later.batches.flatMap((batch) => batch.records)).toContainEqual({
      id: "3",
      at: "2026-01-01T00:00:00.000Z",
      deleted: false,
      payload: { value: "second" },
    });
  });

  test("spends no more pages on it than a run may, and goes on there, after the changes of each run", async () => {
    const { stream, asked } = quietVendor({ ids, pageSize: 1, everyMs: hourMs });
    let state: CursorState | null = { mode: "changes", at };
    const places: unknown[] = [];
    for (let n = 0; n < 3; n++) {
      ({ cursor: state } = await run(stream, state, { now: noon + n * 60_000, rereadPagesMax: 2 }));
      places.push(state?.mode === "changes" ? state.reread : null);
    }
    expect(asked.filter((question) => !question.startsWith("changes"))).toEqual(
      ["null", "1", "2", "3", "4"].map((after) => `pages ${after}`),
    );
    expect(asked.filter((question) => question.startsWith("changes"))).toHaveLength(3);
    const from = "2026-03-18T12:00:00.000Z";
    expect(places).toEqual([
      { completeFrom: null, under: { from, after: "2", behind: null } },
      { completeFrom: null, under: { from, after: "4", behind: null } },
      { completeFrom: from },
    ]);
  });

  test("that was killed at any page goes on with nothing left out", async () => {
    const { stream } = quietVendor({ ids, pageSize: 1, everyMs: hourMs });
    const { batches } = await run(stream, { mode: "changes", at });
    for (const [n, { cursor }] of batches.entries()) {
      const before = batches.slice(0, n + 1).flatMap(({ records }) => records.map(({ id }) => id));
      expect([...before, ...(await run(stream, cursor)).ids]).toEqual(ids);
    }
  });

  test("has been read completely by its backfill", async () => {
    const { stream, asked } = quietVendor({ ids, everyMs: hourMs });
    const { cursor } = await run(stream, null);
    expect(cursor).toEqual({
      mode: "changes",
      at: "2026-03-18T11:45:00.000Z",
      reread: { completeFrom: "2026-03-18T11:45:00.000Z" },
    });
    asked.splice(0);
    await run(stream, cursor, { now: noon + hourMs / 2 });
    expect(asked).toEqual(["changes 2026-03-18T11:40:00.000Z"]);
  });

  test("that is read again no more forgets its place", async () => {
    const { stream } = quietVendor({ ids });
    const under = { from: at, after: "2", behind: null };
    const { cursor } = await run(stream, { mode: "changes", at, reread: { completeFrom: null, under } });
    expect(cursor).toEqual({ mode: "changes", at });
  });
});

describe("a stream of which another field is asked for", () => {
  const pagesOf = (asked: string[]) => asked.splice(0).filter((question) => !question.startsWith("changes"));
  const allPages = ["pages null", "pages 2", "pages 4"];

  test.each([undefined, 24 * hourMs])("is read again at once, and once (read again every %s ms)", async (everyMs) => {
    const { stream, asked } = quietVendor({ ids, ...(everyMs === undefined ? {} : { everyMs }) });
    const before = await run(stream, null, { fields: ["name"] });
    expect(pagesOf(asked)).toEqual(allPages);
    const again = await run(stream, before.cursor, { fields: ["name", "size"] });
    expect([pagesOf(asked), again.ids]).toEqual([allPages, ids]);
    expect(again.cursor).toMatchObject({ mode: "changes", fields: ["name", "size"] });
    expect(again.cursor).not.toMatchObject({ reread: { under: {} } });
    await run(stream, again.cursor, { fields: ["size", "name"] });
    expect(pagesOf(asked)).toEqual([]);
  });

  test("is not when it is one less; it is when that one comes back, as records came without it", async () => {
    const { stream, asked } = quietVendor({ ids });
    const { cursor: both } = await run(stream, null, { fields: ["name", "size"] });
    const { cursor: less } = await run(stream, both, { fields: ["name"] });
    expect(pagesOf(asked)).toEqual(allPages);
    await run(stream, less, { fields: ["name", "size"] });
    expect(pagesOf(asked)).toEqual(allPages);
  });

  test("goes on where a run has left it, and says how far it is and why", async () => {
    const { stream, asked } = quietVendor({ ids, pageSize: 1 });
    let { cursor } = await run(stream, null, { fields: ["name"] });
    asked.splice(0);
    const places: unknown[] = [];
    for (let n = 0; n < 3; n++) {
      ({ cursor } = await run(stream, cursor, { fields: ["name", "size"], rereadPagesMax: 2 }));
      places.push(cursor?.mode === "changes" ? [cursor.fields, cursor.reread?.under?.forFields?.records] : null);
    }
    expect(places).toEqual([
      [["name"], 2],
      [["name"], 4],
      [["name", "size"], undefined],
    ]);
    expect(pagesOf(asked)).toEqual(["null", "1", "2", "3", "4"].map((after) => `pages ${after}`));
  });

  test("begins anew when a further one comes meanwhile, and is given up when the new ones are asked for no more", async () => {
    const { stream, asked } = quietVendor({ ids, pageSize: 1 });
    const { cursor } = await run(stream, null, { fields: ["a"] });
    const half = await run(stream, cursor, { fields: ["a", "b"], rereadPagesMax: 2 });
    asked.splice(0);
    await run(stream, half.cursor, { fields: ["a", "b", "c"], rereadPagesMax: 2 });
    expect(pagesOf(asked)).toEqual(["pages null", "pages 1"]);
    const back = await run(stream, half.cursor, { fields: ["a"] });
    expect(pagesOf(asked)).toEqual([]);
    expect(back.cursor).not.toHaveProperty("reread");
  });

  test("amid its backfill is read again for the pages that were before", async () => {
    const { stream, asked } = quietVendor({ ids, pageSize: 1 });
    const reading = pull(stream, null, { fields: ["name"], now: noon });
    const first = await reading.next();
    await reading.return(undefined);
    const rest = await run(stream, first.value?.cursor ?? null, { fields: ["name", "size"] });
    expect(rest.cursor).toMatchObject({ mode: "changes", fields: ["name"] });
    asked.splice(0);
    await run(stream, rest.cursor, { fields: ["name", "size"] });
    expect(pagesOf(asked)).toHaveLength(ids.length);
  });

  test("that the account does not have is read no further than shows it", async () => {
    const { stream: full, asked } = quietVendor({ ids, pageSize: 1 });
    const stream: OpenStream = {
      ...full,
      pages: async (request) => ({ ...(await full.pages(request)), missingFields: ["size"] }),
    };
    const { cursor } = await run(stream, null, { fields: ["name"] });
    asked.splice(0);
    const vain = await run(stream, cursor, { fields: ["name", "size"] });
    expect(vain.ids).toEqual(["1"]);
    asked.splice(0);
    await run(stream, vain.cursor, { fields: ["name", "size"] });
    expect(pagesOf(asked)).toEqual([]);
  });
});

describe("a vendor that forgot its own page token", () => {
  const forgotten = new SourceError("skip", "the paging cursor has expired", { lostPlace: true });
  const forgetful = (remembers: string | null) => {
    const vendor = quietVendor({ ids });
    const { pages } = vendor.stream;
    const stream: OpenStream = {
      ...vendor.stream,
      pages: async (request) => {
        if (request.after !== null && request.after !== remembers) throw forgotten;
        return pages({ ...request, after: request.after === "beginning" ? null : request.after });
      },
    };
    return { ...vendor, stream };
  };

  test("is read from the beginning, and changes from where they were to begin", async () => {
    const { stream, asked } = forgetful("2");
    const reading = pull(stream, { mode: "backfill", after: "4", from: at }, { fields: [], now: noon });
    expect(await reading.next()).toMatchObject({
      value: { records: [{ id: "1" }, { id: "2" }], cursor: { mode: "backfill", after: "2", from: at } },
    });
    expect(asked[0]).toBe("pages null");
    await reading.return(undefined);
  });

  test("again in the same run fails: reading would never end", async () => {
    const { stream } = forgetful(null);
    await expect(run(stream, { mode: "backfill", after: "4", from: at })).rejects.toBe(forgotten);
  });

  test("without having been given one fails", async () => {
    const stream: OpenStream = { object: "contacts", pages: () => Promise.reject(forgotten) };
    await expect(run(stream, null)).rejects.toBe(forgotten);
  });
});

test.each<[string, CursorState | null]>([
  ["of everything", null],
  ["of changes", { mode: "changes", at }],
])("a page %s that comes a second time instead of the next is asked for again", async (_, state) => {
  const vendor = quietVendor({ ids: [] });
  let asked = 0;
  const stream: OpenStream = {
    ...vendor.stream,
    pages: async ({ after }) => {
      asked += 1;
      const isRepeated = asked === 2;
      return { records: [], next: after === null || isRepeated ? "1" : null };
    },
    changes: async ({ since }) => {
      asked += 1;
      const next = { at: "2026-03-18T11:30:00.000Z", id: "1" };
      return { records: [], next: since.id === null || asked === 2 ? next : null };
    },
  };
  await expect(run(stream, state)).resolves.toMatchObject({ cursor: { mode: "changes" } });
});
