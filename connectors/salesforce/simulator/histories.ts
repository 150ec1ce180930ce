import type { OrgFacts } from "./rules.ts";
import { historyOf } from "./schema/histories.ts";
import type { FieldValue, SalesforceRow, SObjectName } from "./values.ts";

/** Fields whose changes are kept, by object: an administrator chooses them under Set History Tracking. */
export type TrackedFields = Partial<Record<SObjectName, readonly string[]>>;

/** What orgs track as a rule; the stage of a deal has a history of its own (OpportunityHistory). */
export const usuallyTracked: TrackedFields = {
  Opportunity: ["OwnerId"],
  Case: ["Status", "Priority", "IsEscalated", "OwnerId"],
  Lead: ["Status", "OwnerId"],
  Contact: ["AccountId", "OwnerId"],
};

/** A row of an object of histories. */
export interface HistoryRow {
  object: SObjectName;
  row: SalesforceRow;
}

interface HistoryFacts extends Pick<OrgFacts, "stamp" | "runAsUserId" | "nextId"> {
  readonly trackedFields: TrackedFields;
  find(id: string): SalesforceRow | undefined;
}

/** The history rows a change leaves behind: one a field, and for a lookup one with the names and one with the ids. */
export function fieldHistory(
  org: HistoryFacts,
  object: SObjectName,
  after: SalesforceRow,
  before: SalesforceRow | undefined,
): HistoryRow[] {
  const history = historyOf[object];
  if (!history || !before) return [];
  const changed = (org.trackedFields[object] ?? []).filter((name) => (before[name] ?? null) !== (after[name] ?? null));
  const row = (Field: string, DataType: string, OldValue: FieldValue, NewValue: FieldValue): HistoryRow => ({
    object: history.object,
    row: {
      Id: org.nextId(history.object),
      [history.parent]: after.Id,
      CreatedById: org.runAsUserId,
      CreatedDate: org.stamp,
      Field,
      DataType,
      OldValue,
      NewValue,
      IsDeleted: false,
    },
  });
  return changed.flatMap((name) => {
    const [old, now] = [before[name] ?? null, after[name] ?? null];
    if (!name.endsWith("Id")) return [row(name, "Text", old, now)];
    const field = name.slice(0, -2);
    return [row(field, "Text", nameOf(org, old), nameOf(org, now)), row(field, "EntityId", old, now)];
  });
}

function nameOf(org: HistoryFacts, id: FieldValue): FieldValue {
  return typeof id === "string" ? (org.find(id)?.Name ?? null) : null;
}
