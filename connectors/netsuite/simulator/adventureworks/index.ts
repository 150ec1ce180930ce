import { knownIn, recordIdsIn, type World } from "journey-hub/connector/testing";
import { demoCredentials } from "../options.ts";
import { type NetsuiteSeed, referenceRows } from "../seed.ts";
import { currencies, subsidiaries } from "./books.ts";
import { companyRow, consumerRow, contactRow, employeeRow } from "./parties.ts";
import { caseRow, noteRow } from "./support.ts";
import { lineRows, linkRows, opportunityRow, transactionRow } from "./transactions.ts";

/**
 * The part of the world this account knows. `externalid` of customers and contacts holds the Salesforce Account or Contact id
 * where the firm has filled it in; credit memos have negative totals, as in NetSuite's transaction table.
 */
export function netsuiteSeed(world: World): NetsuiteSeed {
  const people = world.personRecords.filter(({ seat }) => seat.system === "netsuite");
  const companies = world.companyRecords.filter(({ seat }) => seat.system === "netsuite");
  const known = recordIdsIn(world, "netsuite");
  const byId = new Map(world.transactions.map((transaction) => [transaction.id, transaction]));
  return {
    accountId: demoCredentials.accountId,
    timeZone: "America/Los_Angeles",
    dateFormat: "MM/DD/YYYY",
    tables: {
      ...referenceRows,
      subsidiary: subsidiaries,
      currency: currencies,
      employee: world.colleagues.map(employeeRow),
      customer: [
        ...companies.map(companyRow),
        ...people.filter(({ seat }) => seat.object === "customer").map(consumerRow),
      ],
      contact: people.filter(({ seat }) => seat.object === "contact").map(contactRow),
      opportunity: knownIn(world.deals, "netsuite").map(({ id, entry }, at) => opportunityRow(id, entry, at, known)),
      transaction: world.transactions.map(transactionRow),
      transactionline: world.transactions
        .flatMap(lineRows)
        .map((row, at) => ({ id: at + 1, uniquekey: at + 1, ...row })),
      nexttransactionlinelink: world.transactions.flatMap((transaction) => linkRows(transaction, byId)),
      supportcase: knownIn(world.tickets, "netsuite").map(({ id, entry }, at) => caseRow(id, entry, at, known)),
      systemnote: world.statusNotes.map(noteRow),
    },
  };
}
