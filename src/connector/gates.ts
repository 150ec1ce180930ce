import type { Clock } from "../lib/clock.ts";
import { type CallOutcome, type Concurrency, concurrencyLimit, concurrencyMax } from "./concurrency.ts";
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
import {
  type Lack,
  type LimitShare,
  type LimitUser,
  type SharedLimits,
  type Units,
  wholeShare,
} from "./shared-limits.ts";
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

/** A call as the gates see it: which counts of a stretch of time it goes into. */
export interface Passenger {
  lane: Lane;
  windows: readonly CountedLimit[];
  /** It goes into no count of a day. */
  isUncounted: boolean;
}

interface CountedLimit {
  limit: string;
  window: SlidingWindow;
}

/** Everything that may hold up a call to one vendor account. */
export interface Gates {
  /** Throws an Error for a pool the limits do not name. */
  passenger(lane: Lane, pool: string | undefined, isUncounted: boolean): Passenger;
  /** How long the call has to wait; 0 when only room among those running, or a booking, may be missing. */
  waitMs(passenger: Passenger): number;
  /** That other processes hold all of a limit the call counts against; how long they will is not known. */
  lackOf(passenger: Passenger): Lack | null;
  /** That calls under way fill a limit the call counts against, until one of them ends. */
  awaitsAnswer(passenger: Passenger): boolean;
  /** Why a call that would have to wait so long is refused. */
  refusal(passenger: Passenger, waitMs: number): SourceError;
  hasRoom(passenger: Passenger): boolean;
  /** Books calls ahead in the ledger; null when none are needed. */
  booking(passenger: Passenger): Promise<void> | null;
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
  /** Divides the limits with other processes; without it they are this governor's alone. */
  sharedLimits?: SharedLimits;
}

const reserveDefault = 0.1;
/** Of the requests at the same time, one in four is kept for what somebody waits for; of a burst one in ten. */
const keptOfConcurrency = 4;
const keptOfBurst = 10;

/** Those who wait at the gates: told when the share of this process is another one. */
export type WaitingRoom = Pick<LimitUser, "isWaiting" | "onChange">;

/** Throws RangeError for limits that let nothing through. */
export function createGates(limits: Limits, clock: Clock, options: GatesOptions, room: WaitingRoom): Gates {
  const windows = createWindows(limits, clock);
  const concurrency = concurrencyLimit(limits.concurrency, () => share.unitsOf("concurrency"));
  const daily = createDaily(limits, clock, options);
  const pause = createPause(clock);
  let running = 0;
  const share: LimitShare = shareOf(limits, options.sharedLimits, {
    inUse: () => ({ concurrency: running, ...windows.counts() }),
    ...room,
    pauseFor(leftMs) {
      pause.until(clock.now() + leftMs);
      room.onChange();
    },
  });
  const passingMs = (passenger: Passenger) => Math.max(pause.leftMs(), windows.waitMs(passenger, share));
  const dailyMs = ({ lane, isUncounted }: Passenger) => (isUncounted ? 0 : daily.waitMs(lane));
  const lackOf = (passenger: Passenger) => share.lackOf("concurrency") ?? windows.lackOf(passenger, share);
  return {
    passenger(lane, pool, isUncounted) {
      const passenger = { lane, windows: windows.of(pool), isUncounted };
      share.want();
      return passenger;
    },
    waitMs: (passenger) => Math.max(lackOf(passenger)?.forMs ?? 0, dailyMs(passenger), passingMs(passenger)),
    lackOf,
    awaitsAnswer: (passenger) => windows.awaitsAnswer(passenger, share),
    refusal(passenger, waitMs) {
      const { lane } = passenger;
      const lack = lackOf(passenger);
      const standing = daily.standing();
      const dayMs = dailyMs(passenger); // by now less than it was when `waitMs` was found
      const isUsedUp = standing !== null && dayMs > 0 && dayMs >= passingMs(passenger);
      if (lack !== null && lack.forMs >= Math.max(dayMs, passingMs(passenger))) return unshared(lack);
      return isUsedUp ? usedUp(standing, lane, waitMs) : impatience(waitMs);
    },
    hasRoom({ lane }) {
      const allowed = concurrency.allowed();
      return running < (isUrgent(lane) ? allowed : allowed - Math.floor(allowed / keptOfConcurrency));
    },
    booking: ({ isUncounted }) => (isUncounted ? null : daily.booking()),
    take({ windows, isUncounted }) {
      const counted = windows.map(({ window }) => window.take(clock.now()));
      if (!isUncounted) daily.take();
      running += 1;
      const ended = concurrency.begin();
      return (outcome) => {
        running -= 1;
        for (const answered of counted) answered(clock.now());
        ended(outcome);
      };
    },
    pauseUntil(untilMs) {
      pause.until(untilMs);
      const leftMs = untilMs - clock.now();
      if (leftMs > 0) share.pausedFor(leftMs);
    },
    usage: daily.told,
    quota: daily.standing,
  };
}

