import { readFileSync } from "node:fs";
import { z } from "zod";
import { shortHash } from "../lib/hash.ts";

/** A share that weights are made of: its logarithm must exist. */
const share = z.number().positive().max(1);
const frequencyTable = z.strictObject({
  /** The share of customers with a value that is not listed. */
  rest: share,
  /** Share of customers by value, for values on several of them. */
  values: z.record(z.string(), share),
});

const comparisonModel = z.strictObject({
  /** By level: its share among pairs of one customer (m), and of two (u). */
  levels: z.record(z.string(), z.strictObject({ m: share, u: share })),
  frequencies: frequencyTable.optional(),
});

const partyModel = z.strictObject({
  /** How probable it is that two records are one customer before anything of them is compared. */
  prior: share.max(0.999),
  /** By name of a sharing: how many pairs there are that share it and are two, for each pair that is one customer. */
  mates: z.record(z.string(), z.number().positive()),
  trained_on: z.strictObject({ records: z.number().int().min(0), customers: z.number().int().min(0) }),
  seed: z.number().int(),
  comparisons: z.record(z.string(), comparisonModel),
  /** How frequent words are in companies' names. */
  words: frequencyTable,
});

const matchModel = z.strictObject({
  apiVersion: z.literal("journey-hub/v1"),
  kind: z.literal("MatchModel"),
  person: partyModel,
  company: partyModel,
});

export type FrequencyTable = z.infer<typeof frequencyTable>;
export type ComparisonModel = z.infer<typeof comparisonModel>;
/** What training learned of one kind of party. */
export type PartyModel = z.infer<typeof partyModel>;
/** What training learned; the version is a hash of it. */
export interface MatchModel {
  version: string;
  person: PartyModel;
  company: PartyModel;
}

/** Reads the text of a model file; throws with everything wrong with it. */
export function readMatchModel(text: string, file: string): MatchModel {
  const parsed = matchModel.safeParse(parseJson(text, file));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${file} ${path.join(".")}: ${message}`);
    throw new Error(faults.join("\n"));
  }
  return matchModelOf(parsed.data.person, parsed.data.company);
}

/** Reads a model file; throws with everything wrong with it. */
export function loadMatchModel(file: string): MatchModel {
  return readMatchModel(readFileSync(file, "utf8"), file);
}

/** The two kinds' models as one, with its version. */
export function matchModelOf(person: PartyModel, company: PartyModel): MatchModel {
  const parts = { person: inOrder(person), company: inOrder(company) };
  return { version: shortHash(JSON.stringify(parts)), ...parts };
}

/** However it was put together, the same model has the same text. */
function inOrder({ prior, mates, trained_on, seed, comparisons, words }: PartyModel): PartyModel {
  return { prior, mates, trained_on, seed, comparisons, words };
}

/** The text of a model file; the same model gives the same bytes. */
export function formatMatchModel({ person, company }: MatchModel): string {
  return `${JSON.stringify({ apiVersion: "journey-hub/v1", kind: "MatchModel", person, company }, null, 2)}\n`;
}

/**
 * What a model holds of the records it was trained on: values that several customers share, how many by field. They are names, and where
 * a field compares such, birth dates, addresses and telephone numbers too.
 */
export function heldValues({ person, company }: MatchModel): Record<string, number> {
  const held: Record<string, number> = {};
  const add = (field: string, values: object = {}) => {
    const amount = Object.keys(values).length;
    if (amount > 0) held[field] = (held[field] ?? 0) + amount;
  };
  for (const { comparisons, words } of [person, company]) {
    for (const [field, { frequencies }] of Object.entries(comparisons)) add(field, frequencies?.values);
    add("word", words.values);
  }
  return held;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
