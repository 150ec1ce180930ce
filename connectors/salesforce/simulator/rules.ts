import type { FieldValue, SalesforceRow, SObjectName } from "./values.ts";

/** What the rules ask of the org. */
export interface OrgFacts {
  readonly stamp: string;
  readonly runAsUserId: string;
  stage(name: FieldValue | undefined): SalesforceRow | undefined;
  nextId(name: SObjectName): string;
}

/** The columns the org works out itself: full names, deal stage consequences, closed cases and tasks. */
export function derive(org: OrgFacts, object: SObjectName, row: SalesforceRow, before?: SalesforceRow): SalesforceRow {
  switch (object) {
    case "Contact":
    case "Lead":
    case "User":
      return { ...row, Name: [row.FirstName, row.LastName].filter(Boolean).join(" ") };
    case "Opportunity":
      return deriveOpportunity(org, row, before);
    case "Case":
      return deriveCase(org, row, before);
    case "Task":
      return { ...row, ...taskState(org, row), IsHighPriority: row.Priority === "High" };
    default:
      return row;
  }
}

const historyColumns = ["StageName", "Amount", "CloseDate", "Probability"];

/** The history row an opportunity's change leaves behind; undefined when nothing that history follows has changed. */
export function opportunityHistory(
  org: OrgFacts,
  after: SalesforceRow,
  before?: SalesforceRow,
): SalesforceRow | undefined {
  if (before && historyColumns.every((column) => (before[column] ?? null) === (after[column] ?? null)))
    return undefined;
  return {
    Id: org.nextId("OpportunityHistory"),
    OpportunityId: after.Id,
    CreatedById: org.runAsUserId,
    CreatedDate: org.stamp,
    SystemModstamp: org.stamp,
    StageName: after.StageName ?? null,
    Amount: after.Amount ?? null,
    ExpectedRevenue: after.ExpectedRevenue ?? null,
    CloseDate: after.CloseDate ?? null,
    Probability: after.Probability ?? null,
    ForecastCategory: after.ForecastCategory ?? null,
    PrevAmount: before?.Amount ?? null,
    PrevCloseDate: before?.CloseDate ?? null,
    IsDeleted: false,
  };
}

function deriveOpportunity(org: OrgFacts, row: SalesforceRow, before: SalesforceRow | undefined): SalesforceRow {
  const stage = org.stage(row.StageName);
  if (!stage) return row;
  const moved = before !== undefined && before.StageName !== row.StageName;
  const probabilityGiven = row.Probability !== undefined && row.Probability !== null;
  // A changed stage resets the probability unless the same call sets it.
  const keepsProbability = probabilityGiven && !(moved && before.Probability === row.Probability);
  const probability = keepsProbability ? row.Probability : (stage.DefaultProbability ?? 0);
  return {
    ...row,
    IsClosed: stage.IsClosed ?? false,
    IsWon: stage.IsWon ?? false,
    Probability: probability ?? 0,
    ForecastCategory: stage.ForecastCategory ?? null,
    ForecastCategoryName: stage.ForecastCategoryName ?? null,
    ExpectedRevenue: expectedRevenue(row.Amount, probability),
    ...(moved && { LastStageChangeDate: org.stamp }),
  };
}

function expectedRevenue(amount: FieldValue | undefined, probability: FieldValue | undefined): number | null {
  if (typeof amount !== "number" || typeof probability !== "number") return null;
  return Math.round(amount * probability) / 100;
}

function deriveCase(org: OrgFacts, row: SalesforceRow, before: SalesforceRow | undefined): SalesforceRow {
  const closed = row.Status === "Closed";
  const justClosed = before !== undefined && before.Status !== "Closed";
  const closedDate = justClosed ? org.stamp : (row.ClosedDate ?? row.LastModifiedDate ?? org.stamp);
  return { ...row, IsClosed: closed, ClosedDate: closed ? closedDate : null };
}

function taskState(org: OrgFacts, row: SalesforceRow): Record<string, FieldValue> {
  if (row.Status !== "Completed") return { IsClosed: false, CompletedDateTime: null };
  return { IsClosed: true, CompletedDateTime: row.CompletedDateTime ?? org.stamp };
}
