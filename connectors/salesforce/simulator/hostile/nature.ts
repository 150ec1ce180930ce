import { createRandom, type Random, type TroubleDeclaration } from "journey-hub/connector/testing";
import type { Org, SaveRule } from "../org.ts";
import { Refusal } from "../refusal.ts";
import type { Service } from "../service.ts";
import type { SalesforceRow, SObjectName } from "../values.ts";
import { isLive, type VendorClock } from "./scene.ts";
import type { Transactions } from "./transactions.ts";
import { pageRows } from "./wire.ts";

/** What a nature can be set in. */
export interface NatureReach {
  service: Service;
  clock: VendorClock;
  transactions: Transactions;
}

/** How an account always behaves, for as long as it is beset with it. */
export interface Nature extends TroubleDeclaration {
  kind: "nature";
  /** Sets it, by chance where it has degrees; gives what takes it back. */
  set(reach: NatureReach, chance: Random): () => void;
}

/** Everything of that kind a Salesforce org has, besides what it always has: small pages. */
export const natures: readonly Nature[] = [
  nature("clock-skew", "the vendor's clock is up to ten minutes off", "reliability plan §4.2", (reach, chance) => {
    reach.clock.skewMs = chance.int(-600, 600) * 1_000;
    return () => {
      reach.clock.skewMs = 0;
    };
  }),
  nature("long-limit-info", "the header of used calls has more than these", "crm-apis §1.3", ({ service }) => {
    service.settings.limitInfo = "long";
    return () => {
      service.settings.limitInfo = "short";
    };
  }),
  nature("short-pages", "pages hold fewer rows than asked, one fewer than the other", "crm-apis §1.2", shortPages),
  nature("bad-field-fails-call", "one unknown field fails a whole collection", "crm-apis §0.3", ({ service }) => {
    service.settings.unknownFieldInCollection = "call";
    return () => {
      service.settings.unknownFieldInCollection = "record";
    };
  }),
  nature("account-time-zone", "days begin elsewhere: TODAY is the user's", "field.md §3, 3", accountTimeZone),
  saveNature("row-locks", "rows are held by someone else, a minute long", "crm-apis §1.4", rowLocks),
  saveNature("duplicate-rule", "people who share an e-mail address cannot be saved", "crm-apis §1.4", duplicateRule),
  saveNature("validation-rule", "leads without telephone and e-mail cannot be saved", "crm-apis §1.4", validationRule),
];

function nature(name: string, about: string, source: string, set: Nature["set"]): Nature {
  return { name, kind: "nature", about, source, set };
}

/** A nature that is a rule about saving; rules of several natures are asked one after the other. */
function saveNature(
  name: string,
  about: string,
  source: string,
  ruleOf: (reach: NatureReach, chance: Random) => SaveRule,
): Nature {
  return nature(name, about, source, (reach, chance) => {
    const { org } = reach.service;
    const others = org.beforeSave;
    const rule = ruleOf(reach, chance);
    org.beforeSave = (object, after, before) => {
      others(object, after, before);
      rule(object, after, before);
    };
    return () => {
      org.beforeSave = others;
    };
  });
}

function shortPages({ service }: NatureReach, chance: Random): () => void {
  const asUsual = service.pageRows;
  service.pageRows = () => chance.int(Math.floor(pageRows / 4), pageRows);
  return () => {
    service.pageRows = asUsual;
  };
}

/** Of each half of the world one, and one that is off by less than an hour. */
const zones = ["Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu"];

function accountTimeZone({ service: { org } }: NatureReach, chance: Random): () => void {
  const id = org.runAsUserId;
  const set = (TimeZoneSidKey: string | null): void => {
    const user = org.table("User").get(id);
    if (user) org.table("User").put({ ...user, TimeZoneSidKey });
  };
  set(chance.pick(zones));
  return () => set(null);
}

const minuteMs = 60_000;
const lockedShare = 0.1;

function rowLocks({ clock, transactions }: NatureReach, chance: Random): SaveRule {
  const seed = chance.int(0, 1_000_000);
  return (_object, { Id }, before) => {
    const minute = Math.floor(clock.now() / minuteMs);
    const isHeld = createRandom(seed).fork(`${Id} ${minute}`).chance(lockedShare) || transactions.isLocked(Id);
    if (!before || !isHeld) return;
    const reason = `unable to obtain exclusive access to this record or 1 records: ${Id}`;
    throw new Refusal(400, "UNABLE_TO_LOCK_ROW", reason, []);
  };
}

function duplicateRule({ service: { org } }: NatureReach): SaveRule {
  return (object, row) => {
    if (object.name !== "Contact" && object.name !== "Lead") return;
    const twins = twinsOf(org, object.name, row);
    if (twins.length === 0) return;
    const message = "Use one of these records?";
    throw new Refusal(400, "DUPLICATES_DETECTED", message, {
      fields: [],
      duplicateResult: duplicateResult(object.name, message, twins),
    });
  };
}

function twinsOf(org: Org, object: SObjectName, { Id, Email }: SalesforceRow): SalesforceRow[] {
  if (typeof Email !== "string") return [];
  const isSame = (row: SalesforceRow) => row.Id !== Id && isLive(row) && row.Email === Email;
  return [...org.table(object).values()].filter(isSame);
}

function duplicateResult(entityType: SObjectName, errorMessage: string, twins: readonly SalesforceRow[]) {
  const matchRecords = twins.map(({ Id }) => ({
    matchConfidence: 100,
    record: { attributes: { type: entityType }, Id },
  }));
  return {
    allowSave: false,
    duplicateRule: `Standard_${entityType}_Duplicate_Rule`,
    duplicateRuleEntityType: entityType,
    errorMessage,
    matchResults: [
      {
        entityType,
        matchEngine: "ExactMatchEngine",
        rule: `Standard_${entityType}_Match_Rule`,
        size: twins.length,
        success: true,
        matchRecords,
      },
    ],
  };
}

function validationRule(): SaveRule {
  return (object, { Phone, Email }) => {
    if (object.name !== "Lead" || Phone || Email) return;
    const reason = "A lead needs a telephone number or an e-mail address.";
    throw new Refusal(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", reason, []);
  };
}
