import { describe, expect, test } from "vitest";
import type { AccountDateFormat, NetsuiteSeed } from "../../../../connectors/netsuite/simulator/index.ts";
import { createAccount, rowsOf, suiteql } from "./account.ts";

const account = (timeZone: string, dateFormat: AccountDateFormat): NetsuiteSeed => ({
  accountId: "1234567_SB1",
  timeZone,
  dateFormat,
  tables: {
    customer: [
      { id: 1, entityid: "before", lastmodifieddate: "2025-11-02T05:30:00Z" },
      { id: 2, entityid: "after", lastmodifieddate: "2025-11-02T06:30:00Z" },
      { id: 3, entityid: "spring", lastmodifieddate: "2026-03-05T23:30:00.750Z" },
    ],
    transaction: [{ id: 9, type: "CustInvc", entity: 1, trandate: "2026-03-05" }],
  },
});

test.each([
  ["MM/DD/YYYY", "03/05/2026"],
  ["DD/MM/YYYY", "05/03/2026"],
  ["M/D/YYYY", "3/5/2026"],
  ["D/M/YYYY", "5/3/2026"],
  ["YYYY-MM-DD", "2026-03-05"],
  ["DD.MM.YYYY", "05.03.2026"],
  ["DD-Mon-YYYY", "05-Mar-2026"],
] as const)("in the format %s a date reads %s, and is compared so", async (dateFormat, shown) => {
  const simulator = createAccount({}, account("UTC", dateFormat));
  expect(rowsOf(await suiteql(simulator, "SELECT trandate d FROM transaction"))).toEqual([{ d: shown }]);
  expect(rowsOf(await suiteql(simulator, `SELECT id FROM transaction WHERE trandate = '${shown}'`))).toEqual([
    { id: "9" },
  ]);
});

describe("in an account's time zone", () => {
  const latest = "SELECT TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') at FROM customer WHERE id = 3";

  test.each([
    ["America/Los_Angeles", "2026-03-05 15:30:00"],
    ["Europe/Berlin", "2026-03-06 00:30:00"],
    ["Asia/Kolkata", "2026-03-06 05:00:00"],
    ["UTC", "2026-03-05 23:30:00"],
  ])("%s reads the instant on its own clock, without fractions", async (timeZone, at) => {
    expect(rowsOf(await suiteql(createAccount({}, account(timeZone, "YYYY-MM-DD")), latest))).toEqual([{ at }]);
  });

  test("a day alone is the day there", async () => {
    const simulator = createAccount({}, account("Europe/Berlin", "YYYY-MM-DD"));
    expect(rowsOf(await suiteql(simulator, "SELECT lastmodifieddate d FROM customer WHERE id = 3"))).toEqual([
      { d: "2026-03-06" },
    ]);
  });

  test("where the clock is set back, one reading stands for two instants and means the earlier one", async () => {
    const simulator = createAccount({}, account("America/New_York", "YYYY-MM-DD"));
    const readings = "SELECT TO_CHAR(lastmodifieddate, 'HH24:MI') at FROM customer WHERE id < 3 ORDER BY id";
    expect(rowsOf(await suiteql(simulator, readings))).toEqual([{ at: "01:30" }, { at: "01:30" }]);
    const later =
      "SELECT id FROM customer WHERE lastmodifieddate > TO_DATE('2025-11-02 01:30', 'YYYY-MM-DD HH24:MI') ORDER BY id";
    expect(rowsOf(await suiteql(simulator, later))).toEqual([{ id: "2" }, { id: "3" }]);
  });
});
