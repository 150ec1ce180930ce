import { SourceError, type WritebackChange } from "journey-hub/connector";
import { afterEach, describe, expect, test } from "vitest";
import {
  type CustomFieldDeclaration,
  journeyHubFields,
  type SalesforceSimulatorOptions,
  sfId,
} from "../../../connectors/salesforce/simulator/index.ts";
import { contacts, remove, startOrg, type TestOrg } from "./org.ts";

let org: TestOrg;
afterEach(() => org.close());

async function orgWith(count: number, options: SalesforceSimulatorOptions = {}) {
  org = await startOrg({ Contact: contacts(count) }, options);
  const { writeback } = org.connection;
  if (!writeback) throw new Error("the connector writes back");
  return writeback;
}

const contact = (n: number) => sfId("003", n);
const values = {
  stage: "consideration",
  stage_date: "2026-03-17T09:30:00.000Z",
  score: 73,
  grade: "B",
  reason: "Opened a quote, met twice",
};

describe("prepare", () => {
  test("finds nothing to do where the fields are set up", async () => {
    const writeback = await orgWith(0);
    expect(await writeback.prepare()).toEqual([]);
  });

  test("reports every missing field with the way through Setup", async () => {
    const writeback = await orgWith(0, { customFields: "none" });
    const findings = await writeback.prepare();
    expect(findings.map(({ object, field }) => `${object}.${field}`)).toEqual(
      ["Account", "Contact", "Lead"].flatMap((object) => [
        `${object}.Journey_Hub_Stage__c`,
        `${object}.Journey_Hub_Stage_Date__c`,
        `${object}.Journey_Hub_Score__c`,
        `${object}.Journey_Hub_Grade__c`,
        `${object}.Journey_Hub_Why__c`,
      ]),
    );
    expect(findings.every(({ created }) => !created)).toBe(true);
    expect(findings[9]?.instructions).toBe(
      "Create it: Setup → Object Manager → Contact → Fields & Relationships → New → Text, Length 255; Field Label “Journey Hub Why”, " +
        "Field Name Journey_Hub_Why; on the next page give the integration user's profile Visible and not Read-Only " +
        "(field-level security). If the field is already there, only this access is missing: Setup → Permission Sets → the " +
        "integration user's set → Object Settings → Contact → Edit Access for Journey_Hub_Why__c.",
    );
  });

  test("reports a field of another type and one that is too short", async () => {
    const Lead = journeyHubFields.map((field): CustomFieldDeclaration => {
      if (field.name === "Journey_Hub_Score__c") return { name: field.name, type: "string", length: 10 };
      return field.name === "Journey_Hub_Why__c" ? { ...field, length: 100 } : field;
    });
    const writeback = await orgWith(0, {
      customFields: { Account: journeyHubFields, Contact: journeyHubFields, Lead },
    });
    expect(await writeback.prepare()).toEqual([
      {
        object: "Lead",
        field: "Journey_Hub_Score__c",
        created: false,
        instructions:
          "It has the type string: Setup → Object Manager → Lead → Fields & Relationships → Journey_Hub_Score__c → Change Field Type → Number, Length 18, Decimal Places 0.",
      },
      {
        object: "Lead",
        field: "Journey_Hub_Why__c",
        created: false,
        instructions:
          "It holds 100 characters, 255 are needed: Setup → Object Manager → Lead → Fields & Relationships → Journey_Hub_Why__c → Edit → Length 255.",
      },
    ]);
  });

  test("reports a field the user may only read", async () => {
    const writeback = await orgWith(0);
    org.troubles.push(
      () => undefined,
      async (request) => {
        const reply = await org.simulator.app.fetch(request);
        const description = (await reply.json()) as { fields: { name: string; updateable: boolean }[] };
        const fields = description.fields.map((field) =>
          field.name === "Journey_Hub_Grade__c" ? { ...field, updateable: false } : field,
        );
        return Response.json({ ...description, fields });
      },
    );
    const [finding, ...others] = await writeback.prepare();
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ object: "Account", field: "Journey_Hub_Grade__c" });
    expect(finding?.instructions).toContain("tick Read Access and Edit Access for Journey_Hub_Grade__c");
  });

  test("reports an object the user does not see", async () => {
    const writeback = await orgWith(0);
    const hidden = () =>
      Response.json([{ errorCode: "NOT_FOUND", message: "The requested resource does not exist" }], { status: 404 });
    org.troubles.push(() => undefined, hidden);
    const findings = await writeback.prepare();
    expect(findings).toHaveLength(5);
    expect(findings[0]?.instructions).toContain("shows no object Account to the integration user");
  });

  test("sees fields that were set up since it last looked", async () => {
    const writeback = await orgWith(0);
    const stripped = async (request: Request) => {
      const reply = await org.simulator.app.fetch(request);
      const description = (await reply.json()) as { fields: { name: string }[] };
      return Response.json({
        ...description,
        fields: description.fields.filter(({ name }) => !name.startsWith("Journey")),
      });
    };
    org.troubles.push(() => undefined, stripped, stripped, stripped);
    expect(await writeback.prepare()).toHaveLength(15);
    expect(await writeback.prepare()).toEqual([]);
  });
});

