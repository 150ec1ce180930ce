import type { WritebackChange, WritebackOutcome } from "journey-hub/connector";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import hubspot from "../../../connectors/hubspot/index.ts";
import { contacts, elsewhere, run, startAccount, type TestAccount } from "./account.ts";

let account: TestAccount;
beforeEach(async () => {
  account = await startAccount({ objects: { contacts: contacts(100) } });
});
afterEach(() => account.close());

function writeback() {
  const open = account.connection.writeback;
  if (!open) throw new Error("HubSpot can be written to");
  return open;
}

const change = (remote_id: string, stage = "customer"): WritebackChange => ({
  remote_id,
  values: { stage, stage_date: "2026-10-30T09:15:00.000Z", score: 72, grade: "B", reason: "Invoice paid" },
});
const everyone = () => contacts(100).map(({ id }) => change(id));
const batches = () => account.requests.filter((request) => request.endsWith("/batch/update")).length;
const said = (outcomes: WritebackOutcome[]) => outcomes.map((outcome) => outcome?.message ?? null);

describe("the properties", () => {
  test("are created with their group where they are missing, and then there is nothing to do", async () => {
    const findings = await writeback().prepare();
    expect(findings.map(({ object, field, created }) => [object, field, created])).toEqual(
      ["contacts", "companies"].flatMap((object) =>
        ["stage", "stage_date", "score", "grade", "why"].map((field) => [object, `journey_hub_${field}`, true]),
      ),
    );
    expect(await elsewhere(account, "GET", "/crm/v3/properties/companies/journey_hub_why")).toMatchObject({
      groupName: "journey_hub",
      type: "string",
      fieldType: "textarea",
    });
    expect(await elsewhere(account, "GET", "/crm/v3/properties/contacts/journey_hub_stage_date")).toMatchObject({
      type: "datetime",
    });
    expect(await writeback().prepare()).toEqual([]);
  });

  test("that are partly there are completed", async () => {
    await elsewhere(account, "POST", "/crm/v3/properties/contacts/groups", { name: "journey_hub", label: "Ours" });
    await elsewhere(account, "POST", "/crm/v3/properties/contacts", {
      name: "journey_hub_grade",
      label: "Grade",
      type: "string",
      fieldType: "text",
      groupName: "journey_hub",
    });
    const findings = await writeback().prepare();
    const made = findings.filter(({ object }) => object === "contacts");
    expect(made.map(({ field, created }) => [field, created])).toEqual([
      ["journey_hub_stage", true],
      ["journey_hub_stage_date", true],
      ["journey_hub_score", true],
      ["journey_hub_why", true],
    ]);
  });

  test("of another type are reported, not touched", async () => {
    await elsewhere(account, "POST", "/crm/v3/properties/contacts", {
      name: "journey_hub_score",
      label: "Score",
      type: "string",
      fieldType: "text",
      groupName: "contactinformation",
    });
    const findings = await writeback().prepare();
    expect(findings.find(({ created }) => !created)).toMatchObject({ object: "contacts", field: "journey_hub_score" });
    expect(findings.find(({ created }) => !created)?.instructions).toContain(
      "is of type string, journey-hub needs number",
    );
    expect(findings.filter(({ created }) => created)).toHaveLength(9);
  });

  test("that may not be created are reported with what to do", async () => {
    const limited = await startAccount({}, { missingScopes: ["crm.schemas.contacts.write"] });
    const findings = (await limited.connection.writeback?.prepare()) ?? [];
    await limited.close();
    const refused = findings.filter(({ created }) => !created);
    expect(refused.map(({ object, field }) => `${object} ${field}`)).toEqual([
      "contacts journey_hub_stage",
      "contacts journey_hub_stage_date",
      "contacts journey_hub_score",
      "contacts journey_hub_grade",
      "contacts journey_hub_why",
    ]);
    expect(refused[2]?.instructions).toContain(
      'create "Lead score" with internal name journey_hub_score (number, number)',
    );
    expect(refused[2]?.instructions).toContain("crm.schemas.contacts.write");
  });
});

