import { type Claim, mergeWith } from "../../identity/group/claims.ts";
import { groupBy } from "../../lib/group.ts";
import type { Problem } from "../../model/problem.ts";
import type { StoredRecord } from "../../model/record.ts";
import type { Row } from "../../store/tables.ts";

/*
 * Customers that claims or scores lead through from one to the next are decided together, so all of them are read. Where that is more than
 * can be, nothing that stands there is touched: the batch's records keep the customers they have, new ones are customers of their own, and
 * an error of each says so until the rules are mended and replayed. All else of the batch is decided as ever.
 */

/** How far is read for one batch. */
export interface Reach {
  /** Rounds, each of which goes one step further. */
  roundsMax: number;
  /** Records altogether, and so many more for each of the batch's. */
  recordsMax: number;
  recordsPerPartyMax: number;
}

export const defaultReach: Reach = { roundsMax: 1_000, recordsMax: 10_000, recordsPerPartyMax: 50 };

/** What leads from record to record. */
export interface Ties {
  records: ReadonlyMap<string, StoredRecord>;
  claims: ReadonlyMap<string, readonly Claim[]>;
  /** Claims that lead nowhere. */
  overfull: ReadonlySet<string>;
  identifiers: readonly Row<"identifiers">[];
  pairs: readonly { left_key: string; right_key: string }[];
}

/** The records of every component that has one of these in it. */
export function componentsOf(from: readonly string[], ties: Ties): Set<string> {
  const textsOf = claimTexts(ties);
  const holders = groupBy(
    [...textsOf].flatMap(([key, texts]) => texts.map((text) => ({ text, key }))),
    ({ text }) => text,
  );
  const beside = groupBy(
    ties.pairs.flatMap(({ left_key, right_key }) => [
      { key: left_key, other: right_key },
      { key: right_key, other: left_key },
    ]),
    ({ key }) => key,
  );
  const found = new Set(from);
  const walked = new Set<string>();
  // Grows while it is walked through.
  for (const key of found) {
    for (const { other } of beside.get(key) ?? []) if (ties.records.has(other)) found.add(other);
    for (const text of textsOf.get(key) ?? []) {
      if (walked.has(text)) continue;
      walked.add(text);
      for (const holder of holders.get(text) ?? []) found.add(holder.key);
    }
  }
  return found;
}

function claimTexts({ records, claims, overfull, identifiers }: Ties): Map<string, string[]> {
  const texts = new Map<string, string[]>();
  for (const key of records.keys()) {
    const own = [...(claims.get(key) ?? []), mergeWith(key)].map(({ text }) => text);
    texts.set(key, own);
  }
  for (const { claim, record_key } of identifiers) texts.get(record_key)?.push(claim);
  for (const [key, own] of texts) {
    texts.set(
      key,
      own.filter((text) => !overfull.has(text)),
    );
  }
  return texts;
}

const valuesNamedMax = 3;

/** One error for each of these records of the batch, with the values that most of what they lead to has in common. */
export function beyondReach(
  changed: readonly StoredRecord[],
  { fixed, claims }: { fixed: ReadonlySet<string>; claims: ReadonlyMap<string, readonly Claim[]> },
): Problem[] {
  const counts = new Map<string, number>();
  for (const key of fixed) {
    for (const { text } of claims.get(key) ?? []) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const shared = [...counts].filter(([, count]) => count > 1).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const values = shared.slice(0, valuesNamedMax).map(([text, count]) => `${text} (${count} records)`);
  const by = values.length > 0 ? `most of all by ${values.join(", ")}` : "by scores alone";
  return changed.map(({ connection, record_key }) => ({
    connection,
    record_key,
    step: "resolve",
    class: "limit",
    fingerprint: "component too large",
    message: `More records than can be decided about at once hang together with this one (${fixed.size} were read), ${by}: who is one customer was left as it is among them`,
    remedy:
      "Block the values that are nobody's own, or lower the cut-offs, limits or caps of their rules, in mappings/identity; then run `journey-hub replay`.",
    raw_seq: null,
  }));
}
