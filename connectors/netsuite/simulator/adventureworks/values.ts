/** An ISO instant in UTC. */
export function instant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** Whole cents as an amount. */
export function amount(cents: number): number {
  return Math.round(cents) / 100;
}

/** NetSuite's way of saying yes or no. */
export function flag(value: boolean): string {
  return value ? "T" : "F";
}
