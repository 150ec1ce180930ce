import type { Clock } from "../lib/clock.ts";
import { type CallOutcome, type Concurrency, concurrencyLimit } from "./concurrency.ts";
import {
  type DailyAllowance,
  dailyAllowance,
  type QuotaLedger,
  type QuotaStanding,
  type Usage,
  usedUp,
} from "./daily-allowance.ts";
import { SourceError } from "./errors.ts";
import { isUrgent, type Lane } from "./lanes.ts";
import { createPause } from "./pause.ts";
import { type Allowance, type SlidingWindow, slidingWindow } from "./sliding-window.ts";

/** What a vendor account grants the hub; a pool is counted apart from, and besides, the burst (HubSpot's search). */
export interface Limits {
  concurrency: Concurrency;
  burst?: Allowance;
  pools?: Readonly<Record<string, Allowance>>;
  daily?: DailyAllowance;
  /** Share of the daily allowance left to the account's other tools; 0 … 1. Default 0.1. */
  reserve?: number;
}

/** A call as the gates see it: what it counts against, and how much of each is kept for more urgent calls. */
export interface Passenger {
  lane: Lane;
  windows: { window: SlidingWindow; kept: number }[];
}

/** Everything that may hold up a call to one vendor account. */
export interface Gates {
  /** Throws an Error for a pool the limits do not name. */
  passenger(lane: Lane, pool: string | undefined): Passenger;
  /** How long the call has to wait; 0 when only room among those running, or a booking, may be missing. */
  waitMs(passenger: Passenger): number;
  /** Why a call that would have to wait so long is refused. */
  refusal(passenger: Passenger, waitMs: number): SourceError;
  hasRoom(passenger: Passenger, running: number): boolean;
  /** Books calls ahead in the ledger; null when none are needed. */
  booking(): Promise<void> | null;
  /** Counts a call that starts; to be told what it came to. */
  take(passenger: Passenger): (outcome: CallOutcome) => void;
  pauseUntil(untilMs: number): void;
  usage(usage: Usage): void;
  quota(): QuotaStanding | null;
}

export interface GatesOptions {
  /** The vendor's clock, by which its days begin; the hub's where absent. */
  vendorNow?(): number;
  ledger?: QuotaLedger;
}

const reserveDefault = 0.1;
/** Of the requests at the same time, one in four is kept for what somebody waits for; of a burst one in ten. */
const keptOfConcurrency = 4;
const keptOfBurst = 10;

/** Throws RangeError for limits that let nothing through. */
export function createGates(limits: Limits, clock: Clock, options: GatesOptions): Gates {
  const concurrency = concurrencyLimit(limits.concurrency);
  const windowsOf = createWindows(limits);
  const daily = createDaily(limits, clock, options);
  const pause = createPause(clock);
  const passingMs = ({ windows }: Passenger) => {
    const waits = windows.map(({ window, kept }) => window.waitMs(clock.now(), kept));
    return Math.max(pause.leftMs(), ...waits);
  };
  return {
    passenger: (lane, pool) => ({ lane, windows: windowsOf(lane, pool) }),
    waitMs: (passenger) => Math.max(daily.waitMs(passenger.lane), passingMs(passenger)),
    refusal(passenger, waitMs) {
      const { lane } = passenger;
      const standing = daily.standing();
      const dayMs = daily.waitMs(lane); // by now less than it was when `waitMs` was found
      const isUsedUp = standing !== null && dayMs > 0 && dayMs >= passingMs(passenger);
      return isUsedUp ? usedUp(standing, lane, waitMs) : impatience(waitMs);
    },
    hasRoom({ lane }, running) {
      const allowed = concurrency.allowed();
      return running < (isUrgent(lane) ? allowed : allowed - Math.floor(allowed / keptOfConcurrency));
    },
    booking: daily.booking,
    take({ windows }) {
      for (const { window } of windows) window.take(clock.now());
      daily.take();
      return concurrency.begin();
    },
    pauseUntil: pause.until,
    usage: daily.told,
    quota: daily.standing,
  };
}

function createWindows({ burst, pools = {} }: Limits) {
  const whole = burst ? slidingWindow(burst) : null;
  const apart = new Map(Object.entries(pools).map(([name, pool]) => [name, slidingWindow(pool)]));
  const kept = Math.floor((burst?.requests ?? 0) / keptOfBurst);
  return (lane: Lane, pool: string | undefined): Passenger["windows"] => {
    const own = pool === undefined ? null : apart.get(pool);
    if (own === undefined) throw new Error(`The connector's limits name no pool "${pool}"`);
    return [
      ...(whole ? [{ window: whole, kept: isUrgent(lane) ? 0 : kept }] : []),
      ...(own ? [{ window: own, kept: 0 }] : []),
    ];
  };
}

function createDaily({ daily = {}, reserve = reserveDefault }: Limits, clock: Clock, options: GatesOptions) {
  const { vendorNow = () => clock.now(), ledger } = options;
  if (!(reserve >= 0 && reserve < 1)) throw new RangeError(`limits.reserve is ${reserve}, not from 0 to below 1`);
  return dailyAllowance(daily, { now: vendorNow, reserve, ...(ledger ? { ledger } : {}) });
}

function impatience(waitMs: number): SourceError {
  return new SourceError("retry", `The vendor lets no call through for another ${Math.ceil(waitMs / 1_000)} s`, {
    afterMs: waitMs,
    remedy: "Nothing to do: what was read is kept, and the next run goes on from there.",
  });
}
