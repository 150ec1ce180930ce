import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LandedRecord } from "../../../src/model/record.ts";
import { correct } from "../../../src/pipeline/correct.ts";
import { readAhead } from "../../../src/pipeline/heads.ts";
import { processBatch } from "../../../src/pipeline/index.ts";
import { planLand } from "../../../src/pipeline/land/plan.ts";
import { readStanding } from "../../../src/pipeline/land/rows.ts";
import { shapes } from "../../../src/store/shape.ts";
import type { Row } from "../../../src/store/tables.ts";
import type { Write } from "../../../src/store/writes.ts";
import { at } from "../../fixtures/pipeline/crm.ts";
import { emptied, openSmallHub, rowsOf, type SmallHub } from "../../fixtures/pipeline/hub.ts";
import { batches, Fold, type Landed, recordOf, stampedWords, type Word } from "./words.ts";

let hub: SmallHub;
beforeAll(async () => {
  hub = await openSmallHub();
});
afterAll(() => hub.close());

// A failure is looked for longer with JOURNEY_HUB_RUNS, elsewhere with JOURNEY_HUB_SEED.
const seed = Number(process.env.JOURNEY_HUB_SEED ?? 31);
const numRuns = Number(process.env.JOURNEY_HUB_RUNS ?? 40);

const keyOf = (id: string) => `crm:people:${id}`;

/** Lands batches as the pipeline does, half of them with heads that were read ahead, and folds their words one by one. */
async function landBoth(words: readonly Word[][]): Promise<Fold> {
  await emptied(hub.store);
  const fold = new Fold();
  for (const [n, batch] of words.entries()) {
    hub.hour(100 + n);
    const heads = await readAhead(
      hub.store,
      batch.map(({ id }) => keyOf(id)),
    );
    const over = new Map(batch.map(({ id }) => [id, fold.placeOf(id)]));
    const records = batch.map((word) => {
      const head = word.isAnswer ? heads.get(keyOf(word.id)) : null;
      return head ? { ...recordOf(word), newer_than: head.seq } : recordOf(word);
    });
    await processBatch(hub.pipeline, { records, also: [], heads: n % 2 === 0 ? heads : undefined });
    for (const word of batch) fold.take(word, word.isAnswer ? (over.get(word.id) ?? null) : null);
    for (const word of batch) if (word.isCorrected) await correctStanding(keyOf(word.id));
  }
  return fold;
}

/** A person corrects the title of what stands, if the record is there. */
async function correctStanding(record_key: string): Promise<void> {
  const standing = await readStanding(hub.store, record_key);
  if (!standing || standing.newest.deleted === 1) return;
  const payload = { ...JSON.parse(standing.newest.payload), title: "Chief" };
  const correction = { by: "Olga", at: at(99), reason: "as her card says" };
  await correct(hub.pipeline, { record_key, base: standing.head.seq, payload, correction });
}

/** The versions that vendors sent, in the order they landed. */
async function vendorVersions(): Promise<Row<"raw_records">[]> {
  const rows = (await rowsOf(hub.store, "raw_records")).filter(({ origin }) => origin === "vendor");
  return rows.sort((a, b) => a.seq - b.seq);
}

