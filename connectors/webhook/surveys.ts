import { isObject, type Json, valueAt } from "./body.ts";
import type { WebhookConfig } from "./config.ts";

/** The scored answer of a response, as mappings read it at `_survey`. */
export interface Survey {
  kind: "nps" | "csat" | "ces" | "other";
  score: number;
  /** The lowest and the highest answer there was to choose. */
  scale_min?: number;
  scale_max?: number;
  comment?: string;
}

type SurveySettings = Pick<WebhookConfig, "survey" | "score_question">;

interface Scale {
  min: number;
  max: number;
}

/** What a survey of each kind is answered on, where the sender does not say. */
const usualScales: Readonly<Record<Exclude<Survey["kind"], "other">, Scale>> = {
  nps: { min: 0, max: 10 },
  csat: { min: 1, max: 5 },
  ces: { min: 1, max: 7 },
};

/** The scored answer of a Typeform response, and what was written beside it; nothing where nothing is scored. */
export function typeformSurvey(response: Json, settings: SurveySettings): { _survey?: Survey } {
  const answers = list(response.answers);
  const scored = answers.find((answer) => isScore(answer, settings));
  const score = scored?.number;
  if (!scored || typeof score !== "number") return {};
  const field = list(valueAt(response, "definition.fields")).find(({ id }) => id === valueAt(scored, "field.id"));
  const scale = typeformScale(valueAt(scored, "field.type"), field?.properties);
  const written = answers.find((answer) => valueAt(answer, "field.type") === "long_text")?.text;
  return { _survey: surveyOf(score, settings, { scale, written }) };
}

const scoredTypes = new Set<unknown>(["nps", "opinion_scale", "rating"]);

function isScore(answer: Json, { score_question: named }: SurveySettings): boolean {
  if (typeof answer.number !== "number") return false;
  if (named === undefined) return scoredTypes.has(valueAt(answer, "field.type"));
  return [valueAt(answer, "field.id"), valueAt(answer, "field.ref")].includes(named);
}

/** Typeform's own defaults: eleven steps from 0, five stars. */
function typeformScale(type: unknown, properties: unknown): Scale | undefined {
  const steps = valueAt(properties, "steps");
  if (type === "nps") return usualScales.nps;
  if (type === "rating") return { min: 1, max: typeof steps === "number" ? steps : 5 };
  if (type !== "opinion_scale") return undefined;
  const amount = typeof steps === "number" ? steps : 11;
  return valueAt(properties, "start_at_one") === true ? { min: 1, max: amount } : { min: 0, max: amount - 1 };
}

/**
 * The scored answer of a SurveyMonkey response in detail: the first choice that has a weight. What kind of survey it was, only the
 * settings say: weights of an NPS question and of stars look the same.
 */
export function surveymonkeySurvey(response: Json, settings: SurveySettings): { _survey?: Survey } {
  const { score_question: named } = settings;
  const questions = list(response.pages).flatMap(({ questions }) => list(questions));
  const asked = named === undefined ? questions : questions.filter(({ id }) => id === named);
  const scores = asked.flatMap(({ answers }) => list(answers)).flatMap(weightOf);
  const [score] = scores;
  if (score === undefined) return {};
  const free = questions.flatMap(({ answers }) => list(answers)).find((answer) => isFreeText(answer));
  const kind = settings.survey === "auto" ? ({ survey: "other" } as const) : settings;
  return { _survey: surveyOf(score, kind, { written: free?.text }) };
}

function weightOf(answer: Json): number[] {
  const weight = valueAt(answer, "choice_metadata.weight");
  const score = typeof weight === "string" && weight.trim() !== "" ? Number(weight) : weight;
  return typeof score === "number" && Number.isFinite(score) ? [score] : [];
}

/** Text that belongs to no choice and no row of a form within the question. */
function isFreeText({ text, choice_id, row_id }: Json): boolean {
  return typeof text === "string" && choice_id === undefined && row_id === undefined;
}

function surveyOf(
  score: number,
  { survey }: { survey: SurveySettings["survey"] | "other" },
  { scale, written }: { scale?: Scale | undefined; written: unknown },
): Survey {
  const kind = survey === "auto" ? kindOn(scale) : survey;
  const on = scale ?? (kind === "other" ? undefined : usualScales[kind]);
  return {
    kind,
    score,
    ...(on ? { scale_min: on.min, scale_max: on.max } : {}),
    ...(typeof written === "string" ? { comment: written } : {}),
  };
}

/** The kind of survey whose usual scale this is. */
function kindOn(scale: Scale | undefined): Survey["kind"] {
  for (const kind of ["nps", "csat", "ces"] as const) {
    const usual = usualScales[kind];
    if (scale?.min === usual.min && scale.max === usual.max) return kind;
  }
  return "other";
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
