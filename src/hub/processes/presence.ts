import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { SharedLimits } from "../../connector/index.ts";
import { type Roll, type Store, StoreError } from "../../store/store.ts";
import { createPulse, type Pulse } from "./pulse.ts";
import { createLimitShares } from "./shares.ts";

/** This process among those that share its data store. */
export interface Presence {
  /** Names it in what it owns: machine, process id, and something by chance. */
  readonly id: string;
  /** Tells which owners are gone for certain. Rejects with the store's errors. */
  gone(): Promise<(owner: string) => boolean>;
  /** Calls when one that was at work has left or fallen silent. */
  onGone(listener: () => void): void;
  /** Divides the limits of a connection's account; undefined where no other process can use them. */
  sharedLimits(connection: string): SharedLimits | undefined;
  close(): Promise<void>;
}

export interface PresenceOptions {
  /** Between two signs of life. */
  beatMs?: number;
}

const beatDefaultMs = 2_000;
/** A process whose share is to change soon reports so much more often. */
const hurriedBeats = 8;
const idleBeats = 30;

/**
 * Makes this process known to those that share the store. Where there may be any (Postgres) it reports every two seconds: a pause that a
 * vendor asks of one process reaches the others within that time; one that is silent for 10 s counts as dead, so its runs are
 * interrupted and its share of a limit is divided anew, that of a burst after the vendor's window more. A process that cannot report for
 * 6 s makes no calls; those under way go on to their end, beside what others begin 4 s later. Rejects with the store's errors.
 */
export async function openPresence(store: Store, { beatMs = beatDefaultMs }: PresenceOptions = {}): Promise<Presence> {
  const id = `${hostname()}-${process.pid}-${randomBytes(4).toString("hex")}`;
  const { peers } = store;
  if (!peers) return alone(id);
  const witness = createWitness();
  const pulse = createPulse(peers, { id, beatMs, hurry: () => void beats.now() });
  const shares = createLimitShares(store, pulse, idleBeats * beatMs);
  const beats = createBeats(async () => {
    try {
      witness.see(await shares.settle(), pulse);
      return { inMs: shares.isSettled() ? beatMs : beatMs / hurriedBeats, isAwaited: !shares.isSettled() };
    } catch (cause) {
      shares.failed(cause); // a call that waits in vain is refused with it
      return { inMs: beatMs, isAwaited: !shares.isSettled() };
    }
  });
  await pulse.report();
  void beats.now();
  return {
    id,
    async gone() {
      const roll = await peers.report(id); // beside the beats: whether others took this process for dead is theirs to find out
      return (owner) => owner !== id && !living(roll, pulse).has(owner);
    },
    onGone: witness.tell,
    sharedLimits: shares.of,
    async close() {
      await beats.end();
      try {
        await shares.leave();
        await peers.leave(id);
      } catch (cause) {
        if (!(cause instanceof StoreError)) throw cause; // with the store away, the others see that it is silent
      }
    },
  };
}

/** Whoever has the lock of a data folder is the only one on its store: what else is named there was an earlier life. */
function alone(id: string): Presence {
  return {
    id,
    gone: async () => (owner) => owner !== id,
    onGone: () => undefined,
    sharedLimits: () => undefined,
    close: async () => undefined,
  };
}

const living = ({ now, others }: Roll, pulse: Pulse): Set<string> =>
  new Set(others.filter(({ seenAt }) => now < pulse.livesUntil(seenAt)).map(({ id }) => id));

/** Sees who lived at one report and no longer does at the next. */
function createWitness() {
  let before = new Set<string>();
  const listeners: (() => void)[] = [];
  return {
    tell: (listener: () => void) => void listeners.push(listener),
    see(roll: Roll, pulse: Pulse): void {
      const now = living(roll, pulse);
      const isOneGone = [...before].some((id) => !now.has(id));
      before = now;
      if (isOneGone) for (const listener of listeners) listener();
    },
  };
}

/** One beat after the other, one at a time. The process need not stay alive for the next one unless it is awaited. */
function createBeats(beat: () => Promise<{ inMs: number; isAwaited: boolean }>) {
  let underWay: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isAskedFor = false;
  let isEnded = false;

  function now(): Promise<void> {
    isAskedFor = underWay !== null;
    if (isEnded || underWay) return underWay ?? Promise.resolve();
    clearTimeout(timer);
    underWay = beat().then(({ inMs, isAwaited }) => {
      underWay = null;
      if (isEnded) return;
      timer = setTimeout(() => void now(), isAskedFor ? 0 : inMs);
      if (!isAwaited) timer.unref();
    });
    return underWay;
  }
  return {
    now,
    async end(): Promise<void> {
      isEnded = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
