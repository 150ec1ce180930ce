import { mergeRecords } from "../merge.ts";
import type { StandardType } from "../object-types.ts";
import { mergeable } from "./everyday.ts";
import { changeTie, type LifeTrouble, pickLive, type Scene } from "./scene.ts";

export const silentAssociation: LifeTrouble = {
  name: "silent-association",
  kind: "life",
  about: "two records are associated or parted, and the stamp of neither moves",
  source: "crm-apis 2.2, widely reported, unverified",
  happens: (scene) => changeTie(scene).length > 0,
};

export const silentMerge: LifeTrouble = {
  name: "silent-merge",
  kind: "life",
  about:
    "two records are merged; those tied to the one that goes are tied to the other now, and their stamps do not move",
  source: "follows from silent-association, unverified",
  happens({ portal, chance }) {
    const type = chance.pick(mergeable);
    const [winner, loser] = chance.shuffled(portal.table(type).live);
    if (!winner || !loser) return false;
    mergeRecords(portal, type, winner, loser);
    return true;
  },
};

export const silentValue: LifeTrouble = {
  name: "silent-value",
  kind: "life",
  about: "HubSpot works a value out anew, and the stamp does not move",
  source: "estuary (formula fields, at Salesforce); at HubSpot unverified",
  happens(scene) {
    const found = pickLive(scene);
    if (!found) return false;
    const [name, value] = calculated(scene, found.type);
    found.record.properties[name] = value;
    scene.portal.table(found.type).version += 1;
    return true;
  },
};

/** A property HubSpot calculates, with a new value. */
function calculated({ portal, chance }: Scene, type: StandardType): readonly [string, string] {
  const now = new Date(portal.now()).toISOString();
  const count = String(chance.int(1, 99));
  switch (type) {
    case "contacts":
      return chance.pick([["notes_last_updated", now] as const, ["num_conversion_events", count] as const]);
    case "companies":
      return chance.pick([["notes_last_updated", now] as const, ["num_associated_contacts", count] as const]);
    case "deals":
      return chance.pick([["notes_last_updated", now] as const, ["hs_projected_amount", count] as const]);
    case "tickets":
      return ["last_engagement_date", now];
    default:
      return ["hs_body_preview", `Preview ${count}`];
  }
}
