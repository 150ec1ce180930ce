import type { Peers, Roll } from "../../store/store.ts";
import { elapsedMs, type Moment, thisMoment } from "./moment.ts";

/** Whether this process is known to live, and which others are. */
export interface Pulse {
  /** Names the process. */
  readonly id: string;
  /** Says that it lives. `wasSure`: until now no other process can have taken it for dead. */
  report(): Promise<{ roll: Roll; wasSure: boolean }>;
  /** False when others may soon take it for dead: then nothing that they share is its own any more. */
  isSure(): boolean;
  /** Until when a process that reported at that instant is taken to live; the database's clock, epoch ms. */
  livesUntil(seenAt: number): number;
  /** The database's clock as far as it is known, epoch ms. */
  now(): number;
  /** Lets the next report come at once. */
  hurry(): void;
}

/** A process that could not report for so many beats uses nothing shared; after some more others take it for dead. */
const beatsSure = 3;
const beatsLiving = 5;

/** Reports go to the database, and every instant is of its clock; how old the last one is, each process counts by itself. */
export function createPulse(peers: Peers, { id, beatMs, hurry }: { id: string; beatMs: number; hurry(): void }): Pulse {
  let last: { sentAt: Moment; now: number } | null = null;
  const isSure = () => last !== null && elapsedMs(last.sentAt) < beatsSure * beatMs;
  return {
    id,
    isSure,
    hurry,
    async report() {
      const sentAt = thisMoment();
      const roll = await peers.report(id);
      const wasSure = isSure(); // only now: a report that was long on its way came when others had given it up
      last = { sentAt, now: roll.now };
      return { roll, wasSure };
    },
    livesUntil: (seenAt) => seenAt + beatsLiving * beatMs,
    now: () => (last ? last.now + elapsedMs(last.sentAt) : Date.now()),
  };
}
