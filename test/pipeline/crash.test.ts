import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { OpenStream, SourceRecord } from "../../src/connector/index.ts";
import type { RawRecord } from "../../src/model/record.ts";
import { decide } from "../../src/pipeline/decide.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { pin } from "../../src/pipeline/pin.ts";
import { pullStream } from "../../src/pipeline/pull/run.ts";
import { interruptedAt, replay } from "../../src/pipeline/replay.ts";
import { customerIdOf } from "../../src/pipeline/resolve/plan.ts";
import { dump } from "../../src/pipeline/verify.ts";
import type { Store } from "../../src/store/store.ts";
import { at, received } from "../fixtures/pipeline/crm.ts";
import {
  clustersOf,
  emptied,
  openSmallHub,
  pipelineOn,
  rowsOf,
  type SmallHub,
  shippedIdentity,
} from "../fixtures/pipeline/hub.ts";
import { recomputed, standing } from "../fixtures/pipeline/standing.ts";

let hub: SmallHub;
beforeAll(async () => {
  hub = await openSmallHub();
});
afterAll(() => hub.close());
beforeEach(() => emptied(hub.store));

/** The store as a process sees it that is killed at its n-th commit: before it is written, or after, when the answer is lost. */
function killedAt(store: Store, n: number, moment: "before" | "after"): Store {
  let commits = 0;
  return {
    ...store,
    async commit(writes, options) {
      commits += 1;
      if (commits < n) return store.commit(writes, options);
      if (commits === n && moment === "after") await store.commit(writes, options);
      throw new Error("killed");
    },
  };
}

const moments = ["before", "after"] as const;
const attemptsMax = 50;

describe("killed at any commit and started again", () => {
  const page = (from: number, to: number): SourceRecord[] =>
    Array.from({ length: to - from }, (_, n) => {
      const id = String(from + n);
      const { payload } = received("people", id, { first: "Ann", emails: [`${Number(id) % 40}@a.example`] });
      return { id, at: at(1), deleted: false, payload };
    });
  const people: OpenStream = {
    object: "people",
    // Two pages, the first of several commits.
    pages: async ({ after }) =>
      after === null ? { records: page(0, 230), next: "2" } : { records: page(230, 300), next: null },
  };
  const pullOn = (store: Store) =>
    pullStream({
      pipeline: pipelineOn(store),
      connection: "crm",
      name: "people",
      stream: people,
      fields: [],
      nowMs: Date.parse(at(10)),
    });

  test.each(moments)("a pull loses nothing and doubles nothing (%s the commit is written)", async (moment) => {
    await pullOn(hub.store);
    const whole = await standing(hub.store);
    let n = 1;
    for (let ended = false; !ended; n++) {
      expect(n).toBeLessThan(attemptsMax);
      await emptied(hub.store);
      ended = await pullOn(killedAt(hub.store, n, moment)).then(
        () => true,
        () => false,
      );
      const landed = new Set((await rowsOf(hub.store, "raw_records")).map(({ remote_id }) => Number(remote_id)));
      const [cursor] = await rowsOf(hub.store, "cursors");
      // The cursor never stands behind a page of which a record is missing.
      if (cursor?.state.includes('"2"')) expect(landed.size).toBeGreaterThanOrEqual(230);
      if (!ended) await pullOn(hub.store);
      expect(await standing(hub.store)).toEqual(whole);
      expect(await rowsOf(hub.store, "raw_records")).toHaveLength(300);
    }
    expect(n).toBeGreaterThan(4);
  });

  /** Stages between the records, so that a replay takes several commits. */
  const records: RawRecord[] = ["1", "2", "3", "4"].flatMap((id) => [
    received("people", id, { first: "Ann", emails: ["ann@a.example", `${id}@a.example`] }),
    received("deals", id, { stage: `s${id}`, people: [{ id, role: "buyer" }] }),
    received("stages", id, { stages: [{ id: `s${id}`, name: `Stage ${id}`, status: "open" }] }),
    received("deals", `${id}0`, { stage: `s${id}`, people: [{ id, role: "buyer" }] }),
  ]);

  test.each(moments)("a replay is finished before the next record lands (%s the commit is written)", async (moment) => {
    const late = received("people", "5", { emails: ["5@a.example", "1@a.example"] });
    await processBatch(hub.pipeline, { records, also: [] });
    const whole = await standing(hub.store);
    for (let n = 1, ended = false; !ended; n++) {
      expect(n).toBeLessThan(attemptsMax);
      ended = await replay(pipelineOn(killedAt(hub.store, n, moment))).then(
        () => true,
        () => false,
      );
      if (ended) expect(n).toBeGreaterThan(5);
      // Nothing to land, but the replay under way is finished.
      await processBatch(pipelineOn(hub.store), { records: [], also: [] });
      expect(await interruptedAt(hub.store)).toBeNull();
      expect(await standing(hub.store)).toEqual(whole);
    }
    await replay(pipelineOn(killedAt(hub.store, 3, moment))).catch(() => undefined);
    await processBatch(pipelineOn(hub.store), { records: [late], also: [] });
    expect(await standing(hub.store)).toEqual(await recomputed(hub.store, shippedIdentity));
    expect((await rowsOf(hub.store, "records")).length).toBe(records.length + 1);
  });
});

