import { confirmBack, type OpenStream, returnedIn, type SourceRecord } from "journey-hub/connector";
import { expect, test } from "vitest";

const swept = { order: "number", after: null, upTo: "3" } as const;
const stamp = "2026-03-18T11:00:00.000Z";
const record = (id: string, deleted = false): SourceRecord => ({ id, at: stamp, deleted, payload: { id } });
const list: OpenStream = { object: "contacts", pages: async () => ({ records: [], next: null }) };

test("back are records that a complete reading shows as live and that are held for deleted", () => {
  const records = [record("1"), record("2"), record("3", true)];
  expect(returnedIn({ records, swept }, ["2", "3", "4"])).toEqual([record("2")]);
  expect(returnedIn({ records }, ["2"])).toEqual([]); // changes may be older than a deletion
});

test("they are asked for in the vendor's batches, and come without the stamp that would make them old", async () => {
  const asked: string[] = [];
  const stream: OpenStream = {
    ...list,
    idsMax: 2,
    byId: async (ids) => {
      asked.push(ids.join());
      return ids.map((id) => record(id, id === "2"));
    },
  };
  expect(
    await confirmBack(
      stream,
      ["1", "2", "3"].map((id) => record(id)),
      [],
    ),
  ).toEqual([
    { ...record("1"), at: null },
    { ...record("3"), at: null },
  ]);
  expect(asked).toEqual(["1,2", "3"]);
});

test("one that answers under another id is not back", async () => {
  const merged: OpenStream = { ...list, byId: async () => [record("9")] };
  expect(await confirmBack(merged, [record("1")], [])).toEqual([]);
});

test("where nothing can be asked, a list is believed when the stream says so", async () => {
  expect(await confirmBack(list, [record("1")], [])).toEqual([]);
  const trusted: OpenStream = { ...list, sweep: { order: "number", confirm: "none" } };
  expect(await confirmBack(trusted, [record("1")], [])).toEqual([{ ...record("1"), at: null }]);
});
