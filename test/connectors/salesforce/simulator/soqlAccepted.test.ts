import { beforeAll, describe, expect, it } from "vitest";
import { cells, ids, readPage, sampleOrg } from "./sampleOrg.ts";

type Case = [statement: string, rows: unknown[][]];

const selecting: Case[] = [
  ["SELECT Name FROM Organization", [["Demo"]]],
  ["select lastname from contact where lastname = 'ray'", [["Ray"]]],
  ["SELECT Contact.LastName, contact.FirstName FROM Contact LIMIT 1", [["Ray", "Ann"]]],
  ["SELECT LastName, Account.Name FROM Contact WHERE LastName = 'Ray'", [["Ray", "Acme Bikes"]]],
  ["SELECT LastName, Account.Name FROM Contact WHERE LastName = 'Nobody'", [["Nobody", null]]],
  [
    "SELECT LastName, Account.Parent.Owner.Email FROM Contact WHERE LastName = 'Núñez'",
    [["Núñez", "ines@hub.example"]],
  ],
  [
    "SELECT Name, Owner.Name, Owner.IsActive FROM Account WHERE Name LIKE '%Germany'",
    [["Acme Bikes Germany", "Omar Diaz", false]],
  ],
  [
    "SELECT Subject, Who.Name, Who.Type FROM Task ORDER BY Subject",
    [
      ["Call", "Ann Ray", "Contact"],
      ["Email", "Lia Park", "Lead"],
      ["Send Quote", null],
    ],
  ],
  [
    "SELECT BillingAddress FROM Account WHERE Name = 'Acme Bikes'",
    [["Zürich", "Switzerland", null, null, "Seestrasse 1", null, null, null]],
  ],
  ["SELECT Id\n  , LastName\nFROM\tContact\n LIMIT  1", [[ids.contact(1), "Ray"]]],
  ["SELECT FIELDS(CUSTOM) FROM Contact WHERE LastName = 'Ray' LIMIT 1", [["Customer", null, 82, null, null]]],
  ["SELECT COUNT(Id) FROM Contact", [[5]]],
  ["SELECT COUNT(Email), COUNT(Birthdate) FROM Contact", [[4, 2]]],
  ["SELECT COUNT(Id) total FROM Contact", [[5]]],
  ["SELECT count(Id), COUNT(AccountId) withAccount FROM Contact WHERE LastName != 'Ray'", [[4, 3]]],
  ["SELECT COUNT_DISTINCT(Industry) FROM Account", [[2]]],
  ["SELECT COUNT(Account.Name) FROM Contact", [[4]]],
  ["SELECT COUNT(Id) FROM Contact WHERE LastName LIKE 'none%'", [[0]]],
  [
    "SELECT OpportunityId, Contact.LastName, Opportunity.StageName FROM OpportunityContactRole WHERE IsPrimary = TRUE",
    [[ids.opportunity(1), "Ray", "Closed Won"]],
  ],
  ["SELECT MasterLabel FROM OpportunityStage WHERE IsWon = true", [["Closed Won"]]],
];

