import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { vendors } from "../../src/cli/vendors.ts";
import { verifyHub } from "../../src/hub/rules/scratch.ts";
import { deriveAll, syncConnection } from "../../src/hub/sync.ts";
import { ann, ben, deal, lead, on, seeds, ticket, today, untouchedDeal } from "./known-past.ts";
import { openThreeAccounts, type ThreeAccounts } from "./three-accounts.ts";

/*
 * Three accounts with a known past, read for the first time today. The tests of a block build on one another, in the order they stand in.
 */

let three: ThreeAccounts;

/** The events of a record in order of time: when, what, and the step from one value to the next. */
async function past(record: string): Promise<string[]> {
  const rows = (await three.rows("events")).filter(({ record_key }) => record_key === record);
  return rows
    .map(({ occurred_at, kind, changes }) => {
      const [change] = JSON.parse(changes) as { from?: unknown; to?: unknown }[];
      const step = change ? ` ${said(change.from)} → ${said(change.to)}` : "";
      return `${occurred_at.slice(0, 10)} ${kind}${step}`;
    })
    .sort();
}

const said = (value: unknown): string =>
  typeof value === "object" && value !== null && "amount" in value ? String(value.amount) : String(value ?? "none");

async function syncAll() {
  return Promise.all(vendors.map((vendor) => syncConnection(three.hub, vendor)));
}

/** The requests by which HubSpot, Salesforce and NetSuite are asked for a past. */
const asksForPast = (request: string) =>
  (/batch\/read\b/.test(request) && !request.includes("associations")) || /History\b|FROM systemnote/i.test(request);

describe("accounts that keep their past", () => {
  beforeAll(async () => {
    three = await openThreeAccounts(seeds, today);
    await syncAll();
  });
  afterAll(() => three.close());

  test("a deal's steps stand at their own instants after the first sync", async () => {
    expect(await past("hubspot:deals:7001")).toEqual([
      "2026-01-05 deal.created",
      "2026-01-20 deal.amount_changed 800 → 1000",
      "2026-01-20 deal.stage_changed appointmentscheduled → qualifiedtobuy",
      "2026-02-10 deal.stage_changed qualifiedtobuy → closedwon",
      "2026-02-10 deal.won open → won",
    ]);
    expect(await past(`salesforce:Opportunity:${deal}`)).toEqual([
      "2026-01-05 deal.created",
      "2026-01-20 deal.amount_changed 800 → 1000",
      "2026-01-20 deal.stage_changed Prospecting → Negotiation/Review",
      `2026-01-25 deal.owner_changed User:${ann} → User:${ben}`,
      "2026-02-10 deal.stage_changed Negotiation/Review → Closed Won",
      "2026-02-10 deal.won open → won",
    ]);
    expect(await past("netsuite:opportunity:5001")).toEqual([
      "2026-01-05 deal.created",
      "2026-01-20 deal.stage_changed 8 → 10",
      "2026-02-10 deal.stage_changed 10 → 13",
      "2026-02-10 deal.won open → won",
    ]);
  });

  test("a ticket's", async () => {
    const steps = [
      "2026-02-01 ticket.opened",
      "2026-02-02 ticket.status_changed open → in_progress",
      "2026-02-03 ticket.closed in_progress → closed",
      "2026-02-03 ticket.status_changed in_progress → closed",
    ];
    expect(await past("hubspot:tickets:8001")).toEqual(steps);
    expect(await past(`salesforce:Case:${ticket}`)).toEqual(steps);
    expect(await past("netsuite:supportcase:6001")).toEqual(steps);
  });

  test("and the way of a person or a firm to where it is", async () => {
    expect(await past("hubspot:contacts:51")).toEqual([
      "2026-01-02 contact.created",
      "2026-01-08 lead.status_changed none → open",
      "2026-01-15 lead.status_changed open → qualified",
      "2026-02-10 lifecycle.changed lead → customer",
    ]);
    expect(await past(`salesforce:Lead:${lead}`)).toEqual([
      "2026-01-02 contact.created",
      "2026-01-08 lead.status_changed open → working",
      "2026-01-15 lead.disqualified",
      "2026-01-15 lead.status_changed working → unqualified",
    ]);
    expect(await past("netsuite:customer:2211")).toEqual([
      "2026-01-02 company.created",
      "2026-01-15 lifecycle.changed lead → sales_qualified_lead",
      "2026-02-10 lifecycle.changed sales_qualified_lead → customer",
    ]);
  });

  test("all of it is known since today", async () => {
    expect(new Set((await three.rows("events")).map(({ known_at }) => known_at.slice(0, 10)))).toEqual(
      new Set(["2026-03-18"]),
    );
  });

  test("a record that never moved has its one beginning, and one raw record", async () => {
    for (const record of [
      "hubspot:deals:7002",
      `salesforce:Opportunity:${untouchedDeal}`,
      "netsuite:opportunity:5002",
    ]) {
      expect(await past(record)).toEqual(["2026-02-01 deal.created"]);
      expect((await three.rows("raw_records")).filter(({ record_key }) => record_key === record).length).toBe(1);
    }
  });

  test("what was put together says so; what was received does not", async () => {
    const raw = (await three.rows("raw_records")).filter(({ record_key }) => record_key === "hubspot:deals:7001");
    expect(raw.map(({ version, payload }) => `${version} ${JSON.parse(payload)._history === true}`)).toEqual([
      `${on("01-05")} true`,
      `${on("01-20")} true`,
      `${on("02-10")} true`,
      `${on("03-01")} false`,
    ]);
  });

  test("a second sync makes no event and asks for no past", async () => {
    // So that the pattern is known to find what it is to find.
    expect(new Set(three.requests.filter(asksForPast).map((request) => request.split(" ")[0]))).toEqual(
      new Set(vendors),
    );
    three.requests.length = 0;
    const results = await syncAll();
    expect(results.map(({ events, stored }) => ({ events, stored }))).toEqual(
      vendors.map(() => ({ events: 0, stored: 0 })),
    );
    expect(three.requests.filter(asksForPast)).toEqual([]);
  });

  test("a deal that moved twice between two syncs shows both steps", async () => {
    const moves = [
      { hubspot: "closedlost", salesforce: "Closed Lost", netsuite: "14" },
      { hubspot: "contractsent", salesforce: "Proposal/Price Quote", netsuite: "11" },
    ];
    for (const stage of moves) {
      three.clock.advance(600_000);
      const { hubspot, salesforce, netsuite } = three.accounts;
      await hubspot.crm.deals.basicApi.update("7002", { properties: { dealstage: stage.hubspot } });
      await salesforce.sobject("Opportunity").update({ Id: untouchedDeal, StageName: stage.salesforce });
      const path = "/services/rest/record/v1/opportunity/5002";
      await netsuite("PATCH", path, { entityStatus: { id: stage.netsuite } });
    }
    three.clock.advance(600_000);
    await syncAll();
    const steps = (from: string, lost: string, to: string) =>
      new Set([
        "2026-02-01 deal.created",
        "2026-03-18 deal.lost open → lost",
        "2026-03-18 deal.reopened lost → open",
        `2026-03-18 deal.stage_changed ${from} → ${lost}`,
        `2026-03-18 deal.stage_changed ${lost} → ${to}`,
      ]);
    const inAnyOrder = async (record: string) => new Set(await past(record));
    expect(await inAnyOrder("hubspot:deals:7002")).toEqual(steps("appointmentscheduled", "closedlost", "contractsent"));
    expect(await inAnyOrder(`salesforce:Opportunity:${untouchedDeal}`)).toEqual(
      steps("Prospecting", "Closed Lost", "Proposal/Price Quote"),
    );
    expect(await inAnyOrder("netsuite:opportunity:5002")).toEqual(steps("8", "14", "11"));
  });

  test("what stands is what the raw records give", async () => {
    await deriveAll(three.hub);
    const compared = await verifyHub(three.hub);
    expect(compared.flatMap(({ examples }) => examples)).toEqual([]);
  });
});

