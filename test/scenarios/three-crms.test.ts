import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { loadConnectors } from "../../connectors/index.ts";
import { sfId } from "../../connectors/salesforce/simulator/index.ts";
import { openVendorAccounts, type VendorAccounts, type VendorConfigs } from "../../src/cli/demo/accounts.ts";
import { type RunningSimulators, startSimulators } from "../../src/cli/simulators.ts";
import { type Vendor, vendors } from "../../src/cli/vendors.ts";
import { auditConnection } from "../../src/hub/audit/connection.ts";
import type { PassCounts } from "../../src/hub/audit/rows.ts";
import { type Hub, openHub } from "../../src/hub/hub.ts";
import { listAudits } from "../../src/hub/queries/audits.ts";
import { verifyHub } from "../../src/hub/rules/scratch.ts";
import { applyWritebacks, checkConnection, deriveAll, syncConnection } from "../../src/hub/sync.ts";
import { recordKey } from "../../src/model/record.ts";
import { rowsOf } from "../fixtures/pipeline/hub.ts";
import { comparedWithTruth } from "../fixtures/pipeline/truth.ts";
import { changeContents, damage } from "./damage.ts";

/*
 * The whole way on the three simulators, through the vendors' own clients: pull, derive, write back, and again.
 * The tests build on one another, in the order they stand in.
 */
vi.setConfig({ testTimeout: 180_000 }); // seconds on a free machine

let simulators: RunningSimulators;
let folder: string;
let hub: Hub;
let accounts: VendorAccounts;

beforeAll(async () => {
  simulators = await startSimulators({ vendors, scale: "default", seed: 1, epoch: new Date().toISOString() });
  const configs = Object.fromEntries(simulators.running.map(({ vendor, config }) => [vendor, config])) as VendorConfigs;
  folder = mkdtempSync(join(tmpdir(), "journey-hub-scenario-"));
  const connections = Object.fromEntries(
    vendors.map((vendor) => [vendor, { connector: vendor, allowedHosts: ["127.0.0.1"], config: configs[vendor] }]),
  );
  writeFileSync(join(folder, "journey-hub.yaml"), stringify({ apiVersion: "journey-hub/v1", connections }));
  hub = await openHub({ folder, connectors: loadConnectors, environment: {} });
  accounts = await openVendorAccounts(configs);
});
afterAll(async () => {
  await hub.close();
  await simulators.stop();
  rmSync(folder, { recursive: true });
});

test("every account's credentials are proved", async () => {
  for (const vendor of vendors) {
    const { account, name } = await checkConnection(hub, vendor);
    expect(account.length * name.length).toBeGreaterThan(0);
  }
  expect((await rowsOf(hub.store, "connections")).map(({ status }) => status)).toEqual(vendors.map(() => "connected"));
});

describe("the first time", () => {
  test("everything is pulled; what came in is stored or a duplicate, what failed has an error row", async () => {
    const results = await Promise.all(vendors.map((vendor) => syncConnection(hub, vendor)));
    for (const { in: came, stored, duplicate, failed } of results) {
      expect(stored + duplicate).toBe(came);
      expect(failed).toBe(0);
    }
    expect(results.reduce((sum, { stored }) => sum + stored, 0)).toBeGreaterThanOrEqual(20_000);
    const broken = (await rowsOf(hub.store, "errors")).filter(
      ({ record_key, status }) => record_key && status === "open",
    );
    expect(broken.map(({ message }) => message)).toEqual([]);
  });

  test("customers agree with the planted truth", async ({ annotate }) => {
    const { person, company } = await comparedWithTruth(hub.store, simulators.world.truth);
    const said = `persons: precision ${person.precision}, recall ${person.recall}; companies: precision ${company.precision}, recall ${company.recall}`;
    await annotate(said);
    expect(person.precision, said).toBeGreaterThanOrEqual(0.99);
    expect(company.precision, said).toBeGreaterThanOrEqual(0.99);
    expect(person.recall, said).toBeGreaterThanOrEqual(0.8);
    expect(company.recall, said).toBeGreaterThanOrEqual(0.8);
  });

  test("every customer is derived, and every record that can be is written to", async () => {
    expect(await deriveAll(hub)).toBeGreaterThanOrEqual(2_000);
    expect((await rowsOf(hub.store, "scores")).length).toBe((await rowsOf(hub.store, "customers")).length);
    for (const vendor of vendors) {
      const applied = await applyWritebacks(hub, vendor);
      expect(applied?.findings.filter(({ created }) => !created)).toEqual([]);
      expect([applied?.refused, (applied?.records ?? 0) > 500]).toEqual([0, true]);
    }
  });

  test("fresh vendor clients read the desired values", async () => {
    const sent = (await rowsOf(hub.store, "writebacks")).filter(({ status }) => status === "sent");
    const desired = new Map(sent.map((row) => [row.record_key, JSON.parse(row.desired) as Record<string, unknown>]));
    const read = await readBack(accounts, [...desired.keys()]);
    expect(read.size).toBeGreaterThan(2_000);
    const wrong = [...read].filter(([key, values]) => JSON.stringify(values) !== JSON.stringify(desired.get(key)));
    expect(wrong.slice(0, 3)).toEqual([]);
  });
});