describe("apply", () => {
  test("writes up to 200 records in one request, only the fields given", async () => {
    const writeback = await orgWith(200);
    const changes: WritebackChange[] = Array.from({ length: 200 }, (_, i) => ({ remote_id: contact(i + 1), values }));
    changes[7] = { remote_id: contact(8), values: { score: 5, reason: null } };
    const outcomes = await writeback.apply("Contact", changes);
    expect(outcomes).toEqual(Array(200).fill(null));
    expect(org.simulator.traffic().byRoute["PATCH composite/sobjects"]).toBe(1);
    expect(writeback.batchMax).toBe(200);
    const [first, , , , , , , eighth] = org.simulator.state.rows("Contact");
    expect(first).toMatchObject({
      Journey_Hub_Stage__c: "consideration",
      Journey_Hub_Stage_Date__c: "2026-03-17T09:30:00.000+0000",
      Journey_Hub_Score__c: 73,
      Journey_Hub_Grade__c: "B",
      Journey_Hub_Why__c: "Opened a quote, met twice",
      LastName: "Number 1",
    });
    expect(eighth?.Journey_Hub_Score__c).toBe(5);
    expect(eighth?.Journey_Hub_Stage__c ?? null).toBeNull();
  });

  test("writing the same again changes no value", async () => {
    const writeback = await orgWith(1);
    await writeback.apply("Contact", [{ remote_id: contact(1), values }]);
    const unstamped = () => ({
      ...org.simulator.state.rows("Contact")[0],
      LastModifiedDate: null,
      SystemModstamp: null,
    });
    const before = unstamped();
    expect(await writeback.apply("Contact", [{ remote_id: contact(1), values }])).toEqual([null]);
    expect(unstamped()).toEqual(before);
  });

  test("tells each refused record by its position, and writes the others", async () => {
    const writeback = await orgWith(4);
    await remove(org, "Contact", contact(2));
    const outcomes = await writeback.apply("Contact", [
      { remote_id: contact(1), values },
      { remote_id: contact(2), values },
      { remote_id: contact(3), values: { grade: "far too long for ten" } },
      { remote_id: contact(4), values },
    ]);
    expect(outcomes.map((outcome) => outcome && [outcome.next, outcome.details.code, outcome.details.field])).toEqual([
      null,
      ["skip", "ENTITY_IS_DELETED", undefined],
      ["skip", "STRING_TOO_LONG", "Journey_Hub_Grade__c"],
      null,
    ]);
    expect(outcomes[2]?.message).toMatch(
      new RegExp(`^Contact ${contact(3)}: .+\\(STRING_TOO_LONG, field Journey_Hub_Grade__c\\)$`),
    );
    expect(org.simulator.state.rows("Contact")[3]).toMatchObject({ Journey_Hub_Score__c: 73 });
  });

  test("a locked row is one to try again", async () => {
    const writeback = await orgWith(2);
    const locked = {
      statusCode: "UNABLE_TO_LOCK_ROW",
      message: "unable to obtain exclusive access to this record",
      fields: [],
    };
    org.troubles.push(
      () => undefined,
      () =>
        Response.json([
          { success: false, errors: [locked] },
          { id: contact(2), success: true, errors: [] },
        ]),
    );
    const [first, second] = await writeback.apply("Contact", [
      { remote_id: contact(1), values },
      { remote_id: contact(2), values },
    ]);
    expect(first).toBeInstanceOf(SourceError);
    expect(first).toMatchObject({ next: "retry", details: { code: "UNABLE_TO_LOCK_ROW" } });
    expect(second).toBeNull();
  });

  test("a field that is not set up stops the whole write and says what to do, where Salesforce refuses the call", async () => {
    const writeback = await orgWith(1, { customFields: "none", unknownFieldInCollection: "call" });
    await expect(writeback.apply("Contact", [{ remote_id: contact(1), values }])).rejects.toMatchObject({
      next: "stop",
      details: { code: "INVALID_FIELD", remedy: expect.stringContaining("journey-hub plan") },
    });
  });

  test("… and skips the records where it refuses those", async () => {
    const writeback = await orgWith(1, { customFields: "none", unknownFieldInCollection: "record" });
    const [outcome] = await writeback.apply("Contact", [{ remote_id: contact(1), values }]);
    expect(outcome).toMatchObject({ next: "skip", details: { code: "INVALID_FIELD" } });
  });

  test("an answer with fewer results than records is not taken for success", async () => {
    const writeback = await orgWith(2);
    const short = () => Response.json([{ id: contact(1), success: true, errors: [] }]);
    org.troubles.push(() => undefined, short);
    const changes = [1, 2].map((n) => ({ remote_id: contact(n), values }));
    expect(await writeback.apply("Contact", changes)).toEqual([null, null]);
    expect(org.exchanges.map(({ outcome }) => outcome)).toEqual(["ok", "retry", "ok"]);
  });
});
