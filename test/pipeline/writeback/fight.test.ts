import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type OpenWriteback, SourceError } from "../../../src/connector/index.ts";
import { loadRules } from "../../../src/hub/rules/rules.ts";
import type { Rules } from "../../../src/pipeline/derive/plan.ts";
import { deriveDue } from "../../../src/pipeline/derive/run.ts";
import { processBatch } from "../../../src/pipeline/index.ts";
import { thaw } from "../../../src/pipeline/writeback/freeze.ts";
import { applyConnection, planConnection } from "../../../src/pipeline/writeback/run.ts";
import { set } from "../../../src/store/writes.ts";
import { at, received } from "../../fixtures/pipeline/crm.ts";
import { emptied, openSmallHub, rowsOf, type SmallHub } from "../../fixtures/pipeline/hub.ts";

/** What stands in the CRM, by person; a write is seen by whoever reads after it. */
let standing: Map<string, Record<string, unknown>>;
let refuse: boolean;
let asked: string[];
const crm: OpenWriteback = {
  targets: { people: { stage: "s", stage_date: "d", score: "n", grade: "g", reason: "r" } },
  batchMax: 10,
  concurrency: 1,
  prepare: async () => [],
  look: async () => [],
  async apply(_, changes) {
    if (refuse) return changes.map(() => new SourceError("skip", "The record is locked", { code: "LOCKED" }));
    for (const { remote_id, values } of changes) standing.set(remote_id, { ...standing.get(remote_id), ...values });
    return changes.map(() => null);
  },
  async whoWrote(object, remoteId, field) {
    asked.push(`${object} ${remoteId} ${field}`);
    return { by: "Flow “Rate anew”", at: at(13) };
  },
};

let hub: SmallHub;
let rules: Rules;
let hour: number;
beforeAll(async () => {
  hub = await openSmallHub();
  rules = (await loadRules(hub.folder, new Set())).derive;
});
afterAll(() => hub.close());
beforeEach(async () => {
  await emptied(hub.store);
  [standing, refuse, asked, hour] = [new Map([["1", {}]]), false, [], 10];
  await read();
  await deriveDue({ store: hub.store, rules, asOf: at(10) });
  await apply();
});

/** The record is read as it stands now, changed in the CRM at `version`. */
async function read(version = at(hour)): Promise<void> {
  const record = received("people", "1", { title: "CTO", jh: { ...standing.get("1") } }, { version });
  await processBatch(hub.pipeline, { records: [record], also: [] });
}

const apply = async () => {
  const { applied } = await applyConnection({
    store: hub.store,
    connection: "crm",
    writeback: crm,
    now: () => at(hour),
  });
  return applied;
};

/** Somebody else writes a field an hour later; the hub reads that, and writes back. */
async function foreign(values: Record<string, unknown>, hours = 1) {
  hour += hours;
  standing.set("1", { ...standing.get("1"), ...values });
  await read();
  return apply();
}

async function planned() {
  const lines: { values: object; frozen: string[] }[] = [];
  for await (const page of planConnection(hub.store, "crm", crm)) {
    lines.push(...page.map(({ values, frozen }) => ({ values, frozen: frozen.map(({ field }) => field) })));
  }
  return lines;
}

const errors = async () =>
  (await rowsOf(hub.store, "errors")).map(
    ({ fingerprint, class: kind, status }) => `${kind} ${fingerprint}: ${status}`,
  );
const contested = async () =>
  (await rowsOf(hub.store, "contested_fields")).map(
    ({ field, flips, frozen_at }) => `${field} ${JSON.parse(flips).length} ${frozen_at}`,
  );

