import type { StageInterval } from "../../model/index.ts";
import type { Fields, Moment, ScoreStanding } from "./conditions.ts";
import { Found, shorten } from "./describe.ts";
import type { CompiledJourney, JourneyRule, Stage } from "./journey.ts";
import type { Entry, Ledger } from "./ledger.ts";
import { Watch } from "./watch.ts";

const never = Number.POSITIVE_INFINITY;
const textMax = 255;

/**
 * The journey of one subject, folded along. The stage is the highest whose enter rule held and whose exit rule has not since. A rule
 * fires when it comes to hold, or holds still and this very event is among what it holds on: so a stage left for silence is entered
 * again by new evidence, never by the old.
 */
export class JourneyFold {
  readonly intervals: StageInterval[] = [];
  readonly #journey: CompiledJourney;
  readonly #moment: Moment;
  readonly #held: Uint8Array;
  readonly #due: Float64Array;
  #stage: Stage | null = null;
  /** Stages an enter rule can lead to from here. */
  #above: Stage[];
  #cycle = 1;
  #visited = new Set<string>();
  #hasBegun = false;
  #sinceSeq = -1;
  #sinceMs = -never;

  constructor(journey: CompiledJourney, { ledger, fields }: { ledger: Ledger; fields: Fields }, score: ScoreStanding) {
    this.#journey = journey;
    this.#above = journey.stages.filter(({ isSide }) => !isSide);
    const watch = new Watch(journey.watchlist);
    this.#moment = { ledger, watch, fields, score, nowMs: -never, seq: -1, sinceSeq: -1, sinceMs: -never };
    this.#held = new Uint8Array(journey.watchlist.ruleCount);
    this.#due = new Float64Array(journey.watchlist.ruleCount).fill(-never);
  }

  /** Whether any rule reads the score, so that the score must be kept current along the way. */
  get readsScore(): boolean {
    return this.#journey.watchlist.scoreReaders.size > 0;
  }

