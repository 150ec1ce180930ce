import { type HistoryRequest, type OpenStream, SourceError, type SourceRecord } from "journey-hub/connector";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { processBatch } from "../../../src/pipeline/index.ts";
import { readPasts } from "../../../src/pipeline/pull/history.ts";
import { pullStream } from "../../../src/pipeline/pull/run.ts";
import { put, set } from "../../../src/store/writes.ts";
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

test("a record that a complete reading missed and the vendor shows by id brings its past, in the lane of that reading", async () => {
  for (const id of ["1", "2", "3"]) {
    await processBatch(hub.pipeline, { records: [{ ...origin, ...landing(version(id, "new", 1)) }], also: [] });
  }
  const state = JSON.stringify({ mode: "changes", at: at(10), reread: { completeFrom: at(9) }, fields: ["stage"] });
  const place = { connection: "crm", stream: "deals", state, records: 3, updated_at: at(10), revision: 1 };
  await hub.store.commit([put("cursors", [place])]);
  const [one, two, three] = [version("1", "new", 1), version("2", "lost", 9), version("3", "new", 1)];
  const { stream, asked } = dealsOf({ present: [one, three], past: [version("2", "open", 4, true)] });
  const swept: OpenStream = {
    ...stream,
    reread: { everyMs: 3_600_000 },
    sweep: { order: "number" },
    byId: async (ids) => [one, two, three].filter(({ id }) => ids.includes(id)),
  };
  await pullOf(swept, 11);
  expect((await landedStages()).slice(3)).toEqual([`${at(4)} open`, `${at(9)} lost`]);
  expect(asked).toEqual(["2 (backfill)"]);
});

