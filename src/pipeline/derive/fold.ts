import type { Score, StageInterval, TimelineEvent } from "../../model/index.ts";
import type { Fields } from "./conditions.ts";
import type { CompiledJourney } from "./journey.ts";
import { JourneyFold } from "./journey-fold.ts";
import { Ledger } from "./ledger.ts";
import type { CompiledScore } from "./score.ts";
import { ScoreFold } from "./score-fold.ts";

const never = Number.POSITIVE_INFINITY;
/** An instant later than this is not worth a timer. */
const horizonMs = Date.parse("9999-12-31T00:00:00.000Z");
/** Every step uses up an event or an instant of a window; a fold that needs more than this is a mistake of ours and stops. */
const stepsMax = 5_000_000;

export interface Rules {
  journey: CompiledJourney;
  score: CompiledScore;
}

export interface Subject {
  id: string;
  kind: "person" | "company";
  /** Golden values: `person.title`, `company.number_of_employees` … */
  fields: Fields;
  events: readonly TimelineEvent[];
}

/**
 * Journey and score of one subject, moved along time: events in order, and between them the instants at which time alone changes
 * something, each taken at that very instant and before the events of the same instant.
 */
export class Fold {
  readonly #events: readonly TimelineEvent[];
  readonly #ledger = new Ledger();
  readonly #journey: JourneyFold;
  readonly #score: ScoreFold;
  #at = 0;
  #steps = 0;
  #scoreIsSettled = false;
  /** Looking ahead the score is kept current even where the journey does not read it. */
  #followsScore: boolean;

  constructor({ fields, events }: Subject, { journey, score }: Rules) {
    this.#events = inOrder(events);
    this.#score = new ScoreFold(score, this.#ledger, fields);
    this.#journey = new JourneyFold(journey, { ledger: this.#ledger, fields }, this.#score);
    this.#followsScore = this.#journey.readsScore;
  }

  /** Takes in everything up to and including this instant (epoch ms). */
  runTo(untilMs: number): void {
    while (this.#nextMs() <= untilMs) this.#step();
    this.#settleScore(untilMs);
  }

  /** Goes on to the next instant at which anything happens at all; null when nothing ever will. Returns that instant (epoch ms). */
  runOn(): number | null {
    this.#followsScore = true;
    const nextMs = this.#nextMs();
    if (nextMs > horizonMs) return null;
    this.runTo(nextMs);
    return nextMs;
  }

  intervals(): StageInterval[] {
    return this.#journey.intervals.map((interval) => ({ ...interval }));
  }

  score(): Score {
    return this.#score.result();
  }

  overdueEvents(): TimelineEvent[] {
    return [...this.#ledger.overdueEvents];
  }

  #nextMs(): number {
    return Math.min(this.#nextTimerMs(), this.#nextEventMs());
  }

  #nextTimerMs(): number {
    const scoreMs = this.#followsScore && this.#scoreIsSettled ? this.#score.dueMs() : never;
    return Math.min(this.#ledger.nextOverdueMs(), this.#journey.dueMs(), scoreMs);
  }

  #nextEventMs(): number {
    const event = this.#events[this.#at];
    return event ? Date.parse(event.occurred_at) : never;
  }

  #step(): void {
    if (++this.#steps > stepsMax)
      throw new Error(`A fold took more than ${stepsMax} steps; this is a fault in the hub`);
    const timerMs = this.#nextTimerMs();
    const eventMs = this.#nextEventMs();
    const nowMs = Math.min(timerMs, eventMs);
    const entry = timerMs > eventMs ? this.#takeEvent(eventMs) : this.#takeOverdue(timerMs);
    if (entry) this.#score.observe(entry);
    if (this.#followsScore && this.#settleScore(nowMs)) this.#journey.scoreMoved();
    this.#journey.step(entry, nowMs);
  }

  #settleScore(nowMs: number): boolean {
    this.#scoreIsSettled = true;
    return this.#score.settle(nowMs);
  }

  #takeEvent(atMs: number) {
    const event = this.#events[this.#at++];
    return event ? this.#ledger.add(event, atMs) : null;
  }

  #takeOverdue(nowMs: number) {
    return this.#ledger.nextOverdueMs() <= nowMs ? this.#ledger.fallOverdue() : null;
  }
}

/** The events once each, by (occurred_at, record_key, id): an order that does not depend on arrival. */
function inOrder(events: readonly TimelineEvent[]): readonly TimelineEvent[] {
  const isInOrder = events.every((event, index) => {
    const before = events[index - 1];
    return before === undefined || compare(before, event) <= 0;
  });
  const seen = new Set<string>();
  return (isInOrder ? events : [...events].sort(compare)).filter(({ id }) => !seen.has(id) && seen.add(id));
}

function compare(a: TimelineEvent, b: TimelineEvent): number {
  if (a.occurred_at !== b.occurred_at) return a.occurred_at < b.occurred_at ? -1 : 1;
  if (a.record_key !== b.record_key) return a.record_key < b.record_key ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