  /** Takes in an event, or (null) the passing of time, at this instant (epoch ms). */
  step(entry: Entry | null, nowMs: number): void {
    this.#hasBegun ||= entry !== null;
    this.#moment.nowMs = nowMs;
    this.#moment.seq = entry?.seq ?? -1;
    if (entry) this.#moment.watch.observe(entry);
    if (this.#hasBegun) this.#move();
  }

  /** The score has moved: rules that read it are looked at in the next step. */
  scoreMoved(): void {
    for (const rule of this.#journey.watchlist.scoreReaders) this.#due[rule] = -never;
  }

  /** When time alone may move the stage next (epoch ms), or Infinity. */
  dueMs(): number {
    if (!this.#hasBegun) return never;
    let due = never;
    for (const stage of this.#above)
      for (const rule of stage.enter) due = Math.min(due, this.#due[rule.index] ?? never);
    for (const rule of this.#waysOut()) due = Math.min(due, this.#due[rule.index] ?? never);
    return due;
  }

  #move(): void {
    const up = this.#highestEntered();
    const stage = this.#stage;
    if (stage?.isSide) this.#comeBack(stage, up);
    else if (up) this.#enter(up.stage, up.rule, "enter");
    else if (stage) this.#leave(stage);
  }

  /** Takes the first exit that fires. What held before above the new stage counts no more; each rule there must fire anew. */
  #leave(stage: Stage): void {
    const exit = this.#firstExit(stage);
    const to = exit && this.#journey.stages.find(({ id }) => id === exit.to);
    if (!to) return;
    const byDefault = this.#moment.seq < 0 ? "timeout" : to.isSide ? "exit" : "regress";
    this.#enter(to, exit.rule, exit.cause ?? byDefault);
    for (const above of this.#above) for (const rule of above.enter) this.#look(rule);
  }

  /** From a side stage a new cycle begins, in the stage this moment leads to, else in the first. */
  #comeBack(side: Stage, up: { stage: Stage; rule: JourneyRule } | null): void {
    this.#scopeToStage();
    const isBack = side.reenter !== null && this.#fires(side.reenter);
    this.#scopeToAll();
    const first = this.#journey.stages.find((stage) => !stage.isSide);
    if (!isBack || !side.reenter || !first) return;
    this.#cycle++;
    this.#visited = new Set();
    this.#enter(up?.stage ?? first, up?.rule ?? side.reenter, "enter");
  }

  #highestEntered(): { stage: Stage; rule: JourneyRule } | null {
    let highest: { stage: Stage; rule: JourneyRule } | null = null;
    for (const stage of this.#above) {
      let first: JourneyRule | null = null;
      // Every rule is asked, also behind one that fires: each must know whether it held before.
      for (const rule of stage.enter) if (this.#fires(rule)) first ??= rule;
      if (first) highest = { stage, rule: first };
    }
    return highest;
  }

  #firstExit(stage: Stage): Stage["exit"][number] | null {
    let first: Stage["exit"][number] | null = null;
    this.#scopeToStage();
    for (const exit of stage.exit) if (this.#fires(exit.rule)) first ??= exit;
    this.#scopeToAll();
    return first;
  }

  #waysOut(): JourneyRule[] {
    if (!this.#stage) return [];
    const { exit, reenter } = this.#stage;
    return reenter ? [...exit.map(({ rule }) => rule), reenter] : exit.map(({ rule }) => rule);
  }

  #enter(stage: Stage, rule: JourneyRule, cause: StageInterval["cause"]): void {
    const at = new Date(this.#moment.nowMs).toISOString();
    if (this.#waysOut().includes(rule)) this.#scopeToStage();
    const evidence = this.#evidence(rule);
    this.#scopeToAll();
    this.#close(at);
    if (cause === "enter") this.#imply(stage, at, evidence);
    this.#open(stage.id, at, { cause, evidence });
    this.#stage = stage;
    this.#above = this.#journey.stages.filter(({ isSide, rank }) => !isSide && rank > stage.rank);
    this.#sinceSeq = this.#moment.ledger.entries.length - 1;
    this.#sinceMs = this.#moment.nowMs;
    this.#scopeToStage();
    for (const wayOut of this.#waysOut()) this.#look(wayOut);
    this.#scopeToAll();
  }

  #imply(stage: Stage, at: string, evidence: StageInterval["evidence"]): void {
    const from = this.#stage?.rank ?? -1;
    const skipped = this.#journey.stages.filter(
      ({ id, rank }) => stage.implied.includes(id) && rank > from && !this.#visited.has(id),
    );
    for (const { id } of skipped) {
      const text = shorten(`Implied by ${stage.id}: ${evidence.text}`, textMax);
      this.#open(id, at, { cause: "implied", evidence: { ...evidence, rule: `${stage.id}.implied`, text } });
      this.#close(at);
    }
  }

  #open(stage: string, at: string, why: Pick<StageInterval, "cause" | "evidence">): void {
    this.#visited.add(stage);
    const { name } = this.#journey;
    this.intervals.push({ journey: name, stage, cycle_no: this.#cycle, valid_from: at, valid_to: null, ...why });
  }

  #close(at: string): void {
    const last = this.intervals.at(-1);
    if (last) last.valid_to ??= at;
  }

  #evidence(rule: JourneyRule): StageInterval["evidence"] {
    const found = new Found();
    rule.condition.explain(this.#moment, found);
    const { version } = this.#journey;
    return { rule: rule.id, rule_version: version, event_ids: found.eventIds(), text: found.text(`${rule.id} holds`) };
  }

  #fires(rule: JourneyRule): boolean {
    const isDue = (this.#due[rule.index] ?? never) <= this.#moment.nowMs;
    if (!isDue && !this.#moment.watch.isTouched(rule.index, this.#moment.seq)) return false;
    const held = this.#held[rule.index] === 1;
    return this.#look(rule) && (!held || rule.condition.isFresh(this.#moment));
  }

  /** Notes whether the rule holds now and when time may change that. */
  #look(rule: JourneyRule): boolean {
    const holds = rule.condition.holds(this.#moment);
    this.#held[rule.index] = holds ? 1 : 0;
    this.#due[rule.index] = rule.condition.dueMs(this.#moment);
    return holds;
  }

  #scopeToStage(): void {
    this.#moment.sinceSeq = this.#sinceSeq;
    this.#moment.sinceMs = this.#sinceMs;
  }

  #scopeToAll(): void {
    this.#moment.sinceSeq = -1;
    this.#moment.sinceMs = -never;
  }
}