function createWindows({ burst, pools = {} }: Limits, clock: Clock) {
  const whole: CountedLimit[] = burst ? [{ limit: "burst", window: slidingWindow(burst) }] : [];
  const apart = new Map(
    Object.entries(pools).map(([name, pool]) => [name, { limit: `pool ${name}`, window: slidingWindow(pool) }]),
  );
  return {
    of(pool: string | undefined): CountedLimit[] {
      const own = pool === undefined ? null : apart.get(pool);
      if (own === undefined) throw new Error(`The connector's limits name no pool "${pool}"`);
      return own ? [...whole, own] : whole;
    },
    awaitsAnswer: ({ lane, windows: counted }: Passenger, share: LimitShare) =>
      counted.some(({ limit, window }) => window.awaitsAnswer(most(limit, share, lane))),
    counts(): Units {
      const counts = [...whole, ...apart.values()].map(({ limit, window }) => [limit, window.count(clock.now())]);
      return Object.fromEntries(counts);
    },
    waitMs: ({ lane, windows }: Passenger, share: LimitShare): number =>
      Math.max(0, ...windows.map(({ limit, window }) => window.waitMs(clock.now(), most(limit, share, lane)))),
    lackOf: ({ windows }: Passenger, share: LimitShare): Lack | null =>
      windows.map(({ limit }) => share.lackOf(limit)).find((lack) => lack !== null) ?? null,
  };
}

/** How much of a limit a call of this lane may use up: of a burst the rest is kept for more urgent ones. */
function most(limit: string, share: LimitShare, lane: Lane): number {
  const units = share.unitsOf(limit);
  return limit === "burst" && !isUrgent(lane) ? units - Math.floor(units / keptOfBurst) : units;
}

type ShareUser = Omit<LimitUser, "limits">;

function shareOf({ concurrency, burst, pools = {} }: Limits, shared: SharedLimits | undefined, user: ShareUser) {
  const counted = [
    ...(burst ? [{ name: "burst", ...burst }] : []),
    ...Object.entries(pools).map(([name, pool]) => ({ name: `pool ${name}`, ...pool })),
  ];
  const limits = [
    { name: "concurrency", units: concurrencyMax(concurrency), windowMs: 0 },
    ...counted.map(({ name, requests, windowMs }) => ({ name, units: Math.floor(requests), windowMs })),
  ];
  return shared ? shared.join({ ...user, limits }) : wholeShare({ limits });
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

function unshared({ forMs, cause }: Lack): SourceError {
  const message = `No part of the account's limits became free for this process within ${Math.ceil(forMs / 1_000)} s`;
  return new SourceError("retry", message, {
    ...(cause === undefined ? {} : { cause }),
    afterMs: forMs,
    code: "LIMITS_IN_USE",
    remedy:
      "Nothing to do: what was read is kept, and the next run goes on from there. If it stays, look whether the data store can be reached, and how many processes use the account.",
  });
}
