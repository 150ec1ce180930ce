import type { TroubleDeclaration } from "journey-hub/connector/testing";
import { mergeRecords } from "../merge.ts";
import { customField } from "../schema/custom.ts";
import type { SalesforceRow, SObjectName } from "../values.ts";
import { createRecord, deleteRecord, updateRecord } from "../writes/records.ts";
import { newRow, pickObject } from "./given.ts";
import { happen, mergeable } from "./happenings.ts";
import { earlier, isLive, pickId, pickRow, putSilently, rowsAtHand, type Scene } from "./scene.ts";
import type { Visibility } from "./visibility.ts";

/** Something that happens in the account and makes clients that read it lose records. */
export interface LifeTrouble extends TroubleDeclaration {
  kind: "life";
  happen(scene: Scene, visibility: Visibility): void;
}

const unverified = "unverified";

/** Everything of that kind a Salesforce org has. */
export const lifeTroubles: readonly LifeTrouble[] = [
  trouble("late-commit", "rows come to be seen with a stamp up to nine minutes old", "airbyte#27146", lateCommit),
  trouble(
    "mass-update",
    "a tool changes many rows at one instant, more than a page holds",
    "airbyte#17148",
    massUpdate,
  ),
  trouble("merge-chain", "a row is merged into one that is merged into a third", "crm-apis §5, 14", mergeChain),
  trouble("merge-without-stamps", "children of a merged row move without a new stamp", unverified, mergeWithoutStamps),
  trouble("cascade-without-stamps", "children go with their parent, without a stamp", unverified, cascadeWithoutStamps),
  trouble("purge", "a row is gone for good, with no deleted row left to be read", "field.md §3, 5", purge),
  trouble("born-and-gone", "a row is made and deleted in the same second", "reliability plan §4.2", bornAndGone),
  trouble("formula-change", "formula fields change without a stamp", "crm-apis §5, 7 (estuary)", formulaChange),
  trouble("system-change", "SystemModstamp moves, LastModifiedDate does not", "airbyte PR 68166", systemChange),
  trouble("activity-archived", "tasks and events are archived, without a stamp", unverified, archiveActivity),
  trouble("field-hidden", "field-level security hides a field, later gives it back", "crm-apis §1.5", hideField),
  trouble("field-added", "an administrator adds a field", "reliability plan §4.2", addField),
  trouble("stage-removed", "a stage is taken out of the list, leaving nothing behind", unverified, removeStage),
];

function trouble(name: string, about: string, source: string, run: LifeTrouble["happen"]): LifeTrouble {
  return { name, kind: "life", about, source, happen: run };
}

/** The vendor ends a transaction after ten minutes. */
const transactionSecondsMax = 9 * 60;

/** Any happening, begun a while ago and committed then, now or later. */
function lateCommit(scene: Scene): void {
  const { org, chance, transactions } = scene;
  const seconds = chance.int(5, transactionSecondsMax);
  const ago = chance.int(0, seconds) * 1_000;
  const isDone = earlier(scene, ago, () => transactions.begin(() => happen(scene), org.now() + seconds * 1_000));
  if (!isDone) happen(scene);
}

const massRows = 60;

function massUpdate(scene: Scene): void {
  const { org, chance } = scene;
  const object = chance.pick(["Account", "Contact", "Task", "Case"] as const);
  const OwnerId = pickId(scene, "User");
  for (const row of chance.shuffled(rowsAtHand(scene, object)).slice(0, massRows)) {
    updateRecord(org, org.object(object), row.Id, { OwnerId });
  }
}

function mergeChain(scene: Scene): void {
  const { org, chance } = scene;
  const object = org.object(chance.pick(mergeable));
  const [last, middle, first] = chance.shuffled(rowsAtHand(scene, object.name, isOpen));
  if (!last || !middle || !first) return;
  mergeRecords(org, object, { winnerId: middle.Id, loserId: first.Id });
  mergeRecords(org, object, { winnerId: last.Id, loserId: middle.Id });
}

function mergeWithoutStamps(scene: Scene): void {
  const { org, chance } = scene;
  const object = org.object(chance.pick(mergeable));
  const [winner, loser] = chance.shuffled(rowsAtHand(scene, object.name, isOpen));
  if (!winner || !loser) return;
  const changes = org.recorded(() => mergeRecords(org, object, { winnerId: winner.Id, loserId: loser.Id }));
  for (const { object: child, before, after } of changes) {
    if (child === object.name || !before || !after) continue;
    putSilently(scene, child, after, { SystemModstamp: before.SystemModstamp });
  }
}

