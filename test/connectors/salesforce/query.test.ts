import { describe, expect, test } from "vitest";
import { queryPath, rowsById, rowsByStamp, rowsOfIds, splitColumns } from "../../../connectors/salesforce/query.ts";

const select = { object: "Contact", columns: ["Id", "Email"] };
const stamp = "2026-03-01T08:00:00.000Z";

describe("SOQL", () => {
  test.each([
    ["everything", rowsById(select, null, null), "SELECT Id,Email FROM Contact ORDER BY Id LIMIT 2000"],
    [
      "everything behind an id",
      rowsById(select, "003A", null),
      "SELECT Id,Email FROM Contact WHERE Id > '003A' ORDER BY Id LIMIT 2000",
    ],
    [
      "a stretch of ids",
      rowsById(select, "003A", "003F"),
      "SELECT Id,Email FROM Contact WHERE Id > '003A' AND Id <= '003F' ORDER BY Id LIMIT 2000",
    ],
    [
      "changes from an instant on, at the vendor's resolution of one second",
      rowsByStamp(select, { at: "2026-03-01T08:00:00.900Z", id: null }, null),
      "SELECT Id,Email FROM Contact WHERE SystemModstamp >= 2026-03-01T08:00:00Z ORDER BY SystemModstamp, Id LIMIT 2000",
    ],
    [
      "changes behind a row",
      rowsByStamp(select, { at: stamp, id: "003A" }, null),
      "SELECT Id,Email FROM Contact WHERE (SystemModstamp > 2026-03-01T08:00:00.000Z OR (SystemModstamp = " +
        "2026-03-01T08:00:00.000Z AND Id > '003A')) ORDER BY SystemModstamp, Id LIMIT 2000",
    ],
    [
      "changes up to a row",
      rowsByStamp(select, { at: stamp, id: null }, { at: stamp, id: "003F" }),
      "SELECT Id,Email FROM Contact WHERE SystemModstamp >= 2026-03-01T08:00:00Z AND (SystemModstamp < " +
        "2026-03-01T08:00:00.000Z OR (SystemModstamp = 2026-03-01T08:00:00.000Z AND Id <= '003F')) " +
        "ORDER BY SystemModstamp, Id LIMIT 2000",
    ],
    [
      "rows by id",
      rowsOfIds(select, ["003A", "003B"]),
      "SELECT Id,Email FROM Contact WHERE Id IN ('003A','003B') ORDER BY Id",
    ],
    [
      "an id that tries to leave its quotes",
      rowsOfIds(select, ["x') OR Id != ('\\"]),
      "SELECT Id,Email FROM Contact WHERE Id IN ('x\\') OR Id != (\\'\\\\') ORDER BY Id",
    ],
  ])("%s", (_what, soql, expected) => {
    expect(soql).toBe(expected);
  });

  test("travels with its spaces and commas unexpanded and everything else escaped", () => {
    expect(queryPath("SELECT Id,Name FROM Account WHERE Name = 'A+B & C'")).toBe(
      "/queryAll?q=SELECT+Id,Name+FROM+Account+WHERE+Name+%3D+'A%2BB+%26+C'",
    );
  });
});

describe("a long list of columns", () => {
  test("is split so that every part has the key and no part is longer than its room", () => {
    const columns = ["Id", "Aaaa", "Bbbb", "Cccc", "Dddd", "Eeee"];
    expect(splitColumns(columns, ["Id"], 13)).toEqual([
      ["Id", "Aaaa", "Bbbb"],
      ["Id", "Cccc", "Dddd"],
      ["Id", "Eeee"],
    ]);
  });

  test("stays whole where it fits", () => {
    expect(splitColumns(["Id", "Email"], ["Id", "SystemModstamp"], 1_000)).toEqual([["Id", "SystemModstamp", "Email"]]);
  });
});