describe("the second time", () => {
  test("only the look-back is read, our own writes cause no event, and nobody is marked", async () => {
    const first = (await rowsOf(hub.store, "runs")).filter(({ kind }) => kind === "sync");
    const came = first.reduce((sum, { counts }) => sum + JSON.parse(counts).in, 0);
    const results = await Promise.all(vendors.map((vendor) => syncConnection(hub, vendor)));
    expect(results.map(({ events, failed }) => ({ events, failed }))).toEqual(
      vendors.map(() => ({ events: 0, failed: 0 })),
    );
    expect(results.reduce((sum, { in: again }) => sum + again, 0)).toBeLessThan(came / 2);
    expect(await rowsOf(hub.store, "dirty")).toEqual([]);
  });

  test("nothing is left to derive or to write, but what has come due since", async () => {
    const timers = await rowsOf(hub.store, "timers");
    const derived = await deriveAll(hub);
    // The hub's clock goes on: a stage may end in just these seconds. Mostly none does, and then nothing may be written.
    const due = timers.filter(({ due_at }) => due_at <= hub.now());
    expect(derived).toBeLessThanOrEqual(due.length);
    for (const vendor of vendors) {
      const nothing = derived === 0 ? { records: 0, fields: 0 } : {};
      expect(await applyWritebacks(hub, vendor)).toMatchObject({ ...nothing, refused: 0 });
    }
  });

  test("what stands is what the raw records give", async () => {
    const compared = await verifyHub(hub);
    expect(compared.flatMap(({ examples }) => examples)).toEqual([]);
    expect(compared.find(({ table }) => table === "timeline")?.rows).toBeGreaterThan(20_000);
  });
});

