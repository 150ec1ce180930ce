import type { Random, TroubleDeclaration } from "journey-hub/connector/testing";
import type { Limits, Settings, Switches } from "../settings.ts";

/** How an account behaves, in the parts that differ from one to the next. */
export interface Nature {
  limits: Partial<Limits>;
  switches: Partial<Switches>;
  timeZone: string;
  validationRules: Settings["validationRules"];
  /** How far the account's clock is ahead of its clients' or, negative, behind. */
  skewMs: number;
  /** Longer addresses are refused. */
  addressLengthMax: number;
}

/** Something an account always does. */
export interface NatureTrouble extends TroubleDeclaration {
  kind: "nature";
  shows(nature: Nature, chance: Random): void;
}

/** The account does what its clients hope for. */
const kindNature = (): Nature => ({
  limits: { searchResults: 10_000, archivedKeptMs: Number.POSITIVE_INFINITY },
  switches: {
    lifecycleStage: "any",
    badPropertyFailsBatch: false,
    mergeMakesNewId: false,
    associatedId: "number",
    searchLagMs: 0,
    searchLagVaries: false,
    searchStragglerMs: 0,
    searchDisorder: false,
    searchBelowBound: false,
    epochZeroSearchFails: false,
  },
  timeZone: "UTC",
  validationRules: [],
  skewMs: 0,
  addressLengthMax: Number.POSITIVE_INFINITY,
});

/** The nature that these troubles make, each with a chance of its own. */
export function natureOf(chosen: readonly NatureTrouble[], chance: Random): Nature {
  const nature = kindNature();
  for (const trouble of chosen) trouble.shows(nature, chance.fork(trouble.name));
  return nature;
}

/** From now on the account behaves so. */
export function become(settings: Settings, { limits, switches, timeZone, validationRules }: Nature): void {
  Object.assign(settings.limits, limits);
  Object.assign(settings.switches, switches);
  Object.assign(settings, { timeZone, validationRules });
}

const minuteMs = 60_000;

/** Declares one: what it is called, where it was seen, what it sets. */
const nature = (name: string, about: string, source: string, shows: NatureTrouble["shows"]): NatureTrouble => ({
  name,
  kind: "nature",
  about,
  source,
  shows,
});

/** How HubSpot accounts behave to the surprise of their clients. */
export const natureTroubles: readonly NatureTrouble[] = [
  nature(
    "search-lag",
    "a change takes up to four minutes to reach search, each a time of its own: later ones may show first",
    "airbyte PR 69203, supaglue#665",
    ({ switches }, chance) => {
      switches.searchLagMs = chance.int(minuteMs / 2, 4 * minuteMs);
      switches.searchLagVaries = true;
    },
  ),
  nature(
    "search-straggler",
    "one change of fifty takes an hour to reach search",
    "estuary shared.py: reads a second time, an hour behind",
    ({ switches }) => {
      switches.searchStragglerMs = 60 * minuteMs;
    },
  ),
  nature("search-disorder", "neighbours in search results change places", "estuary search_objects.py", (account) => {
    account.switches.searchDisorder = true;
  }),
  nature(
    "rows-below-bound",
    "search gives rows from just below the asked bound",
    "estuary search_objects.py",
    (account) => {
      account.switches.searchBelowBound = true;
    },
  ),
  nature(
    "search-cap",
    "a search ends after 40 results (10,000 at HubSpot) with a 400",
    "airbyte#23630, supaglue PR 586",
    (account) => {
      account.limits.searchResults = 40;
    },
  ),
  nature("epoch-zero-fails", "a search from epoch 0 on answers 500", "estuary shared.py", (account) => {
    account.switches.epochZeroSearchFails = true;
  }),
  nature(
    "clock-skew",
    "the account's clock is up to ten minutes off",
    "reliability plan, faulty peers",
    (account, chance) => {
      account.skewMs = chance.int(-10 * minuteMs, 10 * minuteMs);
    },
  ),
  nature(
    "account-time-zone",
    "the account's day ends at another hour than UTC's",
    "crm-apis 2.3",
    (account, chance) => {
      account.timeZone = chance.pick(["Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu"]);
    },
  ),
  nature(
    "address-length",
    "an address of more than 8,000 characters is refused with HTML",
    "estuary, airbyte#20703",
    (account) => {
      account.addressLengthMax = 8_000;
    },
  ),
  nature(
    "archive-forgets",
    "the list of archived records names them for 90 days only",
    "crm-apis 2.2, supaglue#616",
    (account) => {
      account.limits.archivedKeptMs = 90 * 24 * 60 * minuteMs;
    },
  ),
  nature(
    "forward-only-lifecycle",
    "an earlier lifecycle stage answers success and changes nothing",
    "HubSpot forum t/1333; sources disagree",
    (account) => {
      account.switches.lifecycleStage = "forwardOnly";
    },
  ),
  nature(
    "bad-property-fails-batch",
    "one bad property refuses its whole batch",
    "crm-apis 2.4, unverified",
    (account) => {
      account.switches.badPropertyFailsBatch = true;
    },
  ),
  nature(
    "validation-rules",
    "an admin's rule refuses values HubSpot itself would take",
    "HubSpot changelog 2026-08-11",
    (account) => {
      account.validationRules = [
        {
          property: "journey_hub_score",
          message: "Scores above 80 need a manager's approval.",
          allows: (value) => Number(value) <= 80,
        },
        { property: "phone", message: "Phone numbers begin with +.", allows: (value) => value.startsWith("+") },
      ];
    },
  ),
  nature(
    "merge-makes-new-id",
    "merging companies, deals or tickets makes a third record",
    "HubSpot webhooks: newObjectId",
    (account) => {
      account.switches.mergeMakesNewId = true;
    },
  ),
  nature(
    "association-ids-as-text",
    "v4 associations name the other record by text instead of a number",
    "unverified",
    (account) => {
      account.switches.associatedId = "string";
    },
  ),
];
