import { mergeRecords } from "../merge.ts";
import { archiveRecord, eraseRecord, restoreRecord } from "../record-writes.ts";
import { changeValues, mergeable, pickArchived } from "./everyday.ts";
import { lateCommit } from "./late-commit.ts";
import { type LifeTrouble, pickLive, usualType } from "./scene.ts";
import { propertyAdded, propertyRemoved } from "./schema-changes.ts";
import { silentAssociation, silentMerge, silentValue } from "./silent-changes.ts";

/** More rows of one instant than a search gives. */
const tiesMax = 60;

const ties: LifeTrouble = {
  name: "ties",
  kind: "life",
  about: "a bulk job changes up to 60 records within one millisecond, more than a search may give in all",
  source: "airbyte#43317",
  happens(scene) {
    const type = usualType(scene);
    const struck = scene.chance.shuffled(scene.portal.table(type).live).slice(0, tiesMax);
    for (const record of struck) changeValues(scene, { type, record });
    return struck.length > 1;
  },
};

const archiveWave: LifeTrouble = {
  name: "archive-wave",
  kind: "life",
  about:
    "several records are archived at once, one of them right after a change; no stamp moves and search shows none of them",
  source: "airbyte#19838, supaglue#495",
  happens(scene) {
    const type = usualType(scene);
    const struck = scene.chance.shuffled(scene.portal.table(type).live).slice(0, 4);
    const [changed] = struck;
    if (!changed) return false;
    changeValues(scene, { type, record: changed });
    for (const record of struck) archiveRecord(scene.portal, type, record);
    return true;
  },
};

const erased: LifeTrouble = {
  name: "erased",
  kind: "life",
  about: "a record is deleted for good: not even the list of archived records names it",
  source: "HubSpot's GDPR delete; its effect on lists is unverified",
  happens(scene) {
    const found = scene.chance.chance(0.5) ? pickLive(scene, "contacts") : (pickArchived(scene) ?? pickLive(scene));
    if (found) eraseRecord(scene.portal, found.type, found.record);
    return found !== undefined;
  },
};

const restoredUnmoved: LifeTrouble = {
  name: "restored-unmoved",
  kind: "life",
  about: "an archived record comes back under its old stamp",
  source: "unverified",
  happens(scene) {
    const found = pickArchived(scene);
    if (found) restoreRecord(scene.portal, found.type, found.record, { movesStamp: false });
    return found !== undefined;
  },
};

const mergeChain: LifeTrouble = {
  name: "merge-chain",
  kind: "life",
  about:
    "a record is merged into a second one and that at once into a third; one of the two properties misses the first",
  source: "dbt_hubspot#168, singer tap-hubspot#49",
  happens(scene) {
    const type = scene.chance.pick(mergeable);
    const [first, second, third] = scene.chance.shuffled(scene.portal.table(type).live);
    if (!first || !second || !third) return false;
    const remaining = mergeRecords(scene.portal, type, second, first);
    mergeRecords(scene.portal, type, third, remaining);
    return true;
  },
};

const referenceRemoved: LifeTrouble = {
  name: "reference-removed",
  kind: "life",
  about: "a pipeline without deals is deleted: it is no longer listed, and nothing else says so",
  source: "unverified",
  happens({ portal, chance }) {
    const used = new Set(portal.tables.deals.live.map(({ properties }) => properties.pipeline));
    const unused = portal.pipelines.deals.filter(({ id }) => !used.has(id));
    if (unused.length === 0) return false;
    const { id } = chance.pick(unused);
    portal.pipelines.deals = portal.pipelines.deals.filter((one) => one.id !== id);
    return true;
  },
};

/** What happens in HubSpot accounts that clients tend to miss. */
export const lifeTroubles: readonly LifeTrouble[] = [
  lateCommit,
  ties,
  archiveWave,
  erased,
  restoredUnmoved,
  mergeChain,
  silentMerge,
  silentAssociation,
  silentValue,
  propertyRemoved,
  propertyAdded,
  referenceRemoved,
];