describe("an audit of everything", () => {
  /** An id under which the account has nothing, in two objects of each. */
  const ghosts: Record<Vendor, Record<string, string>> = {
    salesforce: { Opportunity: sfId("006", 900_000), Case: sfId("500", 900_000) },
    hubspot: { deals: "999999999999", emails: "999999999999" },
    netsuite: { opportunity: "99999999", invoice: "99999999" },
  };
  const moved: Record<Vendor, string> = { salesforce: "Task", hubspot: "calls", netsuite: "salesorder" };
  const auditAll = async () => {
    for (const vendor of vendors) await auditConnection(hub, vendor);
    return listAudits(hub);
  };
  const found = ({ missing, stale, extra }: PassCounts) => ({ missing, stale, extra });
  const hasFound = ({ missing, stale, extra }: PassCounts) => missing + stale + extra > 0;

  test("finds nothing missing, stale or extra in any stream, counts what the vendors count, and costs few requests", async ({
    annotate,
  }) => {
    const requests = (vendor: Vendor) => hub.connection(vendor).open.requests?.() ?? 0;
    const before = vendors.map(requests);
    const audits = await auditAll();
    expect(audits.length).toBeGreaterThan(20);
    expect(audits.filter((audit) => hasFound(audit))).toEqual([]);
    for (const { vendor_count, stored_count, compared } of audits) {
      expect([vendor_count ?? stored_count, stored_count]).toEqual([compared, compared]);
    }
    const asked = vendors.map((vendor, n) => requests(vendor) - (before[n] ?? 0));
    await annotate(`requests: ${vendors.map((vendor, n) => `${vendor} ${asked[n]}`).join(", ")}`);
    const records = audits.reduce((sum, { compared }) => sum + compared, 0);
    expect(asked.reduce((sum, each) => sum + each, 0)).toBeLessThan(records / 80);
  });

  test("finds what is taken out, aged and added behind the hub's back, heals it and says so", async () => {
    const damaged = (await Promise.all(vendors.map((vendor) => damage(hub, vendor, ghosts[vendor])))).flat();
    const audits = await auditAll();
    const told = audits.filter((audit) => hasFound(audit));
    expect(told.map((audit) => [audit.connection, audit.object, found(audit)])).toEqual(
      audits.flatMap(({ connection, object }) =>
        damaged.some((one) => one.connection === connection && one.object === object)
          ? [[connection, object, { missing: 3, stale: 2, extra: 1 }]]
          : [],
      ),
    );
    const runs = (await rowsOf(hub.store, "runs")).filter(({ kind }) => kind === "audit").slice(-vendors.length);
    expect(runs.map(({ status, counts }) => [status, found(JSON.parse(counts))])).toEqual(
      vendors.map(() => ["done", { missing: 6, stale: 4, extra: 2 }]),
    );
    const heads = new Map((await rowsOf(hub.store, "heads")).map((head) => [head.record_key, head]));
    const held = damaged.flatMap(({ connection, object, missing, stale }) =>
      [...missing, ...stale].map((id) => heads.get(recordKey(connection, object, id))),
    );
    expect(
      held.filter((head) => !head || head.version?.startsWith("2001") || head.content_hash.startsWith("not")),
    ).toEqual([]);
    expect((await auditAll()).filter((audit) => hasFound(audit))).toEqual([]);
  });

  test("finds content that changed under the same stamps by its samples", async () => {
    for (const vendor of vendors) await changeContents(hub, vendor, moved[vendor]);
    const audits = await auditAll();
    for (const vendor of vendors) {
      const { stale, sampled } =
        audits.find(({ connection, object }) => connection === vendor && object === moved[vendor]) ?? {};
      expect([vendor, stale, (stale ?? 0) > 0]).toEqual([vendor, sampled, true]);
    }
  });
});

/** Our values as they stand in the CRMs: all of Salesforce and HubSpot, some of NetSuite. Absent there is null here. */
async function readBack({ salesforce, hubspot, netsuite }: VendorAccounts, recordKeys: readonly string[]) {
  const wanted = new Set(recordKeys);
  const found = new Map<string, Record<string, unknown>>();
  const keep = (key: string, values: Record<string, unknown>, field: (name: string) => string) => {
    if (wanted.has(key))
      found.set(
        key,
        shaped((name) => values[field(name)]),
      );
  };
  for (const object of ["Contact", "Lead", "Account"]) {
    const fields = ["Stage", "Stage_Date", "Score", "Grade", "Why"].map((name) => `Journey_Hub_${name}__c`).join(", ");
    const query = `SELECT Id, ${fields} FROM ${object}`;
    const { records } = await salesforce.query<{ Id: string }>(query, { autoFetch: true, maxFetch: 100_000 });
    const field = (name: string) => `Journey_Hub_${name.replace(/(^|_)./g, (letter) => letter.toUpperCase())}__c`;
    for (const row of records) keep(`salesforce:${object}:${row.Id}`, row, field);
  }
  const ours = ["stage", "stage_date", "score", "grade", "why"].map((name) => `journey_hub_${name}`);
  for (const object of ["contacts", "companies"] as const) {
    for (const { id, properties } of await hubspot.crm[object].getAll(100, undefined, ours)) {
      keep(`hubspot:${object}:${id}`, properties, (name) => `journey_hub_${name}`);
    }
  }
  for (const key of recordKeys.filter((one) => one.startsWith("netsuite:")).slice(0, 25)) {
    const [, object, id] = key.split(":");
    const { reply } = await netsuite("GET", `/services/rest/record/v1/${object}/${id}`);
    keep(key, reply, (name) => `custentity_journey_hub_${name}`);
  }
  return found;
}

/** The vendor's values in the hub's order and form. */
function shaped(value: (name: string) => unknown): Record<string, unknown> {
  const date = value("stage_date") ?? null;
  const score = value("score") ?? null;
  return {
    stage: value("stage") ?? null,
    stage_date: date === null ? null : new Date(String(date)).toISOString(),
    score: score === null ? null : Number(score),
    grade: value("grade") ?? null,
    reason: value("why") ?? null,
  };
}
