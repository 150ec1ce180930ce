import type { ContractOptions, CreateHostileAccount } from "journey-hub/connector/testing";
import { loadMappings, readMappingFolders, shippedMappings } from "journey-hub/mapping";
import { createHostileHubspot } from "../../../connectors/hubspot/simulator/hostile/index.ts";
import { createHostileNetsuite } from "../../../connectors/netsuite/simulator/hostile/index.ts";
import { createHostileSalesforce } from "../../../connectors/salesforce/simulator/hostile/index.ts";

interface Vendor {
  create: CreateHostileAccount;
  /** Troubles that move no stamp and of which the vendor does not tell, or that take a row out of an answer: a re-reading finds them. */
  silent: readonly string[];
  /** Records of every fifth account, where the connector reads large objects in another way; the others have few. */
  largeRecords?: number;
  /** Wire troubles that a connector does not meet which only reads, and no more than a few pages. */
  unmet: readonly string[];
}

const vendors: Readonly<Record<string, Vendor>> = {
  salesforce: {
    create: createHostileSalesforce,
    silent: [
      "page-shifted",
      "deleted-before-get",
      "merge-without-stamps",
      "cascade-without-stamps",
      "purge",
      "born-and-gone",
      "formula-change",
      "activity-archived",
      "field-hidden",
      "field-added",
    ],
    unmet: ["cursor-expired", "page-repeated", "page-shifted", "deleted-before-get"],
  },
  hubspot: {
    create: createHostileHubspot,
    silent: [
      "erased",
      "restored-unmoved",
      "silent-merge",
      "merge-chain",
      "silent-association",
      "silent-value",
      "property-removed",
      "property-added",
    ],
    unmet: ["locked-423", "webhook-duplicates", "webhook-disorder"],
  },
  netsuite: {
    create: createHostileNetsuite,
    largeRecords: 700,
    silent: [
      "more-denied",
      "silent-merge",
      "deletion-without-tombstone",
      "association-alone",
      "calculated-value",
      "renamed-lookup",
      "withheld-column",
      "deletions-withheld",
    ],
    unmet: ["record-locked", "lost-answer", "repeated-page", "shifted-page"],
  },
};

/** The vendors whose hostile accounts the contract is held against. */
export const vendorNames: readonly string[] = Object.keys(vendors);

/** A vendor by its name. Throws for a name there is none of. */
export function vendorOf(name: string): Vendor {
  const vendor = vendors[name];
  if (!vendor) throw new Error(`no vendor ${name}: there are ${vendorNames.join(", ")}`);
  return vendor;
}

const records = 120;
const mappings = loadMappings(await readMappingFolders([shippedMappings]));

/**
 * What the contract asks of a vendor's connector under a seed. With the odd seeds everything that moves a stamp must be found without
 * re-readings, which would heal in the end what was lost; with the even ones everything must be found.
 */
export function contractOf(name: string, seed: number): ContractOptions {
  const vendor = vendorOf(name);
  const isOdd = seed % 2 === 1;
  return {
    create: vendor.create,
    seed,
    level: "high",
    records: seed % 5 === 3 ? (vendor.largeRecords ?? records) : records,
    fields: (object) => mappings.find(name, object)?.reads ?? [],
    rereads: isOdd ? "none" : "as declared",
    without: isOdd ? vendor.silent : [],
  };
}