describe("a past that is not told", () => {
  const outage = new SourceError("retry", "Acme answered 503");
  const silent = (...present: SourceRecord[]) => ({
    ...dealsOf({ present }).stream,
    history: () => Promise.reject(outage),
  });
  const errors = async () =>
    (await rowsOf(hub.store, "errors")).map(({ status, fingerprint, message }) => ({ status, fingerprint, message }));
  const trouble = (status: string) => ({
    status,
    fingerprint: "past unread:deals",
    message: "The past of deals cannot be read: Acme answered 503",
  });

  test("is waited for: the record does not land before it, and lands with it when it is told", async () => {
    await expect(pullOf(silent(version("1", "won", 8)), 10)).rejects.toBe(outage);
    expect(await landedStages()).toEqual([]);
    expect(await errors()).toEqual([trouble("open")]);
    await pullOf(dealsOf({ present: [version("1", "won", 8)], past: [version("1", "open", 2, true)] }).stream, 11);
    expect(await landedStages()).toEqual([`${at(2)} open`, `${at(8)} won`]);
    expect(await errors()).toEqual([trouble("resolved")]);
  });

  test("is not waited for for ever: five minutes later the record lands without it, and the error stays open", async () => {
    await expect(pullOf(silent(version("1", "won", 8)), 10)).rejects.toBe(outage);
    await expect(pullOf(silent(version("1", "won", 8)), 10 + 4 / 60)).rejects.toBe(outage);
    await pullOf(silent(version("1", "won", 8)), 10 + 5 / 60);
    expect(await landedStages()).toEqual([`${at(8)} won`]);
    expect(await errors()).toEqual([trouble("open")]);
  });

  test("is waited for no longer because a person has set the error aside, which stays so until it is told", async () => {
    await expect(pullOf(silent(version("1", "won", 8)), 10)).rejects.toBe(outage);
    const rows = await rowsOf(hub.store, "errors");
    await hub.store.commit([
      set(
        "errors",
        rows.map((row) => ({ ...row, status: "dismissed" })),
      ),
    ]);
    await pullOf(silent(version("1", "won", 8)), 10 + 5 / 60);
    expect([await landedStages(), await errors()]).toEqual([[`${at(8)} won`], [trouble("dismissed")]]);
    await pullOf(dealsOf({ present: [], changes: [version("1", "lost", 9)] }).stream, 11);
    expect(await errors()).toEqual([trouble("resolved")]);
  });

  test("because the hub stops is held against nobody: the next run begins its waiting anew", async () => {
    const cut = new SourceError("retry", "Acme answered 503", { cutShort: true });
    const stopped = { ...silent(version("1", "won", 8)), history: () => Promise.reject(cut) };
    await expect(pullOf(stopped, 10)).rejects.toBe(cut);
    expect(await errors()).toEqual([]);
    await expect(pullOf(silent(version("1", "won", 8)), 11)).rejects.toBe(outage);
    await expect(pullOf(stopped, 12)).rejects.toBe(cut);
    expect(await landedStages()).toEqual([]);
  });

  test("is waited for anew after it was told in between", async () => {
    await expect(pullOf(silent(version("1", "won", 8)), 10)).rejects.toBe(outage);
    await pullOf(dealsOf({ present: [version("1", "won", 8)] }).stream, 11);
    const { changes, ...rest } = silent();
    const changed = async () => ({ records: [version("1", "lost", 11)], next: null });
    await expect(pullOf({ ...rest, ...(changes ? { changes: changed } : {}) }, 12)).rejects.toBe(outage);
    expect(await errors()).toEqual([trouble("open")]);
  });

  test("because of one record that the vendor refuses leaves the others theirs", async () => {
    const { stream, asked } = dealsOf({
      present: ["1", "2", "3"].map((id) => version(id, "won", 8)),
      past: ["1", "2", "3"].map((id) => version(id, "open", 2, true)),
    });
    const picky: OpenStream = {
      ...stream,
      async history(request) {
        if (request.records.some(({ id }) => id === "2")) throw new SourceError("skip", "2 is no deal");
        return (await stream.history?.(request)) ?? { versions: [] };
      },
    };
    await pullOf(picky, 10);
    expect(await landedStages()).toEqual([
      ...[`${at(2)} open`, `${at(8)} won`, `${at(8)} won`],
      ...[`${at(2)} open`, `${at(8)} won`],
    ]);
    expect(asked).toEqual(["1 (backfill)", "3 (backfill)"]);
    expect(await errors()).toMatchObject([{ message: "The past of deals cannot be read: 2 is no deal" }]);
  });

  test("holds back of a delivery's records only those never seen, and is not asked for again within a minute", async () => {
    await processBatch(hub.pipeline, { records: [{ ...origin, ...landing(version("2", "new", 1)) }], also: [] });
    const { stream, asked } = dealsOf({ present: [] });
    const endless: OpenStream = {
      ...stream,
      history: (request) => (stream.history?.(request) ?? Promise.resolve()).then(() => new Promise(() => undefined)),
    };
    const page = [version("1", "won", 8), version("2", "won", 8)];
    const ofDelivery = (hour: number) => {
      hub.hour(hour);
      const { store, pipeline } = hub;
      const of = { store, now: pipeline.now, connection: "crm", stream: endless, fields: ["stage"], answerWithinMs: 1 };
      return readPasts(of, page, "webhook");
    };
    const late = "The past of deals was not told within 1 ms";
    expect((await ofDelivery(10)).held).toEqual(new Map([["1", new SourceError("retry", late)]]));
    expect([...(await ofDelivery(10 + 1 / 120)).held.keys()]).toEqual(["1"]);
    expect(asked).toEqual(["1 (webhook)", "2 (webhook)"]);
    expect([...(await ofDelivery(10 + 2 / 60)).held.keys()]).toEqual(["1"]);
    expect(asked).toHaveLength(4);
    expect((await ofDelivery(10 + 6 / 60)).held).toEqual(new Map());
  });
});

const origin = { connection: "crm", object: "deals" };
const landing = ({ id, at: stamp, deleted, payload }: SourceRecord) => ({
  remote_id: id,
  version: stamp,
  deleted,
  payload,
});
