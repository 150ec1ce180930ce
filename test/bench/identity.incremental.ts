/* `bench identity --incremental`. Arguments: folder, records, how many of them one by one and in tens, seed, `scores` or `claims` alone. */

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
import { type Commits, measured, noting, openBare, type Writes } from "./identity.bare.ts";
import { print, round } from "./measure.ts";

const [folder = ""] = process.argv.slice(2);
const [records = 0, singles = 0, seed = 0] = process.argv.slice(3).map(Number);
const now = "2026-01-01T00:00:00.000Z";

const commits: Writes[] = [];
const store = noting(await openStore({ folder }), commits);
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
const parts = [
  { perCommit: recordsPerCommit, of: arriving.slice(0, -2 * singles) },
  { perCommit: 10, of: arriving.slice(-2 * singles, -singles) },
  { perCommit: 1, of: arriving.slice(-singles) },
];
const made: { perCommit: number; landed: number; hub: Commits; writes: readonly Writes[] }[] = [];
for (const { perCommit, of } of parts) {
  const before = commits.length;
  const hub = await land(of, perCommit);
  made.push({ perCommit, landed: of.length, hub, writes: commits.slice(before) });
}
const customers = (await store.db.select({ id: store.tables.customers.id }).from(store.tables.customers)).length;
await store.close();
const bare = openBare(folder);
const sizes: object[] = [];
for (const { perCommit, landed, hub, writes } of made) {
  const limit = await bare.write(writes, landed);
  sizes.push({ recordsPerCommit: perCommit, hub, limit, ratio: round(hub.perSecond / limit.perSecond) });
}
print({
  records,
  customers,
  rows: bare.close(),
  sizes,
  unit: "records; each commit flushed to disk before the next",
  aim: { perSecond: 2_000, p99Ms: 10 },
  limitIs: "better-sqlite3 that makes the hub's commits again, with the hub's settings",
});

function rulesBy(means: string): IdentityRules {
  const rules = loadIdentityRules(join(packageRoot, "mappings", "identity", "default.yaml"));
  if (means !== "claims") return rules;
  const { match: _, ...person } = rules.person;
  const { match: __, ...company } = rules.company;
  return { ...rules, person, company, model: null };
}

function land(all: readonly RawRecord[], perCommit: number): Promise<Commits> {
  return measured({ commits: Math.ceil(all.length / perCommit), records: all.length }, (n) =>
    processBatch(pipeline, { records: all.slice(n * perCommit, (n + 1) * perCommit), also: [] }),
  );
}
