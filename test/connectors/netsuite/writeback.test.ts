import { SourceError, type WritebackChange } from "journey-hub/connector";
import { afterEach, describe, expect, test } from "vitest";
import { journeyCustomFields, type NetsuiteSimulatorOptions } from "../../../connectors/netsuite/simulator/index.ts";
import {
  customers,
  failureOf,
  html,
  openNetsuite,
  problem,
  readStream,
  remove,
  startAccount,
  type TestAccount,
} from "./account.ts";

let account: TestAccount;
afterEach(() => account.close());

async function accountWith(count: number, options: NetsuiteSimulatorOptions = {}) {
  const contact = [{ id: 900, entityid: "Maria", lastmodifieddate: "2026-03-01T08:00:00Z" }];
  account = await startAccount({ customer: customers(count), contact }, options);
  const { writeback } = account.connection;
  if (!writeback) throw new Error("the connector writes back");
  return writeback;
}

const values = {
  stage: "consideration",
  stage_date: "2026-03-17T09:30:00.000Z",
  score: 73,
  grade: "B",
  reason: "Opened a quote, met twice",
};
const row = (id: number) => account.simulator.state().table("customer").all.rows.get(id);

describe("prepare", () => {
  test("finds nothing to do where the fields are set up", async () => {
    const writeback = await accountWith(0);
    expect(await writeback.prepare()).toEqual([]);
  });

  test("reports every missing field with the way through the menus", async () => {
    const writeback = await accountWith(0, { customFields: {} });
    const findings = await writeback.prepare();
    expect(findings.map(({ object, field }) => `${object}.${field}`)).toEqual(
      ["customer", "contact"].flatMap((object) => [
        `${object}.custentity_journey_hub_stage`,
        `${object}.custentity_journey_hub_stage_date`,
        `${object}.custentity_journey_hub_score`,
        `${object}.custentity_journey_hub_grade`,
        `${object}.custentity_journey_hub_why`,
      ]),
    );
    expect(findings.every(({ created }) => !created)).toBe(true);
    expect(findings[1]?.instructions).toBe(
      "Create it: Customization → Lists, Records, & Fields → Entity Fields → New: Label “Journey Hub Stage Date”, " +
        "ID _journey_hub_stage_date, Type Date/Time, Store Value ticked; on the tab Applies To tick Customer; " +
        "on the tab Access leave Default Access Level at Edit, Save. Or deploy the SDF project connectors/netsuite/sdf, which makes all of them.",
    );
  });

  test("says to share a field that the other record has", async () => {
    const writeback = await accountWith(0, { customFields: { customer: journeyCustomFields.customer ?? {} } });
    const findings = await writeback.prepare();
    expect(findings).toHaveLength(5);
    expect(findings[4]).toEqual({
      object: "contact",
      field: "custentity_journey_hub_why",
      created: false,
      instructions:
        "It exists, but not on this record: Customization → Lists, Records, & Fields → Entity Fields → Journey Hub Why → on the tab Applies To tick Contact, Save.",
    });
  });

  test("reports a field of another type", async () => {
    const customer = { ...journeyCustomFields.customer, custentity_journey_hub_score: { kind: "text" as const } };
    const writeback = await accountWith(0, { customFields: { ...journeyCustomFields, customer } });
    const [finding, ...others] = await writeback.prepare();
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ object: "customer", field: "custentity_journey_hub_score" });
    expect(finding?.instructions).toContain("create it anew as Integer Number, ID _journey_hub_score");
  });

  test("reports a record the role does not see", async () => {
    const writeback = await accountWith(0);
    account.troubles.push(problem(404, "NONEXISTENT_ID", "Record type 'customer' does not exist."));
    const findings = await writeback.prepare();
    expect(findings).toHaveLength(5);
    expect(findings[0]?.instructions).toContain("the permission “Lists → ");
  });

  test("fails where the account cannot be asked", async () => {
    const writeback = await accountWith(0);
    account.troubles.push(...Array.from({ length: 12 }, () => html(503)));
    expect(await failureOf(writeback.prepare())).toMatchObject({ next: "retry", status: 503 });
  });
});

