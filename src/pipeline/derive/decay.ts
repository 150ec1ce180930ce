import { type DecayFile, durationMs, type RepeatFile } from "./grammar.ts";

const dayMs = 86_400_000;
const never = Number.POSITIVE_INFINITY;

/** How much of an occurrence is left as it ages: exponential by half-life, else a straight fall to nothing at `lifeMs`. */
export type Decay = { kind: "exponential"; halfLifeMs: number } | { kind: "straight"; rate: number; lifeMs: number };

export function compileDecay(decay: DecayFile): Decay {
  if (decay === "none") return { kind: "straight", rate: 0, lifeMs: never };
  if (decay.kind === "exponential") return { kind: "exponential", halfLifeMs: durationMs(decay.halfLife) };
  if (decay.kind === "step") return { kind: "straight", rate: 0, lifeMs: durationMs(decay.after) };
  const lifeMs = (durationMs(decay.per) * 100) / Number(decay.lose.slice(0, -1));
  return { kind: "straight", rate: 1 / lifeMs, lifeMs };
}

/** Which occurrences count, and how their number becomes points. */
export interface Repeat {
  /** Only the newest so many count. */
  countMax: number;
  perDayMax: number;
  isLog2: boolean;
}

export function compileRepeat(repeat: RepeatFile | undefined): Repeat {
  const every = { countMax: never, perDayMax: never, isLog2: false };
  if (repeat === undefined) return every;
  if (repeat === "once") return { ...every, countMax: 1 };
  if (repeat.kind === "log2") return { ...every, isLog2: true };
  if (repeat.kind === "perDay") return { ...every, perDayMax: repeat.max ?? 1 };
  return { ...every, countMax: repeat.max ?? never };
}

/**
 * The occurrences of one score rule for one subject: how much of them is left at an instant, in constant time whatever their number.
 * Exponential decay with one half-life is one sum carried along; a straight fall is a count and a sum of instants over the living ones.
 */
export class Occurrences {
  readonly #decay: Decay;
  readonly #repeat: Repeat;
  readonly #times: number[] = [];
  readonly #seqs: number[] = [];
  #tail = 0;
  #sumOfOffsets = 0;
  #left = 0;
  #leftAtMs = 0;
  #day = -1;
  #onDay = 0;

  constructor(decay: Decay, repeat: Repeat) {
    this.#decay = decay;
    this.#repeat = repeat;
  }

  add(atMs: number, seq: number): void {
    if (!this.#isAccepted(atMs)) return;
    if (this.#decay.kind === "exponential") this.#left = this.#leftOf(this.#decay.halfLifeMs, atMs) + 1;
    this.#leftAtMs = atMs;
    this.#times.push(atMs);
    this.#seqs.push(seq);
    this.#sumOfOffsets += this.#offset(atMs);
    if (this.#times.length - this.#tail > this.#repeat.countMax) this.#dropOldest();
  }

  /** Lets go of the occurrences nothing is left of; call before {@link amount} at each new instant. */
  settle(nowMs: number): void {
    while (this.nextLapseMs() <= nowMs) this.#dropOldest();
  }

  /** How much is left at an instant not before the latest occurrence nor after the next lapse, as a number of fresh occurrences. */
  amount(nowMs: number): number {
    const alive = this.#times.length - this.#tail;
    if (alive === 0) return 0;
    if (this.#decay.kind === "straight") {
      return Math.max(0, alive - this.#decay.rate * (alive * this.#offset(nowMs) - this.#sumOfOffsets));
    }
    if (this.#repeat.countMax === never) return this.#leftOf(this.#decay.halfLifeMs, nowMs);
    const { halfLifeMs } = this.#decay;
    return this.#times.slice(this.#tail).reduce((left, atMs) => left + 2 ** ((atMs - nowMs) / halfLifeMs), 0);
  }

  /** When the oldest occurrence that counts is used up (epoch ms), or Infinity. */
  nextLapseMs(): number {
    const oldest = this.#times[this.#tail];
    return oldest === undefined || this.#decay.kind === "exponential" ? never : oldest + Math.ceil(this.#decay.lifeMs);
  }

  /** The ledger places of the newest `max` occurrences that count. */
  newest(max: number): number[] {
    return this.#seqs.slice(Math.max(this.#tail, this.#seqs.length - max));
  }

  get count(): number {
    return this.#times.length - this.#tail;
  }

  #leftOf(halfLifeMs: number, nowMs: number): number {
    return this.#left * 2 ** ((this.#leftAtMs - nowMs) / halfLifeMs);
  }

  #isAccepted(atMs: number): boolean {
    const day = Math.floor(atMs / dayMs);
    this.#onDay = day === this.#day ? this.#onDay + 1 : 1;
    this.#day = day;
    return this.#onDay <= this.#repeat.perDayMax;
  }

  #dropOldest(): void {
    this.#sumOfOffsets -= this.#offset(this.#times[this.#tail] ?? 0);
    this.#tail++;
  }

  /** Instants are summed as distances from the first, so that the sums stay exact whole numbers. */
  #offset(atMs: number): number {
    return atMs - (this.#times[0] ?? atMs);
  }
}

/**
 * The first whole millisecond in (low, high] at which `value` differs from its value at `low`, or Infinity; `value` moves one way only.
 */
export function firstChange(lowMs: number, highMs: number, value: (atMs: number) => number): number {
  const before = value(lowMs);
  if (value(highMs) === before) return never;
  let same = lowMs;
  let changed = highMs;
  while (changed - same > 1) {
    const middle = Math.floor((same + changed) / 2);
    if (value(middle) === before) same = middle;
    else changed = middle;
  }
  return changed;
}