const comparing: Case[] = [
  ["SELECT LastName FROM Contact WHERE Email = 'bo@ACME.example'", [["Silva"]]],
  ["SELECT Name FROM Account WHERE Name = 'O\\'Hara & Sons'", [["O'Hara & Sons"]]],
  ["SELECT Name FROM Account WHERE Name = 'O\\u0027Hara & Sons'", [["O'Hara & Sons"]]],
  ["SELECT Subject FROM Event WHERE Subject = 'Demo\\nday'", [["Demo\nday"]]],
  ["SELECT Name FROM Account WHERE Industry != 'Retail'", [["O'Hara & Sons"], ["100% Cycling_Co"]]],
  ["SELECT Name FROM Account WHERE Industry <> null AND Rating = NULL", [["Acme Bikes Germany"]]],
  ["SELECT Name FROM Account WHERE Industry = ''", [["100% Cycling_Co"]]],
  ["SELECT Name FROM Account WHERE AnnualRevenue > 0", [["Acme Bikes"], ["Acme Bikes Germany"]]],
  ["SELECT Name FROM Account WHERE AnnualRevenue >= 3e5", [["Acme Bikes"], ["Acme Bikes Germany"]]],
  ["SELECT Name FROM Account WHERE AnnualRevenue < 300000.5", [["Acme Bikes Germany"], ["100% Cycling_Co"]]],
  ["SELECT Name FROM Account WHERE AnnualRevenue <= -1", []],
  ["SELECT Name FROM Account WHERE NumberOfEmployees = 7", [["O'Hara & Sons"]]],
  ["SELECT Name FROM Opportunity WHERE Amount = 24000.50", [["Acme 20 bikes"]]],
  ["SELECT Name FROM Opportunity WHERE Amount > null", []],
  ["SELECT LastName FROM Contact WHERE HasOptedOutOfEmail = TRUE", [["Silva"]]],
  ["SELECT LastName FROM Contact WHERE HasOptedOutOfEmail != false", [["Silva"]]],
  ["SELECT LastName FROM Contact WHERE LastName > 'p' AND LastName <= 'silva'", [["Ray"], ["Silva"]]],
  [`SELECT LastName FROM Contact WHERE Id = '${ids.contact(4).slice(0, 15)}'`, [["O'Hara"]]],
  [`SELECT LastName FROM Contact WHERE AccountId = '${ids.account(1)}'`, [["Ray"], ["Silva"]]],
  [`SELECT LastName FROM Contact WHERE Id > '${ids.contact(3)}'`, [["O'Hara"], ["Nobody"]]],
  [
    `SELECT LastName FROM Contact WHERE Id >= '${ids.contact(3)}' AND Id < '${ids.contact(5)}'`,
    [["Núñez"], ["O'Hara"]],
  ],
  ["SELECT LastName FROM Contact WHERE Account.Name = 'acme bikes'", [["Ray"], ["Silva"]]],
  ["SELECT LastName FROM Contact WHERE Account.Owner.LastName = 'Diaz'", [["Núñez"]]],
  ["SELECT LastName FROM Contact WHERE Account.Industry = null", [["Nobody"]]],
  ["SELECT Subject FROM Task WHERE What.Type = 'Opportunity'", [["Call"]]],
  ["SELECT Company FROM Lead WHERE Owner.Name = 'Omar Diaz'", [["Stone AG"]]],
  ["SELECT LastName FROM Contact WHERE Journey_Hub_Score__c >= 15", [["Ray"], ["Silva"]]],
];

const lists: Case[] = [
  ["SELECT LastName FROM Contact WHERE LeadSource IN ('Web', 'Trade Show')", [["Ray"], ["Núñez"], ["O'Hara"]]],
  ["SELECT LastName FROM Contact WHERE LeadSource NOT IN ('Web')", [["Silva"], ["Núñez"], ["Nobody"]]],
  ["SELECT LastName FROM Contact WHERE LeadSource IN ('web', null)", [["Ray"], ["Silva"], ["O'Hara"], ["Nobody"]]],
  [
    `SELECT LastName FROM Contact WHERE Id IN ('${ids.contact(5)}','${ids.contact(2)}','${ids.contact(6)}')`,
    [["Silva"], ["Nobody"]],
  ],
  [
    `SELECT LastName FROM Contact WHERE Id NOT IN ('${ids.contact(1)}')`,
    [["Silva"], ["Núñez"], ["O'Hara"], ["Nobody"]],
  ],
  ["SELECT Name FROM Account WHERE NumberOfEmployees in (7, 40)", [["Acme Bikes"], ["O'Hara & Sons"]]],
  ["SELECT Name FROM Opportunity WHERE CloseDate IN (2026-03-01, NEXT_MONTH)", [["Acme 20 bikes"], ["Acme service"]]],
];

