import type { OpenStream, SourceRecord } from "./define.ts";
import { SourceError } from "./errors.ts";
import { compareIds, type IdOrder, inRange, type SweptRange, takesPart } from "./id-order.ts";

export { compareIds, type IdOrder, inRange, type SweptRange } from "./id-order.ts";

/**
 * What a page shows as a whole, and the highest id so far. A page whose ids do not rise, or that goes back behind an earlier one, shows
 * nothing as a whole: vendors repeat and shift pages.
 */
export function sweptBy(
  order: IdOrder,
  { behind, records, isLast }: { behind: string | null; records: readonly SourceRecord[]; isLast: boolean },
): { swept: SweptRange | null; behind: string | null } {
  const ids = records.map(({ id }) => id).filter((id) => takesPart(order, id));
  let highest = behind;
  let rises = true;
  for (const id of ids) {
    if (highest !== null && compareIds(order, id, highest) <= 0) rises = false;
    else highest = id;
  }
  const isWhole = rises && (isLast || ids.length > 0);
  return { swept: isWhole ? { order, after: behind, upTo: isLast ? null : highest } : null, behind: highest };
}

export interface Suspicion {
  /** Ids of live records that a page should have shown. */
  suspects: readonly string[];
  /** An id that the same reading did show: when the vendor does not find this one either, its answer proves nothing. */
  witness: string | null;
  fields: readonly string[];
}

/**
 * What to ask the vendor about: of the live records known, those that a batch should have shown and did not. Null when there are none.
 * @example const suspicion = suspicionOf(batch, liveIds, fields); if (suspicion) await confirmGone(stream, suspicion);
 */
export function suspicionOf(
  { records, swept }: { records: readonly SourceRecord[]; swept?: SweptRange },
  live: Iterable<string>,
  fields: readonly string[],
): Suspicion | null {
  if (!swept) return null;
  const shown = new Set(records.map(({ id }) => id));
  const suspects = [...live].filter((id) => inRange(swept, id) && !shown.has(id));
  if (suspects.length === 0) return null;
  const witness = records.find(({ deleted }) => !deleted)?.id ?? swept.after;
  return { suspects, witness, fields };
}

export interface Confirmed {
  /** The suspects as they are: with their values when they are there after all, deleted and empty when they are gone. */
  records: SourceRecord[];
  /** Suspects of which nothing is proven: the vendor found the witness no more, or refused to look. */
  doubted: string[];
}

/** So few missing records are believed without a witness: the last records of an object may go. */
const unwitnessedMax = 20;
const idsAtOnceDefault = 100;

/**
 * Asks the vendor for suspects by id, because a page may be short by mistake: permissions taken away and capped replies look like
 * deletions. Streams that declare `sweep.confirm: "none"` are believed. Throws SourceError when the vendor cannot be asked.
 */
export async function confirmGone(stream: OpenStream, { suspects, witness, fields }: Suspicion): Promise<Confirmed> {
  const confirmed: Confirmed = { records: [], doubted: [] };
  const { byId } = stream;
  if (!byId || stream.sweep?.confirm === "none") {
    const isBelieved = stream.sweep?.confirm === "none" && (witness !== null || suspects.length <= unwitnessedMax);
    if (isBelieved) return { records: suspects.map(gone), doubted: [] };
    return { records: [], doubted: [...suspects] };
  }
  if (witness === null && suspects.length > unwitnessedMax) return { records: [], doubted: [...suspects] };
  const atOnce = Math.max(1, (stream.idsMax ?? idsAtOnceDefault) - 1); // the witness takes a place
  for (let start = 0; start < suspects.length; start += atOnce) {
    const part = await lookUp(byId, { suspects: suspects.slice(start, start + atOnce), witness, fields });
    confirmed.records.push(...part.records);
    confirmed.doubted.push(...part.doubted);
  }
  return confirmed;
}

/** One look; a question that the vendor refuses is halved until the id at fault is alone. */
async function lookUp(byId: NonNullable<OpenStream["byId"]>, suspicion: Suspicion): Promise<Confirmed> {
  const { suspects, witness, fields } = suspicion;
  try {
    const ids = witness === null ? suspects : [...suspects, witness];
    // Complete readings and audits ask: nobody waits for the answer.
    const told = await byId(ids, { fields, lane: "backfill" });
    const found = new Map(told.map((record) => [record.id, record]));
    if (witness !== null && !found.has(witness)) return { records: [], doubted: [...suspects] };
    return { records: suspects.map((id) => found.get(id) ?? gone(id)), doubted: [] };
  } catch (cause) {
    if (!(cause instanceof SourceError && cause.next === "skip")) throw cause;
    if (suspects.length === 1) return { records: [], doubted: [...suspects] };
    const half = Math.ceil(suspects.length / 2);
    const left = await lookUp(byId, { ...suspicion, suspects: suspects.slice(0, half) });
    const right = await lookUp(byId, { ...suspicion, suspects: suspects.slice(half) });
    return { records: [...left.records, ...right.records], doubted: [...left.doubted, ...right.doubted] };
  }
}

/** The vendor has it no longer: no values, and no stamp that could make it older than what is known. */
const gone = (id: string): SourceRecord => ({ id, at: null, deleted: true, payload: {} });
