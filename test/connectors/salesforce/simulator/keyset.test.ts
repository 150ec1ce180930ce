import { beforeAll, describe, expect, it } from "vitest";
import { sfId } from "../../../../connectors/salesforce/simulator/index.ts";
import { emptySeed, ids, readPage, sampleOrg } from "./sampleOrg.ts";

const rowCount = 100_000;
/** Rows share their stamp in runs of 30,000: a bulk load, the worst case for keyset paging. */
const stampOf = (n: number) => `2026-03-0${1 + Math.floor(n / 30_000)}T00:00:00.000+0000`;

describe("keyset statements over 100,000 rows", () => {
  let org: Awaited<ReturnType<typeof sampleOrg>>;
  beforeAll(async () => {
    const rows = Array.from({ length: rowCount }, (_, n) => ({
      Id: sfId("003", n + 1),
      LastName: `Person ${n}`,
      SystemModstamp: stampOf(n),
    }));
    org = await sampleOrg({}, { ...emptySeed, objects: { Contact: rows } });
  });

  /** Runs a statement and tells how many rows the simulator read for it. */
  async function scannedBy(statement: string) {
    const before = org.simulator.state.queryWork().scanned;
    const page = await readPage(await org.query(statement));
    return { page, scanned: org.simulator.state.queryWork().scanned - before };
  }

  it("reads only the page for `Id > x ORDER BY Id LIMIT 2000`", async () => {
    const { page, scanned } = await scannedBy(
      `SELECT Id FROM Contact WHERE Id > '${sfId("003", 50_000)}' ORDER BY Id LIMIT 2000`,
    );
    expect(page.records[0]?.Id).toBe(sfId("003", 50_001));
    expect([page.records.length, page.totalSize, scanned]).toEqual([2000, 2000, 2000]);
  });

  it("starts inside a run of equal stamps for `(stamp, Id) > (t, x) ORDER BY stamp, Id`", async () => {
    const { page, scanned } = await scannedBy(
      "SELECT Id, SystemModstamp FROM Contact WHERE (SystemModstamp > 2026-03-02T00:00:00Z OR " +
        `(SystemModstamp = 2026-03-02T00:00:00Z AND Id > '${sfId("003", 45_000)}')) ORDER BY SystemModstamp, Id LIMIT 2000`,
    );
    expect(page.records[0]?.Id).toBe(sfId("003", 45_001));
    expect([page.records.length, scanned]).toEqual([2000, 2000]);
  });

  it("walks the whole table by keyset reading each row once", async () => {
    const before = org.simulator.state.queryWork().scanned;
    let position = { stamp: "1970-01-01T00:00:00.000+0000", id: "" };
    const seen = new Set<unknown>();
    for (let page = 0; page < 60; page++) {
      const stamp = position.stamp.replace("+0000", "Z");
      const tie = position.id === "" ? "" : ` OR (SystemModstamp = ${stamp} AND Id > '${position.id}')`;
      const where = `(SystemModstamp > ${stamp}${tie})`;
      const statement = `SELECT Id, SystemModstamp FROM Contact WHERE ${where} ORDER BY SystemModstamp, Id LIMIT 2000`;
      const { records } = await readPage(await org.query(statement));
      for (const { Id } of records) seen.add(Id);
      const last = records.at(-1);
      if (!last) break;
      position = { stamp: String(last.SystemModstamp), id: String(last.Id) };
    }
    expect([seen.size, org.simulator.state.queryWork().scanned - before]).toEqual([rowCount, rowCount]);
  });

  it("reads one row for the newest, and the named ones for a list of ids", async () => {
    const newest = await scannedBy("SELECT Id FROM Contact ORDER BY SystemModstamp DESC, Id DESC LIMIT 1");
    expect([newest.page.records[0]?.Id, newest.scanned]).toEqual([sfId("003", rowCount), 1]);
    const list = [7, 70_000].map((n) => `'${sfId("003", n)}'`).join(",");
    const named = await scannedBy(`SELECT Id FROM Contact WHERE Id IN (${list}) AND LastName != null ORDER BY Id`);
    expect([named.page.totalSize, named.scanned]).toEqual([2, 2]);
  });

  it("reads a window of stamps from the index even when the order is another", async () => {
    const { page, scanned } = await scannedBy(
      "SELECT Id FROM Contact WHERE SystemModstamp >= 2026-03-04T00:00:00Z ORDER BY LastName LIMIT 1",
    );
    expect([page.records[0]?.Id, scanned]).toEqual([sfId("003", 90_001), 10_000]);
  });

  it("finds written rows in their new place", async () => {
    await org.send("PATCH", `/sobjects/Contact/${ids.contact(17)}`, { Journey_Hub_Grade__c: "A" });
    const { page, scanned } = await scannedBy(
      "SELECT Id FROM Contact WHERE SystemModstamp > 2026-03-10T00:00:00Z ORDER BY SystemModstamp, Id LIMIT 2000",
    );
    expect([page.records.map(({ Id }) => Id), scanned]).toEqual([[ids.contact(17)], 1]);
    const left = await scannedBy("SELECT COUNT() FROM Contact WHERE SystemModstamp >= 2026-03-04T00:00:00Z");
    expect([left.page.totalSize, left.scanned]).toEqual([10_001, 10_001]);
  });
});
