import { shortHash } from "../../lib/hash.ts";
import { type Finding, type Linted, lintYaml, type Mistake } from "./findings.ts";
import {
  type Condition,
  conditionsIn,
  type JourneyFile,
  journeyFile,
  type ScoreFile,
  type ScoreRuleFile,
  type StageFile,
  scoreFile,
  type Where,
} from "./grammar.ts";
import { factsByFamily, fieldNames, kindsOf, parseSelector } from "./vocabulary.ts";

export type { Finding };

/** Part of every rule version: raise it when the same file comes to mean something else. */
const engineVersion = "1";

type Path = PropertyKey[];

/** Parses a journey file and finds every mistake a reader of one file can. */
export function lintJourney(text: string, file: string): Linted<JourneyFile> {
  return lintYaml({ text, file }, journeyFile, ({ spec }) => [
    ...duplicates(spec.stages, "id", (index) => ["spec", "stages", index, "id"]),
    ...duplicates(spec.stages, "rank", (index) => ["spec", "stages", index, "rank"]),
    ...(spec.stages.some((stage) => !stage.side) ? [] : [mistake(["spec", "stages"], "every stage is a side stage")]),
    ...spec.stages.flatMap((stage, index) => stageMistakes(stage, ["spec", "stages", index], spec.stages)),
  ]);
}

/** Parses a score file and finds every mistake a reader of one file can. */
export function lintScore(text: string, file: string): Linted<ScoreFile> {
  return lintYaml({ text, file }, scoreFile, (document) => {
    const rules = [...rulesIn(document)];
    const { range, dimensions, grades } = document.spec;
    const places = rules.map(({ rule, path }) => ({ id: rule.id, path }));
    return [
      ...(range.min < range.max ? [] : [mistake(["spec", "range"], "min must be less than max")]),
      ...duplicates(places, "id", (index) => [...(places[index]?.path ?? []), "id"]),
      ...Object.keys(grades)
        .filter((name) => !Object.hasOwn(dimensions, name))
        .map((name) => wrongKey(["spec", "grades", name], `no dimension is named '${name}'`)),
      ...rules.flatMap(({ rule, path }) => ruleMistakes(rule, path)),
    ];
  });
}

/** Finds what a journey asks of a score that does not exist. */
export function lintReferences(
  text: string,
  file: string,
  score: { name: string; grades: readonly string[]; dimensions: readonly string[] },
): Finding[] {
  const linted = lintYaml({ text, file }, journeyFile, ({ spec }) =>
    spec.stages.flatMap((stage, index) =>
      conditionsOf(stage, ["spec", "stages", index]).flatMap(({ part, path }) => {
        if (!("score" in part)) return [];
        if (part.score !== score.name) return [mistake([...path, "score"], `no score is named '${part.score}'`)];
        const unknown = listOf(part.grade ?? []).filter((grade) => !score.grades.includes(grade));
        const mistakes = unknown.map((grade) =>
          mistake([...path, "grade"], `score '${score.name}' has no grade '${grade}'`),
        );
        const { dimension } = part;
        if (dimension === undefined || score.dimensions.includes(dimension)) return mistakes;
        return [...mistakes, mistake([...path, "dimension"], `score '${score.name}' has no dimension '${dimension}'`)];
      }),
    ),
  );
  return "findings" in linted ? linted.findings : [];
}

/** Names a file's meaning: a hash of its content, comments and key order aside, and of the engine's version. */
export function ruleVersion(document: JourneyFile | ScoreFile): string {
  return shortHash(engineVersion, canonical(document));
}

function stageMistakes(stage: StageFile, path: Path, stages: readonly StageFile[]): Mistake[] {
  const others = new Map(stages.map((other) => [other.id, other]));
  const isReached = stages.some(({ exit = [] }) => exit.some(({ to }) => to === stage.id));
  return [
    ...(stage.side ? sideMistakes(stage, path, isReached) : mainMistakes(stage, path, isReached)),
    ...(stage.exit ?? []).flatMap(({ to }, index) => {
      const at = [...path, "exit", index, "to"];
      const target = others.get(to);
      if (!target) return [mistake(at, `no stage is named '${to}'`)];
      if (target.side || (target.rank ?? 0) < (stage.rank ?? 0)) return [];
      return [mistake(at, `an exit leads to a lower or a side stage; '${to}' is entered by its own rule`)];
    }),
    ...(stage.implied ?? []).flatMap((id, index) => {
      const target = others.get(id);
      const isLower = target && !target.side && (target.rank ?? 0) < (stage.rank ?? 0);
      return isLower ? [] : [mistake([...path, "implied", index], `'${id}' is not a stage below '${stage.id}'`)];
    }),
    ...conditionsOf(stage, path).flatMap(({ part, path: at }) => conditionMistakes(part, at)),
  ];
}

function mainMistakes(stage: StageFile, path: Path, isReached: boolean): Mistake[] {
  const mistakes: Mistake[] = [];
  if (stage.rank === undefined) mistakes.push(mistake(path, `stage '${stage.id}' needs a rank`));
  if (stage.reenter) mistakes.push(wrongKey([...path, "reenter"], "only a side stage is left by reenter"));
  if (!stage.enter && !isReached) mistakes.push(mistake(path, `nothing leads to stage '${stage.id}': it needs enter`));
  return mistakes;
}

function sideMistakes(stage: StageFile, path: Path, isReached: boolean): Mistake[] {
  const mistakes: Mistake[] = [];
  const misplaced = (["rank", "enter", "exit", "implied"] as const).filter((key) => stage[key] !== undefined);
  for (const key of misplaced) {
    mistakes.push(wrongKey([...path, key], `a side stage has no ${key}: it is reached by exits and left by reenter`));
  }
  if (!isReached) mistakes.push(mistake(path, `nothing leads to stage '${stage.id}': no exit names it`));
  return mistakes;
}

