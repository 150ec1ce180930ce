import { readFileSync } from "node:fs";
import type { TimelineEvent } from "../../../src/model/index.ts";
import {
  type CompiledJourney,
  type CompiledScore,
  compileJourney,
  compileScore,
  type Derived,
  derive,
} from "../../../src/pipeline/derive/plan.ts";

export const dayMs = 86_400_000;

/** `"2026-01-05"` or `"2026-01-05 10:30"` as an instant in UTC. */
export function instant(text: string): string {
  return new Date(`${text.length === 10 ? `${text} 00:00` : text}Z`).toISOString();
}

type Extra = Partial<Omit<TimelineEvent, "facts">> & { facts?: TimelineEvent["facts"] };

/** One event; its id is its kind and day unless given. Touches are inbound, records are not. */
export function event(at: string, kind: string, extra: Extra = {}): TimelineEvent {
  const isTouch = /^(form|page|call|ticket|survey)\.|^email\.received$/.test(kind);
  return {
    id: `${kind}@${at}`,
    kind,
    record_key: `crm:${kind.slice(0, kind.indexOf("."))}:1`,
    occurred_at: instant(at),
    known_at: instant(at),
    direction: isTouch ? "inbound" : "none",
    channel: "other",
    title: kind,
    changes: [],
    facts: {},
    ...extra,
  };
}

export function journeyOf(stages: string): CompiledJourney {
  const compiled = compileJourney(
    `${head("Journey", "test")}\nspec:\n  stages:\n${indented(stages, 4)}`,
    "journey.yaml",
  );
  if (Array.isArray(compiled)) throw new Error(JSON.stringify(compiled, null, 1));
  return compiled;
}

export function scoreOf(spec: string): CompiledScore {
  const compiled = compileScore(`${head("Score", "lead")}\nspec:\n${indented(spec, 2)}`, "score.yaml");
  if (Array.isArray(compiled)) throw new Error(JSON.stringify(compiled, null, 1));
  return compiled;
}

/** A score nothing ever moves, for tests of journeys. */
export const still = scoreOf(`
range: { min: 0, max: 100 }
dimensions: { fit: { rules: [] } }
grades: { fit: { A: 0 } }`);

/** A journey nobody ever enters, for tests of scores. */
export const nowhere = journeyOf("- { id: never, rank: 1, enter: { field: person.title, eq: nobody at all } }");

export const defaultJourneyText = shipped("journeys");
export const defaultScoreText = shipped("scores");

export interface Told {
  journey?: CompiledJourney;
  score?: CompiledScore;
  fields?: Record<string, string | number | boolean | string[]>;
  asOf: string;
}

/** Derives a person's history as of a day or minute. */
export function tell(
  events: readonly TimelineEvent[],
  { journey = nowhere, score = still, fields = {}, asOf }: Told,
): Derived {
  const at = asOf.includes("T") ? asOf : instant(asOf);
  return derive({ id: "c1", kind: "person", fields, events }, { journey, score }, at);
}

/** Each interval on a line: `2026-01-05 → 2026-02-04 1 consideration (enter) consideration.enter[0]`. */
export function lines({ intervals }: Derived): string[] {
  return intervals.map(({ stage, cycle_no, valid_from, valid_to, cause, evidence }) => {
    const until = valid_to === null ? "now" : valid_to.slice(0, 10);
    return `${valid_from.slice(0, 10)} → ${until} ${cycle_no} ${stage} (${cause}) ${evidence.rule}`;
  });
}

function head(kind: string, name: string): string {
  return `apiVersion: journey-hub/v1\nkind: ${kind}\nmetadata: { name: ${name} }`;
}

function indented(text: string, by: number): string {
  const body = text.replace(/^\n/, "");
  return body
    .split("\n")
    .map((line) => " ".repeat(by) + line)
    .join("\n");
}

function shipped(folder: string): string {
  return readFileSync(new URL(`../../../mappings/${folder}/default.yaml`, import.meta.url), "utf8");
}
