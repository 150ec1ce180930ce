import { beforeAll, describe, expect, it } from "vitest";
import { ids, readRefusal, sampleOrg } from "./sampleOrg.ts";

type Case = [statement: string, errorCode: string, message: string];

const clauses: Case[] = [
  ["", "MALFORMED_QUERY", "SOQL statements cannot be empty or null"],
  ["   ", "MALFORMED_QUERY", "SOQL statements cannot be empty or null"],
  ["SELECT", "MALFORMED_QUERY", "unexpected token: '<EOF>'"],
  ["UPDATE Account SET Name = 'x'", "MALFORMED_QUERY", "unexpected token: 'UPDATE'"],
  ["SELECT * FROM Account", "MALFORMED_QUERY", "unexpected token: '*'"],
  ["SELECT FROM Account", "MALFORMED_QUERY", "unexpected token: 'FROM'"],
  ["SELECT Id, FROM Account", "MALFORMED_QUERY", "unexpected token: 'FROM'"],
  ["SELECT Id Name FROM Account", "MALFORMED_QUERY", "unexpected token: 'Name'"],
  ["SELECT Id FRO Account", "MALFORMED_QUERY", "unexpected token: 'FRO'"],
  ["SELECT Id FROM", "MALFORMED_QUERY", "unexpected token: '<EOF>'"],
  ["SELECT Id FROM Account;", "MALFORMED_QUERY", "no viable alternative at character ';'"],
  ["SELECT Id FROM Account LIMIT", "MALFORMED_QUERY", "unexpected token: '<EOF>'"],
  ["SELECT Id FROM Account LIMIT -1", "MALFORMED_QUERY", "unexpected token: '-1'"],
  ["SELECT Id FROM Account LIMIT 2.5", "MALFORMED_QUERY", "unexpected token: '2.5'"],
  ["SELECT Id FROM Account LIMIT 2147483648", "MALFORMED_QUERY", "numeric value out of range: 2147483648"],
  ["SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000"],
  ["SELECT Id FROM Account OFFSET 5 LIMIT 5", "MALFORMED_QUERY", "unexpected token: 'LIMIT'"],
  ["SELECT Id FROM Account ORDER BY Name WHERE Name = 'x'", "MALFORMED_QUERY", "unexpected token: 'WHERE'"],
  ["SELECT Id FROM Account ORDER Name", "MALFORMED_QUERY", "unexpected token: 'Name'"],
  ["SELECT Id FROM Account ORDER BY Name UP", "MALFORMED_QUERY", "unexpected token: 'UP'"],
  ["SELECT Id FROM Account ORDER BY Name NULLS MIDDLE", "MALFORMED_QUERY", "unexpected token: 'MIDDLE'"],
  ["SELECT COUNT() FROM Account ORDER BY Name", "MALFORMED_QUERY", "COUNT() cannot be used with ORDER BY"],
  ["SELECT COUNT(), Name FROM Account", "MALFORMED_QUERY", "unexpected token: ','"],
  [
    "SELECT COUNT(Id) FROM Account ORDER BY Name",
    "MALFORMED_QUERY",
    "Ordered field must be grouped or aggregated: Name",
  ],
  ["SELECT COUNT(Id) FROM Account LIMIT 5", "MALFORMED_QUERY", "cannot also use LIMIT"],
  ["SELECT COUNT(Id) FROM Account OFFSET 5", "MALFORMED_QUERY", "cannot also use LIMIT"],
  ["SELECT COUNT(Id) a.b FROM Account", "MALFORMED_QUERY", "unexpected token: 'a.b'"],
  ["SELECT COUNT(Id) LIMIT FROM Account", "MALFORMED_QUERY", "unexpected token: 'LIMIT'"],
  ["SELECT COUNT(Id, Name) FROM Account", "MALFORMED_QUERY", "unexpected token: ','"],
  ["SELECT COUNT_DISTINCT() FROM Account", "MALFORMED_QUERY", "unexpected token: ')'"],
  ["SELECT COUNT(Nope) FROM Account", "INVALID_FIELD", "No such column 'Nope'"],
  ["SELECT COUNT(BillingAddress) FROM Account", "MALFORMED_QUERY", "does not support aggregate operator COUNT"],
  ["SELECT COUNT(Description) FROM Account", "MALFORMED_QUERY", "does not support aggregate operator COUNT"],
  ["SELECT COUNT(IsDeleted) FROM Account", "MALFORMED_QUERY", "does not support aggregate operator COUNT"],
  ["SELECT Name, COUNT(Id) FROM Account", "MALFORMED_QUERY", "Field must be grouped or aggregated: Name"],
  ["SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY", "The SOQL FIELDS function must have a LIMIT of at most 200"],
  ["SELECT FIELDS(SOME) FROM Account LIMIT 5", "MALFORMED_QUERY", "unexpected token: 'SOME'"],
];

