import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sfId } from "../../connectors/salesforce/simulator/index.ts";
import { vendors } from "../../src/cli/vendors.ts";
import { auditConnection } from "../../src/hub/audit/connection.ts";
import { listAudits } from "../../src/hub/queries/audits.ts";
import { verifyHub } from "../../src/hub/rules/scratch.ts";
import { deriveAll, syncConnection } from "../../src/hub/sync.ts";
import { startPostgres } from "../fixtures/postgres.ts";
import { openThreeAccounts, type Seeds, type ThreeAccounts } from "./three-accounts.ts";

/*
 * One story on both databases; on Postgres texts are ordered by the rules of a language, as most servers do. Ids are such that it matters:
 * Salesforce's differ in upper and lower case, HubSpot's and NetSuite's in length. The tests build on one another.
 */

const today = "2026-03-18T12:00:00.000Z";
const at = "2026-02-01T09:00:00.000Z";
const numbers = Array.from({ length: 120 }, (_, n) => n + 1);

/** 120 persons in each account, but for those left out by their number. */
function seeds(leftOut: readonly number[] = []): Seeds {
  const kept = numbers.filter((n) => !leftOut.includes(n));
  return {
    hubspot: {
      objects: {
        contacts: kept.map((n) => ({
          id: String(n * n),
          properties: { email: `h${n}@acme.example`, firstname: "Ann", lastname: `Élan-${n}` },
          createdAt: at,
          updatedAt: at,
        })),
      },
    },
    salesforce: {
      Contact: kept.map((n) => ({
        ...{ Id: sfId("003", n), FirstName: "Ann", LastName: `zeta ${n}`, Email: `s${n}@acme.example` },
        ...{ CreatedDate: at, LastModifiedDate: at, SystemModstamp: at },
      })),
    },
    netsuite: {
      customer: kept.map((n) => ({
        ...{ id: n * n, isperson: "T", firstname: "Ann", lastname: `_x ${n}`, email: `n${n}@acme.example` },
        ...{ entitystatus: 13, datecreated: at, lastmodifieddate: at },
      })),
    },
  };
}

const postgres = await startPostgres();
afterAll(() => postgres.stop());

describe.each([
  { database: "SQLite", environment: async () => ({}) },
  {
    database: "Postgres",
    environment: async () => ({ JOURNEY_HUB_DATABASE_URL: await postgres.database({ icu: "en-US" }) }),
  },
])("on $database", ({ environment }) => {
  let three: ThreeAccounts;
  beforeAll(async () => {
    three = await openThreeAccounts(seeds(), today, await environment());
    await syncAll();
  });
  afterAll(() => three.close());

  const syncAll = async () => {
    for (const vendor of vendors) await syncConnection(three.hub, vendor);
  };
  const persons = ["contacts", "Contact", "customer"];
  const held = async (deleted: 0 | 1) =>
    (await three.rows("records"))
      .filter((row) => row.deleted === deleted && persons.includes(row.object))
      .map(({ record_key }) => record_key)
      .sort();
  const keysOf = (ns: readonly number[]) =>
    ns
      .flatMap((n) => [
        `hubspot:contacts:${n * n}`,
        `salesforce:Contact:${sfId("003", n)}`,
        `netsuite:customer:${n * n}`,
      ])
      .sort();

  test("everything is read", async () => {
    expect(await held(0)).toEqual(keysOf(numbers));
  });

  const vanished = [1, 10, 36, 62, 100];
  test("a sweep finds exactly what vanished without a word, and what is back", async () => {
    three.quietly(seeds(vanished));
    three.clock.advance(25 * 3_600_000);
    await syncAll();
    expect(await held(1)).toEqual(keysOf(vanished));
    three.quietly(seeds([1, 10]));
    three.clock.advance(25 * 3_600_000);
    await syncAll();
    expect(await held(1)).toEqual(keysOf([1, 10]));
    const open = (await three.rows("errors")).filter(({ status }) => status === "open");
    expect(open.filter(({ class: kind }) => kind !== "missing_field")).toEqual([]);
  });

  test("an audit counts what vanished and what is back, and the next finds nothing", async () => {
    const audited = async () => {
      for (const vendor of vendors) await auditConnection(three.hub, vendor);
      const shown = (await listAudits(three.hub)).filter(({ object }) => persons.includes(object));
      return shown.map(({ object, compared, missing, stale, extra }) => [object, compared, missing, stale, extra]);
    };
    three.quietly(seeds([37, 63]));
    expect(await audited()).toEqual([
      ["contacts", 118, 2, 0, 2],
      ["Contact", 118, 2, 0, 2],
      ["customer", 118, 2, 0, 2],
    ]);
    expect(await held(1)).toEqual(keysOf([37, 63]));
    three.clock.advance(60_000);
    expect(await audited()).toEqual([
      ["contacts", 118, 0, 0, 0],
      ["Contact", 118, 0, 0, 0],
      ["customer", 118, 0, 0, 0],
    ]);
  });

  test("what is derived is what a replay gives, and each person is one customer", async () => {
    await deriveAll(three.hub);
    expect((await verifyHub(three.hub)).flatMap(({ examples }) => examples)).toEqual([]);
    expect(await three.rows("customers")).toHaveLength(360);
  });
});