function ruleMistakes(rule: ScoreRuleFile, path: Path): Mistake[] {
  const { when, points, bands } = rule;
  const mistakes: Mistake[] = [];
  if ((points === undefined) === (bands === undefined))
    mistakes.push(mistake(path, "a rule has either points or bands"));
  if (bands && !("field" in when)) mistakes.push(wrongKey([...path, "bands"], "bands need a rule on a field"));
  const isPerEvent = "event" in when && when.within === undefined;
  for (const key of isPerEvent ? [] : (["decay", "repeat"] as const)) {
    if (rule[key] === undefined) continue;
    mistakes.push(wrongKey([...path, key], `${key} belongs to rules on an event without within`));
  }
  for (const { part, path: at } of conditionsIn(when, [...path, "when"])) {
    if ("score" in part) mistakes.push(mistake(at, "a score cannot read a score"));
    mistakes.push(...conditionMistakes(part, at));
  }
  for (const [, name = ""] of (rule.why ?? "").matchAll(/\{([^}]*)\}/g)) {
    mistakes.push(...fieldMistakes(name, [...path, "why"]));
  }
  return mistakes;
}

function conditionMistakes(part: Condition, path: Path): Mistake[] {
  if ("event" in part) return matchMistakes(part, path);
  if ("count" in part) return [...matchMistakes(part.count, [...path, "count"]), ...boundMistakes(part, path)];
  if ("no" in part) return matchMistakes(part.no, [...path, "no"]);
  if ("field" in part) return fieldMistakes(part.field, [...path, "field"]);
  if ("state" in part) {
    const family = part.state.slice(0, part.state.indexOf("."));
    const mistakes = whereMistakes(part.where, [family], [...path, "where"]);
    if (part.quantifier !== "all" || part.olderThan === undefined) return mistakes;
    return [...mistakes, wrongKey([...path, "olderThan"], "olderThan goes with exists or none")];
  }
  if ("score" in part && part.grade === undefined) return boundMistakes(part, path);
  return [];
}

function boundMistakes(part: object, path: Path): Mistake[] {
  const hasBound = ["gt", "gte", "lt", "lte"].some((bound) => bound in part);
  return hasBound ? [] : [mistake(path, "say how many: gt, gte, lt or lte")];
}

function matchMistakes(match: { event: string | string[]; where?: Where | undefined }, path: Path): Mistake[] {
  const families = new Set<string>();
  const mistakes = listOf(match.event).flatMap((text, index) => {
    const at = typeof match.event === "string" ? [...path, "event"] : [...path, "event", index];
    const { direction, kind } = parseSelector(text);
    if (direction !== null && !["inbound", "outbound", "none"].includes(direction)) {
      return [mistake(at, `unknown direction '${direction}': write inbound, outbound or none`)];
    }
    const kinds = kindsOf(kind);
    for (const known of kinds) families.add(known.slice(0, known.indexOf(".")));
    return kinds.length > 0 ? [] : [mistake(at, `unknown kind of event '${kind}'`)];
  });
  if (mistakes.length > 0) return mistakes;
  return whereMistakes(match.where, [...families], [...path, "where"]);
}

function whereMistakes(where: Where | undefined, families: readonly string[], path: Path): Mistake[] {
  const known = new Set(["channel", ...families.flatMap((family) => factsByFamily[family] ?? [])]);
  return Object.keys(where ?? {})
    .filter((name) => !known.has(name))
    .map((name) => wrongKey([...path, name], `unknown fact '${name}'; known here: ${[...known].sort().join(", ")}`));
}

function fieldMistakes(name: string, path: Path): Mistake[] {
  if (name.includes("journey_hub"))
    return [mistake(path, `'${name}' is what the hub itself writes; rules never read it`)];
  if (fieldNames.has(name) || /^(person|company)\.custom\.[a-z0-9_]+$/i.test(name)) return [];
  return [mistake(path, `unknown field '${name}'`)];
}

function conditionsOf(stage: StageFile, path: Path): { part: Condition; path: Path }[] {
  return [
    ...(stage.enter ? conditionsIn(stage.enter, [...path, "enter"]) : []),
    ...(stage.exit ?? []).flatMap(({ when }, index) => [...conditionsIn(when, [...path, "exit", index, "when"])]),
    ...(stage.reenter ? conditionsIn(stage.reenter.on, [...path, "reenter", "on"]) : []),
  ];
}

function* rulesIn({ spec }: ScoreFile): Generator<{ rule: ScoreRuleFile; path: Path }> {
  for (const [name, { groups = [], rules = [] }] of Object.entries(spec.dimensions)) {
    const at = ["spec", "dimensions", name];
    for (const [index, rule] of rules.entries()) yield { rule, path: [...at, "rules", index] };
    for (const [group, { rules: grouped }] of groups.entries()) {
      for (const [index, rule] of grouped.entries()) yield { rule, path: [...at, "groups", group, "rules", index] };
    }
  }
}

function duplicates<K extends string>(
  items: readonly { [key in K]?: string | number | undefined }[],
  key: K,
  pathOf: (index: number) => Path,
): Mistake[] {
  const seen = new Set<string | number>();
  return items.flatMap((item, index) => {
    const value = item[key];
    if (value === undefined) return [];
    if (seen.has(value)) return [mistake(pathOf(index), `${key} '${value}' is used twice`)];
    seen.add(value);
    return [];
  });
}

function mistake(path: Path, message: string): Mistake {
  return { path, message };
}

function wrongKey(path: Path, message: string): Mistake {
  return { path, message, at: "key" };
}

function listOf(value: string | string[]): string[] {
  return typeof value === "string" ? [value] : value;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(",")}}`;
}
