import { z } from "zod";
import { blockParts } from "./block/block-parts.ts";
import { comparedFields, isComparedField, levelsOf } from "./compare/levels.ts";

const probability = z.number().min(0).max(1);
const fieldName = z.enum(comparedFields);
/** Levels by field: true of a pair that stands on one of them in every field named. They may be levels that the comparisons leave out. */
const standing = z.partialRecord(fieldName, z.array(z.string()).min(1));

const blockingRule = z.strictObject({
  name: z.string().regex(/^[a-z0-9_]+$/),
  /** Parts that together make the key; a party without one of them has no key of this rule. */
  of: z.array(z.enum(blockParts)).min(1).max(4),
  /** A key on more records than this finds nobody. */
  cap: z.number().int().min(2),
});

const comparison = z.strictObject({
  field: fieldName,
  /** Best first, the last is `different`. A pair on a level that is left out stands on the next weaker one. */
  levels: z.array(z.string()).min(2),
  /** Agreement on a rare value weighs more than on a frequent one. */
  frequency: z.boolean().optional(),
});

const sharing = z.strictObject({
  name: z.string().regex(/^[a-z0-9_]+$/),
  /** Fields that agree among all who share the thing: they tell who lives or works there, and not which of them. */
  of: z.array(fieldName).min(1),
  /**
   * One of them, which names the thing: of two who do not both have it nothing is shared. Where the model has learned how many share it, they
   * are the more, the more frequent the value is: a large employer has more people of one name than a small one.
   */
  by: fieldName.optional(),
  /** How many others share it for each further record of one's own, where the model has not learned it. */
  mates: z.number().min(0.001).max(1000),
});

const conflict = z.strictObject({
  name: z.string().regex(/^[a-z0-9_]+$/),
  when: standing,
  /** Lifted where all of any one of these holds. */
  unless: z.array(standing).optional(),
  /** How probable a pair in conflict is held at most: below `merge`, so that nothing but a person or a claim joins the two. */
  at_most: probability,
  /** No two records of one customer may stand so, whatever lies between them: it holds across others, and against claims that ask names. */
  keeps_apart: z.boolean().optional(),
  /**
   * By name of a sharing: void where the model has learned that there are fewer mates than this of every kind named, so that there is nobody
   * whom the conflict could keep apart. What is not learned may be.
   */
  mates_min: z.record(z.string(), z.number().positive()).optional(),
  /** Void only where the model has also learned that of pairs that are one at least this share stands so all the same. */
  own_min: probability.optional(),
});

/** How records are found, compared and judged that share no claim: the `match:` part of an identity file. */
export const matchRules = z
  .strictObject({
    /** From this probability on two records are one customer. */
    merge: probability,
    /** From this probability on, and below `merge`, a person is asked. */
    review: probability,
    /** Name of the model, `<name>.model.json` beside this file. */
    model: z.string().regex(/^[\w-]+$/),
    blocking: z.array(blockingRule).min(1).max(32),
    comparisons: z.array(comparison).min(1),
    /** Who else two records may be of: not only of any two, but of two who share a home, a mailbox, an office. */
    shared: z.array(sharing).default([]),
    conflicts: z.array(conflict).default([]),
  })
  .check(({ value, issues }) => {
    for (const { path, message } of faultsOf(value)) issues.push({ code: "custom", input: value, path, message });
  });

export type MatchRules = z.infer<typeof matchRules>;
export type BlockingRule = z.infer<typeof blockingRule>;
export type ConflictRule = z.infer<typeof conflict>;

interface Fault {
  path: (string | number)[];
  message: string;
}

function faultsOf(rules: MatchRules): Fault[] {
  const { merge, review, blocking, comparisons, shared, conflicts } = rules;
  return [
    ...(review < merge ? [] : [{ path: ["review"], message: "must be below merge" }]),
    ...repeated(blocking, "name", "blocking"),
    ...repeated(comparisons, "field", "comparisons"),
    ...repeated(shared, "name", "shared"),
    ...repeated(conflicts, "name", "conflicts"),
    ...comparisons.flatMap(({ field, levels }, n) => levelFaults(field, levels, ["comparisons", n, "levels"])),
    ...shared.flatMap(({ of, by }, n) => {
      const unknown = of.find((field) => !comparisons.some((each) => each.field === field));
      if (unknown) return [{ path: ["shared", n, "of"], message: `the comparisons have no ${unknown}` }];
      return by === undefined || of.includes(by) ? [] : [{ path: ["shared", n, "by"], message: "must be one of `of`" }];
    }),
    ...conflicts.flatMap((each, n) => conflictFaults(each, rules, ["conflicts", n])),
  ];
}

function repeated<K extends string>(list: readonly Record<K, string>[], key: K, part: string): Fault[] {
  return list.flatMap((each, n) =>
    list.findIndex((other) => other[key] === each[key]) === n
      ? []
      : [{ path: [part, n, key], message: `${each[key]} is there twice` }],
  );
}

function levelFaults(
  field: MatchRules["comparisons"][number]["field"],
  levels: string[],
  path: Fault["path"],
): Fault[] {
  const known = levelsOf(field);
  const places = levels.map((level) => known.indexOf(level));
  const unknown = places.indexOf(-1);
  if (unknown >= 0) return [{ path: [...path, unknown], message: `${field} knows the levels ${known.join(", ")}` }];
  if (places.some((place, n) => n > 0 && place <= (places[n - 1] ?? 0)))
    return [{ path, message: `levels come best first: ${known.join(", ")}` }];
  return levels.at(-1) === "different" ? [] : [{ path, message: "the last level must be different" }];
}

function conflictFaults(
  { when, unless = [], at_most, mates_min = {} }: ConflictRule,
  rules: MatchRules,
  path: Fault["path"],
): Fault[] {
  const faults: Fault[] = Object.keys(when).length > 0 ? [] : [{ path: [...path, "when"], message: "names no field" }];
  if (at_most >= rules.merge) faults.push({ path: [...path, "at_most"], message: "must be below merge" });
  for (const name of Object.keys(mates_min)) {
    if (!rules.shared.some((each) => each.name === name))
      faults.push({ path: [...path, "mates_min", name], message: `shared has no ${name}` });
  }
  const places: [Fault["path"], ConflictRule["when"]][] = [
    [["when"], when],
    ...unless.map((each, n) => [["unless", n], each] satisfies (typeof places)[number]),
  ];
  for (const [part, standing] of places) {
    for (const [field, levels] of Object.entries(standing)) {
      const isCompared = isComparedField(field) && rules.comparisons.some((each) => each.field === field);
      const known = isCompared ? levelsOf(field) : [];
      const unknown = isCompared ? levels.find((level) => !known.includes(level)) : field;
      if (unknown !== undefined)
        faults.push({ path: [...path, ...part, field], message: `the comparisons have no ${unknown}` });
    }
  }
  return faults;
}