describe("applying", () => {
  beforeEach(async () => {
    await writeback().prepare();
  });

  test("writes a hundred records in one request, and a mapping reads them back as they were meant", async () => {
    expect(writeback().batchMax).toBe(100);
    expect(said(await writeback().apply("contacts", everyone()))).toEqual(Array(100).fill(null));
    expect(batches()).toBe(1);
    const names = Object.values(hubspot.writeback?.targets.contacts ?? {});
    const { records } = await run(
      account,
      "contacts",
      names.map((name) => `properties.${name}`),
    );
    expect(records[41]?.payload.properties).toMatchObject({
      journey_hub_stage: "customer",
      journey_hub_stage_date: "2026-10-30T09:15:00.000Z",
      journey_hub_score: "72",
      journey_hub_grade: "B",
      journey_hub_why: "Invoice paid",
    });
  });

  test("changes only the values given; null clears", async () => {
    await writeback().apply("contacts", [change("1001")]);
    await writeback().apply("contacts", [{ remote_id: "1001", values: { grade: null, score: 0 } }]);
    const asked = "journey_hub_stage,journey_hub_grade,journey_hub_score";
    const read = await elsewhere(account, "GET", `/crm/v3/objects/contacts/1001?properties=${asked}`);
    expect(read).toMatchObject({
      properties: { journey_hub_stage: "customer", journey_hub_grade: null, journey_hub_score: "0" },
    });
  });

  test("twice leaves the values as they are", async () => {
    await writeback().apply("contacts", [change("1001")]);
    const read = () =>
      elsewhere(account, "GET", "/crm/v3/objects/contacts/1001?propertiesWithHistory=journey_hub_stage") as Promise<{
        propertiesWithHistory: { journey_hub_stage: unknown[] };
      }>;
    const before = (await read()).propertiesWithHistory.journey_hub_stage;
    await writeback().apply("contacts", [change("1001")]);
    expect((await read()).propertiesWithHistory.journey_hub_stage).toEqual(before);
  });

  test("tells which records HubSpot refused, by their place, and writes the others", async () => {
    const changes = [change("1001"), change("999998"), change("1002"), change("999999")];
    const outcomes = await writeback().apply("contacts", changes);
    expect(outcomes.map((outcome) => outcome?.next ?? null)).toEqual([null, "skip", null, "skip"]);
    expect(outcomes[1]?.message).toContain("HubSpot refused contacts 999998: Could not get some objects");
    expect(outcomes[1]?.details).toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });

  test("finds the one bad record of a batch that is refused as a whole", async () => {
    const changes = everyone().map((each, n) => (n === 63 ? { ...each, values: { score: Number.NaN } } : each));
    const outcomes = await writeback().apply("contacts", changes);
    expect(outcomes.flatMap((outcome, n) => (outcome ? [[n, outcome.next, outcome.message]] : []))).toEqual([
      [63, "skip", "HubSpot: NaN was not a valid number. (400)"],
    ]);
    expect(batches()).toBeLessThanOrEqual(15); // 1 + 2 for each halving, not one for each record
  });

  test("of a property that is not there fails each record at once", async () => {
    const fresh = await startAccount({ objects: { contacts: contacts(100) } });
    const outcomes = (await fresh.connection.writeback?.apply("contacts", everyone())) ?? [];
    await fresh.close();
    expect(new Set(said(outcomes)).size).toBe(1);
    expect(outcomes[0]?.message).toContain('Property "journey_hub_stage" does not exist');
    expect(fresh.requests).toHaveLength(1);
  });

  test("does not take an empty answer of success for one", async () => {
    account.troubles.push(() => Response.json({ status: "COMPLETE", results: [] }));
    expect(said(await writeback().apply("contacts", [change("1001")]))).toEqual([
      "HubSpot did not confirm the write to contacts 1001; it may have been merged into another record",
    ]);
  });

  test("is tried again after a lost answer", async () => {
    account.simulator.trouble({
      path: /batch\/update$/,
      status: 502,
      body: "<html>Bad gateway</html>",
      afterEffect: true,
    });
    expect(said(await writeback().apply("contacts", [change("1001")]))).toEqual([null]);
    expect(batches()).toBe(2);
  });

  test("tells what was written before the account could not be reached any more", async () => {
    const changes = everyone().map((each, n) => (n === 63 ? { ...each, values: { score: Number.NaN } } : each));
    const answers = () => undefined;
    const down = () => new Response("<html>Bad gateway</html>", { status: 502 });
    account.troubles.push(answers, answers, ...Array.from({ length: 6 }, () => down));
    const outcomes = await writeback().apply("contacts", changes);
    expect(outcomes.slice(0, 50)).toEqual(Array(50).fill(null));
    expect(outcomes.slice(50).every((outcome) => outcome?.details.common && outcome.next === "retry")).toBe(true);
    expect(outcomes).toHaveLength(100);
  });

  test("without the permission stops, naming the scope", async () => {
    const limited = await startAccount(
      { objects: { contacts: contacts(1) } },
      { missingScopes: ["crm.objects.contacts.write"] },
    );
    const [failure] = (await limited.connection.writeback?.apply("contacts", [change("1001")])) ?? [];
    await limited.close();
    const details = { common: true, field: "access_token", code: "MISSING_SCOPES" };
    expect(failure).toMatchObject({ next: "stop", details });
    expect(failure?.details.remedy).toContain("crm.objects.contacts.write");
  });

  test("of nothing asks nothing", async () => {
    const before = account.requests.length;
    expect(await writeback().apply("contacts", [])).toEqual([]);
    expect(account.requests.length).toBe(before);
  });
});
