import type { SourceRecord } from "journey-hub/connector";
import { afterEach, describe, expect, test } from "vitest";
import { type SalesforceRow, sfId } from "../../../connectors/salesforce/simulator/index.ts";
import { edit, startOrg, streamOf, type TestOrg } from "./org.ts";

let org: TestOrg;
afterEach(() => org.close());

const old = "2026-03-01T08:00:00.000+0000";
const made = "2026-02-01T08:00:00.000+0000";
const lead = (n: number) => sfId("00Q", n);

/** Leads of which every second one was worked on before it was qualified; others between them, spread by `step`. */
async function orgOf(count: number, { step = 1, tracked = true } = {}): Promise<SourceRecord[]> {
  const Lead = Array.from(
    { length: count },
    (_, n): SalesforceRow => ({
      Id: lead(n * step + 1),
      LastName: `Number ${n}`,
      Company: "Acme",
      Status: "Qualified",
      CreatedDate: made,
      SystemModstamp: old,
    }),
  );
  const LeadHistory = Lead.flatMap(({ Id }, n): SalesforceRow[] =>
    n % 2 === 0 || !tracked
      ? []
      : [
          {
            Id: sfId("017", n + 1),
            LeadId: Id,
            Field: "Status",
            OldValue: "Working",
            NewValue: "Qualified",
            CreatedDate: old,
          },
        ],
  );
  org = await startOrg({ Lead, LeadHistory });
  return Lead.map(({ Id }) => recordOf(Id, "2026-03-01T08:00:00.000Z"));
}

const recordOf = (Id: string, at: string, Status = "Qualified"): SourceRecord => ({
  id: Id,
  at,
  deleted: false,
  payload: { Id, Status, CreatedDate: made },
});

async function pastOf(records: readonly SourceRecord[]) {
  const before = org.exchanges.length;
  const { history } = streamOf(org.connection, "Lead");
  const past = await history?.({ records, fields: ["Status"], lane: "backfill" });
  const asked = org.exchanges.slice(before).filter(({ operation }) => operation === "salesforce.LeadHistory.query");
  return { versions: past?.versions ?? [], missing: past?.missing, requests: asked.length };
}

describe("the past of a page of records", () => {
  test("takes one request where their ids lie close together, whatever lies between them", async () => {
    const leads = await orgOf(2_000);
    const some = leads.filter((_, n) => n % 3 !== 0);
    const { versions, missing, requests } = await pastOf(some);
    expect(versions).toHaveLength(some.filter(({ id }) => leads.findIndex((each) => each.id === id) % 2 === 1).length);
    expect(new Set(versions.map(({ payload }) => payload.Status))).toEqual(new Set(["Working"]));
    expect([missing, requests]).toEqual([[], 1]);
  });

  test("takes one for every 500 where they are spread", async () => {
    const { versions, requests } = await pastOf(await orgOf(1_200, { step: 1_000 }));
    expect([versions.length, requests]).toEqual([600, 3]);
  });

  test("takes one for a few, near or far", async () => {
    const leads = await orgOf(40);
    expect(await pastOf(leads)).toMatchObject({ requests: 1 });
  });

  test("is not asked for any more where the org keeps none, but for what has changed since", async () => {
    const leads = await orgOf(1_000, { tracked: false });
    expect(await pastOf(leads)).toMatchObject({ versions: [], requests: 2 });
    expect(await pastOf(leads)).toMatchObject({ versions: [], requests: 0 });
    org.clock.advance(60_000);
    await edit(org, "Lead", lead(7), { Status: "Nurturing" });
    const changedAt = new Date(org.clock.now()).toISOString();
    const page = leads.map((record) => (record.id === lead(7) ? recordOf(lead(7), changedAt, "Nurturing") : record));
    const { versions, requests } = await pastOf(page);
    expect(versions.map(({ id, payload }) => [id, payload.Status])).toEqual([[lead(7), "Qualified"]]);
    expect(requests).toBe(1);
  });

  test("is asked for again where some records have none and others do", async () => {
    const leads = await orgOf(1_400);
    const without = leads.filter((_, n) => n % 2 === 0);
    expect((await pastOf(without)).versions).toEqual([]);
    expect((await pastOf(leads)).versions).toHaveLength(700);
  });
});
