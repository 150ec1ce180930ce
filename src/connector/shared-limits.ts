/** Whole requests by the name of a limit: `concurrency`, `burst`, `pool search`. */
export type Units = Readonly<Record<string, number>>;

/** A limit of an account that can be divided into whole requests. */
export interface DivisibleLimit {
  name: string;
  /** All there is of it, for all processes together. */
  units: number;
  /** For how long the vendor counts a call once it has begun; 0 where it counts those under way. */
  windowMs: number;
}

/** Who uses an account's limits: the governor of one process, as those who divide the limits see it. */
export interface LimitUser {
  limits: readonly DivisibleLimit[];
  /** How much of each limit counts with the vendor at this moment. */
  inUse(): Units;
  /** Whether calls wait to begin. */
  isWaiting(): boolean;
  /** The share is another one now, or has been waited for a little longer. */
  onChange(): void;
  /** The vendor asked another process to wait so long. */
  pauseFor(leftMs: number): void;
}

/** That nothing of a limit is this process's: for how long so far, and what failed, if anything did. */
export interface Lack {
  forMs: number;
  cause?: unknown;
}

/** What of an account's limits is one process's own. */
export interface LimitShare {
  /** A call has come: from now on this process is counted among those that divide the limits. */
  want(): void;
  /** How much of a limit is this process's now. */
  unitsOf(limit: string): number;
  /** Null where something of the limit is this process's. */
  lackOf(limit: string): Lack | null;
  /** The vendor asked for a pause of so long: the other processes are told. */
  pausedFor(leftMs: number): void;
}

/** Divides an account's limits among the processes of one data store. Without it a governor takes them for its own. */
export interface SharedLimits {
  join(user: LimitUser): LimitShare;
}

/** The share of a process that has the account to itself. */
export function wholeShare({ limits }: Pick<LimitUser, "limits">): LimitShare {
  const units = new Map(limits.map((limit) => [limit.name, limit.units]));
  return {
    want: () => undefined,
    unitsOf: (limit) => units.get(limit) ?? 0,
    lackOf: () => null,
    pausedFor: () => undefined,
  };
}
