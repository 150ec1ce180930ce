import { describe, expect, test } from "vitest";
import { checkReferences, compileJourney, compileScore, type Finding } from "../../../src/pipeline/derive/plan.ts";
import { defaultJourneyText, defaultScoreText, scoreOf, still } from "./histories.ts";

const journeyHead = "apiVersion: journey-hub/v1\nkind: Journey\nmetadata: { name: test }\nspec:\n  stages:\n";
const scoreHead =
  "apiVersion: journey-hub/v1\nkind: Score\nmetadata: { name: lead }\nspec:\n  range: { min: 0, max: 100 }\n";

function told(findings: unknown): string[] {
  if (!Array.isArray(findings)) return [];
  return findings.map(({ file, line, column, message }: Finding) => `${file}:${line}:${column}: ${message}`);
}

describe("a mistake in a journey is told with its line and column", () => {
  const start = "    - { id: a, rank: 1, enter: { event: deal.won } }\n";

  test.each([
    ["broken YAML", "    - { id: a, rank: 1\n", [expect.stringMatching(/^j\.yaml:\d+:\d+: YAML: /)]],
    ["an unknown key", "    - { id: a, rnak: 1, enter: { event: deal.won } }\n", ["j.yaml:6:16: unknown key 'rnak'"]],
    [
      "no such kind of event",
      "    - { id: a, rank: 1, enter: { event: deal.woon } }\n",
      ["j.yaml:6:41: unknown kind of event 'deal.woon'"],
    ],
    [
      "no such kind among several",
      "    - id: a\n      rank: 1\n      enter:\n        any:\n          - event: [deal.won, order.plaecd]\n",
      ["j.yaml:10:31: unknown kind of event 'order.plaecd'"],
    ],
    [
      "an unknown direction",
      "    - { id: a, rank: 1, enter: { event: 'incoming:*' } }\n",
      ["j.yaml:6:41: unknown direction 'incoming': write inbound, outbound or none"],
    ],
    [
      "a fact the event does not have",
      "    - { id: a, rank: 1, enter: { event: deal.won, where: { amonut: 5 } } }\n",
      [
        "j.yaml:6:60: unknown fact 'amonut'; known here: amount, channel, currency, expected_close_at, name, pipeline, stage, stage_label, status, type",
      ],
    ],
    [
      "an unknown field",
      "    - { id: a, rank: 1, enter: { field: person.titel, eq: x } }\n",
      ["j.yaml:6:41: unknown field 'person.titel'"],
    ],
    [
      "a field the hub itself writes",
      "    - { id: a, rank: 1, enter: { field: person.custom.journey_hub_stage, eq: x } }\n",
      ["j.yaml:6:41: 'person.custom.journey_hub_stage' is what the hub itself writes; rules never read it"],
    ],
    [
      "an unknown state",
      "    - { id: a, rank: 1, enter: { state: deal.opne } }\n",
      [expect.stringMatching(/^j\.yaml:6:41: Invalid option: expected one of "deal.open"/)],
    ],
    [
      "a duration without a unit",
      "    - { id: a, rank: 1, enter: { event: deal.won, within: 30 } }\n",
      ["j.yaml:6:59: Invalid input: expected string, received number"],
    ],
    [
      "a duration in months",
      "    - { id: a, rank: 1, enter: { event: deal.won, within: 3mo } }\n",
      ["j.yaml:6:59: write a duration as 30m, 24h, 90d or 2w"],
    ],
    [
      "two operators in one condition",
      "    - { id: a, rank: 1, enter: { event: deal.won, state: deal.won } }\n",
      ["j.yaml:6:51: unknown key 'state'"],
    ],
    [
      "no operator",
      "    - { id: a, rank: 1, enter: { evnet: deal.won } }\n",
      ["j.yaml:6:32: a condition holds one of all, any, not, event, count, no, field, state, score"],
    ],
    [
      "a count of nothing",
      "    - { id: a, rank: 1, enter: { count: { event: deal.won } } }\n",
      ["j.yaml:6:32: say how many: gt, gte, lt or lte"],
    ],
    [
      "a stage twice",
      `${start}    - { id: a, rank: 2, enter: { event: deal.won } }\n`,
      ["j.yaml:7:13: id 'a' is used twice"],
    ],
    [
      "a rank twice",
      `${start}    - { id: b, rank: 1, enter: { event: deal.won } }\n`,
      ["j.yaml:7:22: rank '1' is used twice"],
    ],
    ["no rank", "    - { id: a, enter: { event: deal.won } }\n", ["j.yaml:6:7: stage 'a' needs a rank"]],
    [
      "a stage nothing leads to",
      `${start}    - { id: b, rank: 2 }\n`,
      ["j.yaml:7:7: nothing leads to stage 'b': it needs enter"],
    ],
    [
      "a side stage nothing leads to",
      `${start}    - { id: b, side: true }\n`,
      ["j.yaml:7:7: nothing leads to stage 'b': no exit names it"],
    ],
    [
      "an exit to nowhere",
      "    - id: a\n      rank: 1\n      enter: { event: deal.won }\n      exit: [{ to: losst, when: { event: deal.lost } }]\n",
      ["j.yaml:9:20: no stage is named 'losst'"],
    ],
    [
      "an exit upwards",
      "    - { id: a, rank: 1, enter: { event: deal.won }, exit: [{ to: b, when: { event: deal.lost } }] }\n    - { id: b, rank: 2 }\n",
      ["j.yaml:6:66: an exit leads to a lower or a side stage; 'b' is entered by its own rule"],
    ],
    [
      "implied stages above",
      `    - { id: a, rank: 1, enter: { event: deal.won }, implied: [b] }\n    - { id: b, rank: 2, enter: { event: deal.won } }\n`,
      ["j.yaml:6:63: 'b' is not a stage below 'a'"],
    ],
    [
      "a side stage with a rule of its own",
      "    - { id: a, rank: 1, enter: { event: deal.won }, exit: [{ to: b, when: { event: deal.lost } }] }\n    - { id: b, side: true, enter: { event: deal.lost } }\n",
      ["j.yaml:7:28: a side stage has no enter: it is reached by exits and left by reenter"],
    ],
    [
      "a way back into a stage that is no side stage",
      "    - { id: a, rank: 1, enter: { event: deal.won }, reenter: { on: { event: deal.won } } }\n",
      ["j.yaml:6:53: only a side stage is left by reenter"],
    ],
    [
      "an age asked of all",
      "    - { id: a, rank: 1, enter: { state: deal.won, quantifier: all, olderThan: 3d } }\n",
      ["j.yaml:6:68: olderThan goes with exists or none"],
    ],
    [
      "every mistake at once",
      "    - { id: a, rank: 1, enter: { event: deal.woon } }\n    - { id: a, rank: 1, enter: { field: person.x } }\n",
      [
        "j.yaml:6:41: unknown kind of event 'deal.woon'",
        "j.yaml:7:13: id 'a' is used twice",
        "j.yaml:7:22: rank '1' is used twice",
        "j.yaml:7:41: unknown field 'person.x'",
      ],
    ],
  ])("%s", (_, stages, expected) => {
    expect(told(compileJourney(journeyHead + stages, "j.yaml"))).toEqual(expected);
  });

  test("an empty file", () => {
    expect(told(compileJourney("", "j.yaml"))).toEqual(["j.yaml:1:1: Invalid input: expected object, received null"]);
  });
});

