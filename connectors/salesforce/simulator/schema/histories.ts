import type { SObjectName } from "../values.ts";
import { creation, type Field, id, isDeleted, pick, reference, text } from "./field.ts";

/** The objects that keep the changes of another one's tracked fields: a row a change, or two where a lookup changed. */
export const historyOf: Partial<Record<SObjectName, { object: SObjectName; parent: string }>> = {
  Opportunity: { object: "OpportunityFieldHistory", parent: "OpportunityId" },
  Case: { object: "CaseHistory", parent: "CaseId" },
  Lead: { object: "LeadHistory", parent: "LeadId" },
  Contact: { object: "ContactHistory", parent: "ContactId" },
};

/** The columns of such an object; the vendor's `anyType` values bear the type of the field that changed. */
export function fieldHistory(parent: SObjectName): Field[] {
  return [
    id(),
    isDeleted(),
    reference(`${parent}Id`, [parent]),
    ...creation(),
    pick("Field", []),
    pick("DataType", ["Text", "EntityId"]),
    text("OldValue", 255),
    text("NewValue", 255),
  ];
}
