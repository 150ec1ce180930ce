import { type Day, dayAround } from "./day.ts";
import { SourceError } from "./errors.ts";
import { isUrgent, type Lane } from "./lanes.ts";

/** What a vendor grants the account in a day, all its tools together. */
export interface DailyAllowance {
  /** Absent where the vendor's answers tell it (see Transport.usage). */
  requests?: number;
  /** `rolling`: any 24 hours (default); or the midnight of a time zone at which counting begins anew. */
  resets?: "rolling" | { timeZone: string };
}

/** The account's use of its allowance as the vendor tells it, other tools included. */
export interface Usage {
  used: number;
  limit: number;
}

/** How the daily allowance stands. */
export interface QuotaStanding extends Usage {
  /** How much of the limit may be used before the hub holds back, so that the account's other tools can go on. */
  share: number;
  /** When counting begins anew, epoch ms; null where it is any 24 hours. */
  resetsAt: number | null;
}

/** Keeps what was used where other processes see it. Without one a governor counts its own calls alone. */
export interface QuotaLedger {
  /**
   * Books calls ahead for the stretch of time that begins at `window`.
   * @returns what is booked by all in stretches from `since` on, this booking included.
   */
  book(booking: { window: string; since: string; calls: number; limit: number | null }): Promise<number>;
}

export interface DailyOptions {
  /** The vendor's clock. */
  now(): number;
  /** Share of the allowance left to the account's other tools; 0 … 1. */
  reserve: number;
  ledger?: QuotaLedger;
}

/** Counts the calls of a day. */
export interface Daily {
  /** How long a call of this lane has to wait; 0 when it may go. */
  waitMs(lane: Lane): number;
  /** Books ahead what is needed for the next call; null when nothing is. */
  booking(): Promise<void> | null;
  take(): void;
  told(usage: Usage): void;
  standing(): QuotaStanding | null;
}

const hourMs = 3_600_000;
/** How long a told figure counts where the allowance is that of any 24 hours: older calls are given back all the time. */
const toldMs = hourMs / 4;
/** Of the hub's share, what the lanes may use up: the rest is kept for what somebody waits for. */
export const laneShares = { webhook: 1, writeback: 1, poll: 0.95, backfill: 0.85 } as const satisfies Record<
  Lane,
  number
>;
/**
 * Calls booked at once, at most: what a process books and does not use counts as used for all of them. So a killed one, or one of many
 * that has little to do, must hold little: no more than a quarter of what it has used itself.
 */
const bookedMax = 100;
const bookedShare = 1 / 4;

/** Counts an allowance of the day by its own calls, by what other processes book, and by what the vendor tells, whichever is more. */
export function dailyAllowance({ requests, resets = "rolling" }: DailyAllowance, options: DailyOptions): Daily {
  const { now, reserve, ledger } = options;
  const share = 1 - reserve;
  const stretch = stretches(resets);
  const own = new Map<number, number>();
  let told: (Usage & { at: number; sinceThen: number }) | null = null;
  let booked = { window: Number.NaN, unspent: 0, byOthers: 0 };

  const ownSince = (since: number): number => {
    let sum = 0;
    for (const [window, calls] of own) {
      if (window < since) own.delete(window);
      else sum += calls;
    }
    return sum;
  };
  const used = (): number => {
    const at = now();
    const { window, since } = stretch(at);
    // What others had booked by an earlier stretch says nothing of this one: it is asked for before the next call starts.
    const counted = ownSince(since) + (booked.window === window ? booked.byOthers : 0);
    const isValid = told !== null && (resets === "rolling" ? at - told.at < toldMs : told.at >= since);
    return Math.max(counted, told && isValid ? told.used + told.sinceThen : 0);
  };
  const limit = (): number | null => told?.limit ?? requests ?? null;

  return {
    waitMs(lane) {
      const most = limit();
      if (most === null || used() < most * share * laneShares[lane]) return 0;
      return stretch(now()).leftMs;
    },
    booking() {
      const { window, since } = stretch(now());
      if (!ledger || (booked.window === window && booked.unspent > 0)) return null;
      const most = limit();
      const left = most === null ? Number.POSITIVE_INFINITY : most * share - used();
      const calls = Math.max(1, Math.ceil(Math.min(bookedMax, left / 500, ownSince(since) * bookedShare)));
      return ledger.book({ window: instant(window), since: instant(since), calls, limit: most }).then((total) => {
        booked = { window, unspent: calls, byOthers: Math.max(0, total - calls - ownSince(since)) };
      });
    },
    take() {
      const { window, since } = stretch(now());
      if (!own.has(window)) ownSince(since); // forgets what no longer counts
      own.set(window, (own.get(window) ?? 0) + 1);
      booked.unspent -= 1;
      if (told) told.sinceThen += 1;
    },
    told({ used: toldUsed, limit: toldLimit }) {
      if (!(toldUsed >= 0 && toldLimit > 0)) return; // nothing that could be counted by
      told = { used: toldUsed, limit: toldLimit, at: now(), sinceThen: 0 };
    },
    standing() {
      const most = limit();
      const { end } = stretch(now());
      return most === null ? null : { used: used(), limit: most, share, resetsAt: end };
    },
  };
}

interface Stretch {
  /** Where calls of now are counted. */
  window: number;
  /** From where on calls count. */
  since: number;
  /** When counting begins anew. */
  end: number | null;
  /** How long to wait when all is used up. */
  leftMs: number;
}

/** Days by the clock of a zone, or hours of which the last 24 count. */
function stretches(resets: NonNullable<DailyAllowance["resets"]>): (now: number) => Stretch {
  if (resets === "rolling") {
    return (now) => {
      const window = Math.floor(now / hourMs) * hourMs;
      return { window, since: window - 24 * hourMs, end: null, leftMs: toldMs };
    };
  }
  let day: Day = dayAround(0, resets.timeZone);
  return (now) => {
    if (now < day.start || now >= day.end) day = dayAround(now, resets.timeZone);
    return { window: day.start, since: day.start, end: day.end, leftMs: day.end - now };
  };
}

const instant = (ms: number): string => new Date(ms).toISOString();

/** The refusal of a call that would have to wait until the allowance is given anew. */
export function usedUp({ used, limit, share }: QuotaStanding, lane: Lane, waitMs: number): SourceError {
  const whose = isUrgent(lane) ? "the hub's share" : "what reading may use of the hub's share";
  return new SourceError(
    "retry",
    `${used} of the account's ${limit} requests a day are used: ${whose} (${Math.round(share * 100)} %) is used up`,
    {
      afterMs: waitMs,
      code: "ALLOWANCE_NEARLY_USED_UP",
      remedy:
        "Nothing to do: what was read is kept and reading goes on by itself. To leave less to the account's other tools, raise quota_share.",
    },
  );
}
