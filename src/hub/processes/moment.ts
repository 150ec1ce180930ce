/** An instant of this process, by both clocks there are: one stands still while the machine sleeps, the other may be set. */
export interface Moment {
  steady: number;
  wall: number;
}

/** The real time, whatever clock a hub works by: other processes live by it. */
export const thisMoment = (): Moment => ({ steady: performance.now(), wall: Date.now() });

/** How long ago a moment was; of two clocks that differ, the longer time. */
export function elapsedMs({ steady, wall }: Moment): number {
  return Math.max(performance.now() - steady, Date.now() - wall);
}
