import type { HistoryRequest, OpenStream, SourceRecord } from "journey-hub/connector";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { processBatch } from "../../../src/pipeline/index.ts";
import { pullStream } from "../../../src/pipeline/pull/run.ts";
import { at, received } from "../../fixtures/pipeline/crm.ts";
import { emptied, openSmallHub, rowsOf, type SmallHub } from "../../fixtures/pipeline/hub.ts";

let hub: SmallHub;
beforeAll(async () => {
  hub = await openSmallHub();
});
afterAll(() => hub.close());
beforeEach(() => emptied(hub.store));

/** A deal's version as the vendor sends it, or as it is put together from the past. */
function version(id: string, stage: string, hour: number, isPast = false): SourceRecord {
  const { payload } = received("deals", id, { name: "Bikes", stage }, { version: at(hour) });
  return { id, at: at(hour), deleted: false, payload: isPast ? { ...payload, _history: true } : payload };
}

interface Vendor {
  /** What the list shows. */
  present: SourceRecord[];
  /** What changed since the last run. */
  changes?: SourceRecord[];
  past?: SourceRecord[];
  missing?: string[];
}

/** Deals of a vendor that keeps their past; what it was asked of the past. */
function dealsOf({ present, changes = [], past = [], missing = [] }: Vendor) {
  const asked: string[] = [];
  const stream: OpenStream = {
    object: "deals",
    pages: async () => ({ records: present, next: null }),
    changes: async () => ({ records: changes, next: null }),
    async history({ records, lane }: HistoryRequest) {
      asked.push(...records.map(({ id }) => `${id} (${lane})`));
      const ids = new Set(records.map(({ id }) => id));
      return { versions: past.filter(({ id }) => ids.has(id)), missing };
    },
  };
  return { stream, asked };
}

async function pullOf(stream: OpenStream, hour: number): Promise<void> {
  hub.hour(hour);
  const nowMs = Date.parse(at(hour));
  await pullStream({ pipeline: hub.pipeline, connection: "crm", name: "deals", stream, fields: ["stage"], nowMs });
}

const landedStages = async () =>
  (await rowsOf(hub.store, "raw_records")).map(
    ({ version: stamp, payload }) => `${stamp} ${JSON.parse(payload).stage}`,
  );

const changesOfStage = async () =>
  (await rowsOf(hub.store, "events"))
    .filter(({ kind }) => kind === "deal.stage_changed")
    .map(({ occurred_at, known_at }) => ({ occurred_at, known_at }));

test("the first sight of a record brings its past before it, each step at its own time and known now", async () => {
  const past = [version("1", "new", 1, true), version("1", "open", 2, true), version("1", "won", 3, true)];
  const { stream, asked } = dealsOf({ present: [version("1", "won", 8)], past });
  await pullOf(stream, 10);
  expect(await landedStages()).toEqual([`${at(1)} new`, `${at(2)} open`, `${at(3)} won`, `${at(8)} won`]);
  expect(await changesOfStage()).toEqual([
    { occurred_at: at(2), known_at: at(10) },
    { occurred_at: at(3), known_at: at(10) },
  ]);
  expect(asked).toEqual(["1 (backfill)"]);
  const [cursor] = await rowsOf(hub.store, "cursors");
  expect(cursor?.records).toBe(1);
});

test("of a record that is known only what came since is landed, and what is known is not asked about", async () => {
  await processBatch(hub.pipeline, { records: [{ ...origin, ...landing(version("1", "new", 1)) }], also: [] });
  await processBatch(hub.pipeline, { records: [{ ...origin, ...landing(version("2", "new", 1)) }], also: [] });
  const past = [version("1", "older", 1, true), version("1", "open", 4, true)];
  const { stream, asked } = dealsOf({ present: [version("1", "won", 5), version("2", "new", 1)], past });
  await pullOf(stream, 10);
  expect((await landedStages()).slice(2)).toEqual([`${at(4)} open`, `${at(5)} won`]);
  expect(asked).toEqual(["1 (backfill)"]);
});

test("between two runs every step is seen, and what is past of the newest version alone", async () => {
  const first = dealsOf({ present: [version("1", "new", 1)] });
  await pullOf(first.stream, 10);
  const past = [version("1", "open", 11, true), version("1", "won", 13, true)];
  const second = dealsOf({ present: [], changes: [version("1", "lost", 12)], past });
  await pullOf(second.stream, 14);
  expect(await landedStages()).toEqual([`${at(1)} new`, `${at(11)} open`, `${at(12)} lost`]);
  expect(second.asked).toEqual(["1 (poll)"]);
});

test("a past that may not be read is one open error of the connection, until it may", async () => {
  const hidden = dealsOf({ present: [version("1", "new", 1)], missing: ["DealHistory"] });
  await pullOf(hidden.stream, 10);
  const errors = async () => (await rowsOf(hub.store, "errors")).map((row) => `${row.status} ${row.fingerprint}`);
  expect(await errors()).toEqual(["open history:deals.DealHistory"]);
  await pullOf(dealsOf({ present: [], changes: [version("1", "new", 1)] }).stream, 11);
  expect(await errors()).toEqual(["open history:deals.DealHistory"]);
  await pullOf(dealsOf({ present: [], changes: [version("1", "open", 12)] }).stream, 13);
  expect(await errors()).toEqual(["resolved history:deals.DealHistory"]);
});

const origin = { connection: "crm", object: "deals" };
const landing = ({ id, at: stamp, deleted, payload }: SourceRecord) => ({
  remote_id: id,
  version: stamp,
  deleted,
  payload,
});
