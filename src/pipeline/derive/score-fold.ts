import type { Contribution, Score } from "../../model/index.ts";
import type { Fields, Moment, ScoreStanding } from "./conditions.ts";
import { firstChange, Occurrences } from "./decay.ts";
import { Found, sayEvent, shorten } from "./describe.ts";
import type { Entry, Ledger } from "./ledger.ts";
import type { CompiledScore, ScoreRule } from "./score.ts";
import { numeric } from "./values.ts";
import { Watch } from "./watch.ts";

const reasonMax = 255;
const eventIdsMax = 20;
const never = Number.POSITIVE_INFINITY;

interface RuleStanding {
  rule: ScoreRule;
  occurrences: Occurrences | null;
  points: number;
  holds: boolean;
  /** When time alone changes what the rule shows; -Infinity asks for a new look. */
  dueMs: number;
}

/**
 * The score of one subject, folded along. A rule's points are rounded to whole points after decay and repetition, so everything above
 * a rule (group, dimension, total, grade) is exact addition, and each change has one exact instant.
 */
export class ScoreFold implements ScoreStanding {
  value = 0;
  grade = "";
  dimensions: Record<string, number> = {};
  readonly #score: CompiledScore;
  readonly #moment: Moment;
  readonly #standings: RuleStanding[];
  #isVetoed = false;