test("a replay that another process began and was killed at is finished by one that knew of none", async () => {
  const person = (id: string) => received("people", id, { first: "Ann", emails: [`${id}@a.example`] });
  await processBatch(hub.pipeline, { records: [person("1")], also: [] });
  await expect(replay(pipelineOn(killedAt(hub.store, 2, "before")))).rejects.toThrow("killed");
  await processBatch(hub.pipeline, { records: [person("2")], also: [] });
  expect(await interruptedAt(hub.store)).toBeNull();
  expect(await standing(hub.store)).toEqual(await recomputed(hub.store, shippedIdentity));
  expect(await rowsOf(hub.store, "records")).toHaveLength(2);
});

test("records and associations that land at once in two processes find each other", async () => {
  // The link lands in one process while its end lands in another that had read before: whoever comes second plans again.
  const role = received("roles", "1", { deal: "1", person: "1", role: "buyer" });
  const person = received("people", "1", { first: "Ann" });
  await processBatch(hub.pipeline, { records: [received("deals", "1", {})], also: [] });
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow: Store = {
    ...hub.store,
    commit: async (writes, options) => {
      await held;
      return hub.store.commit(writes, options);
    },
  };
  const first = processBatch(pipelineOn(slow), { records: [role], also: [] });
  await processBatch(pipelineOn(hub.store), { records: [person], also: [] });
  release();
  await first;
  expect(await standing(hub.store)).toEqual(await recomputed(hub.store, shippedIdentity));
  expect((await standing(hub.store)).memberships).toContain("crm:deals:1 is buyer of crm:people:1");
});

test("a record that lands while another process begins a replay waits for its end, and keeps its place", async () => {
  const version = (hour: number, first: string) =>
    received("people", "1", { first, emails: ["ann@a.example"] }, { version: at(hour) });
  await processBatch(hub.pipeline, { records: [version(1, "Ann")], also: [] });
  let isBegun = false;
  const landing: Store = {
    ...hub.store,
    async byKey(table, column, keys) {
      if (table === "lanes" && !isBegun) {
        isBegun = true;
        const beginsOnly = replay(pipelineOn(killedAt(hub.store, 2, "before")));
        await expect(beginsOnly).rejects.toThrow("killed");
      }
      return hub.store.byKey(table, column, keys);
    },
  };
  await processBatch(pipelineOn(landing), { records: [version(2, "Anne")], also: [] });
  await processBatch(hub.pipeline, { records: [], also: [] });
  const derived = async () =>
    Promise.all((["records", "events", "customers"] as const).map((table) => dump(hub.store, table)));
  const landed = await derived();
  await replay(hub.pipeline);
  expect(landed).toEqual(await derived());
});

describe("what people said in another process since", () => {
  const ann = { first: "Ann", last: "Lee", emails: ["ann@a.example"] };
  const person = (id: string, values: Record<string, unknown>, hour = 1) =>
    received("people", id, values, { version: at(hour) });
  const by = { by: "Olga", at: at(2), reason: "two people", revoked_at: null, revoked_by: null, revoked_reason: null };

  test("keeps records apart that come next", async () => {
    await processBatch(hub.pipeline, {
      records: [person("1", ann), person("2", { first: "Ann", last: "Lee" })],
      also: [],
    });
    const word = { ...by, id: 1, kind: "cannot_link", left_key: "crm:people:1", right_key: "crm:people:2" };
    await decide(pipelineOn(hub.store), async () => ({ rows: [word], output: null }));
    await processBatch(hub.pipeline, { records: [person("2", ann, 2)], also: [] });
    expect(await clustersOf(hub.store)).toEqual(["crm:people:1", "crm:people:2"]);
  });

  test("is what a customer shows when its next record comes", async () => {
    await processBatch(hub.pipeline, { records: [person("1", ann)], also: [] });
    const pinned = { customer_id: customerIdOf("crm:people:1"), field: "title", value: "CTO", by: "Kim", reason: "" };
    await pin(pipelineOn(hub.store), pinned);
    await processBatch(hub.pipeline, { records: [person("2", { ...ann, title: "Buyer" }, 2)], also: [] });
    const [customer] = await rowsOf(hub.store, "customers");
    expect(JSON.parse(customer?.golden ?? "")).toMatchObject({ title: { value: "CTO", rule: "pin" } });
  });
});
