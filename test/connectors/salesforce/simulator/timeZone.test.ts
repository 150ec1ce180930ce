import { describe, expect, it } from "vitest";
import { sfId } from "../../../../connectors/salesforce/simulator/index.ts";
import { instantOf, wallClock } from "../../../../connectors/salesforce/simulator/soql/timeZone.ts";
import { readPage, sampleOrg } from "./sampleOrg.ts";

describe("a zone", () => {
  it.each([
    ["UTC", "2026-03-18T12:00:00Z", "2026-03-18T12:00:00Z"],
    ["Europe/Zurich", "2026-03-18T12:00:00Z", "2026-03-18T13:00:00Z"],
    ["Europe/Zurich", "2026-07-18T12:00:00Z", "2026-07-18T14:00:00Z"],
    ["Asia/Kathmandu", "2026-03-18T20:00:00Z", "2026-03-19T01:45:00Z"],
    ["America/Los_Angeles", "2026-03-08T08:00:00Z", "2026-03-08T00:00:00Z"],
    ["America/Los_Angeles", "2026-03-09T07:00:00Z", "2026-03-09T00:00:00Z"],
  ])("%s: at %s the wall says %s, and back", (zone, instant, wall) => {
    expect(new Date(wallClock(Date.parse(instant), zone)).toISOString()).toBe(new Date(wall).toISOString());
    expect(new Date(instantOf(Date.parse(wall), zone)).toISOString()).toBe(new Date(instant).toISOString());
  });
});

describe("date literals", () => {
  const now = Date.parse("2026-03-18T20:00:00Z");
  const task = (n: number, stamp: string, day: string) => ({
    Id: sfId("00T", n),
    Subject: `${n}`,
    SystemModstamp: stamp,
    ActivityDate: day,
  });
  const org = (zone: string | null) =>
    sampleOrg(
      { now: () => now },
      {
        orgId: sfId("00D", 1),
        objects: {
          User: [
            {
              Id: sfId("005", 1),
              Username: "ann@acme.example",
              LastName: "Ann",
              Email: "a@b.ch",
              TimeZoneSidKey: zone,
            },
          ],
          Task: [
            task(1, "2026-03-18T10:59:59.000+0000", "2026-03-18"),
            task(2, "2026-03-18T11:00:00.000+0000", "2026-03-19"),
            task(3, "2026-03-19T10:59:59.000+0000", "2026-03-19"),
            task(4, "2026-03-19T11:00:00.000+0000", "2026-03-20"),
          ],
        },
      },
    );
  const found = async (zone: string | null, where: string) => {
    const { query } = await org(zone);
    return (await readPage(await query(`SELECT Subject FROM Task WHERE ${where}`))).records.map(
      ({ Subject }) => Subject,
    );
  };

  it("are days of the user who asks, thirteen hours before UTC in Auckland", async () => {
    expect(await found("Pacific/Auckland", "SystemModstamp = TODAY")).toEqual(["2", "3"]);
    expect(await found("Pacific/Auckland", "ActivityDate = TODAY")).toEqual(["2", "3"]);
    expect(await found("Pacific/Auckland", "SystemModstamp = YESTERDAY")).toEqual(["1"]);
  });

  it("are days of UTC where the user has no zone", async () => {
    expect(await found(null, "SystemModstamp = TODAY")).toEqual(["1", "2"]);
    expect(await found(null, "ActivityDate = TODAY")).toEqual(["1"]);
  });
});
