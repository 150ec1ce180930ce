import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sfId } from "../../connectors/salesforce/simulator/index.ts";
import { dismissError } from "../../src/hub/errors/dismiss.ts";
import { planRetry, retryErrors } from "../../src/hub/errors/retry.ts";
import { listErrors } from "../../src/hub/queries/errors.ts";
import { listFrozen } from "../../src/hub/queries/frozen.ts";
import { applyWritebacks, deriveAll, syncConnection } from "../../src/hub/sync.ts";
import { openThreeAccounts, type ThreeAccounts } from "./three-accounts.ts";

/*
 * A tool in each CRM that writes our score too, at each of our writes: the three simulators, through the vendors' own clients.
 * The tests build on one another, in the order they stand in.
 */
const began = "2026-03-01T12:00:00.000Z";

let three: ThreeAccounts;
beforeAll(async () => {
  three = await openThreeAccounts(
    {
      hubspot: {
        objects: {
          contacts: [
            {
              id: "1",
              properties: { email: "ann@acme.example", firstname: "Ann" },
              createdAt: began,
              updatedAt: began,
            },
          ],
        },
      },
      salesforce: { Contact: [{ Id: sfId("003", 1), LastName: "Berg", Email: "berg@berg.example" }] },
      netsuite: { customer: [{ id: 7, entityid: "Carl", companyname: "Carl Ltd", email: "carl@carl.example" }] },
    },
    "2026-03-18T12:00:00.000Z",
  );
});
afterAll(() => three.close());

const contact = sfId("003", 1);
const vendors = ["hubspot", "salesforce", "netsuite"] as const;

const meddling: Record<(typeof vendors)[number], (score: number) => Promise<unknown>> = {
  hubspot: (score) =>
    three.accounts.hubspot.crm.contacts.basicApi.update("1", { properties: { journey_hub_score: String(score) } }),
  salesforce: (score) =>
    three.accounts.salesforce.sobject("Contact").update({ Id: contact, Journey_Hub_Score__c: score }),
  netsuite: (score) =>
    three.accounts.netsuite("PATCH", "/services/rest/record/v1/customer/7", { custentity_journey_hub_score: score }),
};

/** The score that stands in each CRM. */
async function standing(): Promise<Record<(typeof vendors)[number], number>> {
  const { hubspot, salesforce, netsuite } = three.accounts;
  const { properties } = await hubspot.crm.contacts.basicApi.getById("1", ["journey_hub_score"]);
  const { records } = await salesforce.query<{ Journey_Hub_Score__c: number }>(
    "SELECT Journey_Hub_Score__c FROM Contact",
  );
  const { reply } = await netsuite("GET", "/services/rest/record/v1/customer/7");
  return {
    hubspot: Number(properties.journey_hub_score),
    salesforce: Number(records[0]?.Journey_Hub_Score__c),
    netsuite: Number(reply.custentity_journey_hub_score),
  };
}

/** What the hub does by the minute: read, derive, write back. */
async function round() {
  const applied: Record<string, number[]> = {};
  for (const vendor of vendors) {
    three.clock.advance(60_000);
    await syncConnection(three.hub, vendor);
    await deriveAll(three.hub);
    const { fields = 0, frozen = 0 } = (await applyWritebacks(three.hub, vendor)) ?? {};
    applied[vendor] = [fields, frozen];
  }
  three.clock.advance(60_000);
  return applied;
}

async function meddle(score: number): Promise<void> {
  for (const vendor of vendors) await meddling[vendor](score);
}

let ours: Awaited<ReturnType<typeof standing>>;

describe("a score that another tool writes too", () => {
  test("is ours at first; our own writes, read again, are no change", async () => {
    await round();
    ours = await standing();
    for (let n = 0; n < 4; n++)
      expect(await round()).toEqual({ hubspot: [0, 0], salesforce: [0, 0], netsuite: [0, 0] });
    expect(await three.rows("contested_fields")).toEqual([]);
  });

  test("is written back twice, then frozen, and the inbox says by whom", async () => {
    for (const score of [901, 902]) {
      await meddle(score);
      expect(await round()).toEqual({ hubspot: [1, 0], salesforce: [1, 0], netsuite: [1, 0] });
      expect(await standing()).toEqual(ours);
    }
    await meddle(903);
    expect(await round()).toEqual({ hubspot: [0, 1], salesforce: [0, 1], netsuite: [0, 1] });
    await meddle(904);
    expect(await round()).toEqual({ hubspot: [0, 1], salesforce: [0, 1], netsuite: [0, 1] });
    expect(await standing()).toEqual({ hubspot: 904, salesforce: 904, netsuite: 904 });
    const { items } = await listErrors(three.hub, { status: "open", step: "writeback", limit: 10 });
    expect(items.map(({ record_key, class: kind, retry }) => [record_key, kind, retry]).sort()).toEqual([
      ["hubspot:contacts:1", "conflict", "write"],
      ["netsuite:customer:7", "conflict", "write"],
      [`salesforce:Contact:${contact}`, "conflict", "write"],
    ]);
    const said = (vendor: string) => items.find(({ connection }) => connection === vendor)?.message ?? "";
    expect(said("hubspot")).toMatch(
      /now it holds 903, journey-hub wants \d+; last changed by INTEGRATION.* at 2026-03-18T/,
    );
    expect(said("salesforce")).toMatch(/now it holds 903, .* last changed by .*user 005\w+.* at 2026-03-18T/);
    expect(said("netsuite")).toMatch(/now it holds 903, .* last changed by .+REST Web Services at 2026-03-18T/);
  });

  test("is left to the other tool once its error is dismissed; a retry with that error's id thaws it all the same", async () => {
    const frozen = async () => (await listFrozen(three.hub, { limit: 10 })).items;
    const { error_id: id = "" } = (await frozen()).find(({ connection }) => connection === "hubspot") ?? {};
    await dismissError(three.hub, id, { by: "Olga", reason: "the tool is in the right" });
    expect(await frozen()).toMatchObject([
      {
        connection: "hubspot",
        error_status: "dismissed",
        dismissed: { by: "Olga", reason: "the tool is in the right" },
      },
      {
        connection: "netsuite",
        error_status: "open",
        message: expect.stringContaining("It is frozen"),
        dismissed: null,
      },
      { connection: "salesforce", error_status: "open" },
    ]);
    expect(await round()).toEqual({ hubspot: [0, 1], salesforce: [0, 1], netsuite: [0, 1] });

    expect(await planRetry(three.hub, { ids: [id] })).toEqual({ found: 1, refused: [] });
    const { counts } = await retryErrors(three.hub, { ids: [id] });
    expect(counts).toMatchObject({ found: 1, pending: 1 });
    expect(await round()).toEqual({ hubspot: [1, 0], salesforce: [0, 1], netsuite: [0, 1] });
    expect(await standing()).toEqual({ hubspot: ours.hubspot, salesforce: 904, netsuite: 904 });
    expect((await frozen()).map(({ connection }) => connection)).toEqual(["netsuite", "salesforce"]);
  });

  test("is written again after a retry, which closes the errors", async () => {
    const { counts } = await retryErrors(three.hub, { step: "writeback" });
    expect(counts).toMatchObject({ found: 2, pending: 2 });
    expect(await round()).toEqual({ hubspot: [0, 0], salesforce: [1, 0], netsuite: [1, 0] });
    expect(await standing()).toEqual(ours);
    expect((await listErrors(three.hub, { status: "open", step: "writeback", limit: 10 })).items).toEqual([]);
  });
});
