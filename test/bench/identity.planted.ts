/* Planted records of `bench identity`, in a process of their own. Arguments: records, seed of the records, seed of the training or `shipped`. */

import { join } from "node:path";
import { evaluate, type LabelledParty, thresholdMin, type WrongMerge } from "../../src/identity/evaluate/evaluate.ts";
import { partyOf } from "../../src/identity/group/claims.ts";
import { loadIdentityRules } from "../../src/identity/rules.ts";
import { packageRoot } from "../../src/lib/package-root.ts";
import { plantedRecords } from "../fixtures/identity/planted/plant.ts";
import type { PlantedRecord } from "../fixtures/identity/planted/record.ts";
import { figuresOf, processorMs } from "./identity.figures.ts";
import { print } from "./measure.ts";

const [records = 0, seed = 0] = process.argv.slice(2, 4).map(Number);
const training = process.argv[4] ?? "shipped";

/** Why records went wrong, and who would be merged sooner, is told of sets up to this size: what it takes to tell is kept for every record. */
const explainedMax = 100_000;
const isExplained = records <= explainedMax;

const planted = new Map<string, PlantedRecord>();
const founderOf = new Map<string, string>();
/** What making the records took, while they were asked for: it is not the engine's. */
let makingMs = 0;
const found = evaluate(labelled(), {
  rules: loadIdentityRules(join(packageRoot, "mappings", "identity", "default.yaml")),
  ...(training === "shipped" ? {} : { trainingSeed: Number(training) }),
  examplesMax: isExplained ? Number.POSITIVE_INFINITY : 0,
  thresholds: isExplained ? [thresholdMin] : [],
  elapsedMs: processorMs,
  onFound(key, founder) {
    if (isExplained) founderOf.set(key, founder);
  },
});
print({
  ...figuresOf(found, makingMs / 1_000),
  ...(isExplained ? { wrong: tally(found.wrong_merges.examples.map(neighbours)), missed: tally(missed()) } : {}),
});

/** Made a thousand at a time, so that the clock is not looked at for each. */
function* labelled(): Generator<LabelledParty> {
  const source = plantedRecords({ records, seed });
  for (let made = madeNext(source); made.length > 0; made = madeNext(source)) yield* made;
}

function madeNext(source: Iterator<PlantedRecord>): LabelledParty[] {
  const begun = processorMs();
  const made: LabelledParty[] = [];
  for (let next = source.next(); !next.done; next = source.next()) {
    const record = next.value;
    const party = partyOf(record);
    if (!party) throw new Error(`${record.key} is no party`);
    if (isExplained) planted.set(record.key, { ...record });
    made.push({ key: record.key, party, truth: record.truth });
    if (made.length === 1_000) break;
  }
  makingMs += processorMs() - begun;
  return made;
}

/** What two records that were wrongly joined have in common. */
function neighbours({ left_key, right_key, claim }: WrongMerge): string {
  const [left, right] = [planted.get(left_key), planted.get(right_key)];
  if (!left || !right) return "unknown";
  const how = claim === null ? "by score" : `by ${claim.slice(0, claim.indexOf(":"))}`;
  if (left.circle.id !== right.circle.id) return `${left.kind === "company" ? "firms" : "strangers"} ${how}`;
  if (left.kind === "company") return `mother and daughter ${how}`;
  const names = [left, right].map(({ fields }) => ("first_name" in fields ? (fields.first_name ?? "") : ""));
  const isNamesake = names[0] !== "" && names[0] === names[1];
  return `${left.circle.kind}${isNamesake ? " of one first name" : ""} ${how}`;
}

/** Of every record that its customer has lost: how it, or what it was to be found by, differs from the truth. */
function missed(): string[] {
  const byTruth = new Map<string, PlantedRecord[]>();
  for (const record of planted.values()) byTruth.set(record.truth, [...(byTruth.get(record.truth) ?? []), record]);
  return [...byTruth.values()].flatMap((members) => {
    const sizes = new Map<string, number>();
    for (const { key } of members) sizes.set(place(key), (sizes.get(place(key)) ?? 0) + 1);
    const [largest = ""] = [...sizes].sort(([, a], [, b]) => b - a)[0] ?? [];
    const lost = members.filter(({ key }) => place(key) !== largest);
    return lost.flatMap(({ changes, kind }) =>
      (changes.length > 0 ? changes : ["nothing"]).map((why) => `${kind}: ${why}`),
    );
  });
}

function place(key: string): string {
  return founderOf.get(key) ?? key;
}

function tally(reasons: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of [...reasons].sort()) counts[reason] = (counts[reason] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
}
