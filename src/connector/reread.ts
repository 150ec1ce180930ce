import type { OpenStream } from "./define.ts";
import { beginning, type Place, type WholePage } from "./reading.ts";

/** How the reading of everything again stands. */
export interface RereadState {
  /** When the last complete one began; null: there was none yet. */
  completeFrom: string | null;
  under?: RereadUnderWay;
}

/** The one under way: when it began, and its place. */
export interface RereadUnderWay extends Place {
  from: string;
  /** Where it began because of fields that records were not asked for before: what each of its pages asked for, and how many records came. */
  forFields?: { asked: readonly string[]; records: number };
}

/** What of a cursor is about it. `fields`: those that every page of the last complete reading asked for. */
export interface RereadParts {
  fields?: readonly string[];
  reread?: RereadState;
}

interface Asking {
  stream: Pick<OpenStream, "reread">;
  fields: readonly string[];
}

/** Fields that records have not been asked for that were read before they counted: until they are read again, they lack them. */
export function unaskedFields(
  { mode, fields: asked = [] }: { mode: string; fields?: readonly string[] },
  fields: readonly string[],
): string[] {
  // What is read as a whole each run has what is asked for now.
  return mode === "changes" ? fields.filter((field) => !asked.includes(field)) : [];
}

/** The fields of a cursor; none are left out. */
export function fieldsPart(fields: readonly string[]): Pick<RereadParts, "fields"> {
  return fields.length > 0 ? { fields } : {};
}

/** What both times was asked for. */
export function commonFields(before: readonly string[] = [], now: readonly string[]): readonly string[] {
  return before.filter((field) => now.includes(field));
}

/**
 * What a run takes over. A field that is not asked for now is forgotten: what changes meanwhile comes without it. A reading under way goes
 * on where it will have asked for all that is new.
 */
export function rereadStanding({ stream, fields }: Asking, { fields: before, reread }: RereadParts): RereadParts {
  const known = commonFields(before, fields);
  const news = fields.filter((field) => !known.includes(field));
  const { completeFrom = null, under } = reread ?? {};
  const asked = under?.forFields?.asked ?? [];
  const isOfUse = news.length > 0 ? news.every((field) => asked.includes(field)) : stream.reread && !under?.forFields;
  const kept = under && isOfUse ? { under: narrowed(under, fields) } : {};
  return { ...fieldsPart(known), ...(stream.reread || kept.under ? { reread: { completeFrom, ...kept } } : {}) };
}

function narrowed(under: RereadUnderWay, fields: readonly string[]): RereadUnderWay {
  const { forFields } = under;
  return forFields ? { ...under, forFields: { ...forFields, asked: commonFields(forFields.asked, fields) } } : under;
}

/** The reading of everything that a run is to go on with or to begin, by the vendor's clock; null when none is due. */
export function rereadDue(
  { stream, fields }: Asking,
  { fields: known = [], reread }: RereadParts,
  now: number,
): RereadUnderWay | null {
  if (reread?.under) return reread.under;
  const began = { ...beginning, from: new Date(now).toISOString() };
  if (fields.some((field) => !known.includes(field))) return { ...began, forFields: { asked: fields, records: 0 } };
  if (!stream.reread) return null;
  const completeFrom = reread?.completeFrom ?? null;
  return completeFrom === null || now - Date.parse(completeFrom) >= stream.reread.everyMs ? began : null;
}

/** Where a reading stands after one of its pages: `under` null is its end. */
export function rereadAfter(
  { stream }: Pick<Asking, "stream">,
  { fields = [], reread }: RereadParts,
  { under, page }: { under: RereadUnderWay; page: Pick<WholePage, "records" | "missingFields" | "next"> },
): RereadParts & { under: RereadUnderWay | null } {
  const { from, forFields } = under;
  const asked = forFields?.asked ?? fields;
  const completeFrom = reread?.completeFrom ?? null;
  const isFirst = under.after === null;
  const news = asked.filter((field) => !fields.includes(field));
  // An account that has none of the new fields has nothing new to show.
  const isInVain = isFirst && news.length > 0 && news.every((field) => page.missingFields?.includes(field));
  if (page.next === null || isInVain) {
    const complete = { completeFrom: isInVain ? completeFrom : from };
    return { ...fieldsPart(asked), ...(stream.reread ? { reread: complete } : {}), under: null };
  }
  const read = forFields ? { forFields: { ...forFields, records: forFields.records + page.records.length } } : {};
  const next = { from, ...page.next, ...read };
  return { ...fieldsPart(fields), reread: { completeFrom, under: next }, under: next };
}
