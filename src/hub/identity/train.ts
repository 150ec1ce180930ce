import { and, asc, gt, inArray, isNull } from "drizzle-orm";
import type { PartyKind } from "../../identity/comparable.ts";
import { pairAgreement } from "../../identity/evaluate/metrics.ts";
import {
  addParty,
  clusterSet,
  emptySet,
  foundersOf,
  joinsOf,
  matchSet,
  type PartySet,
} from "../../identity/evaluate/party-sets.ts";
import { type Refit, refit, trainingRecordsMin } from "../../identity/evaluate/refit.ts";
import type { OverrideBond } from "../../identity/group/bonds.ts";
import { partyOf } from "../../identity/group/claims.ts";
import type { Cluster } from "../../identity/group/cluster.ts";
import { createMatching, type Matching } from "../../identity/matching.ts";
import type { MatchModel } from "../../identity/model.ts";
import { type IdentityRules, withModel } from "../../identity/rules.ts";
import type { Match } from "../../identity/score/score.ts";
import { storedRecord } from "../../pipeline/records.ts";
import { ConfigError } from "../folder/config.ts";
import type { Hub } from "../hub.ts";

/** What training on a folder's own records gives, and what would change if it were used. */
export interface Training {
  seed: number;
  records: Record<PartyKind, number>;
  trained: readonly PartyKind[];
  /** Of every level the weight in bits, as used and as learned; those of kinds that were not trained are left out. */
  weights: readonly WeightChange[];
  links: LinkChange;
  model: MatchModel;
}

export interface WeightChange {
  kind: PartyKind;
  /** `prior` for the weight before anything is compared. */
  field: string;
  level: string;
  before: number;
  after: number;
}

/** Pairs of records that are one customer now and would be then. */
export interface LinkChange {
  before: number;
  after: number;
  come: number;
  go: number;
  examples: { come: readonly LinkExample[]; go: readonly LinkExample[] };
}

export interface LinkExample {
  left_key: string;
  right_key: string;
  before: Match | null;
  after: Match | null;
}

export interface TrainingOptions {
  seed: number;
  /** Told how many records are read. */
  onRead?: (records: number) => void;
  /** Told how much of a kind's training is done, 0 to 1. */
  onLearned?: (kind: PartyKind, share: number) => void;
}

/**
 * Learns the weights of matching anew from the records of a data folder, and tells what would change; nothing is written. The same for the
 * same records and seed. Throws ConfigError where there is too little to learn from.
 */
export async function trainIdentity(
  { store, rules: { identity }, pipeline }: Hub,
  { seed, onRead, onLearned }: TrainingOptions,
): Promise<Training> {
  if (!identity.model) throw new ConfigError("The identity file has no `match:` part: there are no weights to learn.");
  const sets = await readSets({ store, pipeline }, identity, onRead);
  const records = { person: sizeOf(sets, "person"), company: sizeOf(sets, "company") };
  if (Math.max(records.person, records.company) < trainingRecordsMin) {
    throw new ConfigError(
      `There are ${records.person} persons' and ${records.company} companies' records; weights can be learned from ${trainingRecordsMin} of a kind on. Those in use stay.`,
    );
  }
  const learned = refit(sets, identity, { seed, ...(onLearned ? { onProgress: onLearned } : {}) });
  return {
    seed,
    records,
    trained: learned.trained,
    weights: weightChanges(identity.model, learned),
    links: linkChange(sets, [identity, withModel(identity, learned.model)], await readOverrides(store)),
    model: learned.model,
  };
}

const recordsPerPage = 1_000;
const pagesMax = 10_000_000;