const patterns: Case[] = [
  ["SELECT Name FROM Account WHERE Name LIKE 'acme%'", [["Acme Bikes"], ["Acme Bikes Germany"]]],
  ["SELECT Name FROM Account WHERE Name LIKE '%bikes'", [["Acme Bikes"]]],
  ["SELECT Name FROM Account WHERE Name LIKE '100\\% Cycling\\_Co'", [["100% Cycling_Co"]]],
  ["SELECT LastName FROM Contact WHERE LastName LIKE 'R_y'", [["Ray"]]],
  ["SELECT LastName FROM Contact WHERE LastName LIKE 'ray'", [["Ray"]]],
  ["SELECT LastName FROM Contact WHERE LastName LIKE 'r%y'", [["Ray"]]],
  ["SELECT LastName FROM Contact WHERE LastName LIKE '____'", []],
  ["SELECT Name FROM Account WHERE Name LIKE '%o\\'h%'", [["O'Hara & Sons"]]],
  ["SELECT Name FROM Account WHERE Name LIKE '%.%'", []],
  ["SELECT Name FROM Account WHERE Name LIKE '%(%' OR Name LIKE '%[%' OR Name LIKE '%*%'", []],
  ["SELECT LastName FROM Contact WHERE Account.Name LIKE 'Acme B%y'", [["Núñez"]]],
  ["SELECT Name FROM Account WHERE Name LIKE 'acme%' AND (NOT Name LIKE '%germany')", [["Acme Bikes"]]],
  ["SELECT LastName FROM Contact WHERE (NOT LastName LIKE '%a%')", [["Núñez"], ["Nobody"]]],
  ["SELECT Website FROM Account WHERE Website LIKE 'https://%.example'", [["https://acme.example"]]],
];

const logic: Case[] = [
  [
    "SELECT Name FROM Account WHERE Industry = 'Retail' AND AnnualRevenue > 500000 AND Rating = 'Hot'",
    [["Acme Bikes"]],
  ],
  [
    "SELECT Name FROM Account WHERE Rating = 'Hot' OR Rating = 'Cold' OR AnnualRevenue = 0",
    [["Acme Bikes"], ["O'Hara & Sons"], ["100% Cycling_Co"]],
  ],
  [
    "SELECT Name FROM Account WHERE (Rating = 'Hot' OR Rating = 'Cold') AND Industry = 'Manufacturing'",
    [["O'Hara & Sons"]],
  ],
  [
    "SELECT Name FROM Account WHERE Rating = 'Hot' OR (Industry = 'Retail' AND (NOT Rating = 'Hot'))",
    [["Acme Bikes"], ["Acme Bikes Germany"]],
  ],
  ["SELECT Name FROM Account WHERE NOT Industry = 'Retail'", [["O'Hara & Sons"], ["100% Cycling_Co"]]],
  ["SELECT Name FROM Account WHERE NOT (Industry = 'Retail' OR Rating = 'Cold')", [["100% Cycling_Co"]]],
  ["SELECT Name FROM Account WHERE (((Name = 'Acme Bikes')))", [["Acme Bikes"]]],
];