describe("a mistake in a score is told with its line and column", () => {
  const rule = (text: string) =>
    `  dimensions:\n    fit:\n      rules:\n        - ${text}\n  grades: { fit: { A: 0 } }\n`;

  test.each([
    [
      "neither points nor bands",
      rule("{ id: a, when: { event: deal.won } }"),
      ["s.yaml:9:11: a rule has either points or bands"],
    ],
    [
      "bands on an event",
      rule("{ id: a, when: { event: deal.won }, bands: [{ lt: 1, points: 2 }] }"),
      ["s.yaml:9:47: bands need a rule on a field"],
    ],
    [
      "decay of what holds",
      rule("{ id: a, when: { state: deal.won }, points: 1, decay: none }"),
      ["s.yaml:9:58: decay belongs to rules on an event without within"],
    ],
    [
      "a decay that is none of the kinds",
      rule("{ id: a, when: { event: deal.won }, points: 1, decay: { kind: exponential, halflife: 3d } }"),
      ["s.yaml:9:65: Invalid input: expected string, received undefined", "s.yaml:9:86: unknown key 'halflife'"],
    ],
    [
      "a score reading a score",
      rule("{ id: a, when: { score: lead, gte: 3 }, points: 1 }"),
      ["s.yaml:9:26: a score cannot read a score"],
    ],
    [
      "an unknown field in why",
      rule('{ id: a, when: { event: deal.won }, points: 1, why: "{person.tile}" }'),
      ["s.yaml:9:63: unknown field 'person.tile'"],
    ],
    [
      "grades of no dimension",
      rule("{ id: a, when: { event: deal.won }, points: 1 }").replace("{ fit: { A: 0 } }", "{ fti: { A: 0 } }"),
      ["s.yaml:10:13: no dimension is named 'fti'"],
    ],
    [
      "hysteresis, which this version does not have",
      rule("{ id: a, when: { event: deal.won }, points: 1 }").replace("  grades:", "  hysteresis: 3\n  grades:"),
      ["s.yaml:10:3: unknown key 'hysteresis'"],
    ],
  ])("%s", (_, dimensions, expected) => {
    expect(told(compileScore(scoreHead + dimensions, "s.yaml"))).toEqual(expected);
  });

  test("one rule id in two dimensions", () => {
    const one = "{ rules: [{ id: a, when: { event: deal.won }, points: 1 }] }";
    const text = `${scoreHead}  dimensions:\n    fit: ${one}\n    use: ${one}\n  grades: { fit: { A: 0 } }\n`;
    expect(told(compileScore(text, "s.yaml"))).toEqual(["s.yaml:8:26: id 'a' is used twice"]);
  });
});

