import { z } from "zod";

/*
 * The closed grammar of journeys and scores. It is data, never code: before anything runs the hub can tell which events change a rule
 * and when time alone can. Conditions are shared by both kinds of file.
 */

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const name = z.string().regex(/^[a-z][a-z0-9_.-]*$/, "use lower-case letters, digits, '_', '-' and '.'");

/** A whole number of minutes, hours, days or weeks: `30m`, `24h`, `90d`, `2w`. Calendar months differ in length and are left out. */
export const duration = z.string().regex(/^[1-9]\d{0,4}[mhdw]$/, "write a duration as 30m, 24h, 90d or 2w");

const scalarOrList = z.union([scalar, z.array(scalar).min(1)]);
const number = z.number();
const tests = {
  eq: scalar.optional(),
  in: z.array(scalar).min(1).optional(),
  notIn: z.array(scalar).min(1).optional(),
  gt: number.optional(),
  gte: number.optional(),
  lt: number.optional(),
  lte: number.optional(),
  /** Globs over the whole text, `*` and `?`, upper and lower case alike. */
  matches: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  /** Whole words, upper and lower case alike: `cto` is in "CTO, Europe" and not in "director". */
  hasWord: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  /** Whether it is a domain at which anybody can have a mailbox (`gmail.com`): the same list by which none of them identifies a company. */
  freeMail: z.boolean().optional(),
  exists: z.boolean().optional(),
};
const valueTest = z.strictObject(tests);
export type ValueTest = z.infer<typeof valueTest>;

/** A scalar means equal, a list means one of, an object holds tests that must all pass. */
const where = z.record(z.string(), z.union([scalarOrList, valueTest]));
export type Where = z.infer<typeof where>;

/** One selector or several: `deal.won`, `ticket.*`, `inbound:*`, `outbound:email.sent`. */
const selector = z.union([z.string(), z.array(z.string()).min(1)]);

const eventMatch = { event: selector, where: where.optional() };
const eventCondition = z.strictObject({ ...eventMatch, within: duration.optional() });
const countCondition = z.strictObject({
  count: z.strictObject({ ...eventMatch, distinct: z.literal("kind").optional(), within: duration.optional() }),
  gt: number.optional(),
  gte: number.optional(),
  lt: number.optional(),
  lte: number.optional(),
});
const noCondition = z.strictObject({ no: z.strictObject(eventMatch), within: duration });
const fieldCondition = z.strictObject({ field: z.string(), ...tests });

export const stateNames = [
  "deal.open",
  "deal.won",
  "deal.lost",
  "ticket.open",
  "ticket.escalated",
  "invoice.open",
  "invoice.overdue",
  "invoice.paid",
  "order.placed",
  "order.open",
  "order.fulfilled",
  "quote.open",
  "quote.accepted",
] as const;
export type StateName = (typeof stateNames)[number];

const stateCondition = z.strictObject({
  state: z.enum(stateNames),
  where: where.optional(),
  quantifier: z.enum(["exists", "none", "all"]).optional(),
  olderThan: duration.optional(),
});
const scoreCondition = z.strictObject({
  score: z.string(),
  grade: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  dimension: z.string().optional(),
  gt: number.optional(),
  gte: number.optional(),
  lt: number.optional(),
  lte: number.optional(),
});

export type EventCondition = z.infer<typeof eventCondition>;
export type CountCondition = z.infer<typeof countCondition>;
export type NoCondition = z.infer<typeof noCondition>;
export type FieldCondition = z.infer<typeof fieldCondition>;
export type StateCondition = z.infer<typeof stateCondition>;
export type ScoreCondition = z.infer<typeof scoreCondition>;
export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | EventCondition
  | CountCondition
  | NoCondition
  | FieldCondition
  | StateCondition
  | ScoreCondition;

/** In the order of the union below; a condition holds exactly one of them. */
export const operators = ["all", "any", "not", "event", "count", "no", "field", "state", "score"] as const;

export const condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    z.strictObject({ all: z.array(condition).min(1) }),
    z.strictObject({ any: z.array(condition).min(1) }),
    z.strictObject({ not: condition }),
    eventCondition,
    countCondition,
    noCondition,
    fieldCondition,
    stateCondition,
    scoreCondition,
  ]),
);

const metadata = z.strictObject({
  name,
  owner: z.string().optional(),
  description: z.string().optional(),
  reason: z.string().optional(),
});

