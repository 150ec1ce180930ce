import { buildWorld } from "journey-hub/connector/testing";
import { afterAll, describe, expect, test } from "vitest";
import salesforce from "../../../../connectors/salesforce/index.ts";
import {
  salesforceSeed,
  salesforceSeedFields,
} from "../../../../connectors/salesforce/simulator/adventureworks/index.ts";
import { sfId } from "../../../../connectors/salesforce/simulator/index.ts";
import { fieldsOf, startOrg, streamOf } from "../org.ts";

/** Parents at one remove and at two, of one object or several. */
const parents: Readonly<Record<string, readonly string[]>> = {
  Account: ["Owner.Email", "Owner.IsActive", "Parent.Name", "Parent.Owner.Email"],
  Contact: ["Account.Name", "Account.AnnualRevenue", "Account.Owner.Email", "Account.Owner.IsActive", "Owner.Email"],
  Lead: ["Owner.Name", "Owner.IsActive", "ConvertedContact.Email", "ConvertedAccount.Owner.Email"],
  Opportunity: ["Account.Name", "Account.CreatedDate", "Owner.Email"],
  OpportunityContactRole: ["Contact.Email", "Contact.Account.Name", "Opportunity.Amount"],
  Case: ["Account.Name", "Contact.Birthdate", "Owner.Name"],
  Task: ["Who.Name", "Who.Email", "What.Name", "What.Type", "Owner.Email"],
  Event: ["Who.Name", "What.Type"],
};

const epoch = "2026-03-01T00:00:00.000Z";
const { objects } = salesforceSeed(buildWorld({ scale: "default", seed: 7, epoch }));
const org = await startOrg(objects, { customFields: salesforceSeedFields });
afterAll(() => org.close());

/** Every record of a stream, as it would be stored. */
async function stored(name: string, config: Record<string, unknown>): Promise<string[]> {
  const stream = streamOf(org.open(config), name);
  const fields = [...(await fieldsOf(org, name)), ...(parents[name] ?? [])];
  const lines: string[] = [];
  for (let after: string | null = null, n = 0; n === 0 || after !== null; n++) {
    if (n > 100) throw new Error(`${name} does not end`);
    const page: Awaited<ReturnType<typeof stream.pages>> = await stream.pages({ after, fields });
    expect(page.missingFields).toEqual([]);
    for (const { payload, ...record } of page.records) lines.push(JSON.stringify({ ...record, payload }));
    after = page.next;
  }
  return lines;
}

describe("a record read through a query job is, to the byte, what it is by the REST API", () => {
  test.each(salesforce.streamNames)("%s", async (name) => {
    const byPages = await stored(name, { bulk_from_records: "never" });
    const jobs = () => org.simulator.traffic().byRoute["POST jobs/query"] ?? 0;
    const before = jobs();
    const byJob = await stored(name, { bulk_from_records: 1 });
    expect(jobs() - before).toBe(name === "OpportunityStage" ? 0 : 1);
    expect(byJob.length).toBeGreaterThan(0);
    expect(byJob).toEqual(byPages);
  });

  test("deleted rows, empty texts, commas, quotes and line ends of all kinds among them", async () => {
    const texts = [
      'a "quoted" word',
      "a,b;c",
      "one\ntwo",
      "one\r\ntwo",
      "one\rtwo",
      "\n",
      '"',
      "  padded  ",
      "\uFEFFmark",
      "é 🚲",
    ];
    const rows = texts.map((Description, n) => ({
      Id: sfId("001", n + 1),
      Name: `Number ${n}`,
      Description,
      AnnualRevenue: [0, -1.5, 1e6, 12345678.91][n % 4] ?? null,
      NumberOfEmployees: n === 3 ? null : n,
      IsDeleted: n % 3 === 0,
      SystemModstamp: `2026-03-01T08:00:0${n % 10}.000+0000`,
    }));
    org.simulator.load({ orgId: sfId("00D", 7), objects: { Account: rows } });
    const byJob = await stored("Account", { bulk_from_records: 1 });
    expect(byJob).toEqual(await stored("Account", { bulk_from_records: "never" }));
    expect(byJob.map((line) => JSON.parse(line).payload.Description)).toEqual(texts);
    expect(byJob.filter((line) => JSON.parse(line).deleted)).toHaveLength(4);
  });
});
