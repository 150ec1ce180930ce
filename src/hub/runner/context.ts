import type { Clock } from "../../lib/clock.ts";
import type { Hub } from "../hub.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { type Bell, createBell } from "./bell.ts";
import { createLeaving, type Leaving } from "./leaving.ts";

/** What the loops of a running hub share. */
export interface RunnerContext {
  hub: Hub;
  log: Log;
  metrics: Metrics;
  clock: Clock;
  /** Spreads polls and retries; 0 … 1. */
  random(): number;
  /** Aborted when the hub is to stop: each loop ends after the commit it is in. */
  stopping: AbortSignal;
  /** What is done for one connection ends when that is taken out, too. */
  leaving: Leaving;
  /** A bell that also rings when the hub is to stop. */
  bell(): Bell;
  /** Rung when customers may have changed. */
  changed: Bell;
}

/** Why a run ended that did not fail; kept as its message. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
  constructor(
    message = "The hub was stopped during this run; what it had committed stands and the next run goes on from there",
  ) {
    super(message);
  }
}

export interface RunnerOptions {
  hub: Hub;
  log: Log;
  metrics: Metrics;
  clock?: Clock;
  random?: () => number;
}

export function createContext(
  { hub, log, metrics, clock = hub.clock, random = Math.random }: RunnerOptions,
  stopping: AbortSignal,
): RunnerContext {
  const bells: Bell[] = [];
  const bell = () => {
    const made = createBell(clock);
    bells.push(made);
    return made;
  };
  stopping.addEventListener("abort", () => {
    for (const one of bells) one.ring();
  });
  const leaving = createLeaving(stopping);
  return { hub, log, metrics, clock, random, stopping, leaving, bell, changed: bell() };
}

/** The same for loops that this signal ends as well. */
export function contextWithin(context: RunnerContext, signal: AbortSignal): RunnerContext {
  const within = createContext(context, AbortSignal.any([context.stopping, signal]));
  return { ...within, leaving: context.leaving, changed: context.changed };
}

/** The same for what is done for one connection. */
export function contextOf(context: RunnerContext, connection: string): RunnerContext {
  return contextWithin(context, context.leaving.signalOf(connection));
}

/** Waits of a loop that fails: doubling from `firstMs` to `mostMs`, spread by up to a quarter. */
export function backOffMs(
  failures: number,
  [firstMs, mostMs]: readonly [number, number],
  random: () => number,
): number {
  return Math.min(firstMs * 2 ** Math.max(0, failures - 1), mostMs) * (1 + random() / 4);
}
