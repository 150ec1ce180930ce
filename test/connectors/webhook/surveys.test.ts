import { describe, expect, test } from "vitest";
import { webhookConfig } from "../../../connectors/webhook/config.ts";
import { surveymonkeySurvey, typeformSurvey } from "../../../connectors/webhook/surveys.ts";

const settings = (more: object = {}) => webhookConfig.parse({ scheme: "typeform", ...more });

describe("Typeform", () => {
  const answered = (type: string, number: number, properties?: object) => ({
    definition: { fields: [{ id: "f1", ref: "how", type, properties }] },
    answers: [{ type: "number", number, field: { id: "f1", ref: "how", type } }],
  });

  test.each([
    ["an NPS question", answered("nps", 9), {}, { kind: "nps", score: 9, scale_min: 0, scale_max: 10 }],
    [
      "an opinion scale as it is made",
      answered("opinion_scale", 0, {}),
      {},
      { kind: "nps", score: 0, scale_min: 0, scale_max: 10 },
    ],
    [
      "a scale of seven from one",
      answered("opinion_scale", 6, { steps: 7, start_at_one: true }),
      {},
      { kind: "ces", score: 6, scale_min: 1, scale_max: 7 },
    ],
    ["five stars", answered("rating", 4, { steps: 5 }), {}, { kind: "csat", score: 4, scale_min: 1, scale_max: 5 }],
    ["ten stars", answered("rating", 8, { steps: 10 }), {}, { kind: "other", score: 8, scale_min: 1, scale_max: 10 }],
    [
      "ten stars that the settings call satisfaction",
      answered("rating", 8, { steps: 10 }),
      { survey: "csat" },
      { kind: "csat", score: 8, scale_min: 1, scale_max: 10 },
    ],
    [
      "a number that the settings call the score",
      answered("number", 3),
      { survey: "csat", score_question: "how" },
      { kind: "csat", score: 3, scale_min: 1, scale_max: 5 },
    ],
  ])("%s", (_, response, more, survey) => {
    expect(typeformSurvey(response, settings(more))).toEqual({ _survey: survey });
  });

  test.each([
    ["no answers", {}],
    ["a number that is no score", answered("number", 3)],
    ["answers of another shape", { answers: "9" }],
  ])("%s: no survey", (_, response) => {
    expect(typeformSurvey(response, settings())).toEqual({});
  });
});

describe("SurveyMonkey", () => {
  const questions = [
    { id: "q1", answers: [{ choice_id: "c1", text: "other" }] },
    { id: "q2", answers: [{ choice_id: "c2", row_id: "r", choice_metadata: { weight: "7" } }] },
    { id: "q3", answers: [{ choice_id: "c3", choice_metadata: { weight: 2 } }] },
    { id: "q4", answers: [{ text: "Too slow" }] },
  ];
  const response = { pages: [{ questions: questions.slice(0, 2) }, { questions: questions.slice(2) }] };

  test.each([
    [{ survey: "nps" }, { kind: "nps", score: 7, scale_min: 0, scale_max: 10, comment: "Too slow" }],
    [
      { survey: "csat", score_question: "q3" },
      { kind: "csat", score: 2, scale_min: 1, scale_max: 5, comment: "Too slow" },
    ],
    [{}, { kind: "other", score: 7, comment: "Too slow" }],
  ])("by the settings %o", (more, survey) => {
    expect(surveymonkeySurvey(response, settings(more))).toEqual({ _survey: survey });
  });

  test("without a weight there is no survey", () => {
    expect(surveymonkeySurvey({ pages: [{ questions: [questions[0]] }] }, settings())).toEqual({});
    expect(surveymonkeySurvey({}, settings())).toEqual({});
  });
});
