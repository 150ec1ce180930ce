const dayMs = 86_400_000;

/** Start (inclusive) and end (exclusive) of a date literal: midnights of the user's zone, written as if they were in UTC. */
export interface DateRange {
  start: number;
  end: number;
}

type Unit = "day" | "week" | "month" | "quarter" | "year";

const fixed: Record<string, [Unit, number, number]> = {
  YESTERDAY: ["day", -1, 0],
  TODAY: ["day", 0, 1],
  TOMORROW: ["day", 1, 2],
  LAST_90_DAYS: ["day", -90, 1],
  NEXT_90_DAYS: ["day", 1, 91],
};
const counted: Record<string, (n: number) => [Unit, number, number]> = {
  LAST_N_DAYS: (n) => ["day", -n, 1],
  NEXT_N_DAYS: (n) => ["day", 1, n + 1],
  N_DAYS_AGO: (n) => ["day", -n, 1 - n],
};
for (const unit of ["week", "month", "quarter", "year"] as const) {
  // The org's fiscal year is the calendar year.
  const names = unit === "quarter" || unit === "year" ? ["", "FISCAL_"] : [""];
  for (const prefix of names) {
    const name = prefix + unit.toUpperCase();
    fixed[`LAST_${name}`] = [unit, -1, 0];
    fixed[`THIS_${name}`] = [unit, 0, 1];
    fixed[`NEXT_${name}`] = [unit, 1, 2];
    counted[`LAST_N_${name}S`] = (n) => [unit, -n, 0];
    counted[`NEXT_N_${name}S`] = (n) => [unit, 1, n + 1];
    counted[`N_${name}S_AGO`] = (n) => [unit, -n, 1 - n];
  }
}

/** Whether a word is a date literal: `fixed` as TODAY, `counted` as LAST_N_DAYS, which needs `:n`; null for neither. */
export function dateLiteralForm(word: string): "fixed" | "counted" | null {
  const name = word.toUpperCase();
  if (Object.hasOwn(fixed, name)) return "fixed";
  return Object.hasOwn(counted, name) ? "counted" : null;
}

/** The span of a date literal around `now`, the clock on the user's wall; weeks begin on Sunday. */
export function dateRange(word: string, n: number, now: number): DateRange {
  const name = word.toUpperCase();
  const [unit, from, to] = fixed[name] ?? counted[name]?.(n) ?? ["day", 0, 1];
  return { start: shift(now, unit, from), end: shift(now, unit, to) };
}

/** Midnight at the beginning of the unit that holds `now`, moved by so many units. */
function shift(now: number, unit: Unit, by: number): number {
  const today = new Date(now);
  const year = today.getUTCFullYear();
  const month = today.getUTCMonth();
  const midnight = Date.UTC(year, month, today.getUTCDate());
  switch (unit) {
    case "day":
      return midnight + by * dayMs;
    case "week":
      return midnight - today.getUTCDay() * dayMs + by * 7 * dayMs;
    case "month":
      return Date.UTC(year, month + by, 1);
    case "quarter":
      return Date.UTC(year, Math.floor(month / 3) * 3 + by * 3, 1);
    case "year":
      return Date.UTC(year + by, 0, 1);
  }
}