const times: Case[] = [
  ["SELECT LastName FROM Contact WHERE SystemModstamp > 2026-03-18T08:00:00Z", [["Nobody"]]],
  [
    "SELECT LastName FROM Contact WHERE SystemModstamp >= 2026-03-18T08:00:00.000+00:00",
    [["Ray"], ["Silva"], ["Nobody"]],
  ],
  ["SELECT LastName FROM Contact WHERE SystemModstamp = 2026-03-18T09:00:00+0100", [["Ray"], ["Silva"]]],
  ["SELECT LastName FROM Contact WHERE CreatedDate < 2024-03-01T05:00:00-05:00", [["Ray"]]],
  [
    "SELECT LastName FROM Contact WHERE SystemModstamp != 2026-03-18T08:00:00Z AND CreatedDate <= 2025-04-01T10:00:00Z",
    [["Núñez"], ["O'Hara"]],
  ],
  ["SELECT LastName FROM Contact WHERE Birthdate < 1990-01-01", [["Ray"]]],
  ["SELECT LastName FROM Contact WHERE Birthdate = 1991-12-31", [["O'Hara"]]],
  ["SELECT LastName FROM Contact WHERE SystemModstamp = TODAY", [["Ray"], ["Silva"], ["Nobody"]]],
  ["SELECT Name FROM Account WHERE SystemModstamp = YESTERDAY", [["Acme Bikes"]]],
  ["SELECT LastName FROM Contact WHERE SystemModstamp < TODAY", [["Núñez"], ["O'Hara"]]],
  ["SELECT LastName FROM Contact WHERE SystemModstamp = LAST_N_DAYS:7", [["Ray"], ["Silva"], ["Núñez"], ["Nobody"]]],
  ["SELECT LastName FROM Contact WHERE SystemModstamp < LAST_N_DAYS:7", [["O'Hara"]]],
  ["SELECT LastName FROM Contact WHERE SystemModstamp > N_DAYS_AGO:7 AND SystemModstamp <= YESTERDAY", []],
  ["SELECT Name FROM Account WHERE CreatedDate = LAST_YEAR", [["Acme Bikes Germany"], ["O'Hara & Sons"]]],
  [
    "SELECT Name FROM Account WHERE CreatedDate >= LAST_N_YEARS:2",
    [["Acme Bikes"], ["Acme Bikes Germany"], ["O'Hara & Sons"]],
  ],
  ["SELECT Name FROM Account WHERE SystemModstamp = LAST_MONTH", [["O'Hara & Sons"]]],
  ["SELECT Subject FROM Task WHERE ActivityDate = TODAY", [["Call"]]],
  ["SELECT Subject FROM Task WHERE ActivityDate = NEXT_WEEK", [["Email"]]],
  [
    "SELECT Subject FROM Task WHERE ActivityDate = NEXT_N_DAYS:10 OR ActivityDate < THIS_WEEK",
    [["Email"], ["Send Quote"]],
  ],
  ["SELECT Name FROM Opportunity WHERE CloseDate = THIS_QUARTER", [["Acme 20 bikes"], ["O'Hara frames"]]],
  ["SELECT Name FROM Opportunity WHERE CloseDate > THIS_FISCAL_QUARTER", [["Acme service"]]],
  ["SELECT Subject FROM Event WHERE StartDateTime = TOMORROW", [["Demo\nday"]]],
];

const ordering: Case[] = [
  ["SELECT LastName FROM Contact ORDER BY LastName", [["Nobody"], ["Núñez"], ["O'Hara"], ["Ray"], ["Silva"]]],
  ["SELECT LastName FROM Contact ORDER BY LastName DESC LIMIT 2", [["Silva"], ["Ray"]]],
  [
    "SELECT Name FROM Account ORDER BY AnnualRevenue",
    [["O'Hara & Sons"], ["100% Cycling_Co"], ["Acme Bikes Germany"], ["Acme Bikes"]],
  ],
  [
    "SELECT Name FROM Account ORDER BY AnnualRevenue DESC NULLS LAST",
    [["Acme Bikes"], ["Acme Bikes Germany"], ["100% Cycling_Co"], ["O'Hara & Sons"]],
  ],
  [
    "SELECT Name FROM Account ORDER BY Industry ASC NULLS LAST, Name DESC",
    [["O'Hara & Sons"], ["Acme Bikes Germany"], ["Acme Bikes"], ["100% Cycling_Co"]],
  ],
  [
    "SELECT LastName FROM Contact ORDER BY Account.Name NULLS FIRST, Id DESC",
    [["Nobody"], ["Silva"], ["Ray"], ["Núñez"], ["O'Hara"]],
  ],
  ["SELECT LastName FROM Contact ORDER BY SystemModstamp, Id", [["O'Hara"], ["Núñez"], ["Ray"], ["Silva"], ["Nobody"]]],
  ["SELECT LastName FROM Contact ORDER BY SystemModstamp DESC, Id DESC LIMIT 3", [["Nobody"], ["Silva"], ["Ray"]]],
  ["SELECT LastName FROM Contact ORDER BY SystemModstamp DESC, Id ASC LIMIT 3", [["Nobody"], ["Ray"], ["Silva"]]],
  ["SELECT LastName FROM Contact ORDER BY Id LIMIT 2 OFFSET 1", [["Silva"], ["Núñez"]]],
  ["SELECT LastName FROM Contact ORDER BY Id LIMIT 0", []],
  ["SELECT LastName FROM Contact ORDER BY Id OFFSET 4", [["Nobody"]]],
  [
    `SELECT LastName FROM Contact WHERE (SystemModstamp > 2026-03-18T08:00:00Z OR (SystemModstamp = 2026-03-18T08:00:00Z AND Id > '${ids.contact(1)}')) ORDER BY SystemModstamp, Id`,
    [["Silva"], ["Nobody"]],
  ],
];