  constructor(score: CompiledScore, ledger: Ledger, fields: Fields) {
    this.#score = score;
    const watch = new Watch(score.watchlist);
    this.#moment = { ledger, watch, fields, score: null, nowMs: -never, seq: -1, sinceSeq: -1, sinceMs: -never };
    this.#standings = score.rules.map((rule) => ({
      rule,
      occurrences: rule.perEvent && new Occurrences(rule.perEvent.decay, rule.perEvent.repeat),
      points: 0,
      holds: false,
      dueMs: -never,
    }));
  }

  observe(entry: Entry): void {
    const { watch } = this.#moment;
    watch.observe(entry);
    for (const standing of this.#standings) {
      if (!watch.isTouched(standing.rule.index, entry.seq)) continue;
      standing.occurrences?.add(entry.atMs, entry.seq);
      standing.dueMs = -never;
    }
  }

  /** Brings every rule to this instant (epoch ms) and says whether any points moved. */
  settle(nowMs: number): boolean {
    this.#moment.nowMs = nowMs;
    let moved = this.grade === "";
    for (const standing of this.#standings) {
      if (standing.dueMs > nowMs) continue;
      const { points, holds } = standing;
      this.#settleRule(standing, nowMs);
      moved ||= points !== standing.points || holds !== standing.holds;
    }
    if (moved) this.#addUp();
    return moved;
  }

  /** When time alone changes the score next (epoch ms), or Infinity; after {@link settle}. */
  dueMs(): number {
    let due = never;
    for (const standing of this.#standings) due = Math.min(due, standing.dueMs);
    return due;
  }

  result(): Score {
    const contributions = this.#contributions();
    return {
      name: this.#score.name,
      value: this.value,
      grade: this.grade,
      dimensions: { ...this.dimensions },
      contributions,
      rule_version: this.#score.version,
      reason: this.#reason(contributions),
    };
  }

  eventIds(): string[] {
    return this.#strongest(this.#contributions()).flatMap((part) => part.event_ids);
  }

  #settleRule(standing: RuleStanding, nowMs: number): void {
    const { rule, occurrences } = standing;
    if (occurrences) {
      occurrences.settle(nowMs);
      const pointsAt = (atMs: number) => this.#pointsAt(rule, occurrences.amount(atMs));
      standing.points = pointsAt(nowMs);
      standing.holds = occurrences.count > 0 && standing.points !== 0;
      standing.dueMs = Math.min(occurrences.nextLapseMs(), nextPoint(standing, nowMs, pointsAt));
    } else {
      standing.holds = rule.condition.holds(this.#moment);
      standing.points = standing.holds ? rule.limit(round(this.#levelPoints(rule))) : 0;
      standing.dueMs = rule.condition.dueMs(this.#moment);
    }
  }

  #pointsAt(rule: ScoreRule, amount: number): number {
    if (amount === 0) return 0;
    return rule.limit(round(rule.points * (rule.perEvent?.repeat.isLog2 ? Math.log2(1 + amount) : amount)));
  }

  #levelPoints({ points, bands, bandField }: ScoreRule): number {
    if (!bands || bandField === null) return points;
    const field = this.#moment.fields[bandField];
    const size = numeric(typeof field === "object" ? field[0] : field);
    const band = bands.find(({ lt = never, gte = -never }) => size < lt && size >= gte);
    return band?.points ?? 0;
  }

  #addUp(): void {
    const { sums, dimensions, grades, total } = this.#score;
    const subtotals = sums.map(() => 0);
    for (const { rule, points } of this.#standings) subtotals[rule.sum] = (subtotals[rule.sum] ?? 0) + points;
    this.dimensions = {};
    for (const { name } of dimensions) this.dimensions[name] = 0;
    for (const [index, { dimension, limit }] of sums.entries()) {
      this.dimensions[dimension] = (this.dimensions[dimension] ?? 0) + limit(subtotals[index] ?? 0);
    }
    for (const { name, limit } of dimensions) this.dimensions[name] = limit(this.dimensions[name] ?? 0);
    this.value = total(Object.values(this.dimensions).reduce((sum, points) => sum + points, 0));
    this.#isVetoed = this.#standings.some(({ rule, holds }) => rule.isVeto && holds);
    this.grade = grades.map(({ dimension, steps }) => this.#gradeOf(this.dimensions[dimension] ?? 0, steps)).join("");
  }

  #gradeOf(points: number, steps: [string, number][]): string {
    const reached = this.#isVetoed ? undefined : steps.find(([, least]) => points >= least);
    return (reached ?? steps.at(-1))?.[0] ?? "";
  }

  #contributions(): Contribution[] {
    return this.#standings
      .filter(({ rule, points, holds }) => points !== 0 || (rule.isVeto && holds))
      .map((standing) => {
        const { rule, points } = standing;
        return { rule: rule.id, dimension: rule.dimension, points, ...this.#explain(standing) };
      });
  }

  #explain({ rule, occurrences }: RuleStanding): { event_ids: string[]; text: string } {
    const found = new Found();
    if (occurrences) {
      const events = occurrences.newest(eventIdsMax).flatMap((seq) => this.#moment.ledger.entries[seq]?.event ?? []);
      for (const event of events) found.addEvent(event);
      const last = events.at(-1);
      const many = occurrences.count > 1 ? `${occurrences.count} times, latest: ` : "";
      if (last) found.say(`${many}${sayEvent(last)}`);
    } else rule.condition.explain(this.#moment, found);
    const held = found.text(rule.id);
    return { event_ids: found.eventIds(), text: rule.why === undefined ? held : this.#fill(rule.why) };
  }

  /** Puts golden values into `{person.title}`. */
  #fill(why: string): string {
    const { fields } = this.#moment;
    const text = why.replaceAll(/\{([a-z_.]+)\}/g, (_, name: string) => String(fields[name] ?? "unknown"));
    return shorten(text, reasonMax);
  }

  #reason(contributions: readonly Contribution[]): string {
    if (contributions.length === 0) return `${this.grade}, ${this.value} points: no rule applies yet`;
    const parts = this.#strongest(contributions).map(({ points, text }) => `${points > 0 ? "+" : ""}${points} ${text}`);
    return shorten(
      `${this.grade}, ${this.value} points${this.#isVetoed ? ", vetoed" : ""}: ${parts.join("; ")}`,
      reasonMax,
    );
  }

  #strongest(contributions: readonly Contribution[]): Contribution[] {
    return [...contributions].sort((a, b) => Math.abs(b.points) - Math.abs(a.points)).slice(0, this.#score.top);
  }
}

/** When decay takes the rule to another whole point, up to its next lapse. */
function nextPoint({ rule, occurrences, points }: RuleStanding, nowMs: number, pointsAt: (atMs: number) => number) {
  const decay = rule.perEvent?.decay;
  if (!occurrences || !decay || points === 0) return never;
  if (decay.kind === "straight") {
    const lapse = occurrences.nextLapseMs();
    return decay.rate === 0 || lapse === never ? never : firstChange(nowMs, lapse, pointsAt);
  }
  const threshold = (Math.abs(points) - 0.5) / Math.abs(rule.points);
  const amountThen = rule.perEvent?.repeat.isLog2 ? 2 ** threshold - 1 : threshold;
  const solved = Math.ceil(nowMs + decay.halfLifeMs * Math.log2(occurrences.amount(nowMs) / amountThen));
  // The solved instant may be off by rounding; the search around it settles the millisecond.
  const from = Math.max(nowMs, solved - 2);
  const near = pointsAt(from) === points ? firstChange(from, from + 4, pointsAt) : never;
  return near < never ? near : firstChange(nowMs, Math.max(nowMs, solved) + 1000, pointsAt);
}

/** Whole points, halves away from zero. */
function round(points: number): number {
  const whole = Math.floor(Math.abs(points) + 0.5);
  return points < 0 && whole !== 0 ? -whole : whole;
}
