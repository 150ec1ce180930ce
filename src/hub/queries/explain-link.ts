import { z } from "zod";
import type { LinkEvidence } from "../../identity/group/cluster.ts";
import type { FieldWeight } from "../../identity/score/score.ts";
import type { Hub } from "../hub.ts";

/** How a score came about, in bits: before anything is compared, and what each field adds. */
export interface Waterfall {
  prior: number;
  fields: FieldWeight[];
}

/** One step from a record to another that is the same customer. */
export interface PathStep {
  from: string;
  to: string;
  evidence: LinkEvidence;
  /** Of a score, what it is made of; null where something else joined them. */
  waterfall: Waterfall | null;
}

const kept = z.object({
  prior: z.number(),
  fields: z.array(z.object({ field: z.string(), level: z.string(), weight: z.number(), frequency: z.number() })),
});

/** What the scores that joined records are made of, by `pairOf` them. */
export async function waterfalls(
  { store }: Hub,
  links: readonly { record_key: string; evidence: LinkEvidence }[],
): Promise<Map<string, Waterfall>> {
  const pairs = links.flatMap(({ record_key, evidence }) =>
    evidence.match && evidence.with !== null ? [pairOf(record_key, evidence.with)] : [],
  );
  const rows = await store.byKey("matches", "left_key", [...new Set(pairs.map(([left]) => left))]);
  const wanted = new Set(pairs.map((pair) => pair.join("\n")));
  return new Map(
    rows
      .map(({ left_key, right_key, document }) => [`${left_key}\n${right_key}`, document] as const)
      .filter(([pair]) => wanted.has(pair))
      .map(([pair, document]) => [pair, kept.parse(JSON.parse(document))]),
  );
}

/** Two records in the order in which pairs are kept. */
export function pairOf(a: string, b: string): [left: string, right: string] {
  return a < b ? [a, b] : [b, a];
}

/**
 * The steps that lead from one record of a customer to another: each record hangs on one that was there before it, so there is one way.
 * Null where one of them is not the customer's.
 */
export async function pathBetween(
  hub: Hub,
  customerId: string,
  { from, to }: { from: string; to: string },
): Promise<PathStep[] | null> {
  const rows = await hub.store.byKey("links", "customer_id", [customerId]);
  const links = rows.map(({ record_key, evidence }) => ({
    record_key,
    evidence: JSON.parse(evidence) as LinkEvidence,
  }));
  const evidenceOf = new Map(links.map(({ record_key, evidence }) => [record_key, evidence]));
  if (!evidenceOf.has(from) || !evidenceOf.has(to)) return null;
  const [up, down] = [wayToFounder(from, evidenceOf), wayToFounder(to, evidenceOf)];
  const meeting = up.find((key) => down.includes(key));
  if (meeting === undefined) return null;
  const scores = await waterfalls(hub, links);
  // A link's evidence is the younger record's, whichever way it is walked.
  const step = (start: string, end: string, younger: string): PathStep[] => {
    const evidence = evidenceOf.get(younger);
    if (!evidence) return [];
    const waterfall = scores.get(pairOf(start, end).join("\n")) ?? null;
    return [{ from: start, to: end, evidence, waterfall }];
  };
  const rising = up.slice(0, up.indexOf(meeting) + 1);
  const falling = down.slice(0, down.indexOf(meeting) + 1).reverse();
  return [
    ...rising.slice(1).flatMap((key, n) => step(rising[n] ?? "", key, rising[n] ?? "")),
    ...falling.slice(1).flatMap((key, n) => step(falling[n] ?? "", key, key)),
  ];
}

/** The record, what it hangs on, what that hangs on, to the one that founded the customer. */
function wayToFounder(start: string, evidenceOf: ReadonlyMap<string, LinkEvidence>): string[] {
  const way = [start];
  for (let at = evidenceOf.get(start)?.with; at && !way.includes(at); at = evidenceOf.get(at)?.with) way.push(at);
  return way;
}