describe("roles that may not read the past", () => {
  beforeAll(async () => {
    const hidden = { salesforce: ["OpportunityFieldHistory", "CaseHistory"], netsuite: ["systemnote"] } as const;
    three = await openThreeAccounts({ ...seeds, hidden }, today);
    await syncAll();
  });
  afterAll(() => three.close());

  const openErrors = async () =>
    (await three.rows("errors"))
      .filter(({ status }) => status === "open")
      .map(({ fingerprint }) => fingerprint)
      .filter((fingerprint) => fingerprint.startsWith("history:"))
      .sort();

  test("one open error names each history that is missing", async () => {
    expect(await openErrors()).toEqual([
      "history:Case.CaseHistory",
      "history:Opportunity.OpportunityFieldHistory",
      "history:customer.systemnote",
      "history:opportunity.systemnote",
      "history:supportcase.systemnote",
    ]);
  });

  test("everything else goes on: the records, and the histories that may be read", async () => {
    expect(await past("netsuite:opportunity:5001")).toEqual([
      "2026-01-05 deal.created",
      "2026-02-10 deal.won none → won",
    ]);
    expect(await past(`salesforce:Opportunity:${deal}`)).toEqual([
      "2026-01-05 deal.created",
      "2026-01-20 deal.amount_changed 800 → 1000",
      "2026-01-20 deal.stage_changed Prospecting → Negotiation/Review",
      "2026-02-10 deal.stage_changed Negotiation/Review → Closed Won",
      "2026-02-10 deal.won open → won",
    ]);
    const connections = await three.rows("connections");
    expect(connections.map(({ status }) => status)).toEqual(vendors.map(() => "connected"));
  });

  test("a second sync leaves the errors as they are", async () => {
    await syncAll();
    expect((await openErrors()).length).toBe(5);
  });
});