const children = [
  { parent: "Opportunity", child: "OpportunityContactRole", lookup: "OpportunityId" },
  { parent: "Account", child: "Contact", lookup: "AccountId" },
] as const;

function cascadeWithoutStamps(scene: Scene): void {
  const { org, chance } = scene;
  const { parent, child, lookup } = chance.pick(children);
  const row = pickRow(scene, parent);
  if (!row) return;
  for (const each of rowsAtHand(scene, child, (candidate) => candidate[lookup] === row.Id)) {
    putSilently(scene, child, each, { IsDeleted: true });
  }
  deleteRecord(org, org.object(parent), row.Id);
}

function purge(scene: Scene): void {
  const { org, chance, transactions } = scene;
  const object = pickObject(scene);
  const inBin = [...org.table(object).values()].filter((row) => !isLive(row) && !transactions.isLocked(row.Id));
  const candidates = chance.chance(0.5) && inBin.length > 0 ? inBin : rowsAtHand(scene, object);
  if (candidates.length > 0) org.table(object).remove(chance.pick(candidates).Id);
}

function bornAndGone(scene: Scene): void {
  const { org } = scene;
  const object = pickObject(scene);
  const given = newRow(scene, object);
  if (given) deleteRecord(org, org.object(object), createRecord(org, org.object(object), given).id);
}

/** The objects with a formula field, and its name. */
export const formulas = { objects: ["Account", "Contact", "Lead", "Opportunity"], field: "Health_Score__c" } as const;

function formulaChange(scene: Scene): void {
  const { chance } = scene;
  const object = chance.pick(formulas.objects);
  for (const row of chance.shuffled(rowsAtHand(scene, object)).slice(0, 5)) {
    putSilently(scene, object, row, { [formulas.field]: chance.int(0, 100) });
  }
}

function systemChange(scene: Scene): void {
  const object = scene.chance.pick(["Account", "Contact", "Lead", "Opportunity", "Task"] as const);
  const row = pickRow(scene, object);
  if (row) putSilently(scene, object, row, { SystemModstamp: scene.org.stamp, Description: `by ${scene.org.stamp}` });
}

function archiveActivity(scene: Scene): void {
  const object = scene.chance.pick(["Task", "Event"] as const);
  const row = pickRow(scene, object, ({ IsArchived }) => IsArchived !== true);
  if (row) putSilently(scene, object, row, { IsArchived: true });
}

const hideable: readonly (readonly [SObjectName, string])[] = [
  ["Contact", "Title"],
  ["Account", "Industry"],
  ["Lead", "City"],
  ["Case", "Priority"],
  ["Task", "ActivityDate"],
  ["Opportunity", "Amount"],
];

/** Takes the access to a field away; the next time gives it back. */
function hideField({ chance }: Scene, visibility: Visibility): void {
  if (visibility.count > 0) visibility.showAll();
  else visibility.hide(...chance.pick(hideable));
}

const addedMax = 5;

function addField({ org, chance }: Scene): void {
  const { fields, byName } = org.object(pickAdded(chance.next()));
  const count = fields.filter(({ name }) => name.startsWith("Added_")).length;
  if (count >= addedMax) return;
  const field = customField({ name: `Added_${count + 1}__c`, type: "string", length: 40 });
  fields.push(field);
  byName.set(field.name.toLowerCase(), field);
}

function pickAdded(share: number): SObjectName {
  return share < 0.5 ? "Contact" : "Account";
}

const stagesMin = 7;
/** Converted leads become deals of this stage, so nobody takes it away. */
const convertedTo = "Prospecting";

function removeStage(scene: Scene): void {
  const { org } = scene;
  const table = org.table("OpportunityStage");
  const used = new Set([...org.table("Opportunity").values()].map(({ StageName }) => StageName));
  const stage = pickRow(
    scene,
    "OpportunityStage",
    (row) => row.IsClosed !== true && row.MasterLabel !== convertedTo && !used.has(row.MasterLabel ?? null),
  );
  if (!stage || table.size <= stagesMin) return;
  table.remove(stage.Id);
  const stageName = org.object("Opportunity").byName.get("stagename");
  if (stageName) stageName.picklistValues = stageName.picklistValues.filter((label) => label !== stage.MasterLabel);
}

/** A converted lead can no longer be merged. */
function isOpen(row: SalesforceRow): boolean {
  return row.IsConverted !== true;
}
