import type { Cell, Row } from "./partition.ts";
import type { Column } from "./schema.ts";
import type { TableName } from "./seed.ts";
import type { Account } from "./storage.ts";

/**
 * A cell as the account's users see it, which is `BUILTIN.DF` in SuiteQL and `refName` in the record API.
 * @example displayCell(account, statusColumn, invoiceRow) // "Invoice : Paid In Full"
 */
export function displayCell(account: Account, column: Column, row: Row): string | null {
  const value = row[column.column] ?? null;
  if (value === null) return null;
  const type = row.type;
  if (typeof type === "string" && column.column === "status") {
    const kind = transactionTypes[type];
    const status = kind?.statuses[String(value)];
    if (kind && status !== undefined) return `${kind.name} : ${status}`;
  }
  if (column.column === "type") return transactionTypes[String(value)]?.name ?? String(value);
  if (column.column === "recordtypeid") return recordTypeNames[String(value)] ?? String(value);
  if (column.references) return nameOf(account, column.references, value);
  if (column.kind === "boolean") return value === "T" ? "Yes" : "No";
  return column.kind === "date" || column.kind === "datetime" ? account.calendar.display(String(value)) : String(value);
}

/** The name of the record a select field points to; null when there is none. */
export function nameOf(account: Account, table: TableName, id: Cell): string | null {
  const row = account.table(table).all.rows.get(Number(id));
  if (!row) return null;
  const person = [row.firstname, row.lastname].filter((part) => typeof part === "string").join(" ");
  const name = row.entityid ?? row.name ?? row.tranid ?? row.companyname ?? row.casenumber ?? (person || row.id);
  return String(name);
}

/** The transaction types simulated: the record API's name and the meaning of their status letters. */
export const transactionTypes: Record<string, { record: string; name: string; statuses: Record<string, string> }> = {
  Estimate: {
    record: "estimate",
    name: "Estimate",
    statuses: { A: "Open", B: "Processed", C: "Closed", V: "Voided", X: "Expired" },
  },
  SalesOrd: {
    record: "salesOrder",
    name: "Sales Order",
    statuses: {
      A: "Pending Approval",
      B: "Pending Fulfillment",
      C: "Cancelled",
      D: "Partially Fulfilled",
      E: "Pending Billing/Partially Fulfilled",
      F: "Pending Billing",
      G: "Billed",
      H: "Closed",
    },
  },
  CustInvc: { record: "invoice", name: "Invoice", statuses: { A: "Open", B: "Paid In Full" } },
  CashSale: {
    record: "cashSale",
    name: "Cash Sale",
    statuses: { A: "Unapproved Payment", B: "Not Deposited", C: "Deposited" },
  },
  CustPymt: {
    record: "customerPayment",
    name: "Payment",
    statuses: { A: "Unapproved Payment", B: "Not Deposited", C: "Deposited" },
  },
  CustCred: { record: "creditMemo", name: "Credit Memo", statuses: { A: "Open", B: "Fully Applied" } },
  Opprtnty: {
    record: "opportunity",
    name: "Opportunity",
    statuses: { A: "In Progress", B: "Issued Estimate", C: "Closed - Won", D: "Closed - Lost" },
  },
};

/** What system notes call the kinds of record. */
const recordTypeNames: Record<string, string> = { "-9": "Entity", "-30": "Transaction", "-23": "Case" };
