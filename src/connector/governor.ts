import type { Clock } from "../lib/clock.ts";
import type { CallOutcome } from "./concurrency.ts";
import type { QuotaStanding, Usage } from "./daily-allowance.ts";
import { createGates, type Gates, type GatesOptions, type Limits, type Passenger } from "./gates.ts";
import { type Lane, lanes } from "./lanes.ts";
import { createAlarm } from "./pause.ts";

export type { Limits } from "./gates.ts";

/** Ends a call. Without an outcome it says nothing of how many may run at the same time. */
export type Leave = (outcome?: CallOutcome) => void;

/** Lets calls to one vendor account through, as its limits allow. */
export interface Governor {
  /**
   * Resolves when the call may start; the returned function must be called when it has ended, with what it came to. Rejects with
   * SourceError `retry` when the call would have to wait longer than the governor's patience, with a plain Error for a pool the limits
   * do not name, and with the ledger's error when calls cannot be booked. An uncounted call goes into no count of a day.
   */
  enter(lane: Lane, pool?: string, isUncounted?: boolean): Promise<Leave>;
  /** No call starts before `untilMs`: the vendor named a Retry-After. */
  pauseUntil(untilMs: number): void;
  /** The vendor told how much of the daily allowance is used, by whatever tool. */
  usage(usage: Usage): void;
  /** How the daily allowance stands; null where none is known. */
  quota(): QuotaStanding | null;
}

export interface GovernorOptions extends GatesOptions {
  /** A call that would wait longer is refused instead. */
  patienceMs?: number;
}

interface Waiting extends Passenger {
  start(leave: Leave): void;
  refuse(cause: unknown): void;
}

/**
 * One governor per vendor account, shared by reads and writes. A call that would wait longer than `patienceMs` is refused instead.
 * Throws RangeError for limits that let nothing through.
 */
export function createGovernor(
  limits: Limits,
  clock: Clock,
  { patienceMs = Number.POSITIVE_INFINITY, ...options }: GovernorOptions = {},
): Governor {
  const gates = createGates(limits, clock, options, { isWaiting: () => queue.length > 0, onChange: () => pump() });
  const wake = createAlarm(clock, () => pump());
  const queue: Waiting[] = [];
  const refuseAll = (cause: unknown) => {
    for (const entry of queue.splice(0)) entry.refuse(cause);
  };
  const isBooking = createBooking(gates, () => pump(), refuseAll);

  function pump(): void {
    for (let n = 0, entry = queue[0]; entry; entry = queue[n]) {
      const waitMs = gates.waitMs(entry);
      if (waitMs > patienceMs) {
        queue.splice(n, 1);
        entry.refuse(gates.refusal(entry, waitMs));
      } else if (gates.lackOf(entry) || gates.awaitsAnswer(entry)) {
        n += 1; // the share tells when there is some, and a call when it has ended
      } else if (waitMs > 0) {
        wake.in(waitMs);
        n += 1; // one that waits for its own pool must not hold up the others
      } else if (gates.hasRoom(entry) && !isBooking(entry)) {
        queue.splice(n, 1);
        entry.start(leaveOf(gates.take(entry)));
      } else return; // those behind are no more urgent
    }
  }

  function leaveOf(end: (outcome: CallOutcome) => void): Leave {
    let hasLeft = false;
    return (outcome = "failed") => {
      if (hasLeft) return;
      hasLeft = true;
      end(outcome);
      pump();
    };
  }

  return {
    async enter(lane, pool, isUncounted = false) {
      const passenger = gates.passenger(lane, pool, isUncounted);
      return new Promise((start, refuse) => {
        const behind = queue.findIndex((other) => lanes.indexOf(other.lane) > lanes.indexOf(lane));
        queue.splice(behind === -1 ? queue.length : behind, 0, { ...passenger, start, refuse });
        pump();
      });
    },
    pauseUntil(untilMs) {
      gates.pauseUntil(untilMs);
      pump(); // those whom the pause would keep too long need not wait to hear it
    },
    usage: gates.usage,
    quota: gates.quota,
  };
}

/** Books calls ahead where that is needed: true while it goes on, during which nobody starts. */
function createBooking(gates: Gates, onEnd: () => void, onFailure: (cause: unknown) => void) {
  let isUnderWay = false;
  return (passenger: Passenger): boolean => {
    const booking = isUnderWay ? null : gates.booking(passenger);
    if (booking === null) return isUnderWay;
    isUnderWay = true;
    void booking.catch(onFailure).then(() => {
      isUnderWay = false;
      onEnd();
    });
    return true;
  };
}