/** Party records that count for matching: none that anybody may have sent. */
async function readSets(
  { store, pipeline }: Pick<Hub, "store" | "pipeline">,
  rules: IdentityRules,
  onRead: ((records: number) => void) | undefined,
): Promise<PartySet[]> {
  const sets: Record<PartyKind, PartySet> = { person: emptySet("person"), company: emptySet("company") };
  const { records } = store.tables;
  let last = "";
  for (let n = 0; n < pagesMax; n++) {
    const rows = await store.db
      .select()
      .from(records)
      .where(and(gt(records.record_key, last), inArray(records.kind, ["contact", "company"])))
      .orderBy(asc(records.record_key))
      .limit(recordsPerPage);
    for (const row of rows) {
      last = row.record_key;
      const party = pipeline.isPublic(row.record_key) ? null : partyOf(storedRecord(row));
      const isMergedAway = row.merged_into !== null;
      if (party) addParty(sets[party.kind], { key: row.record_key, party, isMergedAway }, rules);
    }
    onRead?.(sets.person.records.length + sets.company.records.length);
    if (rows.length < recordsPerPage) return [sets.person, sets.company];
  }
  throw new Error(`more than ${pagesMax * recordsPerPage} records; this is a fault in the hub`);
}

async function readOverrides({ db, tables: { overrides } }: Hub["store"]): Promise<OverrideBond[]> {
  const rows = await db.select().from(overrides).where(isNull(overrides.revoked_at)).orderBy(asc(overrides.id));
  return rows.flatMap(({ kind, revoked_at: _, revoked_by: __, revoked_reason: ___, ...row }) =>
    kind === "must_link" || kind === "cannot_link" ? [{ ...row, kind }] : [],
  );
}

function sizeOf(sets: readonly PartySet[], kind: PartyKind): number {
  return sets.find((set) => set.kind === kind)?.records.length ?? 0;
}

function weightChanges(before: MatchModel, { model: after, trained }: Refit): WeightChange[] {
  return trained.flatMap((kind): WeightChange[] => [
    { kind, field: "prior", level: "", before: odds(before[kind].prior), after: odds(after[kind].prior) },
    ...Object.entries(after[kind].comparisons).flatMap(([field, { levels }]) =>
      Object.entries(levels).map(([level, share]) => {
        const old = before[kind].comparisons[field]?.levels[level];
        return { kind, field, level, before: old ? bits(old) : 0, after: bits(share) };
      }),
    ),
  ]);
}

const bits = ({ m, u }: { m: number; u: number }) => Math.log2(m / u);
const odds = (probability: number) => Math.log2(probability / (1 - probability));

const examplesMax = 5;

interface Side {
  clusters: Cluster[];
  founders: Int32Array;
  matching: Matching | null;
}

/** What of the customers would change from the first rules to the second. */
function linkChange(
  sets: readonly PartySet[],
  [old, learned]: readonly [IdentityRules, IdentityRules],
  overrides: readonly OverrideBond[],
): LinkChange {
  const change: LinkChange = { before: 0, after: 0, come: 0, go: 0, examples: { come: [], go: [] } };
  for (const set of sets) {
    const before = sideOf(set, old, overrides);
    const after = sideOf(set, learned, overrides);
    const { right, said, wanted } = pairAgreement(after.founders, before.founders);
    change.before += wanted;
    change.after += said;
    change.come += said - right;
    change.go += wanted - right;
    const { come, go } = change.examples;
    change.examples = {
      come: [...come, ...examplesOf(set, { from: before, to: after, shown: { before, after } })],
      go: [...go, ...examplesOf(set, { from: after, to: before, shown: { before, after } })],
    };
  }
  return change;
}

function sideOf(set: PartySet, rules: IdentityRules, overrides: readonly OverrideBond[]): Side {
  const matching = createMatching(rules);
  const clusters = clusterSet(matchSet(set, rules), rules, matching, overrides);
  return { clusters, founders: foundersOf(clusters, set), matching };
}

/** Joins of one side whose records are apart on the other. */
function examplesOf(
  { records }: PartySet,
  { from, to, shown }: { from: Side; to: Side; shown: { before: Side; after: Side } },
): LinkExample[] {
  const found = joinsOf(to.clusters).filter(({ left, right }) => from.founders[left] !== from.founders[right]);
  return found.slice(0, examplesMax).flatMap(({ left, right }): LinkExample[] => {
    const [one, other] = [records[left], records[right]];
    if (!one || !other) return [];
    const score = ({ matching }: Side) => matching?.score(one.comparable, other.comparable) ?? null;
    return [{ left_key: one.key, right_key: other.key, before: score(shown.before), after: score(shown.after) }];
  });
}