const conditions: Case[] = [
  ["SELECT Id FROM Account WHERE", "MALFORMED_QUERY", "unexpected token: '<EOF>'"],
  ["SELECT Id FROM Account WHERE Name", "MALFORMED_QUERY", "unexpected token: '<EOF>'"],
  ["SELECT Id FROM Account WHERE Name == 'x'", "MALFORMED_QUERY", "unexpected token: '='"],
  ["SELECT Id FROM Account WHERE Name IS NULL", "MALFORMED_QUERY", "unexpected token: 'IS'"],
  ["SELECT Id FROM Account WHERE 'x' = Name", "MALFORMED_QUERY", "unexpected token: 'x'"],
  ["SELECT Id FROM Account WHERE Name = Rating", "MALFORMED_QUERY", "unexpected token: 'Rating'"],
  ["SELECT Id FROM Account WHERE Name = :name", "MALFORMED_QUERY", "Bind variables only allowed in Apex code"],
  ["SELECT Id FROM Account WHERE Id IN :ids", "MALFORMED_QUERY", "Bind variables only allowed in Apex code"],
  [
    "SELECT Id FROM Account WHERE Name = 'a' AND Rating = 'b' OR Type = 'c'",
    "MALFORMED_QUERY",
    "unexpected token: 'OR'",
  ],
  [
    "SELECT Id FROM Account WHERE Name = 'a' OR Rating = 'b' AND Type = 'c'",
    "MALFORMED_QUERY",
    "unexpected token: 'AND'",
  ],
  ["SELECT Id FROM Account WHERE Name = 'a' AND NOT Rating = 'b'", "MALFORMED_QUERY", "unexpected token: 'NOT'"],
  ["SELECT Id FROM Account WHERE (Name = 'a'", "MALFORMED_QUERY", "unexpected token: '<EOF>'"],
  ["SELECT Id FROM Account WHERE Name = 'a')", "MALFORMED_QUERY", "unexpected token: ')'"],
  ["SELECT Id FROM Account WHERE Name IN ()", "MALFORMED_QUERY", "unexpected token: ')'"],
  ["SELECT Id FROM Account WHERE Name IN 'a'", "MALFORMED_QUERY", "unexpected token: 'a'"],
  ["SELECT Id FROM Account WHERE Name NOT LIKE 'a'", "MALFORMED_QUERY", "unexpected token: 'LIKE'"],
  ["SELECT Id FROM Account WHERE Name = 'a", "MALFORMED_QUERY", "mismatched character '<EOF>' expecting '''"],
  ["SELECT Id FROM Account WHERE Name = 'O'Hara'", "MALFORMED_QUERY", "mismatched character '<EOF>' expecting '''"],
  ['SELECT Id FROM Account WHERE Name = "a"', "MALFORMED_QUERY", "no viable alternative at character '\"'"],
  [
    "SELECT Id FROM Account WHERE Name = 'a\\x'",
    "MALFORMED_QUERY",
    "Illegal character sequence '\\x' in string literal",
  ],
  ["SELECT Id FROM Account WHERE Name = 'a\nb'", "MALFORMED_QUERY", "mismatched character"],
];

