import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildWorld } from "../../src/connector/testing/adventureworks/index.ts";
import type { Comparable } from "../../src/identity/comparable.ts";
import { isComparedField } from "../../src/identity/compare/levels.ts";
import type { MatchRules } from "../../src/identity/match-rules.ts";
import type { FrequencyTable, MatchModel, PartyModel } from "../../src/identity/model.ts";
import { formatMatchModel, matchModelOf } from "../../src/identity/model.ts";
import { readIdentityRules } from "../../src/identity/rules.ts";
import { createPairScorer } from "../../src/identity/score/pair-scorer.ts";
import { assumedFor } from "../../src/identity/score/weights.ts";
import { rounded } from "../../src/identity/train/estimate.ts";
import { trainModel } from "../../src/identity/train/train.ts";
import { packageRoot } from "../../src/lib/package-root.ts";
import { writtenCompanies, writtenPersons } from "./identity.written.ts";

/*
 * Makes mappings/identity/default.model.json: `node --conditions=journey-hub-source --import tsx test/bench/identity.model.ts`
 * Weights learned from the AdventureWorks sample (MIT) as several systems would have written it; the same bytes each time.
 */

const folder = join(packageRoot, "mappings", "identity");
const seed = 7;

/** One in so many pairs: what a base of some twenty thousand customers has. Larger ones are for `identity train`. */
const prior = 1 / 40_000;

/** Of these the sample's values are the sample's own; their weights hold anywhere, their frequencies do not. */
const ownValues = new Set(["birth_date", "email", "phone", "street", "place", "employer", "company_name", "domain"]);
/** Elsewhere other values are frequent: how many times as much as on average one may be worth for being rare here. */
const rarityMax: Readonly<Record<string, number>> = { first_name: 2, last_name: 2, birth_date: 1 };
const rarityMaxElse = 8;
/**
 * First names that are far more frequent almost anywhere than among the sample's people: of ten thousand, half as many as at the census of
 * the United States of 1990, since a base is half of elsewhere.
 */
const commonFirstNames: Readonly<Record<string, number>> = {
  ...{
    james: 83,
    john: 82,
    robert: 79,
    michael: 66,
    mary: 66,
    william: 61,
    david: 59,
    richard: 43,
    charles: 38,
    joseph: 35,
  },
  ...{
    thomas: 35,
    patricia: 27,
    christopher: 26,
    linda: 26,
    barbara: 25,
    daniel: 24,
    paul: 24,
    mark: 23,
    elizabeth: 23,
  },
};
/** Surnames likewise: of ten thousand, as many as at the census of the United States of 2010; elsewhere others are as frequent. */
const commonLastNames: Readonly<Record<string, number>> = {
  ...{
    smith: 83,
    johnson: 66,
    williams: 55,
    brown: 49,
    jones: 48,
    garcia: 40,
    miller: 39,
    davis: 38,
    rodriguez: 37,
    martinez: 36,
  },
};
/** Of a word that is not known to be common in companies' names. */
const wordShare = 1 / 2048;

/** The model that ships, made anew. */
export function makeDefaultModel(): MatchModel {
  const rules = readIdentityRules(readFileSync(join(folder, "default.yaml"), "utf8"), "default.yaml");
  if (Array.isArray(rules)) throw new Error(rules.map(({ message }) => message).join("\n"));
  const world = buildWorld({ scale: "full", seed, epoch: "2026-01-01T00:00:00.000Z" });
  return matchModelOf(
    forAnywhere(trained(writtenPersons(world.persons, seed), rules.person.match)),
    forAnywhere(trained(writtenCompanies(world.companies, seed), rules.company.match)),
  );
}

const commonNames: Readonly<Record<string, typeof commonFirstNames>> = {
  first_name: commonFirstNames,
  last_name: commonLastNames,
};

type Levels = PartyModel["comparisons"][string]["levels"];

/** Learned without labels, as by anybody, but for how records of one party differ: of the sample that is known. */
function trained(owners: readonly (readonly Comparable[])[], rules: MatchRules | undefined): PartyModel {
  if (!rules) throw new Error("the shipped identity file compares nothing");
  const model = trainModel(owners.flat(), rules, { seed });
  const own = ownShares(owners, rules, model);
  const comparisons = Object.entries(model.comparisons).map(([field, { levels, ...rest }]) => {
    const known = Object.entries(levels).map(([level, { u }]) => [level, { m: own(field, level), u }] as const);
    return [field, { levels: Object.fromEntries(known), ...rest }] as const;
  });
  return { ...model, comparisons: Object.fromEntries(comparisons) };
}