describe("a field that somebody else writes too", () => {
  test("is written back twice, and the third time in a day left alone and reported with who it was", async () => {
    expect(await foreign({ grade: "Z9" })).toMatchObject({ records: 1, fields: 1, frozen: 0 });
    expect(await foreign({ grade: "Z8" })).toMatchObject({ records: 1, fields: 1, frozen: 0 });
    const ours = standing.get("1")?.grade;
    expect(ours).not.toBe("Z8");
    expect(await errors()).toEqual([]);
    expect(await foreign({ grade: "Z7" })).toMatchObject({ records: 0, frozen: 1 });
    expect(standing.get("1")?.grade).toBe("Z7");
    expect(await contested()).toEqual([`grade 3 ${at(13)}`]);
    expect(await errors()).toEqual(["conflict people grade contested: open"]);
    const [error] = await rowsOf(hub.store, "errors");
    expect(error?.message).toContain(`now it holds “Z7”, journey-hub wants “${ours}”`);
    expect(error?.message).toContain(`last changed by Flow “Rate anew” at ${at(13)}`);
    expect(asked).toEqual(["people 1 grade"]);
  });

  test("stays alone whatever comes, while the other fields of the record are written on", async () => {
    for (const grade of ["Z1", "Z2", "Z3"]) await foreign({ grade });
    expect(await planned()).toEqual([{ values: {}, frozen: ["grade"] }]);
    expect(await foreign({ grade: "Z4" })).toMatchObject({ records: 0, frozen: 1 });
    expect(await foreign({ reason: "another" })).toMatchObject({ records: 1, fields: 1, frozen: 1 });
    expect(standing.get("1")).toMatchObject({ grade: "Z4", reason: expect.not.stringMatching("another") });
    expect(await errors()).toEqual(["conflict people grade contested: open"]);
  });

  test("is frozen too when it happens to hold what we want: the error of it stays", async () => {
    const ours = standing.get("1")?.grade;
    for (const grade of ["Z1", "Z2", "Z3"]) await foreign({ grade });
    await foreign({ grade: ours, reason: "another" });
    expect(await planned()).toEqual([]);
    expect(await errors()).toEqual(["conflict people grade contested: open"]);
  });

  test("is written again once it is thawed, and its error closed; the count begins anew", async () => {
    const ours = standing.get("1")?.grade;
    for (const grade of ["Z1", "Z2", "Z3"]) await foreign({ grade });
    await thaw(hub.store, await rowsOf(hub.store, "errors"));
    expect(await planned()).toEqual([{ values: { grade: ours }, frozen: [] }]);
    expect(await apply()).toMatchObject({ records: 1, frozen: 0 });
    expect(standing.get("1")?.grade).toBe(ours);
    expect(await errors()).toEqual(["conflict people grade contested: resolved"]);
    await foreign({ grade: "Z5" });
    await foreign({ grade: "Z6" });
    expect(await errors()).toEqual(["conflict people grade contested: resolved"]);
    await foreign({ grade: "Z7" });
    expect(await errors()).toEqual(["conflict people grade contested: open"]);
  });

  test("is written back as often as it takes where days lie between", async () => {
    for (const grade of ["Z1", "Z2", "Z3", "Z4", "Z5"])
      expect(await foreign({ grade }, 13)).toMatchObject({ fields: 1, frozen: 0 });
    expect(await errors()).toEqual([]);
  });

  test("is counted once for each change, however often the change is planned on or the write fails", async () => {
    refuse = true;
    await foreign({ grade: "Z1" });
    await apply();
    hour += 1;
    standing.set("1", { ...standing.get("1"), title: "CEO" });
    await read();
    await apply();
    expect(await contested()).toEqual(["grade 1 null"]);
  });

  test("is counted by itself: three fields changed once each are no fight", async () => {
    for (const change of [{ grade: "Z1" }, { score: 1 }, { stage: "gone" }])
      expect(await foreign(change)).toMatchObject({ fields: 1, frozen: 0 });
  });
});

describe("what is no foreign change", () => {
  test("our own write, read again and again", async () => {
    for (let n = 0; n < 4; n++) {
      hour += 1;
      await read();
      expect(await apply()).toMatchObject({ records: 0, frozen: 0 });
    }
    expect(await contested()).toEqual([]);
  });

  test("a version read before we wrote that lands after, with our own write of before: it is older than this one", async () => {
    for (let n = 0; n < 3; n++) {
      const before = { ...standing.get("1") };
      hour += 2;
      await wish({ value: n, grade: `C${n}` });
      expect(await apply()).toMatchObject({ records: 1 });
      const after = standing.get("1") ?? {};
      standing.set("1", before);
      await read(at(hour - 1));
      standing.set("1", after);
      expect(await apply()).toMatchObject({ records: 1, fields: 2, frozen: 0 });
    }
    expect(await contested()).toEqual([]);
  });
});

/** From now on another score is wanted. */
async function wish(score: { value: number; grade: string }): Promise<void> {
  const rows = await rowsOf(hub.store, "scores");
  await hub.store.commit([
    set(
      "scores",
      rows.map((row) => ({ ...row, ...score })),
    ),
  ]);
}

test("what is frozen stays so when the hub is started again", async () => {
  for (const grade of ["Z1", "Z2", "Z3"]) await foreign({ grade });
  const again = await openSmallHub({ folder: hub.folder });
  try {
    const lines: string[] = [];
    for await (const page of planConnection(again.store, "crm", crm)) {
      lines.push(...page.flatMap(({ frozen }) => frozen.map(({ field, found }) => `${field} ${found}`)));
    }
    expect(lines).toEqual(["grade Z3"]);
  } finally {
    await again.close();
  }
});

test("a vendor that will not say who it was keeps nothing from being frozen", async () => {
  const silent: OpenWriteback = { ...crm, whoWrote: () => Promise.reject(new SourceError("retry", "busy")) };
  for (const grade of ["Z1", "Z2"]) await foreign({ grade });
  hour += 1;
  standing.set("1", { ...standing.get("1"), grade: "Z3" });
  await read();
  const options = { store: hub.store, connection: "crm", writeback: silent, now: () => at(hour) };
  expect(await applyConnection(options)).toMatchObject({ applied: { frozen: 1 } });
  const [error] = await rowsOf(hub.store, "errors");
  expect(error?.message).toContain(`last changed at ${at(13)}`);
});

test("a stop while it is asked who it was freezes nothing yet: the next run asks again and names the writer", async () => {
  const stopped = new SourceError("retry", "the hub was stopped", { cutShort: true });
  const stopping: OpenWriteback = { ...crm, whoWrote: () => Promise.reject(stopped) };
  for (const grade of ["Z1", "Z2"]) await foreign({ grade });
  hour += 1;
  standing.set("1", { ...standing.get("1"), grade: "Z3" });
  await read();
  const options = { store: hub.store, connection: "crm", writeback: stopping, now: () => at(hour) };
  expect((await applyConnection(options)).failures).toEqual([stopped]);
  expect(await errors()).toEqual([]);
  expect(await contested()).toEqual(["grade 2 null"]);
  expect(await apply()).toMatchObject({ records: 0, frozen: 1 });
  const [error] = await rowsOf(hub.store, "errors");
  expect(error?.message).toContain(`last changed by Flow “Rate anew” at ${at(13)}`);
});
