import { type Command, InvalidArgumentError } from "commander";
import { thresholdMin } from "../../identity/evaluate/evaluate.ts";
import { isCountry } from "../../mapping/index.ts";
import { type Asked, evaluateFile } from "../identity-evaluate.ts";
import { train } from "../identity-train.ts";
import { action, withCommon, withJson } from "../verb.ts";
import { addDeciding } from "./identity-decide.ts";

interface EvaluateOptions extends Omit<Asked, "file" | "mappings"> {
  json: boolean;
  mapping: string[];
}

interface TrainOptions {
  json: boolean;
  data: string;
  seed: number;
  use?: boolean;
}

/** `identity`: how well customers are found, weights learned from one's own records, and what people decide about who is one. */
export function addIdentity(program: Command): void {
  const identity = program
    .command("identity")
    .description(
      "decide by hand who is one customer; measure how well the rules find it, and learn from your own records how to weigh them",
    )
    .addHelpText("after", help);
  addEvaluate(identity);
  addTrain(identity);
  addDeciding(identity);
}

const help = `
All know --json and --data. What people decide stands over the rules; customers, timelines, stages and scores follow, and nothing is lost.

  journey-hub identity reviews
  journey-hub identity link hubspot:contacts:1001 erp:customer:2211 --reason "asked both"
  journey-hub identity unmerge hubspot:contacts:1001 --reason "her brother"
  journey-hub identity evaluate people.csv --mapping people.yaml --truth person_id
  journey-hub identity train --data ./data`;

function addEvaluate(identity: Command): void {
  withJson(identity.command("evaluate"))
    .description(
      "find the customers of a labelled CSV file by the rules and compare them with the labels; needs no data folder",
    )
    .argument("<file>", "CSV file with a column that says whose record a row is")
    .requiredOption(
      "--mapping <file>",
      "mapping file of its rows; several times where `when:` tells them apart",
      gather,
    )
    .requiredOption("--truth <column>", "the column with the labels; rows without one take part and are not counted")
    .option("--country <code>", "ISO 3166 country of phone numbers without a prefix", parseCountry)
    .option("--train", "learn the weights from the records (not from the labels) first")
    .option("--seed <n>", "seed of the training", parseCount, 1)
    .option("--examples <n>", "how many wrong merges to show, the worst first", parseCount, 3)
    .option(
      "--at <p,p…>",
      "judge the customers found with these merge thresholds as well: 0.5,0.9,0.999; a conflict holds nobody back below its `at_most`",
      parseThresholds,
    )
    .option("--data <folder>", "use this data folder's identity rules and model, not the shipped ones")
    .action(
      action<EvaluateOptions, [string]>(async ({ output }, options, file) => {
        await evaluateFile(output, { ...options, file, mappings: options.mapping });
        return undefined;
      }),
    );
}

function addTrain(identity: Command): void {
  withCommon(identity.command("train"))
    .description("learn weights from the folder's own records and show what would change; --use takes them into use")
    .option("--seed <n>", "seed of the training: the same records and seed give the same weights", parseCount, 1)
    .option("--use", "write the weights to mappings/identity; they count from the next start and replay on")
    .action(
      action<TrainOptions, []>(async ({ data, output }, { seed, use }) => {
        await train(data, output, { seed, use: use === true });
        return undefined;
      }),
    );
}

function gather(file: string, before: string[] = []): string[] {
  return [...before, file];
}

function parseCountry(text: string): string {
  if (!isCountry(text)) throw new InvalidArgumentError("Write an ISO 3166 code: US, DE.");
  return text;
}

function parseThresholds(text: string): number[] {
  const thresholds = text.split(",").map(Number);
  if (!thresholds.every((each) => each >= thresholdMin && each < 1)) {
    throw new InvalidArgumentError(
      `Write probabilities from ${thresholdMin} to below 1, with commas between them: 0.5,0.9.`,
    );
  }
  return thresholds;
}

function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It is no whole number.");
  return Number(text);
}
