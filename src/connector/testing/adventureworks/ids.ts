/** Remote ids as each vendor writes them, counted up from a fixed start. */
export interface Ids {
  /** Digits; each object type counts for itself. */
  hubspot(object: string): string;
  /** Eighteen characters from the object's three-letter prefix. */
  salesforce(prefix: string): string;
  /** Digits; customers, contacts and employees share one sequence (`entity`), as NetSuite's do. */
  netsuite(sequence: "entity" | "transaction" | "opportunity" | "supportcase" | "systemnote"): string;
}

const hubspotStarts: Record<string, number> = {
  contacts: 101_000_000,
  companies: 202_000_000,
  deals: 303_000_000,
  tickets: 404_000_000,
  notes: 505_000_000,
  emails: 606_000_000,
  calls: 707_000_000,
  meetings: 808_000_000,
  owners: 9_000_000,
};
const netsuiteStarts = { entity: 1_000, transaction: 10_000, opportunity: 700_000, supportcase: 500, systemnote: 0 };

/** Counters for one world. */
export function createIds(): Ids {
  const counts = new Map<string, number>();
  const count = (sequence: string): number => {
    const next = (counts.get(sequence) ?? 0) + 1;
    counts.set(sequence, next);
    return next;
  };
  return {
    hubspot: (object) => String((hubspotStarts[object] ?? 0) + count(`hubspot/${object}`)),
    salesforce: (prefix) => salesforceId(prefix, count(`salesforce/${prefix}`)),
    netsuite: (sequence) => String(netsuiteStarts[sequence] + count(`netsuite/${sequence}`)),
  };
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const suffixAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/**
 * A valid 18-character Salesforce id: prefix, instance code, nine digits in base 62, then three characters that tell upper
 * from lower case. The simulator makes the same ids and counts on from the highest.
 * @example salesforceId("003", 1) // "003Hs0000000001AAE"-like
 */
function salesforceId(prefix: string, number: number): string {
  let digits = "";
  for (let rest = number; rest > 0; rest = Math.floor(rest / 62)) digits = base62.charAt(rest % 62) + digits;
  const short = `${prefix}Hs0${digits.padStart(9, "0")}`;
  return short + [0, 5, 10].map((start) => suffixOf(short.slice(start, start + 5))).join("");
}

/** Bit n is set where the nth of five characters is an upper-case letter. */
function suffixOf(five: string): string {
  const bits = [...five].reduce((sum, letter, at) => (letter >= "A" && letter <= "Z" ? sum + 2 ** at : sum), 0);
  return suffixAlphabet.charAt(bits);
}
