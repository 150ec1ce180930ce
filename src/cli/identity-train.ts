import { join } from "node:path";
import { saveModel } from "../hub/identity/model-file.ts";
import { type LinkExample, type Training, trainIdentity } from "../hub/identity/train.ts";
import { heldValues } from "../identity/model.ts";
import { bits } from "./match-text.ts";
import { withReading } from "./open.ts";
import { type Output, style, table } from "./output.ts";

/** Learns weights from a folder's records, shows what would change, and takes them into use where that is asked for. */
export async function train(
  data: string,
  output: Output,
  { seed, use }: { seed: number; use: boolean },
): Promise<void> {
  const read = output.progress("read");
  const learn = output.progress("learn", 100);
  const onRead = (records: number) => read.set(records);
  const onLearned = (_: string, share: number) => learn.set(Math.round(share * 100));
  const { training, rules } = await withReading(data, async (hub) => {
    const trained = await trainIdentity(hub, { seed, onRead, onLearned });
    return { training: trained, rules: hub.rules.identity };
  }).finally(() => [read, learn].map(({ stop }) => stop()));
  const files = use ? saveModel(join(data, "mappings"), rules, training.model) : [];
  const { model, ...shown } = training;
  const holds = heldValues(model);
  output.result({ ...shown, model: model.version, holds, written: files }, () => trainingText(training, files));
}

function trainingText({ seed, records, trained, weights, links, model }: Training, files: readonly string[]): string {
  const heads = ["kind", "field", "level", "bits now", "bits learned"];
  const rows = weights.map(({ kind, field, level, before, after }) => [kind, field, level, bits(before), bits(after)]);
  const left = trained.length === 1 ? "; of the other kind there are too few, its weights stay" : "";
  return [
    table([heads, ...rows]),
    "",
    `Learned from ${records.person} persons' and ${records.company} companies' records with the seed ${seed}${left}.`,
    `${links.before} pairs of records are one customer by the weights now, ${links.after} would be by those learned: ${links.come} would come, ${links.go} would go.`,
    ...links.examples.come.map((example) => `  comes: ${exampleText(example)}`),
    ...links.examples.go.map((example) => `  goes:  ${exampleText(example)}`),
    files.length === 0
      ? "Nothing is changed. `journey-hub identity train --use` takes these weights into use."
      : style.good(`✓ wrote ${files.join(" and ")}. ${whatFollows}`),
    holdsText(heldValues(model)),
  ].join("\n");
}

const whatFollows =
  "Stop the hub where one runs, and run `journey-hub replay`: it decides by the new weights who is one customer, what people have decided aside.";

/** @example holdsText({ first_name: 2, word: 1 }) */
export function holdsText(holds: Readonly<Record<string, number>>): string {
  const parts = Object.entries(holds).map(([field, amount]) => `${amount} of ${field}`);
  const all = Object.values(holds).reduce((sum, amount) => sum + amount, 0);
  const list = parts.length > 0 ? ` (${parts.join(", ")})` : "";
  return `The model holds ${all} names and other values that several customers share${list}: it is personal data, as the records are.`;
}

function exampleText({ left_key, right_key, before, after }: LinkExample): string {
  const shown = (match: LinkExample["before"]) => (match ? match.probability.toFixed(4) : "—");
  return `${left_key} and ${right_key}, p ${shown(before)} → ${shown(after)}`;
}
