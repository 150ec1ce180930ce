import fc from "fast-check";
import { expect, test } from "vitest";
import { type Commit, pack, unpack } from "../../../src/store/sqlite/parcel.ts";
import type { Cell } from "../../../src/store/writes.ts";

/** As it crosses to the writing thread. */
function crossed(commits: readonly Commit[]) {
  const parcel = pack(commits);
  return unpack(structuredClone(parcel, { transfer: [parcel.bytes.buffer] }));
}

const delivery = (id: string, body: string): Commit => ({
  writes: [{ op: "append", table: "inbox", by: [], rows: [["hook", id, 7, Buffer.from(body), null]] }],
  guards: [],
});

test("a burst of deliveries crosses as one statement, one list of cells and one block of bytes", () => {
  const parcel = pack([delivery("a", "first"), delivery("b", "second")]);
  expect(parcel.statements).toEqual([{ op: "append", table: "inbox", by: [] }]);
  expect(parcel.cells).toEqual(["hook", "a", 7, null, null, "hook", "b", 7, null, null]);
  // The block that small buffers share stays behind.
  expect(Buffer.from(parcel.bytes).toString()).toBe("firstsecond");
  expect(parcel.bytes.buffer.byteLength).toBe("firstsecond".length);
});

test("each commit comes out with its own rows, bytes and guards", () => {
  const guards = [{ table: "links", key: ["k"], revision: 2 }] as const;
  const removal: Commit = {
    writes: [
      { op: "remove", table: "timers", by: ["customer_id"], rows: [["c1"], ["c2"]] },
      { op: "clear", table: "dirty", by: [], rows: [[]] },
      { op: "append", table: "dirty", by: [], rows: [] },
    ],
    guards,
  };
  const [first, second, third] = crossed([delivery("a", ""), removal, delivery("b", "x")]);
  expect(first?.writes).toEqual([
    { statement: { op: "append", table: "inbox", by: [] }, rows: [["hook", "a", 7, Buffer.alloc(0), null]] },
  ]);
  expect(second).toEqual({
    writes: [
      { statement: { op: "remove", table: "timers", by: ["customer_id"] }, rows: [["c1"], ["c2"]] },
      { statement: { op: "clear", table: "dirty", by: [] }, rows: [[]] },
      { statement: { op: "append", table: "dirty", by: [] }, rows: [] },
    ],
    guards,
  });
  expect(third?.writes[0]?.rows).toEqual([["hook", "b", 7, Buffer.from("x"), null]]);
});

test("whatever is packed comes out as it was (seed 20)", () => {
  const cell: fc.Arbitrary<Cell> = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.constant(null),
    fc.uint8Array({ maxLength: 20 }),
  );
  const rows = fc
    .integer({ min: 0, max: 4 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 4 }));
  const write = fc.record({
    op: fc.constantFrom("append" as const, "put" as const, "remove" as const),
    table: fc.constantFrom("inbox" as const, "links" as const),
    by: fc.constantFrom([], ["record_key"]),
    rows,
  });
  const commits = fc.array(fc.record({ writes: fc.array(write, { maxLength: 4 }), guards: fc.constant([]) }));
  fc.assert(
    fc.property(commits, (given) => {
      const plain = (cells: readonly Cell[]) => cells.map((one) => (one instanceof Uint8Array ? [...one] : one));
      const found = crossed(given).map(({ writes }) =>
        writes.map(({ statement, rows }) => ({ ...statement, rows: rows.map(plain) })),
      );
      expect(found).toEqual(given.map(({ writes }) => writes.map((one) => ({ ...one, rows: one.rows.map(plain) }))));
    }),
    { seed: 20, numRuns: 300 },
  );
});
