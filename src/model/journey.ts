import { z } from "zod";
import { instant } from "./scalars.ts";

/** Why a stage or a score is what it is: the rule that held and the events it held on. */
export const evidence = z.strictObject({
  rule: z.string(),
  rule_version: z.string(),
  event_ids: z.array(z.string()),
  text: z.string(),
});
export type Evidence = z.infer<typeof evidence>;

/** One stay in a stage. `valid_to` null means it is the stage now. */
export const stageInterval = z.strictObject({
  journey: z.string(),
  stage: z.string(),
  cycle_no: z.number().int().positive(),
  valid_from: instant,
  valid_to: instant.nullable(),
  cause: z.enum(["enter", "exit", "regress", "implied", "timeout"]),
  evidence,
});
export type StageInterval = z.infer<typeof stageInterval>;

/** One rule's part in a score, after decay and before caps. */
export const contribution = z.strictObject({
  rule: z.string(),
  dimension: z.string(),
  points: z.number(),
  event_ids: z.array(z.string()),
  text: z.string(),
});
export type Contribution = z.infer<typeof contribution>;

export const score = z.strictObject({
  name: z.string(),
  value: z.number(),
  grade: z.string(),
  dimensions: z.record(z.string(), z.number()),
  contributions: z.array(contribution),
  rule_version: z.string(),
  reason: z.string().max(255),
});
export type Score = z.infer<typeof score>;
