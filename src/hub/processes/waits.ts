import type { Lack } from "../../connector/index.ts";
import type { Row } from "../../store/tables.ts";
import { elapsedMs, type Moment, thisMoment } from "./moment.ts";

/** Since when nothing of a limit is this process's, by the limit's name. */
export function createLacks() {
  const since = new Map<string, Moment>();
  let cause: unknown;
  return {
    of(limit: string): Lack {
      const begun = since.get(limit) ?? thisMoment();
      since.set(limit, begun);
      return { forMs: elapsedMs(begun), ...(cause === undefined ? {} : { cause }) };
    },
    settle(unitsOf: (limit: string) => number): void {
      cause = undefined;
      for (const limit of since.keys()) if (unitsOf(limit) >= 1) since.delete(limit);
    },
    failed(failure: unknown): void {
      cause = failure;
    },
    forget: () => since.clear(),
  };
}

type Paused = Pick<Row<"quota_shares">, "process" | "paused_until">;

/** Pauses that the vendor asked of this process, to be told to others; and those it asked of others, each heard once. */
export function createPauses() {
  let told: { from: Moment; ms: number } | null = null;
  let until = 0;
  const heard = new Map<string, string>();
  return {
    told(leftMs: number): void {
      const earlierMs = told ? told.ms - elapsedMs(told.from) : 0;
      if (leftMs > earlierMs) told = { from: thisMoment(), ms: leftMs };
    },
    /** The end of the pause by the clock that says it is `now`; null when it is over, or none was told. */
    until(now: number): string | null {
      if (told) until = Math.max(until, Math.ceil(now + told.ms - elapsedMs(told.from)));
      told = null;
      return until > now ? new Date(until).toISOString() : null;
    },
    /** How long the pauses last that were not heard of before. */
    heard(others: readonly Paused[], now: number): number[] {
      const pauses: number[] = [];
      for (const { process, paused_until } of others) {
        if (paused_until === null || heard.get(process) === paused_until) continue;
        heard.set(process, paused_until);
        if (Date.parse(paused_until) > now) pauses.push(Date.parse(paused_until) - now);
      }
      return pauses;
    },
  };
}
