import { createHash } from "node:crypto";
import type { RowChange } from "../org.ts";
import type { FieldValue, SalesforceRow, SObjectName } from "../values.ts";

/** What of a row's change is told, and how. */
export type ChangeType = "CREATE" | "UPDATE" | "DELETE" | "UNDELETE";

/**
 * How changes are told instead: `gap`: without their fields, as when an event would be too large; `overflow`: one event for each object of a
 * transaction, without its records, as beyond 100,000 changes; `wildcard`: for all records of the object, as when a field is converted.
 */
export type EventTrouble = "none" | "gap" | "overflow" | "wildcard";

export interface ChangeEvent {
  replayId: number;
  at: number;
  object: SObjectName;
  payload: Record<string, unknown>;
}

/** A commit of the org. */
export interface Transaction {
  number: number;
  at: number;
  user: string;
  trouble: EventTrouble;
}

interface Change {
  object: SObjectName;
  type: ChangeType;
  ids: string[];
  changed: string[];
  fields: Record<string, FieldValue>;
}

/** The events of a transaction. Rows deleted or restored together are one event; what changed nothing that is told is none. */
export function eventsOf(changes: readonly RowChange[], transaction: Transaction): Omit<ChangeEvent, "replayId">[] {
  const told = merged(changes.flatMap(changeOf));
  const { trouble, at } = transaction;
  const shown = trouble === "overflow" || trouble === "wildcard" ? oneEach(told) : told;
  return shown.map((change, n) => ({
    at,
    object: change.object,
    payload: { ChangeEventHeader: headerOf(change, transaction, n + 1), ...(trouble === "none" ? change.fields : {}) },
  }));
}

function changeOf({ object, id, before, after }: RowChange): Change[] {
  const was = isLive(before);
  const is = isLive(after);
  const bare = { object, ids: [id], changed: [], fields: {} };
  if (was && !is) return [{ ...bare, type: "DELETE" }];
  if (!is) return [];
  if (before === null) return [{ ...bare, type: "CREATE", fields: valuesOf(after) }];
  if (!was) return [{ ...bare, type: "UNDELETE", fields: valuesOf(after) }];
  const changed = changedFields(before, after);
  if (changed.length === 0) return [];
  const fields = Object.fromEntries(changed.map((name) => [name, after[name] ?? null]));
  return [{ ...bare, type: "UPDATE", changed, fields }];
}

const isLive = (row: SalesforceRow | null): row is SalesforceRow => row !== null && row.IsDeleted !== true;

/** The stamp by which polls find changes is not told. */
const untold = new Set(["Id", "IsDeleted", "SystemModstamp"]);

function valuesOf(row: SalesforceRow): Record<string, FieldValue> {
  return Object.fromEntries(Object.entries(row).filter(([name, value]) => value !== null && !untold.has(name)));
}

function changedFields(before: SalesforceRow, after: SalesforceRow): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !untold.has(name));
  return names.filter((name) => (before[name] ?? null) !== (after[name] ?? null));
}

function merged(changes: readonly Change[]): Change[] {
  const events: Change[] = [];
  for (const change of changes) {
    const isAlike = change.type === "DELETE";
    const known = isAlike ? events.find(({ object, type }) => object === change.object && type === change.type) : null;
    if (known) known.ids.push(...change.ids);
    else events.push(change);
  }
  return events;
}

function oneEach(changes: readonly Change[]): Change[] {
  return [...new Map(changes.map((change) => [change.object, change])).values()];
}

function headerOf(
  { object, type, ids, changed }: Change,
  { number, at, user, trouble }: Transaction,
  sequence: number,
) {
  const changeType = { none: type, gap: `GAP_${type}`, overflow: "GAP_OVERFLOW", wildcard: `GAP_${type}` }[trouble];
  const isUnnamed = trouble === "overflow" || trouble === "wildcard";
  const digest = createHash("sha256").update(`transaction ${number}`).digest("hex");
  return {
    entityName: object,
    recordIds: isUnnamed ? [`${ids[0]?.slice(0, 3)}*`] : ids,
    changeType,
    changeOrigin: "com/salesforce/api/rest/62.0",
    transactionKey: `${digest.slice(0, 8)}-${digest.slice(8, 12)}-${digest.slice(12, 16)}-${digest.slice(16, 28)}`,
    sequenceNumber: trouble === "none" ? sequence : 1,
    commitTimestamp: at,
    commitNumber: 11_000_000_000_000 + number,
    commitUser: user,
    nulledFields: [],
    diffFields: [],
    changedFields: trouble === "none" ? changed : [],
  };
}
