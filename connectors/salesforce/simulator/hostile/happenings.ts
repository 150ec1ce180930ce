import { convertLead } from "../convert.ts";
import { mergeRecords } from "../merge.ts";
import type { SalesforceRow } from "../values.ts";
import { createRecord, deleteRecord, restoreRecord, updateRecord } from "../writes/records.ts";
import { editedFields, newRow, pickObject } from "./given.ts";
import { isLive, pickRow, rowsAtHand, type Scene } from "./scene.ts";
import { lastStages } from "./words.ts";

/** Something people do in the org, on rows that chance chooses; nothing where there is nothing to do it to. */
export type Happening = (scene: Scene) => void;

/** What people do, and how often against the rest. */
const ordinary: readonly (readonly [weight: number, happening: Happening])[] = [
  [26, create],
  [38, change],
  [10, close],
  [9, remove],
  [4, restore],
  [6, merge],
  [5, convert],
  [2, changeReference],
];

const tickets = ordinary.flatMap(([weight, happening]) => Array<Happening>(weight).fill(happening));

/** One thing that people do, whichever. */
export function happen(scene: Scene): void {
  scene.chance.pick(tickets)(scene);
}

/** Makes a row. */
export function create(scene: Scene): void {
  const object = pickObject(scene);
  const given = newRow(scene, object);
  if (given) createRecord(scene.org, scene.org.object(object), given);
}

/** Changes one to three fields of a row, lookups among them. */
export function change(scene: Scene): void {
  const object = pickObject(scene);
  const row = pickRow(scene, object, isEditable);
  if (row) updateRecord(scene.org, scene.org.object(object), row.Id, editedFields(scene, object));
}

/** Brings something to its end: a deal won or lost, a case closed, a task done. */
function close(scene: Scene): void {
  const { org, chance } = scene;
  const [object, values] = chance.pick([
    ["Opportunity", { StageName: chance.pick(lastStages) }],
    ["Case", { Status: "Closed" }],
    ["Task", { Status: "Completed" }],
  ] as const);
  const row = pickRow(scene, object, ({ IsClosed }) => IsClosed !== true);
  if (row) updateRecord(org, org.object(object), row.Id, values);
}

function remove(scene: Scene): void {
  const object = pickObject(scene);
  const row = pickRow(scene, object);
  if (row) deleteRecord(scene.org, scene.org.object(object), row.Id);
}

function restore(scene: Scene): void {
  const { org, chance, transactions } = scene;
  const object = pickObject(scene);
  const inBin = [...org.table(object).values()].filter(
    (row) => !isLive(row) && String(row.SystemModstamp) <= org.stamp && !transactions.isLocked(row.Id),
  );
  if (inBin.length > 0) restoreRecord(org, org.object(object), chance.pick(inBin).Id);
}

/** Objects whose doubles people merge. */
export const mergeable = ["Account", "Contact", "Lead", "Case"] as const;

/** Merges a row of any such object into another. */
export function merge(scene: Scene): void {
  const object = scene.chance.pick(mergeable);
  const [winner, loser] = scene.chance.shuffled(rowsAtHand(scene, object, isEditable));
  if (winner && loser) {
    mergeRecords(scene.org, scene.org.object(object), { winnerId: winner.Id, loserId: loser.Id });
  }
}

/** Converts a lead, into what is there or into new rows. */
function convert(scene: Scene): void {
  const { org, chance } = scene;
  const lead = pickRow(scene, "Lead", isEditable);
  if (!lead) return;
  const account = chance.chance(0.5) ? pickRow(scene, "Account") : null;
  const contact = account && chance.chance(0.3) ? pickRow(scene, "Contact") : null;
  const opportunityName = chance.chance(0.5) ? `${String(lead.Company)} deal` : null;
  convertLead(org, lead.Id, { accountId: account?.Id ?? null, contactId: contact?.Id ?? null, opportunityName });
}

/** A colleague leaves or gets a new title; a stage changes its place in the list. */
function changeReference(scene: Scene): void {
  const { org, chance } = scene;
  if (chance.chance(0.7)) {
    const user = pickRow(scene, "User");
    if (user)
      updateRecord(org, org.object("User"), user.Id, {
        Title: `Title ${chance.int(1, 99)}`,
        IsActive: chance.chance(0.8),
      });
    return;
  }
  const stage = pickRow(scene, "OpportunityStage");
  if (stage) {
    const stamps = { LastModifiedDate: org.stamp, SystemModstamp: org.stamp };
    org.table("OpportunityStage").put({ ...stage, ...stamps, Description: `Since ${org.stamp}` });
  }
}

/** A converted lead can be read and deleted, but no longer edited or merged. */
function isEditable(row: SalesforceRow): boolean {
  return row.IsConverted !== true;
}
