import { describeReport, runContract } from "journey-hub/connector/testing";
import { describe, expect, test } from "vitest";
import { createHostileNetsuite } from "../../../../../connectors/netsuite/simulator/hostile/index.ts";

/* Days on which the account's clock does something else than to go on: NetSuite shows its own time of day, to the minute. */

const fields = ["phone", "email", "memo", "status", "entity", "company", "foreigntotal", "foreignamountunpaid"];
const more = [
  "entitystatus_name",
  "status_name",
  "appliedto",
  "createdfrom",
  "lastsaledate",
  "title",
  "projectedtotal",
];
const reads = [...fields, ...more];

const { troubles } = createHostileNetsuite({ seed: 0, records: 1, now: () => 0 });
const life = troubles.filter(({ kind, name }) => kind === "life" && name !== "withheld-column");
const only = ["row-cap", "unstable-ties", "deletions-by-day", "skewed-clock", ...life.map(({ name }) => name)];

// Each story begins an hour and a half before its instant, by a seed whose syncs come before, close around and after it.
describe("our connector holds what is in the account", () => {
  test.each([
    ["the clock is set back", "America/Los_Angeles", "2026-11-01T07:30:00.000Z", 18],
    ["the clock is set back in half-hour zones", "America/St_Johns", "2026-11-01T03:00:00.000Z", 14],
    ["the clock is set forward", "Pacific/Auckland", "2026-09-26T12:30:00.000Z", 31],
    ["a day ends", "Asia/Kolkata", "2026-05-05T17:00:00.000Z", 5],
  ])("when %s (%s)", async (_when, timeZone, startAt, seed) => {
    const report = await runContract({
      create: (options) => createHostileNetsuite({ ...options, timeZone }),
      ...{ seed, startAt, level: "extreme", records: 100, only, measureIdeal: false },
      fields: () => reads,
    });
    expect(describeReport(report)).toBe(`netsuite, seed ${seed}, level extreme: the contract is kept`);
  });
});
