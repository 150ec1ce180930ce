import { buildWorld } from "journey-hub/connector/testing";
import { loadMappings, type MapContext, readMappingFolders, shippedMappings } from "journey-hub/mapping";
import { afterAll, beforeAll, expect, test } from "vitest";
import { netsuiteSeed } from "../../../connectors/netsuite/simulator/adventureworks/index.ts";
import { readStream, startAccount, type TestAccount } from "./account.ts";

const epoch = "2026-11-20T09:00:00.000Z";
const seed = netsuiteSeed(buildWorld({ scale: "default", seed: 7, epoch }));

let account: TestAccount;
beforeAll(async () => {
  account = await startAccount(seed.tables, { timeZone: seed.timeZone, startAt: epoch });
});
afterAll(() => account.close());

const context: MapContext = { lookup: () => undefined, country: "US", baseCurrency: "USD" };

const rowsOf = (table: "transaction", type: string) =>
  seed.tables[table]?.filter((row) => row.type === type).length ?? 0;

test.each([
  ["employee", seed.tables.employee?.length ?? 0],
  ["customer", seed.tables.customer?.length ?? 0],
  ["contact", seed.tables.contact?.length ?? 0],
  ["opportunity", seed.tables.opportunity?.length ?? 0],
  ["estimate", rowsOf("transaction", "Estimate")],
  ["salesorder", rowsOf("transaction", "SalesOrd")],
  ["invoice", rowsOf("transaction", "CustInvc")],
  ["customerpayment", rowsOf("transaction", "CustPymt")],
  ["creditmemo", rowsOf("transaction", "CustCred")],
  ["supportcase", seed.tables.supportcase?.length ?? 0],
])("every %s of a whole account comes over with all the shipped mapping reads, and maps", async (object, count) => {
  const mapping = loadMappings(await readMappingFolders([shippedMappings])).find("netsuite", object);
  if (!mapping) throw new Error(`no mapping for ${object}`);
  const { records, batches } = await readStream(account, object, null, mapping.reads);
  expect(new Set(records.map(({ id }) => id)).size).toBe(count);
  expect(count).toBeGreaterThan(10);
  expect(batches[0]?.missingFields).toEqual([]);
  const failures = records.filter(({ payload }) => "failure" in mapping.map(payload, context));
  expect(failures).toEqual([]);
});