const literals: Case[] = [
  [
    "SELECT Id FROM Account WHERE Name = 5",
    "INVALID_FIELD",
    "field 'Name' must be of type string and should be enclosed in quotes",
  ],
  [
    "SELECT Id FROM Account WHERE Name LIKE 5",
    "INVALID_FIELD",
    "field 'Name' must be of type string and should be enclosed in quotes",
  ],
  [
    "SELECT Id FROM Account WHERE AnnualRevenue > '5'",
    "INVALID_FIELD",
    "field 'AnnualRevenue' must be of type double and should not be enclosed in quotes",
  ],
  ["SELECT Id FROM Account WHERE NumberOfEmployees = TODAY", "INVALID_FIELD", "must be of type int"],
  [
    "SELECT Id FROM Account WHERE IsDeleted = 'false'",
    "INVALID_FIELD",
    "field 'IsDeleted' must be of type boolean and should not be enclosed in quotes",
  ],
  [
    "SELECT Id FROM Account WHERE CreatedDate > '2024-01-01T00:00:00Z'",
    "INVALID_FIELD",
    "field 'CreatedDate' must be of type dateTime and should not be enclosed in quotes",
  ],
  ["SELECT Id FROM Account WHERE CreatedDate > 2024-01-01", "INVALID_FIELD", "must be of type dateTime"],
  ["SELECT Id FROM Account WHERE CreatedDate > 2024-01-01T00:00:00", "MALFORMED_QUERY", "no viable alternative"],
  [
    "SELECT Id FROM Account WHERE CreatedDate > 2024-13-01T00:00:00Z",
    "MALFORMED_QUERY",
    "Invalid dateTime: 2024-13-01T00:00:00Z",
  ],
  ["SELECT Id FROM Opportunity WHERE CloseDate = 2026-02-30", "MALFORMED_QUERY", "Invalid date: 2026-02-30"],
  ["SELECT Id FROM Opportunity WHERE CloseDate > 2026-02-01T00:00:00Z", "INVALID_FIELD", "must be of type date "],
  ["SELECT Id FROM Opportunity WHERE CloseDate = LAST_N_DAYS", "MALFORMED_QUERY", "unexpected token: '<EOF>'"],
  ["SELECT Id FROM Opportunity WHERE CloseDate = LAST_N_DAYS:x", "MALFORMED_QUERY", "unexpected token: 'x'"],
  ["SELECT Id FROM Opportunity WHERE CloseDate = TODAY:3", "MALFORMED_QUERY", "unexpected token: ':'"],
  ["SELECT Id FROM Opportunity WHERE CloseDate = SOMEDAY", "MALFORMED_QUERY", "unexpected token: 'SOMEDAY'"],
  [
    "SELECT Id FROM Account WHERE Id = 'Edge Communications'",
    "INVALID_QUERY_FILTER_OPERATOR",
    "invalid ID field: Edge Communications",
  ],
  [`SELECT Id FROM Account WHERE Id = '${ids.account(1)}X'`, "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field"],
  ["SELECT Id FROM Account WHERE Id LIKE '001%'", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on id field"],
  [
    "SELECT Id FROM Contact WHERE AccountId LIKE '001%'",
    "INVALID_QUERY_FILTER_OPERATOR",
    "invalid operator on id field",
  ],
  [
    "SELECT Id FROM Contact WHERE HasOptedOutOfEmail > FALSE",
    "INVALID_QUERY_FILTER_OPERATOR",
    "invalid operator on boolean field",
  ],
  [
    "SELECT Id FROM Account WHERE CreatedDate LIKE '2026%'",
    "INVALID_QUERY_FILTER_OPERATOR",
    "invalid operator on datetime field",
  ],
  [
    "SELECT Id FROM Contact WHERE DoNotCall LIKE 't%'",
    "INVALID_QUERY_FILTER_OPERATOR",
    "invalid operator on boolean field",
  ],
  [
    "SELECT Id FROM Contact WHERE Birthdate LIKE '1980%'",
    "INVALID_QUERY_FILTER_OPERATOR",
    "invalid operator on date field",
  ],
  ["SELECT Id FROM Account WHERE Description LIKE '%x%'", "INVALID_FIELD", "can not be filtered in a query call"],
  ["SELECT Id FROM Account WHERE Name LIKE 'a\\q'", "MALFORMED_QUERY", "Illegal character sequence"],
  ["SELECT Id FROM Account WHERE Name LIKE", "MALFORMED_QUERY", "unexpected token: '<EOF>'"],
  ["SELECT Id FROM Account WHERE Name LIKE ('a')", "MALFORMED_QUERY", "unexpected token: '('"],
  ["SELECT Id FROM Account WHERE LIKE 'a'", "MALFORMED_QUERY", "unexpected token: 'LIKE'"],
  [
    "SELECT Id FROM Account WHERE AnnualRevenue LIKE '5%'",
    "INVALID_QUERY_FILTER_OPERATOR",
    "invalid operator on currency field",
  ],
];

const names: Case[] = [
  ["SELECT foo FROM Account", "INVALID_FIELD", "No such column 'foo' on entity 'Account'."],
  [
    "SELECT Id, Journey_Hub_Nothing__c FROM Contact",
    "INVALID_FIELD",
    "No such column 'Journey_Hub_Nothing__c' on entity 'Contact'.",
  ],
  ["SELECT Id FROM Account WHERE Email = 'x'", "INVALID_FIELD", "No such column 'Email' on entity 'Account'."],
  ["SELECT Id FROM Account ORDER BY Foo", "INVALID_FIELD", "No such column 'Foo' on entity 'Account'."],
  ["SELECT Account.Foo FROM Contact", "INVALID_FIELD", "No such column 'Foo' on entity 'Account'."],
  ["SELECT Who.AccountId FROM Task", "INVALID_FIELD", "No such column 'AccountId' on entity 'Name'."],
  ["SELECT Foo.Name FROM Contact", "INVALID_FIELD", "Didn't understand relationship 'Foo' in field path."],
  ["SELECT AccountId.Name FROM Contact", "INVALID_FIELD", "Didn't understand relationship 'AccountId' in field path."],
  [
    "SELECT CurrencyIsoCode FROM Opportunity",
    "INVALID_FIELD",
    "No such column 'CurrencyIsoCode' on entity 'Opportunity'.",
  ],
  ["SELECT Id, Name, id FROM Account", "INVALID_FIELD", "duplicate field selected: Id"],
  ["SELECT Id FROM Accounts", "INVALID_TYPE", "sObject type 'Accounts' is not supported."],
  ["SELECT Id FROM Nope__c", "INVALID_TYPE", "sObject type 'Nope__c' is not supported."],
  ["SELECT Id FROM Account.Contacts", "INVALID_TYPE", "sObject type 'Account.Contacts' is not supported."],
  [
    "SELECT Id FROM Account WHERE Description = 'x'",
    "INVALID_FIELD",
    "field 'Description' can not be filtered in a query call",
  ],
  [
    "SELECT Id FROM Account ORDER BY Description",
    "MALFORMED_QUERY",
    "field 'Description' can not be sorted in a query call",
  ],
  [
    "SELECT Id FROM Account WHERE BillingAddress = null",
    "INVALID_FIELD",
    "Address fields can only be filtered using Distance expressions",
  ],
];

describe.each([
  ["clauses", clauses],
  ["conditions", conditions],
  ["literals that do not suit their field", literals],
  ["names this org does not have", names],
])("SOQL the vendor refuses: %s", (_title, statements) => {
  let org: Awaited<ReturnType<typeof sampleOrg>>;
  beforeAll(async () => {
    org = await sampleOrg();
  });

  it.each(statements)("%s", async (statement, errorCode, message) => {
    const reply = await org.query(statement);
    expect(reply.status).toBe(400);
    expect(await reply.json()).toEqual([{ errorCode, message: expect.stringContaining(message) }]);
  });
});

describe("SOQL the vendor refuses: how it says so", () => {
  it("quotes the statement, points under the mistake and counts rows and columns from one", async () => {
    const { query } = await sampleOrg();
    const refusal = await readRefusal(await query("SELECT Id FROM Account\nWHERE Foo = 'x'"));
    expect(refusal).toBe(
      "400 INVALID_FIELD \nWHERE Foo = 'x'\n      ^\nERROR at Row:2:Column:7\nNo such column 'Foo' on entity 'Account'. If you are " +
        "attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference " +
        "your WSDL or the describe call for the appropriate names.",
    );
  });

  it("refuses a query resource without a statement", async () => {
    const { call } = await sampleOrg();
    const reply = await call("/query");
    expect(reply.status).toBe(400);
    expect(await reply.json()).toEqual([
      { message: "A query string has to be specified", errorCode: "MALFORMED_QUERY" },
    ]);
  });
});
