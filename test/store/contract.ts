import { asc } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { replan, StaleError, type Store } from "../../src/store/store.ts";
import type { Row } from "../../src/store/tables.ts";
import { append, put, remove, set } from "../../src/store/writes.ts";

const link = (record_key: string, customer_id: string, revision: number): Row<"links"> => ({
  record_key,
  customer_id,
  founder_id: `founder of ${record_key}`,
  kind: "person",
  evidence: "{}",
  revision,
});
const association = (from_key: string, to_key: string): Row<"associations"> => ({
  from_key,
  to_key,
  role: "contact",
  source_key: from_key,
  valid_from: "",
  valid_to: "~",
});
const dirty = (customer_id: string): Row<"dirty"> => ({ customer_id, since: "2026-01-01T00:00:00.000Z" });

/** What every database must do for the hub; run by sqlite.test.ts and postgres.test.ts. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(name, () => {
    let store: Store;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    test("appending the same row twice keeps one and says so", async () => {
      expect(await store.commit([append("dirty", [dirty("a1"), dirty("a2")])])).toEqual({ changed: [2] });
      expect(await store.commit([append("dirty", [dirty("a2"), dirty("a3")])])).toEqual({ changed: [1] });
    });

    test("of each key at most so many rows are read where so many are asked for", async () => {
      const rows = ["b1", "b2", "b3"].map((from_key) => association(from_key, "k1"));
      await store.commit([append("associations", [...rows, association("b1", "k2")])]);
      const found = await store.firstByKey("associations", "to_key", ["k1", "k2", "k3", "k1"], 2);
      expect(found.map(({ to_key }) => to_key).sort()).toEqual(["k1", "k1", "k2"]);
      expect(await store.firstByKey("associations", "to_key", [], 2)).toEqual([]);
    });

    test("of each block key at most so many records are read as are asked for of that key", async () => {
      const largest = Number.MAX_SAFE_INTEGER;
      const rows = [1, 2, 3].flatMap((first_seq) => [0, 7, largest].map((key) => ({ key, first_seq })));
      await store.commit([append("block_keys", [...rows, { key: 8, first_seq: 4 }])]);
      const limits = [[7, 2], [largest, 9], [8, 1], [9, 1]] as const; // biome-ignore format: a pair each
      const found = await store.holders(new Map(limits));
      expect([...found.keys()].sort((a, b) => a - b)).toEqual([7, 8, largest]);
      expect(found.get(7)).toHaveLength(2);
      expect(found.get(8)).toEqual([4]);
      expect(found.get(largest)?.sort()).toEqual([1, 2, 3]);
      expect(await store.holders(new Map())).toEqual(new Map());
      await store.commit([remove("block_keys", ["key", "first_seq"], [[largest, 2]])]);
      expect((await store.holders(new Map([[largest, 9]]))).get(largest)?.sort()).toEqual([1, 3]);
    });

    test("a row that is one of the first of its key is whole, whatever letters it is of", async () => {
      const evidence = JSON.stringify({ claim: 'email:"ann"\\\n@e.example', with: "Zoë 🦊\t\u0001" });
      const link = { customer_id: "of'many", founder_id: "", kind: "person", evidence, revision: 1 };
      const rows = ["l1", "l2"].map((record_key) => ({ record_key, ...link }));
      await store.commit([put("links", rows)]);
      expect(await store.firstByKey("links", "customer_id", ["of'many"], 9)).toEqual(rows);
    });

    test("who waited for a commit reads what it wrote, whatever was read before it in the same turn", async () => {
      const read = () => store.byKey("dirty", "customer_id", ["turn"]);
      const write = store.commit([append("dirty", [dirty("turn")])]);
      const [, after] = await Promise.all([read(), write.then(read)]);
      expect(after).toHaveLength(1);
    });

    test("a commit applies all of its writes or none", async () => {
      const broken = { op: "append", table: "dirty", by: [], rows: [["b2", null]] } as const;
      await expect(store.commit([append("dirty", [dirty("b1")]), broken])).rejects.toThrow(/null/i);
      expect(await store.byKey("dirty", "customer_id", ["b1", "b2"])).toEqual([]);
    });

    test("one failing commit of a group leaves the others standing", async () => {
      const broken = { op: "append", table: "dirty", by: [], rows: [["g2", null]] } as const;
      const results = await Promise.allSettled([
        store.commit([append("dirty", [dirty("g1")])]),
        store.commit([broken]),
        store.commit([append("dirty", [dirty("g3")])]),
      ]);
      expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(await store.byKey("dirty", "customer_id", ["g1", "g2", "g3"])).toHaveLength(2);
    });

    test("commits of the same instant that rely on nothing all go through, the same rows among them", async () => {
      const named = (n: number) => [set("timers", [{ customer_id: "same", due_at: `${n}`, because: "" }])];
      const results = await Promise.all(
        [1, 2, 3, 4, 5, 6].map((n) => store.commit([append("dirty", [dirty("s1"), dirty(`s2 of ${n}`)]), ...named(n)])),
      );
      const [added = 0] = results.map(({ changed: [rows = 0] }) => rows).sort((left, right) => right - left);
      expect([added, results.reduce((sum, { changed: [rows = 0] }) => sum + rows, 0)]).toEqual([2, 7]);
      await store.commit([remove("timers", ["customer_id"], [["same"]])]);
    });

    test("a put on an outdated revision is refused and changes nothing", async () => {
      await store.commit([put("links", [link("r1", "c1", 1)])]);
      await store.commit([put("links", [link("r1", "c2", 2)])]);
      await expect(store.commit([put("links", [link("r1", "c3", 2)]), append("dirty", [dirty("p1")])])).rejects.toThrow(
        StaleError,
      );
      expect(await store.byKey("links", "record_key", ["r1"])).toEqual([link("r1", "c2", 2)]);
      expect(await store.byKey("dirty", "customer_id", ["p1"])).toEqual([]);
    });

    test("a guard refuses a commit whose reading is outdated, for rows that stand and for rows that did not exist", async () => {
      await store.commit([put("links", [link("r2", "c1", 1)])]);
      const guarded = (key: string, revision: number) =>
        store.commit([append("dirty", [dirty("guarded")])], { guards: [{ table: "links", key: [key], revision }] });
      await expect(guarded("r2", 0)).rejects.toThrow(StaleError);
      await expect(guarded("absent", 1)).rejects.toThrow(StaleError);
      expect(await guarded("r2", 1)).toEqual({ changed: [1] });
    });

    test("planning again after a stale commit loses no update", async () => {
      await store.commit([put("cursors", [cursor(0, 1)])]);
      const addOne = () =>
        replan(async () => {
          const [row] = await store.byKey("cursors", "connection", ["counter"]);
          if (!row) throw new Error("the counter row is missing");
          await store.commit([put("cursors", [cursor(row.records + 1, row.revision + 1)])]);
        });
      for (let n = 0; n < 10; n++) await Promise.all([addOne(), addOne()]);
      const [row] = await store.byKey("cursors", "connection", ["counter"]);
      expect(row?.records).toBe(20);
    });

    test("set replaces, remove deletes by one column or by several", async () => {
      const timer = (due_at: string) => ({ customer_id: "t1", due_at, because: "test" });
      await store.commit([set("timers", [timer("2026-01-01T00:00:00.000Z")])]);
      await store.commit([set("timers", [timer("2026-02-02T00:00:00.000Z")])]);
      expect((await store.byKey("timers", "customer_id", ["t1"]))[0]?.due_at).toBe("2026-02-02T00:00:00.000Z");
      const members = ["k1", "k2", "k3"].map((record_key) => ({
        customer_id: "m1",
        record_key,
        role: "self",
        during: "",
      }));
      await store.commit([append("memberships", members)]);
      await store.commit([
        remove(
          "memberships",
          ["customer_id", "record_key"],
          [
            ["m1", "k1"],
            ["m1", "k2"],
          ],
        ),
      ]);
      expect(await store.byKey("memberships", "customer_id", ["m1"])).toEqual([members[2]]);
      await store.commit([
        remove("memberships", ["customer_id"], [["m1"]]),
        remove("timers", ["customer_id"], [["t1"]]),
      ]);
      expect(await store.byKey("memberships", "customer_id", ["m1"])).toEqual([]);
    });

    test("bytes and large whole numbers come back as they were", async () => {
      const body = Buffer.from([0, 255, 10, 13]);
      const row: Row<"inbox"> = {
        connection: "w",
        dedupe_key: "1",
        seq: 9_007_199_254_740_991,
        received_at: "2026-01-01T00:00:00.000Z",
        content_hash: "h",
        body,
        status: "waiting",
        attempts: 0,
      };
      await store.commit([append("inbox", [row])]);
      const [read] = await store.byKey("inbox", "connection", ["w"]);
      expect(read?.seq).toBe(9_007_199_254_740_991);
      expect(Buffer.compare(Buffer.from(read?.body ?? []), body)).toBe(0);
    });

    test("text sorts by bytes, so instants and keys sort alike in both databases", async () => {
      const keys = ["zeta", "Zeta", "élan", "_x", "10", "9"];
      await store.commit([
        append(
          "settings",
          keys.map((name) => ({ name, value: "sort" })),
        ),
      ]);
      const { settings } = store.tables;
      const rows = await store.db.select({ name: settings.name }).from(settings).orderBy(asc(settings.name));
      const names = rows.map(({ name }) => name).filter((name) => keys.includes(name));
      expect(names).toEqual([...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    });

    test("more rows than one statement takes are written whole", async () => {
      const rows = Array.from({ length: 1_234 }, (_, n) => dirty(`many${n}`));
      expect(await store.commit([append("dirty", rows)])).toEqual({ changed: [1_234] });
      expect(
        await store.byKey(
          "dirty",
          "customer_id",
          rows.map((row) => row.customer_id),
        ),
      ).toHaveLength(1_234);
      expect(
        await store.commit([
          remove(
            "dirty",
            ["customer_id"],
            rows.map((row) => [row.customer_id]),
          ),
        ]),
      ).toEqual({
        changed: [1_234],
      });
    });

    test("a timeline is read page by page in either order, each event once", async () => {
      const at = (n: number) => `2026-01-0${n}T00:00:00.000Z`;
      const event = (n: number): Row<"events"> => ({
        record_key: `k${n % 2}`,
        occurred_at: at(n),
        id: `e${n}`,
        kind: "note.added",
        known_at: at(n < 4 ? 6 : 9),
        direction: "none",
        channel: "other",
        title: `Note ${n}`,
        changes: "[]",
        facts: "{}",
      });
      const events = [1, 2, 3, 4, 5].map(event);
      const placed = events.map(({ record_key, occurred_at, id }) => ({
        customer_id: "tl",
        occurred_at,
        event_id: id,
        record_key,
      }));
      await store.commit([append("events", events), append("timeline", placed)]);
      const newest = await store.timeline({ customer_id: "tl", limit: 2 });
      expect(newest.map(({ id }) => id)).toEqual(["e5", "e4"]);
      const next = await store.timeline({ customer_id: "tl", limit: 10, after: { occurred_at: at(4), id: "e4" } });
      expect(next.map(({ id }) => id)).toEqual(["e3", "e2", "e1"]);
      expect(await store.timeline({ customer_id: "tl", order: "oldest_first", limit: 10 })).toEqual(events);
      const known = await store.timeline({ customer_id: "tl", known_at: at(6), limit: 2 });
      expect(known.map(({ id }) => id)).toEqual(["e3", "e2"]);
    });

    test("reserved sequence numbers never overlap", async () => {
      const first = await store.reserve(10);
      expect(await store.reserve(5)).toBe(first + 10);
    });
  });
}

function cursor(records: number, revision: number): Row<"cursors"> {
  return {
    connection: "counter",
    stream: "s",
    state: "{}",
    records,
    updated_at: "2026-01-01T00:00:00.000Z",
    revision,
  };
}