const exit = z.strictObject({
  to: name,
  when: condition,
  cause: z.enum(["exit", "regress", "timeout"]).optional(),
});
const stage = z.strictObject({
  id: name,
  /** The order of the stages; side stages (lost, churned) stand outside it. */
  rank: z.number().int().positive().optional(),
  side: z.boolean().optional(),
  enter: condition.optional(),
  exit: z.array(exit).min(1).optional(),
  /** Lower stages that get a zero-length interval when this one is entered past them. */
  implied: z.array(name).optional(),
  reenter: z.strictObject({ on: condition }).optional(),
});
export type StageFile = z.infer<typeof stage>;

export const journeyFile = z.strictObject({
  apiVersion: z.literal("journey-hub/v1"),
  kind: z.literal("Journey"),
  metadata,
  spec: z.strictObject({ stages: z.array(stage).min(1) }),
});
export type JourneyFile = z.infer<typeof journeyFile>;

const decay = z.union([
  z.literal("none"),
  z.strictObject({ kind: z.literal("exponential"), halfLife: duration }),
  z.strictObject({
    kind: z.literal("linear"),
    per: duration,
    lose: z.string().regex(/^([1-9]\d?|100)%$/, "write a share as 25%"),
  }),
  z.strictObject({ kind: z.literal("step"), after: duration }),
]);
export type DecayFile = z.infer<typeof decay>;

const occurrences = z.number().int().min(1).max(100);
const repeat = z.union([
  z.literal("once"),
  z.strictObject({ kind: z.literal("count"), max: occurrences.optional() }),
  z.strictObject({ kind: z.literal("log2") }),
  z.strictObject({ kind: z.literal("perDay"), max: occurrences.optional() }),
]);
export type RepeatFile = z.infer<typeof repeat>;

const band = z.strictObject({ lt: number.optional(), gte: number.optional(), points: number });
const limits = { cap: z.number().int().optional(), floor: z.number().int().optional() };
const scoreRule = z.strictObject({
  id: name,
  when: condition,
  points: number.optional(),
  /** Points by the size of a number field; the first band that fits counts. */
  bands: z.array(band).min(1).optional(),
  repeat: repeat.optional(),
  decay: decay.optional(),
  ...limits,
  /** The grade is the lowest whatever else holds. */
  veto: z.boolean().optional(),
  /** Why it counts, for people; `{person.title}` is the field's value. */
  why: z.string().max(120).optional(),
});
export type ScoreRuleFile = z.infer<typeof scoreRule>;

const scoreGroup = z.strictObject({ id: name, ...limits, decay: decay.optional(), rules: z.array(scoreRule).min(1) });
const dimension = z.strictObject({
  ...limits,
  decay: decay.optional(),
  rules: z.array(scoreRule).optional(),
  groups: z.array(scoreGroup).optional(),
});
export type DimensionFile = z.infer<typeof dimension>;

export const scoreFile = z.strictObject({
  apiVersion: z.literal("journey-hub/v1"),
  kind: z.literal("Score"),
  metadata,
  spec: z.strictObject({
    range: z.strictObject({ min: z.number().int(), max: z.number().int() }),
    dimensions: z.record(name, dimension),
    /** For each dimension the least points of each grade; below the last the last still holds. */
    grades: z.record(name, z.record(z.string(), z.number().int())),
    explain: z.strictObject({ top: z.number().int().min(1).max(10) }).optional(),
  }),
});
export type ScoreFile = z.infer<typeof scoreFile>;

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `"90d"` → milliseconds; the text has passed {@link duration}. */
export function durationMs(text: string): number {
  const unit = text.at(-1);
  const factor = unit === "m" || unit === "h" || unit === "d" || unit === "w" ? unitMs[unit] : Number.NaN;
  return Number(text.slice(0, -1)) * factor;
}

/** The condition and every condition inside it, each with its path from `path`. */
export function* conditionsIn(
  root: Condition,
  path: PropertyKey[],
): Generator<{ part: Condition; path: PropertyKey[] }> {
  yield { part: root, path };
  if ("not" in root) yield* conditionsIn(root.not, [...path, "not"]);
  const [key, parts] = "all" in root ? ["all", root.all] : "any" in root ? ["any", root.any] : ["", []];
  for (const [index, part] of parts.entries()) yield* conditionsIn(part, [...path, key, index]);
}
