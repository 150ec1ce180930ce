/** The clocks of the simulated account, which may go wrong against those of its clients. */
export interface SkewedClocks {
  /** By which answers are dated. */
  wall(): number;
  /** By which records are stamped: never goes back. Set back, it stands still until the wall has caught up. */
  stamps(): number;
  /** How far they are ahead (or, negative, behind) from now on. */
  skewBy(skewMs: number): void;
}

/** Clocks that follow `trueNow`, skewed as they are told. */
export function skewedClocks(trueNow: () => number): SkewedClocks {
  let skewMs = 0;
  let newest = Number.NEGATIVE_INFINITY;
  const wall = () => trueNow() + skewMs;
  return {
    wall,
    stamps: () => {
      newest = Math.max(newest, wall());
      return newest;
    },
    skewBy: (next) => {
      skewMs = next;
    },
  };
}
