import { type WireRecord, wireRecords } from "./pipeline.records.ts";

/** What one side of the bench did in one turn. */
export interface Turn {
  records: number;
  /** Records a second over the whole turn, and over its first and last tenth (of a million: the first and last 100,000). */
  perSecond: number;
  first: number;
  last: number;
  rssMb: number;
  worstBatchMs: number;
  cpuSeconds: number;
}

/** Both sides stamp all they write with this instant, so that their tables can be compared. */
export const now = "2026-01-01T00:00:00.000Z";

/**
 * Feeds one side records, `perCommit` at a time; only its own work is on the clock, not the making of the records. Both are this process's
 * last two arguments.
 */
export async function takeTurn(work: (batch: WireRecord[], done: number) => Promise<void> | void): Promise<Turn> {
  const [count = 0, perCommit = 0] = process.argv.slice(-2).map(Number);
  const tenth = count / 10;
  const spent = Array.from({ length: 10 }, () => 0);
  let worst = 0;
  let batch: WireRecord[] = [];
  let done = 0;
  const cpuBefore = process.cpuUsage();
  let cpuMaking = 0;
  let making = process.cpuUsage();
  for (const record of wireRecords(count)) {
    batch.push(record);
    if (batch.length < perCommit && done + batch.length < count) continue;
    const made = process.cpuUsage(making);
    cpuMaking += made.user + made.system;
    const started = performance.now();
    await work(batch, done + batch.length);
    const elapsed = performance.now() - started;
    making = process.cpuUsage();
    const place = Math.min(9, Math.floor(done / tenth));
    spent[place] = (spent[place] ?? 0) + elapsed;
    worst = Math.max(worst, elapsed);
    done += batch.length;
    batch = [];
  }
  const cpu = process.cpuUsage(cpuBefore);
  const rate = (records: number, ms: number) => Math.round((records * 1000) / ms);
  return {
    records: done,
    perSecond: rate(
      done,
      spent.reduce((sum, ms) => sum + ms, 0),
    ),
    first: rate(tenth, spent[0] ?? 0),
    last: rate(tenth, spent[9] ?? 0),
    rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    worstBatchMs: Math.round(worst),
    cpuSeconds: Number(((cpu.user + cpu.system - cpuMaking) / 1e6).toFixed(1)),
  };
}