describe.each([
  ["select lists", selecting],
  ["comparisons", comparing],
  ["IN lists", lists],
  ["LIKE patterns", patterns],
  ["AND, OR, NOT", logic],
  ["dates and date literals", times],
  ["ORDER BY, LIMIT, OFFSET", ordering],
])("SOQL the vendor accepts: %s", (_title, statements) => {
  let org: Awaited<ReturnType<typeof sampleOrg>>;
  beforeAll(async () => {
    org = await sampleOrg();
  });

  it.each(statements)("%s", async (statement, rows) => {
    const reply = await org.query(statement);
    const { records, totalSize, done } = await readPage(reply);
    expect({ status: reply.status, rows: records.map(cells) }).toEqual({ status: 200, rows });
    expect([totalSize, done]).toEqual([rows.length, true]);
  });
});

describe("SOQL the vendor accepts: what records look like", () => {
  it("gives COUNT() as totalSize without records, deleted rows left out", async () => {
    const { query } = await sampleOrg();
    expect(await (await query("SELECT COUNT() FROM Contact")).json()).toEqual({
      totalSize: 5,
      done: true,
      records: [],
    });
    expect(await (await query("SELECT count() FROM Contact WHERE Email != null LIMIT 2")).json()).toMatchObject({
      totalSize: 2,
    });
  });

  it("shows a record's type and URL, and a parent as a record of its own", async () => {
    const { query } = await sampleOrg();
    const { records } = await readPage(await query("SELECT Id, Account.Name FROM Contact WHERE LastName = 'Ray'"));
    expect(records).toEqual([
      {
        attributes: { type: "Contact", url: `/services/data/v62.0/sobjects/Contact/${ids.contact(1)}` },
        Id: ids.contact(1),
        Account: {
          attributes: { type: "Account", url: `/services/data/v62.0/sobjects/Account/${ids.account(1)}` },
          Name: "Acme Bikes",
        },
      },
    ]);
  });

  it("shows a parent that may be of several types as the pseudo-type Name", async () => {
    const { query } = await sampleOrg();
    const { records } = await readPage(await query("SELECT Who.Email FROM Task WHERE Subject = 'Call'"));
    expect(records[0]?.Who).toEqual({
      attributes: { type: "Name", url: `/services/data/v62.0/sobjects/Contact/${ids.contact(1)}` },
      Email: "ann.ray@acme.example",
    });
  });

  it("hides deleted rows from query and shows them to queryAll", async () => {
    const { query } = await sampleOrg();
    const statement = "SELECT Name, MasterRecordId FROM Account WHERE IsDeleted = true";
    expect((await readPage(await query(statement))).records).toEqual([]);
    const { records } = await readPage(await query(statement, "queryAll"));
    expect(records.map(cells)).toEqual([["Gone Ltd", ids.account(1)]]);
  });
});