describe("apply", () => {
  test("writes each record, only the fields given", async () => {
    const writeback = await accountWith(50);
    const changes: WritebackChange[] = Array.from({ length: 50 }, (_, i) => ({ remote_id: String(i + 1), values }));
    changes[7] = { remote_id: "8", values: { score: 5, reason: null } };
    expect(await writeback.apply("customer", changes)).toEqual(Array(50).fill(null));
    expect(writeback.batchMax).toBe(50);
    expect(row(1)).toMatchObject({
      companyname: "Number 1",
      custentity_journey_hub_stage: "consideration",
      custentity_journey_hub_stage_date: "2026-03-17T09:30:00Z",
      custentity_journey_hub_score: 73,
      custentity_journey_hub_grade: "B",
      custentity_journey_hub_why: "Opened a quote, met twice",
    });
    expect(row(8)?.custentity_journey_hub_score).toBe(5);
    expect(row(8)?.custentity_journey_hub_stage ?? null).toBeNull();
    expect(account.exchanges.every(({ lane }) => lane === "writeback")).toBe(true);
  });

  test("writes contacts as well", async () => {
    const writeback = await accountWith(0);
    expect(await writeback.apply("contact", [{ remote_id: "900", values }])).toEqual([null]);
    const contact = account.simulator.state().table("contact").all.rows.get(900);
    expect(contact?.custentity_journey_hub_stage).toBe("consideration");
  });

  test("keeps to the account's concurrency", async () => {
    const writeback = await accountWith(30, { concurrencyMax: 4, latencyMs: 2 });
    const changes = Array.from({ length: 30 }, (_, i) => ({ remote_id: String(i + 1), values }));
    await writeback.apply("customer", changes);
    expect(account.exchanges.map(({ outcome }) => outcome)).toEqual(Array(30).fill("ok"));
  });

  test("what was written is read back as it was wished", async () => {
    const writeback = await accountWith(1);
    await writeback.apply("customer", [{ remote_id: "1", values }]);
    const fields = ["stage", "stage_date", "score", "grade", "why"].map((name) => `custentity_journey_hub_${name}`);
    const { records } = await readStream(account, "customer", null, fields);
    expect(records[0]?.payload).toMatchObject({
      custentity_journey_hub_stage: "consideration",
      custentity_journey_hub_stage_date: "2026-03-17T09:30:00.000Z",
      custentity_journey_hub_score: "73",
      custentity_journey_hub_grade: "B",
      custentity_journey_hub_why: "Opened a quote, met twice",
    });
  });

  test("writing the same again changes no value", async () => {
    const writeback = await accountWith(1);
    await writeback.apply("customer", [{ remote_id: "1", values }]);
    const notes = () => account.simulator.state().table("systemnote").all.rows.size;
    const [before, noted] = [{ ...row(1), lastmodifieddate: null }, notes()];
    expect(await writeback.apply("customer", [{ remote_id: "1", values }])).toEqual([null]);
    expect({ ...row(1), lastmodifieddate: null }).toEqual(before);
    expect(notes()).toBe(noted);
  });

  test("tells each refused record by its position, and writes the others", async () => {
    const writeback = await accountWith(4);
    remove(account, "customer", [2], "2026-03-18T11:00:00Z");
    const outcomes = await writeback.apply("customer", [
      { remote_id: "1", values },
      { remote_id: "2", values },
      { remote_id: "3", values: { reason: "x".repeat(301) } },
      { remote_id: "4", values },
    ]);
    expect(outcomes.map((outcome) => outcome && [outcome.next, outcome.details.code, outcome.details.field])).toEqual([
      null,
      ["skip", "NONEXISTENT_ID", undefined],
      ["skip", "INVALID_CONTENT", "custentity_journey_hub_why"],
      null,
    ]);
    expect(outcomes[2]?.message).toMatch(/^NetSuite, writing customer 3: .+\(INVALID_CONTENT\)$/);
    expect(row(4)).toMatchObject({ custentity_journey_hub_score: 73 });
  });

  test("a record that someone else is saving is one to try again", async () => {
    const writeback = await accountWith(2);
    const conflict = problem(400, "RCRD_HAS_BEEN_CHANGED", "Record has been changed");
    account.troubles.push(conflict);
    expect(await writeback.apply("customer", [{ remote_id: "1", values }])).toEqual([null]);
    account.troubles.push(...Array.from({ length: 6 }, () => conflict));
    const [outcome] = await writeback.apply("customer", [{ remote_id: "2", values }]);
    expect(outcome).toMatchObject({ next: "retry", details: { code: "RCRD_HAS_BEEN_CHANGED" } });
  });

  test("a field that is not set up refuses the record and says what to do", async () => {
    const writeback = await accountWith(1, { customFields: {} });
    const [outcome] = await writeback.apply("customer", [{ remote_id: "1", values }]);
    expect(outcome).toMatchObject({ next: "skip", details: { code: "INVALID_CONTENT" } });
    expect(outcome?.details.remedy).toContain("journey-hub plan");
  });

  test("a missing permission is told as common to all records, beside those that were written before", async () => {
    const writeback = await accountWith(2);
    const detail =
      "Permission Violation: You need a higher level of the 'Lists -> Customers' permission to access this page.";
    account.troubles.push(() => undefined, problem(403, "INSUFFICIENT_PERMISSION", detail));
    const changes = [1, 2].map((n) => ({ remote_id: String(n), values }));
    const outcomes = await writeback.apply("customer", changes);
    const [failure] = outcomes.filter((outcome) => outcome !== null);
    expect(outcomes).toHaveLength(2);
    expect(outcomes).toContain(null);
    expect(failure).toMatchObject({ next: "stop", details: { field: "token_id", common: true } });
    expect(failure?.details.remedy).toContain("“Lists → Customers”");
  });

  test("an account that cannot be reached is common to all records as well", async () => {
    const writeback = await accountWith(1);
    account.troubles.push(...Array.from({ length: 6 }, () => () => "cut" as const));
    const outcomes = await writeback.apply("customer", [{ remote_id: "1", values }]);
    expect(outcomes).toMatchObject([{ next: "retry", details: { common: true } }]);
  });

  test("a stop leaves out what waits for its turn, and tells what was written", async () => {
    await accountWith(3);
    const stop = new AbortController();
    const settings = { base_url: account.url, concurrency: 1 };
    const { writeback } = openNetsuite(settings, { clock: account.clock, ending: stop.signal });
    account.troubles.push(() => {
      stop.abort(new SourceError("retry", "the hub was stopped", { cutShort: true }));
      return undefined;
    });
    const changes = [1, 2, 3].map((n) => ({ remote_id: String(n), values }));
    const given = { common: true, cutShort: true };
    expect(await writeback?.apply("customer", changes)).toMatchObject([null, { details: given }, { details: given }]);
    expect([1, 2, 3].map((n) => row(n)?.custentity_journey_hub_score)).toEqual([values.score, undefined, undefined]);
  });
});
