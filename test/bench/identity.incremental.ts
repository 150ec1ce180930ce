/* `bench identity --incremental`. Arguments: folder, records, how many of them one by one, seed, `scores` or `claims` alone. */

import { join } from "node:path";
import { createRandom } from "../../src/connector/testing/adventureworks/random.ts";
import { type IdentityRules, loadIdentityRules } from "../../src/identity/rules.ts";
import { packageRoot } from "../../src/lib/package-root.ts";
import type { RawRecord } from "../../src/model/record.ts";
import { createPipeline } from "../../src/pipeline/context.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { recordsPerCommit } from "../../src/pipeline/pull/run.ts";
import { openStore } from "../../src/store/open.ts";
import { plantedRecords } from "../fixtures/identity/planted/plant.ts";
import { plantedMappings, rawPlanted } from "../fixtures/identity/planted/raw.ts";
import { type Commits, measured, writeBare } from "./identity.bare.ts";
import { print, round } from "./measure.ts";

const [folder = ""] = process.argv.slice(2);
const [records = 0, singles = 0, seed = 0] = process.argv.slice(3).map(Number);
const now = "2026-01-01T00:00:00.000Z";

const store = await openStore({ folder });
const pipeline = createPipeline({
  store,
  identity: rulesBy(process.argv[6] ?? "scores"),
  now: () => now,
  mapping: (_, object) => plantedMappings.find("planted", object),
  settings: () => ({ baseCurrency: "USD", timeZone: "UTC" }),
});
// Shuffled: the records of one customer do not arrive together.
const planted = [...plantedRecords({ records, seed })].map((record) => rawPlanted(record, now));
const arriving = createRandom(seed).shuffled(planted);
const bulk = await landed(arriving.slice(0, records - singles), recordsPerCommit);
const single = await landed(arriving.slice(records - singles), 1);
const customers = (await store.db.select({ id: store.tables.customers.id }).from(store.tables.customers)).length;
await store.close();
const bare = await writeBare(folder, { records, singles, perCommit: recordsPerCommit });
print({
  records,
  customers,
  recordsPerCommit,
  rows: bare.rows,
  bulk: { hub: bulk, limit: bare.bulk, ratio: round(bulk.perSecond / bare.bulk.perSecond) },
  single: { hub: single, limit: bare.single, ratio: round(single.perSecond / bare.single.perSecond) },
  unit: `bulk: ${recordsPerCommit} records a transaction; single: one record a transaction; each flushed to disk before the next`,
  aim: { perSecond: 2_000, p99Ms: 10 },
  limitIs: "better-sqlite3 that writes the rows the hub has left, in as many transactions",
});

function rulesBy(means: string): IdentityRules {
  const rules = loadIdentityRules(join(packageRoot, "mappings", "identity", "default.yaml"));
  if (means !== "claims") return rules;
  const { match: _, ...person } = rules.person;
  const { match: __, ...company } = rules.company;
  return { ...rules, person, company, model: null };
}

function landed(all: readonly RawRecord[], perCommit: number): Promise<Commits> {
  return measured({ commits: Math.ceil(all.length / perCommit), records: all.length }, (n) =>
    processBatch(pipeline, { records: all.slice(n * perCommit, (n + 1) * perCommit), also: [] }),
  );
}
