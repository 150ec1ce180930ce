import type { Connector } from "../../define.ts";

/** One way in which a vendor makes its clients lose records, as a simulator can be told to show it. */
export interface TroubleDeclaration {
  /** Kebab-case, the same word at every vendor that has it: `late-commit`, `search-lag`, `html-instead-of-json`. */
  name: string;
  /**
   * - `wire`: single answers go wrong (429, 503, HTML, truncated JSON, a page repeated), each decided by chance, request by request.
   * - `life`: things happen in the account while it is read (late commits, merges, archives, associations that change alone).
   * - `nature`: how this account always behaves (caps, lags, time zone, forward-only stages).
   */
  kind: "wire" | "life" | "nature";
  /** What it does, in one sentence. */
  about: string;
  /** Where it was seen: an issue, a page, or "unverified". */
  source: string;
}

/** How much trouble: the share of requests that `wire` troubles strike, and of happenings that are `life` troubles. */
export const troubleLevels = { none: 0, low: 0.05, high: 0.2, extreme: 0.5 } as const;
export type TroubleLevel = keyof typeof troubleLevels;

/** Which troubles a simulated account shows, and by which chance. */
export interface TroubleSchedule {
  seed: number;
  level: TroubleLevel;
  /** Names of the troubles to show; absent: every one the account has. */
  only?: readonly string[];
}

/** What the account counted at its own door; every figure since it was made. */
export interface DoorCounts {
  requests: number;
  /** Requests answered badly on purpose, by trouble. */
  struck: Readonly<Record<string, number>>;
  /** Requests refused because the client went over a limit of the vendor's: a client that keeps its quota has none. */
  overLimit: number;
  /** Requests that came before a `Retry-After` given earlier had run out. */
  tooEarly: number;
}

/** A simulated vendor account that can be made hostile: what the contract suite drives and `journey-hub simulate` serves. */
export interface HostileAccount {
  vendor: string;
  connector: Connector;
  /** The vendor's API; to be served on a loopback port. */
  fetch(request: Request): Response | Promise<Response>;
  /** The `config:` block with which a connection reaches the account at this address. */
  config(url: string): Record<string, unknown>;
  troubles: readonly TroubleDeclaration[];
  /** From now on these troubles; `level: "none"` makes the account well-behaved again (its `nature` included). */
  beset(schedule: TroubleSchedule): void;
  /**
   * Lets `count` things happen in the account, as people and other tools make them happen: records made, changed, archived, deleted,
   * merged, associated; `life` troubles of the schedule among them. What happens depends on `seed` alone, not on what was asked before.
   */
  live(happenings: { seed: number; count: number }): void;
  /** Everything that is begun in the account is finished: open transactions commit, indexes catch up as time goes on. */
  settle(): void;
  /** What is there now, by raw object and id: the truth a client must arrive at. Archived, deleted and merged-away records are not. */
  truth(): ReadonlyMap<string, ReadonlySet<string>>;
  door(): DoorCounts;
}

/** How an account for the suite is made: small enough that a hundred seeds take a minute, so pages and caps are small as well. */
export interface HostileAccountOptions {
  /** Chooses the records the account begins with. */
  seed: number;
  /** About how many records, over all objects. */
  records: number;
  /** The vendor's clock, epoch ms; the suite moves it. */
  now(): number;
}

/** Exported by each connector's `simulator/hostile/index.ts`, for the suite, the command line and anyone's tests. */
export type CreateHostileAccount = (options: HostileAccountOptions) => HostileAccount;