/** What is assumed of a field counts as much as so many pairs. */
const assumedPairs = 20;

/** Gives the share of a field's level among all pairs of records of one party. */
function ownShares(owners: readonly (readonly Comparable[])[], rules: MatchRules, model: PartyModel) {
  const scorer = createPairScorer(rules, model);
  const counts = new Map<string, number>();
  const count = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const rows of owners.map((records) => records.map(scorer.prepare))) {
    for (const [n, row] of rows.entries()) {
      for (const other of rows.slice(n + 1)) {
        for (const { field, level } of scorer.details(row, other).fields) {
          count(field);
          count(`${field} ${level}`);
        }
      }
    }
  }
  const assumed = new Map(
    rules.comparisons.map(({ field, levels }) => [field as string, assumedFor(field, levels)] as const),
  );
  return (field: string, level: string): number => {
    const before = assumed.get(field)?.get(level)?.m ?? 0;
    return ((counts.get(`${field} ${level}`) ?? 0) + before * assumedPairs) / ((counts.get(field) ?? 0) + assumedPairs);
  };
}

function forAnywhere(model: PartyModel): PartyModel {
  const comparisons = Object.entries(model.comparisons).map(([field, { levels: learned, frequencies }]) => {
    const levels = tempered(field, learned);
    if (!frequencies) return [field, { levels }] as const;
    const u = Object.values(levels)[0]?.u ?? 1;
    const table: FrequencyTable = {
      rest: Math.max(frequencies.rest, Number((u / (rarityMax[field] ?? rarityMaxElse)).toPrecision(6))),
      values: ownValues.has(field) ? {} : withCommonNames(frequencies.values, commonNames[field]),
    };
    return [field, { levels, frequencies: table }] as const;
  });
  // How many share a home or an office was invented too: the rules say it. Which words are common among the sample's firms, who trade in
  // one thing, holds for no others.
  return {
    ...model,
    prior,
    mates: {},
    comparisons: Object.fromEntries(comparisons),
    words: { rest: wordShare, values: {} },
  };
}

/** The most frequent first. */
function withCommonNames(
  sampled: FrequencyTable["values"],
  common: Readonly<Record<string, number>> = {},
): FrequencyTable["values"] {
  const shares = new Map(Object.entries(sampled));
  for (const [name, count] of Object.entries(common)) shares.set(name, Math.max(shares.get(name) ?? 0, count / 10_000));
  return Object.fromEntries([...shares].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)));
}

/** How people err here was invented, so it counts as much as what is assumed of all, and no more. */
function tempered(field: string, levels: Levels): Levels {
  if (!isComparedField(field)) throw new Error(`${field} is no field`);
  const assumed = assumedFor(field, Object.keys(levels));
  const last = assumed.size - 1;
  return Object.fromEntries(
    Object.entries(levels).map(([level, { m, u }], at) => {
      const elsewhere = assumed.get(level) ?? { m, u };
      // More is half alike elsewhere than in a sample of few names and places.
      const coincidence = at === 0 || at === last ? u : Math.max(u, elsewhere.u);
      const least = contrary.has(level) && !decisive.has(field) ? contraryMin * u : 0;
      return [
        level,
        {
          m: rounded(Math.max((m + elsewhere.m) / 2, least)),
          u: rounded(fictional.has(field) ? elsewhere.u : coincidence),
        },
      ];
    }),
  );
}

/**
 * How often records of one party contradict each other differs most from base to base: where it was not learned, a field says no more than
 * eight to one against two records, unless it is what names them.
 */
const contraryMin = 1 / 8;
const decisive: ReadonlySet<string> = new Set(["national_id", "tax_number", "company_name"]);
const contrary: ReadonlySet<string> = new Set(["apart", "different"]);

/** Numbers set aside for fiction are alike but for a few digits, as those of real telephones are not. */
const fictional: ReadonlySet<string> = new Set(["phone"]);

if (process.argv[1]?.endsWith("identity.model.ts")) {
  writeFileSync(join(folder, "default.model.json"), formatMatchModel(makeDefaultModel()));
}
