/* The hub's side of `bench pipeline`: the real pipeline with the shipped mappings. Arguments: folder, records, records a commit. */

import { join } from "node:path";
import { loadIdentityRules } from "../../src/identity/rules.ts";
import { packageRoot } from "../../src/lib/package-root.ts";
import { loadMappings, readMappingFolders, shippedMappings } from "../../src/mapping/index.ts";
import { createPipeline } from "../../src/pipeline/context.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { openStore } from "../../src/store/open.ts";
import { put } from "../../src/store/writes.ts";
import { print } from "./measure.ts";
import type { WireRecord } from "./pipeline.records.ts";
import { now, takeTurn } from "./pipeline.turn.ts";

const [folder = ""] = process.argv.slice(2);
const store = await openStore({ folder });
const mappings = loadMappings(await readMappingFolders([shippedMappings]));
const pipeline = createPipeline({
  store,
  identity: loadIdentityRules(join(packageRoot, "mappings", "identity", "default.yaml")),
  now: () => now,
  mapping: (connection, object) => mappings.find(connection, object),
  settings: () => ({ baseCurrency: "USD", timeZone: "UTC" }),
});
let revision = 0;

print(
  await takeTurn(async (batch, done) => {
    await processBatch(pipeline, { records: batch.map(rawRecord), also: [cursorAt(done)] });
  }),
);
await store.close();

function rawRecord({ object, id, version, json }: WireRecord) {
  return { connection: "hubspot", object, remote_id: id, version, deleted: false, payload: JSON.parse(json) };
}

function cursorAt(done: number) {
  const state = JSON.stringify({ done });
  return put("cursors", [
    { connection: "hubspot", stream: "all", state, records: done, updated_at: now, revision: ++revision },
  ]);
}
