import { laneShares, type QuotaStanding } from "./daily-allowance.ts";

/** How far a backfill has come. */
export interface BackfillProgress {
  /** Records read in this run so far, over how long, by how many requests. */
  records: number;
  elapsedMs: number;
  requests: number;
  /** Records read in runs before. */
  before: number;
  /** How many there are in all; null where the vendor does not count them. */
  total: number | null;
  quota: QuotaStanding | null;
}

/** When a backfill will end and what it takes, as far as that can be told. */
export interface Forecast {
  /** Time still to go, the wait for a new allowance included; null where the total or the pace is not known. */
  leftMs: number | null;
  /** Requests still to be made; null likewise. */
  requestsLeft: number | null;
  /** Share of the day's allowance that the rest takes; above 1 it takes more than a day. Null where no allowance is known. */
  quotaShare: number | null;
}

const dayMs = 86_400_000;

/** Carries the pace so far on to the end. Where today's allowance does not suffice, the days it takes are counted in. Pure. */
export function forecast(progress: BackfillProgress, now: number): Forecast {
  const { records, elapsedMs, requests, before, total, quota } = progress;
  if (total === null || records <= 0 || elapsedMs <= 0) return { leftMs: null, requestsLeft: null, quotaShare: null };
  const recordsLeft = Math.max(0, total - before - records);
  const requestsLeft = Math.ceil((recordsLeft / records) * requests);
  const paceMs = (recordsLeft / records) * elapsedMs;
  if (!quota) return { leftMs: paceMs, requestsLeft, quotaShare: null };
  const aDay = quota.limit * quota.share * laneShares.backfill;
  const beyondToday = requestsLeft - Math.max(0, aDay - quota.used);
  const waitMs = beyondToday <= 0 ? 0 : untilReset(quota, now) + Math.floor(beyondToday / aDay) * dayMs;
  const lastDayMs = beyondToday <= 0 ? paceMs : ((beyondToday % aDay) / requestsLeft) * paceMs;
  return { leftMs: Math.max(paceMs, waitMs + lastDayMs), requestsLeft, quotaShare: requestsLeft / quota.limit };
}

const untilReset = ({ resetsAt }: QuotaStanding, now: number): number => (resetsAt === null ? dayMs : resetsAt - now);

/**
 * A forecast in words; the time of day is that of `timeZone`.
 * @example forecastText(forecast(progress, now), { now, timeZone: "UTC" }) // "ends about 14:20, 31 % of today's quota"
 */
export function forecastText(
  { leftMs, quotaShare }: Forecast,
  { now, timeZone }: { now: number; timeZone: string },
): string {
  if (leftMs === null) return "no forecast yet";
  const ends = leftMs < dayMs ? timeOfDay(now + leftMs, timeZone) : `in ${Math.round(leftMs / dayMs)} days`;
  const quota = quotaShare === null ? "" : `, ${Math.max(1, Math.round(quotaShare * 100))} % of today's quota`;
  return `ends about ${ends}${quota}`;
}

function timeOfDay(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(at);
}
