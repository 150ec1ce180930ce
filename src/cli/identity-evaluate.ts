import { basename, join } from "node:path";
import { loadConnectors } from "../../connectors/index.ts";
import { readHubFile } from "../hub/folder/config.ts";
import { type Labelled, readLabelled } from "../hub/identity/labelled.ts";
import { folderIdentity } from "../hub/identity/model-file.ts";
import { type Evaluation, evaluate, type WrongMerge } from "../identity/evaluate/evaluate.ts";
import type { Quality } from "../identity/evaluate/metrics.ts";
import { trainingRecordsMin } from "../identity/evaluate/refit.ts";
import { type IdentityRules, loadIdentityRules } from "../identity/rules.ts";
import { shippedMappings } from "../mapping/index.ts";
import { waterfall } from "./match-text.ts";
import { type Output, style, table } from "./output.ts";

/** What is to be evaluated, and by which rules. */
export interface Asked {
  file: string;
  mappings: readonly string[];
  truth: string;
  country?: string;
  train?: boolean;
  seed: number;
  examples: number;
  /** Other merge thresholds to judge. */
  at?: readonly number[];
  /** Of this folder are the rules; absent: the shipped ones. */
  data?: string;
}

/** Evaluates the identity rules on a labelled file and says how well they did. */
export async function evaluateFile(output: Output, asked: Asked): Promise<void> {
  const { file, mappings, truth, country, train, seed, examples, at } = asked;
  const rules = rulesOf(asked.data);
  const labelled = await read(output, { file, mappings, truth, ...(country ? { country } : {}) });
  if (labelled.unmapped > 0) {
    output.warn(
      `${labelled.unmapped} rows could not be mapped and are left out; the first: ${labelled.unmappedBecause}`,
    );
  }
  const evaluation = evaluate(labelled.parties, {
    rules,
    ...(train ? { trainingSeed: seed } : {}),
    examplesMax: examples,
    ...(at ? { thresholds: at } : {}),
    elapsedMs: () => performance.now(),
  });
  const { unmapped } = labelled;
  output.result({ file: basename(file), rules: rules.version, unmapped, ...evaluation }, () =>
    evaluationText(evaluation, { file, wantsTraining: train === true }),
  );
}

/** Rules of a data folder, which has to be one; without it the shipped ones, whatever lies where the command is run. */
function rulesOf(data: string | undefined): IdentityRules {
  if (data === undefined) return loadIdentityRules(join(shippedMappings, "identity", "default.yaml"));
  readHubFile(data);
  return folderIdentity(join(data, "mappings"));
}

async function read(output: Output, labelled: Parameters<typeof readLabelled>[1]): Promise<Labelled> {
  const [csv] = await loadConnectors(["csv"]);
  if (!csv) throw new Error("the CSV connector is not there");
  const bar = output.progress("read");
  return readLabelled(csv, labelled, (rows) => bar.set(rows)).finally(bar.stop);
}

function evaluationText(found: Evaluation, { file, wantsTraining }: { file: string; wantsTraining: boolean }): string {
  const { records, labelled, customers, found_customers, true_pairs, at_merge, wrong_merges } = found;
  const precision = `Precision at the merge threshold: ${share(at_merge.precision)}`;
  const verdict = at_merge.precision >= precisionAim ? style.good(precision) : style.bad(precision);
  return [
    verdict,
    `${basename(file)}: ${records} records, ${labelled} labelled; customers: ${customers} by the labels, ${found_customers} found; pairs of one customer: ${true_pairs}.`,
    comparedText(found),
    "",
    table([
      ["", "precision", "recall", "F1"],
      qualityRow("pairs that score enough", found.at_merge),
      qualityRow("pairs merged by score", found.merged),
      qualityRow("pairs with p ≥ 0.5", found.at_half),
      qualityRow("customers, by pairs", found.clustered),
      qualityRow("customers, B-cubed", found.b_cubed),
    ]),
    "",
    ...thresholdsText(found),
    blockingText(found),
    ...trainingText(found, wantsTraining),
    secondsText(found),
    ...wrongMergesText(wrong_merges),
  ].join("\n");
}

function comparedText({ compared }: Evaluation): string {
  const [first, ...others] = Object.entries(compared);
  if (first === undefined) return "Compared: nothing, for no record says anything that the rules compare.";
  const fields = [`${first[0]} in ${first[1]} records`, ...others.map(([field, amount]) => `${field} in ${amount}`)];
  return `Compared: ${fields.join(", ")}.`;
}

const precisionAim = 0.99;
const share = (value: number) => value.toFixed(4);

function qualityRow(name: string, { precision, recall, f1 }: Quality): string[] {
  return [name, share(precision), share(recall), share(f1)];
}

function thresholdsText({ thresholds }: Evaluation): string[] {
  if (thresholds.length === 0) return [];
  const rows = thresholds.flatMap(({ merge, found_customers, scored, clustered, b_cubed }) => [
    [...qualityRow(`pairs with p ≥ ${merge}`, scored), ""],
    [...qualityRow("  customers, by pairs", clustered), String(found_customers)],
    [...qualityRow("  customers, B-cubed", b_cubed), ""],
  ]);
  const head = "With another `merge:` (a conflict whose `at_most` is not below it holds nobody back)";
  return [head, table([["", "precision", "recall", "F1", "customers"], ...rows]), ""];
}

function blockingText({ blocking }: Evaluation): string {
  const { completeness, candidates_per_record: perRecord, overfull } = blocking;
  const keys = overfull.length === 1 ? "1 key is" : `${overfull.length} keys are`;
  const full =
    overfull.length > 0 ? `${keys} over-full, such as ${overfull.slice(0, 3).join(", ")}` : "no key is over-full";
  return `Blocking leads ${share(completeness)} of the true pairs together, with ${perRecord.toFixed(1)} candidates a record; ${full}.`;
}

function trainingText({ trained, records }: Evaluation, wantsTraining: boolean): string[] {
  if (!wantsTraining) {
    return records < trainingRecordsMin
      ? []
      : ["Weights were not learned from these records: `--train` does so first."];
  }
  if (trained.length > 0) return [`Weights were learned for: ${trained.join(", ")}.`];
  return [`No weights were learned: that takes ${trainingRecordsMin} records of a kind.`];
}

function secondsText({ records, seconds }: Evaluation): string {
  const { comparing, training, matching, clustering } = seconds;
  const work = comparing + matching + clustering;
  const rate = work > 0 ? `, ${Math.round(records / work)} records/s without training` : "";
  const parts = Object.entries({ comparing, training, matching, clustering });
  return `Seconds: ${parts.map(([stage, taken]) => `${stage} ${taken.toFixed(2)}`).join(", ")}${rate}.`;
}

function wrongMergesText({ count, examples }: Evaluation["wrong_merges"]): string[] {
  if (count === 0) return [];
  const joins = count === 1 ? "1 join" : `${count} joins`;
  const shown = examples.length > 0 ? ":" : "; `--examples 3` shows three.";
  return ["", `${joins} brought records of two customers together${shown}`, ...examples.flatMap(wrongMergeLines)];
}

function wrongMergeLines({ left_key, right_key, truth, claim, match }: WrongMerge): string[] {
  const because = claim === null ? "by their score" : `by the claim ${claim}`;
  return [
    `${style.bold(`${left_key} and ${right_key}`)}, of ${truth[0]} and ${truth[1]}, ${because}`,
    ...(match ? waterfall(match).map((line) => `  ${line}`) : []),
  ];
}