describe("files beside one another", () => {
  test("the shipped files are clean and agree", () => {
    const score = compileScore(defaultScoreText, "mappings/scores/default.yaml");
    expect(told(compileJourney(defaultJourneyText, "mappings/journeys/default.yaml"))).toEqual([]);
    if (Array.isArray(score)) expect.fail(told(score).join("\n"));
    expect(told(checkReferences(defaultJourneyText, "j.yaml", score))).toEqual([]);
  });

  test("a journey that asks for another score, grade or dimension is told so", () => {
    const asking = (what: string) => `${journeyHead}    - { id: a, rank: 1, enter: { score: ${what} } }\n`;
    const two = scoreOf(`
range: { min: 0, max: 9 }
dimensions: { fit: {}, use: {} }
grades: { fit: { A: 5, B: 0 }, use: { "1": 5, "2": 0 } }`);
    expect(told(checkReferences(asking("lead, grade: [A1, B2]"), "j.yaml", two))).toEqual([]);
    expect(told(checkReferences(asking("lead, grade: [A1, C1]"), "j.yaml", two))).toEqual([
      "j.yaml:6:54: score 'lead' has no grade 'C1'",
    ]);
    expect(told(checkReferences(asking("lead, dimension: love, gte: 3"), "j.yaml", two))).toEqual([
      "j.yaml:6:58: score 'lead' has no dimension 'love'",
    ]);
    expect(told(checkReferences(asking("heat, gte: 3"), "j.yaml", still))).toEqual([
      "j.yaml:6:41: no score is named 'heat'",
    ]);
  });
});
