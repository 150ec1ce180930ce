import type { Score, StageInterval, TimelineEvent } from "../../model/index.ts";
import { Fold, type Rules, type Subject } from "./fold.ts";
import { type CompiledJourney, compileJourneyFile } from "./journey.ts";
import { type Finding, lintJourney, lintReferences, lintScore, ruleVersion } from "./lint.ts";
import { type CompiledScore, compileScoreFile } from "./score.ts";

export type { CompiledJourney, CompiledScore, Finding, Rules, Subject };

/** What a subject's events come to at an instant. */
export interface Derived {
  intervals: StageInterval[];
  score: Score;
  /** `invoice.overdue` events, which nobody sends; evidence names their ids. */
  overdue: TimelineEvent[];
  /** The earliest later instant at which intervals or score differ although nothing new is learned, and what happens then. */
  next: { due_at: string; because: string } | null;
}

/**
 * The journey and score of one subject as of an instant: a fold over its events, whatever order they come in. Pure; no writes.
 * @example derive({ id, kind: "person", fields: { "person.title": "CTO" }, events }, { journey, score }, "2026-05-03T00:00:00.000Z")
 */
export function derive(subject: Subject, rules: Rules, asOf: string): Derived {
  const fold = new Fold(subject, rules);
  fold.runTo(Date.parse(asOf));
  const now = { intervals: fold.intervals(), score: fold.score() };
  return { ...now, overdue: fold.overdueEvents(), next: lookAhead(fold, now) };
}

/** Reads a journey file: ready to run, or what is wrong with it and where. */
export function compileJourney(text: string, file: string): CompiledJourney | Finding[] {
  const linted = lintJourney(text, file);
  return "findings" in linted ? linted.findings : compileJourneyFile(linted.document, ruleVersion(linted.document));
}

/** Reads a score file: ready to run, or what is wrong with it and where. */
export function compileScore(text: string, file: string): CompiledScore | Finding[] {
  const linted = lintScore(text, file);
  return "findings" in linted ? linted.findings : compileScoreFile(linted.document, ruleVersion(linted.document));
}

/** What a journey file asks of a score that the score file does not have: its name, a grade, a dimension. */
export function checkReferences(journeyText: string, file: string, score: CompiledScore): Finding[] {
  return lintReferences(journeyText, file, {
    name: score.name,
    dimensions: score.dimensions.map(({ name }) => name),
    grades: gradesOf(score),
  });
}

interface Standing {
  intervals: StageInterval[];
  score: Score;
}

function lookAhead(fold: Fold, now: Standing): Derived["next"] {
  const before = JSON.stringify(now);
  for (let atMs = fold.runOn(); atMs !== null; atMs = fold.runOn()) {
    const then = { intervals: fold.intervals(), score: fold.score() };
    if (JSON.stringify(then) !== before)
      return { due_at: new Date(atMs).toISOString(), because: difference(now, then) };
  }
  return null;
}

function difference(now: Standing, then: Standing): string {
  const stage = then.intervals.at(-1);
  if (stage && then.intervals.length > now.intervals.length) return `${stage.stage} begins: ${stage.evidence.text}`;
  if (now.score.grade !== then.score.grade) return `grade ${now.score.grade} becomes ${then.score.grade}`;
  if (now.score.value !== then.score.value) return `score ${now.score.value} becomes ${then.score.value}`;
  const points = (score: Score, rule: string) => score.contributions.find((part) => part.rule === rule)?.points ?? 0;
  const rules = [...now.score.contributions, ...then.score.contributions].map((part) => part.rule);
  const moved = rules.find((rule) => points(now.score, rule) !== points(then.score, rule));
  if (moved === undefined) return "the evidence of the score changes";
  return `${moved} goes from ${points(now.score, moved)} to ${points(then.score, moved)} points`;
}

/** Every grade the score can give: the labels of its dimensions joined in order. */
function gradesOf({ grades }: CompiledScore): string[] {
  return grades.reduce<string[]>((all, { steps }) => all.flatMap((left) => steps.map(([label]) => left + label)), [""]);
}