test(`words in any order, cut into any batches, land as they do one by one (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (words) => {
      const fold = await landBoth(words);
      const rows = await vendorVersions();
      expect(rows.map((row) => [row.remote_id, row.version, row.deleted === 1, JSON.parse(row.payload)])).toEqual(
        fold.landed.map(({ id, version, deleted, payload }) => [id, version, deleted, payload]),
      );
      const heads = await rowsOf(hub.store, "heads");
      expect(heads.map(({ record_key, version }) => [record_key, version]).sort()).toEqual(
        ["1", "2"].filter((id) => fold.placeOf(id) !== null).map((id) => [keyOf(id), fold.stampOf(id)]),
      );
      const ends = endsOf(
        fold.landed,
        rows.map(({ known_at }) => known_at),
      );
      expect(await endsTold()).toEqual(ends);
    }),
    { seed, numRuns },
  );
});

/** How many events tell of each record that it ended. */
async function endsTold(): Promise<Record<string, number>> {
  const ends = (await rowsOf(hub.store, "events")).filter(({ kind }) => kind.startsWith("record."));
  return counted(ends.map(({ record_key }) => record_key));
}

/** How often each record went from being there to being gone; that it did so twice at one instant is known once. */
function endsOf(landed: readonly Landed[], knownAt: readonly string[]): Record<string, number> {
  const before = new Map<string, Landed>();
  const ends = new Set<string>();
  for (const [place, version] of landed.entries()) {
    const last = before.get(version.id);
    const isBare = version.deleted && !("id" in version.payload);
    if (isBare && !last) continue;
    const said = JSON.stringify(version.payload);
    if (version.deleted && !last?.deleted)
      ends.add(`${keyOf(version.id)} ${version.version ?? knownAt[place]} ${said}`);
    before.set(version.id, version);
  }
  return counted([...ends].map((end) => end.slice(0, keyOf("1").length)));
}

function counted(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys.toSorted()) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

test(`words that all bear stamps come to the newest of them, whatever their order (seed ${seed})`, () => {
  fc.assert(
    fc.property(stampedWords, fc.array(fc.nat(), { minLength: 11, maxLength: 11 }), (words, ranks) => {
      // Some come twice, as look-backs show them.
      const order = [...words, ...words.slice(-3)]
        .map((word, n) => ({ record: recordOf(word), rank: ranks[n] ?? 0 }))
        .sort((a, b) => a.rank - b.rank);
      let heads = new Map<string, Row<"heads">>();
      const landed: LandedRecord[] = [];
      for (const { record } of order) {
        const firstSeq = landed.length + 1;
        const plan = planLand({ records: [record], heads, corrections: new Map(), firstSeq, knownAt: at(100) });
        landed.push(...plan.output.landed);
        heads = new Map([...heads, ...headsIn(plan.writes)]);
      }
      const [newest, standing] = [words.at(-1), landed.at(-1)];
      expect(standing?.deleted).toBe(newest?.says !== "values");
      if (newest?.says === "values") expect(standing?.payload).toEqual(recordOf(newest).payload);
    }),
    { seed, numRuns: 10 * numRuns },
  );
});

function headsIn(writes: readonly Write[]): [string, Row<"heads">][] {
  const rows = writes.filter(({ table }) => table === "heads").flatMap((write) => write.rows);
  return rows.map((cells) => {
    const row = Object.fromEntries(shapes.heads.columns.map((column, n) => [column, cells[n]])) as Row<"heads">;
    return [row.record_key, row];
  });
}

test("so do the words that were once lost or doubled", async () => {
  const word: Word = {
    id: "1",
    hour: 5,
    says: "values",
    title: "Buyer",
    stage: "decision",
    hidden: [],
    isUndated: false,
    isAnswer: false,
    isCorrected: false,
  };
  const told: [string, Word[][]][] = [
    ["an answer's predecessor", [[{ ...word, hour: 7 }], [{ ...word, isAnswer: true }], [{ ...word, hour: 7 }]]],
    [
      "a hidden value, deleted and back",
      [[word], [{ ...word, says: "gone" }], [{ ...word, hour: 7, hidden: ["title"] }]],
    ],
    [
      "a late word of a hidden value",
      [[{ ...word, hour: 2 }], [{ ...word, hour: 7, hidden: ["title"] }], [{ ...word, title: "CTO" }]],
    ],
  ];
  const titles: Record<string, unknown> = {};
  for (const [name, words] of told) {
    const { landed } = await landBoth(words);
    const rows = await vendorVersions();
    expect(rows.map(({ payload }) => JSON.parse(payload))).toEqual(landed.map(({ payload }) => payload));
    titles[name] = [landed.length, landed.at(-1)?.version, landed.at(-1)?.payload.title];
  }
  expect(titles).toEqual({
    "an answer's predecessor": [2, at(5), "Buyer"],
    "a hidden value, deleted and back": [3, at(7), "Buyer"],
    "a late word of a hidden value": [3, at(7), "CTO"],
  });
});
